import * as auditContract from '../../../api/contract/dashboard-audit.ts';
import * as eventContract from '../../../api/contract/dashboard-events.ts';
import * as streamContract from '../../../api/contract/dashboard-log-streams.ts';
import * as searchContract from '../../../api/contract/dashboard-search.ts';
import { ownEvents } from '../../../api/contract/event-names.ts';
import { startAuditExportBody } from '../../../api/contract/setup-audit.ts';
import { saved } from '../../../api/contract/setup.ts';
import { anExport } from '../fake-audit-events.ts';
import { auditRowOf, fakeAudit, fakeVerification } from '../fake-audit.ts';
import { fakeEvents, feedRowOf } from '../fake-events.ts';
import { fakeSearch } from '../fake-search.ts';
import { fakeStaffStreams, staffStreamsIn } from '../fake-staff-streams.ts';
import { api, fits, ok, problemOf, type FakeRoutes, type FakeWorld } from './routes.ts';

/** What happened, and what of it was streamed; and finding anything. */
export function answerRecords({ get, on, take }: FakeRoutes, { now, isEmpty, at }: FakeWorld) {
  const audit = fakeAudit(now, isEmpty);
  const verification = fakeVerification();
  const events = fakeEvents(now, isEmpty);
  const streams = fakeStaffStreams(now, isEmpty);

  get(`${api}/events`, eventContract.eventFeed, (_id, query) => ({
    events: events
      .filter(
        ({ name, organization }) =>
          (query.get('type') === null || `${name}.`.startsWith(`${query.get('type')}.`)) &&
          fits(query, 'organization', organization?.id ?? null),
      )
      .map(feedRowOf),
    next: null,
    names: [...ownEvents],
  }));
  get(`${api}/events/:id`, eventContract.eventDetail, (id) => events.find((one) => one.id === id));

  get(`${api}/log-streams`, streamContract.staffStreamList, (_id, query) =>
    staffStreamsIn(
      streams.filter(({ stream }) => fits(query, 'organization', stream.organization.id)),
      query.get('view') ?? 'all',
    ),
  );
  get(`${api}/log-streams/:id`, streamContract.staffStreamPage, (id) =>
    streams.find(({ stream }) => stream.id === id),
  );
  on('POST', `${api}/log-streams/:id/:act`, ({ id, act }) => {
    const found = streams.find(({ stream }) => stream.id === id);
    if (found === undefined) return problemOf(404, 'not_found');
    const isPaused = act === 'pause';
    if (act !== 'try-now')
      Object.assign(found.stream, {
        chip: isPaused ? 'paused' : 'streaming',
        pausedAt: isPaused ? at() : null,
      });
    return ok(saved, { savedAt: at() });
  });

  get(`${api}/search`, searchContract.searchAnswer, (_id, query) => fakeSearch(query.get('q') ?? ''));
  get(`${api}/audit-log`, auditContract.auditPage, (_id, query) => ({
    rows: audit
      .filter(
        ({ actor, action, target, organization, origin }) =>
          fits(query, 'origin', origin) &&
          fits(query, 'actorType', actor.type) &&
          fits(query, 'actor', actor.id) &&
          fits(query, 'target', target?.id ?? null) &&
          fits(query, 'organization', organization?.id ?? null) &&
          action.startsWith(query.get('action') ?? ''),
      )
      .map(auditRowOf),
    next: null,
  }));
  get(`${api}/audit-log/:id`, auditContract.auditDetail, (id) => audit.find((row) => row.id === id));
  take('POST', `${api}/organizations/:id/audit-exports`, startAuditExportBody, () => ({
    status: 202,
    body: anExport(),
  }));
  take('POST', `${api}/audit-log/verify`, auditContract.verifyBody, ({ goOn }) => {
    return ok(auditContract.verification, verification.after(goOn));
  });

  return { audit, verification, events };
}
