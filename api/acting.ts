import { newId } from '../adapters/ids.ts';
import type { Doer, NewAudit } from '../db/index.ts';
import type { Actor } from '../onboarding/commands.ts';
import type { Caller, RequestFacts } from './route.ts';

/**
 * Who acts, as commands and audit rows name them: ids and kinds, never names or addresses. A customer is known by the
 * link that let them in, whose contact the pages look up.
 */
export interface Acting {
  actor: Actor;
  sessionId: string | null;
  request: RequestFacts;
}

export function acting(caller: Exclude<Caller, { type: 'sandbox' }>, request: RequestFacts): Acting {
  switch (caller.type) {
    case 'developer':
      return { actor: { type: 'developer', id: caller.keyId }, sessionId: null, request };
    case 'staff':
      return { actor: { type: 'staff', id: caller.member.id }, sessionId: caller.session.id, request };
    case 'customer': {
      const { id: sessionId, linkId, staffMemberId } = caller.session;
      // On the customer's pages, staff stay who they are.
      const actor: Actor =
        staffMemberId === null ? { type: 'customer', id: linkId } : { type: 'staff', id: staffMemberId };
      return { actor, sessionId, request };
    }
  }
}

/** The same, as `db/` takes it. */
export const doerOf = ({ actor, request }: Acting): Doer => ({ actor, now: request.now, newId });

/** An audit row of this act [AUD-02]. Names and addresses go into `personal`. */
export function audited(
  by: Acting,
  whose: { environmentId: string; organizationId: string | null },
  what: Pick<NewAudit, 'action' | 'target' | 'before' | 'after' | 'personal'>,
): NewAudit {
  const { id, address, userAgent, now } = by.request;
  return {
    id: newId('audit_'),
    environmentId: whose.environmentId,
    organizationId: whose.organizationId,
    actor: { ...by.actor, sessionId: by.sessionId },
    request: { id, sourceAddress: address, userAgent },
    at: now,
    ...what,
  };
}
