import { z } from 'zod';
import { problem } from '../../api/contract/shared.ts';
import { dashboardRoutes } from '../../api/routes/dashboard/index.ts';
import { sandboxRoutes } from '../../api/routes/sandbox/index.ts';
import type { MemberRow } from '../../db/index.ts';
import type { TestApi } from './api.ts';
import { aMember, asSystem, type Call, type Vendor } from './builders.ts';

/** A member of staff at the dashboard. Every answer they get is held against the contract. */
export interface Staff {
  member: MemberRow;
  cookie: string;
  /** Paths below `/dashboard/api`, or whole ones of `/sandbox`. */
  ask: Call;
}

export async function aStaff(
  api: TestApi,
  vendor: Pick<Vendor, 'environment'>,
  role: MemberRow['role'] = 'support',
): Promise<Staff> {
  const { member, cookie, call } = await aMember(api, vendor, role);
  return { member, cookie, ask: heldAgainstContract(call) };
}

export function heldAgainstContract(call: Call): Call {
  return async (method, path, body, headers) => {
    const whole = path.startsWith('/sandbox') ? path : `/dashboard/api${path}`;
    const sent = method === 'GET' ? undefined : (body ?? {});
    const reply = await call(method, whole, sent, headers);
    if (reply.status >= 400) {
      problem.parse(reply.body);
      return reply;
    }
    const [bare = ''] = whole.split('?');
    const route = [...dashboardRoutes, ...sandboxRoutes].find(
      (one) => one.method === method && patternOf(one.path).test(bare),
    );
    const answer = route?.answers[reply.status];
    if (answer === undefined) throw new Error(`${method} ${whole} answers ${reply.status}: ${reply.text}`);
    if (answer instanceof z.ZodType) answer.parse(reply.body);
    return reply;
  };
}

const patternOf = (path: string) => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`);

/** What the audit log says that this member has done, oldest first. */
export function auditOf(api: TestApi, { member }: Pick<Staff, 'member'>) {
  return asSystem(api, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select(['action', 'targetId', 'organizationId', 'after'])
      .where('actorType', '=', 'staff')
      .where('actorId', '=', member.id)
      .orderBy('ordinal')
      .execute(),
  );
}
