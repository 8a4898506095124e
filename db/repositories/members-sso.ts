/** Members who sign in by single sign-on: what was vouched for, and the code that a sign-in of theirs ends with. */
import type { MembersTrust } from '../../onboarding/members-trust.ts';
import type { Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import type { SignInRow } from '../tables/sign-ins.ts';
import { ofEnvironment, type Tenant } from '../tenant.ts';

/** Lock the environment first. */
export async function setMembersSso(
  tx: Tx,
  environmentId: string,
  next: { rule: 'off'; trust: null } | { rule: 'optional' | 'required'; trust: MembersTrust },
  now: Date,
): Promise<void> {
  await tx
    .updateTable('environments')
    .set({
      membersSso: next.rule,
      membersTrust: next.trust && toJson(next.trust),
      updatedAt: now,
    })
    .where('id', '=', environmentId)
    .execute();
}

export interface ShownMembersCode {
  readonly codeDigest: string;
  /** Where it was sent to: no app's address. */
  readonly redirectUri: string;
  /** What the browser's own secret hashes to (RFC 7636). */
  readonly challenge: string;
  readonly now: Date;
}

/** Spends the code, once: of simultaneous tries one does. A test's never counts [IDB-06]. */
export async function takeMembersCode(
  tx: Tx,
  tenant: Tenant,
  { codeDigest, redirectUri, challenge, now }: ShownMembersCode,
): Promise<(SignInRow & { wasForced: boolean }) | undefined> {
  return tx
    .updateTable('signIns')
    .set({ codeUsedAt: now })
    .where('codeDigest', '=', codeDigest)
    .where('redirectUri', '=', redirectUri)
    .where('codeChallenge', '=', challenge)
    .where('isTest', '=', false)
    .where('codeUsedAt', 'is', null)
    .where('codeExpiresAt', '>', now)
    .where('endedAt', 'is', null)
    .where(ofEnvironment('signIns', tenant))
    .returningAll()
    .returning((eb) =>
      eb
        .selectFrom('attempts')
        .select('attempts.forceAuthn')
        .whereRef('attempts.id', '=', 'signIns.attemptId')
        .$asScalar()
        .$notNull()
        .as('wasForced'),
    )
    .executeTakeFirst();
}
