/** The feed of events as the dashboard's JSON shows it, from memory. */
import type { z } from 'zod';
import type { eventDetail, eventFeed } from '../../api/contract/dashboard-events.ts';

type Detail = z.infer<typeof eventDetail>;

/** One that every endpoint has taken, one that waits, one that was given up, one for nobody; one of no customer. */
export function fakeEvents(now: Date, isEmpty: boolean): Detail[] {
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
  const acme = { id: 'org_1', name: 'Acme Corporation' };
  const long = {
    id: 'org_2',
    name: 'Wolfeschlegelsteinhausenbergerdorff-Montgomery Beteiligungsgesellschaft',
  };
  const url = 'https://api.northwind.example/vestibule/events';
  const delivery = (at: number, more: Partial<Detail['deliveries'][number]> = {}) => ({
    id: `webhook_delivery_${at}`,
    endpointId: `we_${at}`,
    url,
    state: 'delivered' as const,
    status: 200,
    tries: 1,
    lastTriedAt: ago(1),
    nextTryAt: null,
    ...more,
  });
  const waiting = { state: 'waiting', status: 503, tries: 3, nextTryAt: ago(-24) } as const;
  const failed = {
    state: 'failed',
    status: null,
    tries: 10,
    url: `https://hooks.northwind.example/`,
  } as const;
  const event = (
    at: number,
    name: string,
    organization: Detail['organization'],
    deliveries: Detail['deliveries'],
  ): Detail => {
    const count = (state: string) => deliveries.filter((one) => one.state === state).length;
    const id = `event_01JD4K000000000000000000${at}`;
    const body = {
      object: 'event',
      id,
      event: name,
      created_at: ago(at * 7),
      data: { object: name.split('.')[0], id: `thing_${at}`, organization_id: organization?.id ?? null },
    };
    return {
      id,
      name,
      at: ago(at * 7),
      organization,
      body,
      deliveries,
      sent: {
        endpoints: deliveries.length,
        delivered: count('delivered'),
        waiting: count('waiting'),
        failed: count('failed'),
      },
    };
  };
  const events = [
    event(1, 'onboarding.live', acme, [delivery(1), delivery(2)]),
    event(2, 'dsync.user.updated', long, [delivery(1), delivery(2, waiting)]),
    event(3, 'dsync.group.user_removed', acme, [delivery(1), delivery(2, failed)]),
    event(4, 'authentication.sso_succeeded', acme, []),
    event(5, 'connection.saml_certificate_renewal_required', null, []),
  ];
  return isEmpty ? [] : events;
}

export const feedRowOf = ({ id, name, at, organization, sent }: Detail): Row => ({
  id,
  name,
  at,
  organization,
  sent,
});
type Row = z.infer<typeof eventFeed>['events'][number];
