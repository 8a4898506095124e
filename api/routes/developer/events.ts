import { InsteadAnswer } from '../../answers.ts';
import { event, listEventsQuery } from '../../contract/developer-environment.ts';
import { listOf } from '../../contract/developer-lists.ts';
import { isEventName } from '../../contract/event-names.ts';
import { hasUnnumbered, listEvents, numberEvents } from '../../../db/index.ts';
import { eventObject } from '../../../onboarding/webhooks.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { route } from '../../route.ts';
import { listAnswer } from './list-answer.ts';

/**
 * `/events`: what happened, in causal order without gaps. A client keeps the id of the last event it has and gives it
 * as `after`; for that to work the page is oldest first unless the query tells otherwise.
 */

const list = route({
  method: 'GET',
  path: '/events',
  who: 'api_key',
  scope: 'events',
  summary: 'Lists events of the names given',
  query: listEventsQuery,
  answers: { 200: listOf(event) },
  handler: async ({ query, caller, read, request }) => {
    const { events: names = [], range_start: start, range_end: end } = query;
    if (names.length === 0) throw refusal('invalid_events_request', noNames);
    const unknown = names.find((name) => !isEventName(name));
    if (unknown !== undefined) {
      const message = `events holds a name that is not known: ${unknown}`;
      throw new InvalidInput([{ field: 'events', code: 'unknown', message }]);
    }
    if (start !== undefined && query.after !== undefined) {
      throw refusal('invalid_events_request', 'range_start and after cannot be given together.');
    }
    if (start !== undefined && end !== undefined && Date.parse(start) > Date.parse(end)) {
      throw refusal('invalid_events_request', 'range_start must not be after range_end.');
    }
    const tenant = { environmentId: caller.environment.id };
    return read(async (tx) => {
      if (await hasUnnumbered(tx, tenant)) await numberEvents(tx, tenant.environmentId);
      const oldest = new Date(request.now.getTime() - keptMs);
      const filter = {
        names,
        from: start === undefined ? oldest : new Date(Math.max(Date.parse(start), oldest.getTime())),
        ...(end === undefined ? {} : { until: new Date(end) }),
        ...(query.organization_id === undefined ? {} : { organizationId: query.organization_id }),
      };
      const { limit = 10, order = 'asc', after, before } = query;
      return listAnswer(await listEvents(tx, tenant, filter, { limit, order, after, before }), eventObject);
    });
  },
});

export const eventRoutes = [list];

const keptMs = 90 * 86_400_000;
const noNames =
  'One or more event names (e.g. dsync.user.created) must be provided using the events parameter.';

const refusal = (code: string, message: string) =>
  new InsteadAnswer({ status: 400, body: { message, code } });
