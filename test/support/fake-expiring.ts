/** What ends, as the dashboard's JSON shows it, from memory. */
import type { ExpiringList } from '../../api/contract/dashboard-expiring.ts';

type Thing = ExpiringList['things'][number];

/** One of each kind: ended and asked for, soon with a link, ours, and one that renews itself under a long name. */
export function fakeExpiring(now: Date, isEmpty: boolean): Thing[] {
  const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000).toISOString();
  const thing = (id: string, kind: Thing['kind'], days: number, more: Partial<Thing>): Thing => ({
    id: `${kind}.${id}`,
    kind,
    endsAt: inDays(days),
    of: { type: 'connection', id: 'conn_1', name: 'Acme', providerName: 'Okta' },
    organization: { id: 'org_1', name: 'Acme Corporation' },
    renewsItself: false,
    lastNotice: null,
    lastLink: null,
    owner: 'dana@acme.example',
    ...more,
  });
  if (isEmpty) return [];
  return [
    thing('cert_1', 'idp_certificate', -3, { lastNotice: { at: inDays(-3), threshold: 0 } }),
    thing('conn_2', 'client_secret', 12, {
      of: { type: 'connection', id: 'conn_2', name: 'Globex', providerName: 'Microsoft Entra ID' },
      organization: { id: 'org_2', name: 'Globex' },
      lastNotice: { at: inDays(-2), threshold: 14 },
      lastLink: { at: inDays(-1), state: 'opened' },
    }),
    thing('key_1', 'signing_key', 12, { owner: null }),
    thing('key_2', 'encryption_key', 40, {}),
    thing('directory_token_1', 'scim_token', 45, {
      of: { type: 'directory', id: 'directory_1', name: 'People', providerName: 'Okta' },
    }),
    thing('cert_2', 'idp_certificate', 71, {
      organization: {
        id: 'org_3',
        name: 'Wolfeschlegelsteinhausenbergerdorff-Montgomery Shipping of the Northern Islands',
      },
      renewsItself: true,
      owner: null,
    }),
  ];
}

export function expiringIn(things: readonly Thing[], now: Date, within: number): ExpiringList {
  const before = (days: number) =>
    things.filter(({ endsAt }) => Date.parse(endsAt) <= now.getTime() + days * 86_400_000);
  const perDay = new Map<string, number>();
  for (const { endsAt } of before(90)) {
    const day = endsAt.slice(0, 10);
    if (Date.parse(endsAt) > now.getTime()) perDay.set(day, (perDay.get(day) ?? 0) + 1);
  }
  return {
    counts: { ended: before(0).length, soon: before(30).length, all: before(90).length },
    perDay: [...perDay].map(([day, count]) => ({ day, count })),
    things: before(within),
    next: null,
  };
}
