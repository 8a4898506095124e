/** Members of staff as the dashboard's JSON shows them, from memory. */
import type { z } from 'zod';
import type { memberView } from '../../api/contract/dashboard-members.ts';

export type FakeMember = z.infer<typeof memberView>;

/** Kim reads; the others show a role each, one of them never seen, one with a name that is hard to fit. */
export function fakeMembers(now: Date, reader: FakeMember['role']): FakeMember[] {
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
  const session = (
    id: string,
    seen: number,
    userAgent: string,
    more: { isThisOne?: boolean; provedBy?: 'code' | 'link' | 'sso' } = {},
  ) => ({
    id,
    startedAt: ago(seen + 300),
    lastSeenAt: ago(seen),
    userAgent,
    address: '203.0.113.20',
    isThisOne: more.isThisOne ?? false,
    provedBy: more.provedBy ?? 'code',
  });
  const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36';
  const safari = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1';
  const shown = (sessions: NonNullable<FakeMember['sessions']>) => (reader === 'admin' ? sessions : null);
  const member = (
    id: string,
    name: string | null,
    role: FakeMember['role'],
    seen: number | null,
  ): FakeMember => ({
    id,
    name,
    role,
    email: `${id.replace('member_', '')}@vendor.example`,
    invitedAt: ago(80_000),
    lastSeenAt: seen === null ? null : ago(seen),
    isYou: false,
    sessions: shown([]),
  });
  return [
    {
      ...member('member_kim', 'Kim Vale', reader, 1),
      isYou: true,
      sessions: [
        session('ses_1', 1, chrome, { isThisOne: true, provedBy: 'sso' }),
        session('ses_2', 95, safari),
        session('ses_3', 400, 'curl/8', { provedBy: 'link' }),
      ],
    },
    { ...member('member_ada', null, 'admin', 1_500), sessions: shown([session('ses_4', 1_500, chrome)]) },
    member(
      'member_rui',
      'Rui Wolfeschlegelsteinhausenbergerdorff-Montgomery of the Northern Islands',
      'support',
      9_000,
    ),
    member('member_new', null, 'viewer', null),
  ];
}
