import { z } from 'zod';
import {
  findConnection,
  getAttempt,
  insertAudit,
  listAttempts,
  listOrganizationNames,
} from '../../../db/index.ts';
import { signInCauses } from '../../../onboarding/sign-in-causes.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { attemptDetailOf, attemptViewOf } from '../../attempt-views.ts';
import { attemptPage } from '../../contract/dashboard.ts';
import { attemptDetail, chipAttempt } from '../../contract/shared.ts';
import { route } from '../../route.ts';
import { pageQuery, pageRequest } from './page-query.ts';
import { isNewViewing } from './viewings.ts';

/** S8: sign-in attempts, and one of them in the customer's words. */

const list = route({
  method: 'GET',
  path: '/dashboard/api/attempts',
  who: 'staff',
  role: 'viewer',
  summary: 'Sign-in attempts, newest first',
  query: pageQuery.extend({
    organization: z.string().max(60).optional(),
    connection: z.string().max(60).optional(),
    state: chipAttempt.optional(),
    cause: z.enum(signInCauses).optional(),
    origin: z.enum(['app', 'test', 'provider']).optional(),
  }),
  answers: { 200: attemptPage },
  handler: ({ caller, query, read }) =>
    read(async (tx) => {
      const { organization = null, connection, state, cause, origin } = query;
      const tenant = { environmentId: caller.environment.id, organizationId: organization };
      const filter = {
        ...(connection === undefined ? {} : { connectionId: connection }),
        ...(state === undefined ? {} : { state }),
        ...(cause === undefined ? {} : { cause }),
        ...(origin === undefined ? {} : { origin }),
      };
      const page = await listAttempts(tx, tenant, filter, pageRequest(query));
      return ok({ attempts: page.rows.map((row) => attemptViewOf(row, row)), next: page.after });
    }),
});

const get = route({
  method: 'GET',
  path: '/dashboard/api/attempts/:id',
  who: 'staff',
  role: 'viewer',
  summary: 'An attempt from asked to handed over, with what went wrong and how to mend it',
  answers: { 200: attemptDetail },
  handler: ({ deps, caller, params, read, request }) =>
    read(async (tx) => {
      const { environment } = caller;
      const tenant = { environmentId: environment.id };
      const row = await getAttempt(tx, tenant, params.id);
      const connection = await findConnection(tx, tenant, row.connectionId);
      const names = await listOrganizationNames(tx, tenant, [row.organizationId]);
      // The answer holds what the provider said of a person: the organization sees who has looked [AUD-04].
      const viewing = { sessionId: caller.session.id, targetId: row.id, now: request.now };
      if (isNewViewing(deps, viewing)) {
        const target = { type: 'attempt', id: row.id };
        await insertAudit(tx, audited(acting(caller, request), row, { action: 'attempt.viewed', target }));
      }
      const organizationName = names.get(row.organizationId) ?? null;
      const { urls } = deps;
      return ok(attemptDetailOf(row, { environment, connection, organizationName, urls }));
    }),
});

export const attemptRoutes = [list, get];
