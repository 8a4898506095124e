import { z } from 'zod';
import {
  countDirectoryPeople,
  countHeldPeople,
  findDirectoryUser,
  findShownRequest,
  getDirectory,
  getDirectoryUser,
  insertAudit,
  listDirectoryTokens,
  listHolds,
  listLastFiles,
  listLastRuns,
  listOpenTroubles,
  listOrganizationNames,
  listShownRequests,
  searchDirectoryPeople,
  type DirectoryHoldRow,
  type Tenant,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { outcomeOf } from '../../../onboarding/directory-holds.ts';
import { directoryRequestCauses } from '../../../onboarding/directory-requests.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { refusalOf } from '../../directory-credentials-view.ts';
import {
  directoryDetail,
  directoryPeople,
  directoryPersonDetail,
  directoryRequestDetail,
  directoryRequestPage,
  type DirectoryDetail,
} from '../../contract/dashboard-directories.ts';
import { askForReading } from '../../directories.ts';
import { directoryPersonOf, personLineOf } from '../../directory-person-view.ts';
import { directoryFactsOf, directoryLineOf, requestViewOf } from '../../directory-views.ts';
import { route } from '../../route.ts';
import { troubleViewsOf } from '../../trouble-views.ts';
import { pageQuery, pageRequest } from './page-query.ts';
import { isNewViewing } from './viewings.ts';

/** S9: what the clients of directories have called, and the page of one directory. */

const listRequests = route({
  method: 'GET',
  path: '/dashboard/api/directory-requests',
  who: 'staff',
  role: 'viewer',
  summary: 'Calls of the clients of directories, newest first',
  query: pageQuery.extend({
    organization: z.string().max(60).optional(),
    directory: z.string().max(60).optional(),
    outcome: z.enum(['taken', 'refused']).optional(),
    cause: z.enum(directoryRequestCauses).optional(),
    from: z.iso.datetime({ offset: true }).optional(),
    until: z.iso.datetime({ offset: true }).optional(),
  }),
  answers: { 200: directoryRequestPage },
  handler: ({ caller, query, read }) =>
    read(async (tx) => {
      const { organization = null, directory, outcome, cause, from, until } = query;
      const tenant = { environmentId: caller.environment.id, organizationId: organization };
      const filter = {
        ...(directory === undefined ? {} : { directoryId: directory }),
        ...(outcome === undefined ? {} : { isRefused: outcome === 'refused' }),
        ...(cause === undefined ? {} : { cause }),
        ...(from === undefined ? {} : { from: new Date(from) }),
        ...(until === undefined ? {} : { until: new Date(until) }),
      };
      const page = await listShownRequests(tx, tenant, filter, pageRequest(query));
      return ok({ requests: page.rows.map(requestViewOf), next: page.after });
    }),
});

const getRequest = route({
  method: 'GET',
  path: '/dashboard/api/directory-requests/:id',
  who: 'staff',
  role: 'viewer',
  summary: 'A call with what was sent and answered',
  answers: { 200: directoryRequestDetail },
  handler: ({ deps, caller, params, read, request }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const row = await findShownRequest(tx, tenant, params.id);
      if (row === undefined) throw new OnboardingError('not_found', { kind: 'directory_request' });
      // The bodies tell of people: the organization sees who has looked [AUD-04].
      const viewing = { sessionId: caller.session.id, targetId: row.id, now: request.now };
      if (isNewViewing(deps, viewing)) {
        const target = { type: 'directory_request', id: row.id };
        const act = { action: 'directory_request.viewed', target } as const;
        await insertAudit(tx, audited(acting(caller, request), row, act));
      }
      const { requestBody, responseBody } = row;
      return ok({ ...requestViewOf(row), requestBody, responseBody });
    }),
});

const get = route({
  method: 'GET',
  path: '/dashboard/api/directories/:id',
  who: 'staff',
  role: 'viewer',
  summary: 'A directory: its state, how many came from it, what waits, and what has happened to it',
  answers: { 200: directoryDetail },
  handler: ({ caller, params, read, request }) =>
    read(async (tx) => {
      const row = await getDirectory(tx, { environmentId: caller.environment.id }, params.id);
      const tenant = { environmentId: row.environmentId, organizationId: row.organizationId };
      const counts = (await countDirectoryPeople(tx, tenant, [row.id])).get(row.id);
      const holds = await listHolds(tx, tenant, row.id, fewShown);
      const names = await listOrganizationNames(tx, tenant, [row.organizationId]);
      const tokens = await listDirectoryTokens(tx, tenant, row.id, request.now);
      const runs = await listLastRuns(tx, tenant, row.id, fewShown);
      const files = await listLastFiles(tx, tenant, row.id, fewShown);
      const troubles = await listOpenTroubles(tx, tenant, [row.organizationId]);
      const newest = { limit: 10, order: 'desc' } as const;
      const requests = await listShownRequests(tx, tenant, { directoryId: row.id }, newest);
      const body: DirectoryDetail = {
        ...directoryLineOf(row, { counts, isHeld: holds.some(({ state }) => state === 'open') }),
        ...directoryFactsOf(row),
        organization: { id: row.organizationId, name: names.get(row.organizationId) ?? row.organizationId },
        tokens: tokens.map(({ id, suffix, createdAt, expiresAt, lastUsedAt }) => ({
          id,
          suffix,
          createdAt: createdAt.toISOString(),
          expiresAt: expiresAt?.toISOString() ?? null,
          lastUsedAt: lastUsedAt?.toISOString() ?? null,
        })),
        holds: await holdsShown(tx, tenant, holds),
        runs: runs.map((run) => ({
          id: run.id,
          kind: run.kind,
          state: run.state,
          refusal: refusalOf(run),
          counts: { ...run.counts },
          startedAt: run.startedAt.toISOString(),
          endedAt: run.endedAt?.toISOString() ?? null,
        })),
        files: files.map(({ id, name, state, cause, rows, refusedLines, receivedAt }) => ({
          id,
          name,
          state,
          cause,
          rows,
          refusedLines,
          receivedAt: receivedAt.toISOString(),
        })),
        troubles: await troubleViewsOf(
          tx,
          tenant,
          troubles.filter(({ subjectId }) => subjectId === row.id),
        ),
        recentRequests: requests.rows.map(requestViewOf),
      };
      return ok(body);
    }),
});

const listPeople = route({
  method: 'GET',
  path: '/dashboard/api/directories/:id/people',
  who: 'staff',
  role: 'support',
  summary: 'People of a directory by part of their name or address, or by their id',
  query: z.object({ search: z.string().trim().min(2).max(200) }),
  answers: { 200: directoryPeople },
  handler: ({ caller, params, query, read }) =>
    read(async (tx) => {
      const { id, ...row } = await getDirectory(tx, { environmentId: caller.environment.id }, params.id);
      const tenant = { environmentId: row.environmentId, organizationId: row.organizationId };
      const byId = query.search.startsWith('directory_user_')
        ? await findDirectoryUser(tx, tenant, query.search)
        : undefined;
      if (byId?.directoryId === id) return ok({ people: [personLineOf(byId)], hasMore: false });
      const wanted = { directoryId: id, search: query.search };
      const page = await searchDirectoryPeople(tx, tenant, wanted, { limit: 20 });
      return ok({ people: page.rows.map(personLineOf), hasMore: page.after !== null });
    }),
});

const getPerson = route({
  method: 'GET',
  path: '/dashboard/api/directory-users/:id',
  who: 'staff',
  role: 'support',
  summary: 'A person of a directory: attributes, groups, roles with what gives them, and what was told last',
  answers: { 200: directoryPersonDetail },
  handler: ({ deps, caller, params, read, request }) =>
    read(async (tx) => {
      const row = await getDirectoryUser(tx, { environmentId: caller.environment.id }, params.id);
      // It tells of a person: the organization sees who has looked [AUD-04].
      const viewing = { sessionId: caller.session.id, targetId: row.id, now: request.now };
      if (isNewViewing(deps, viewing)) {
        const target = { type: 'directory_user', id: row.id };
        const act = { action: 'directory_user.viewed', target } as const;
        await insertAudit(tx, audited(acting(caller, request), row, act));
      }
      return ok(await directoryPersonOf(tx, row));
    }),
});

const readNow = route({
  method: 'POST',
  path: '/dashboard/api/directories/:id/read',
  who: 'staff',
  role: 'support',
  summary: 'Has a directory read now; one whose client calls us is not read',
  answers: { 202: z.strictObject({}) },
  handler: ({ caller, params, commit, request }) =>
    commit(async (tx) => {
      const row = await getDirectory(tx, { environmentId: caller.environment.id }, params.id);
      await askForReading(tx, row, acting(caller, request));
      return { status: 202, body: {} };
    }),
});

export const directoryRoutes = [listRequests, getRequest, get, listPeople, getPerson, readNow];

const fewShown = 10;

/** How many people an open one waits with, and how many a discarded one still keeps; an applied one has let them go. */
async function holdsShown(
  tx: Tx,
  tenant: Tenant,
  holds: readonly DirectoryHoldRow[],
): Promise<DirectoryDetail['holds']> {
  const people = await countHeldPeople(
    tx,
    tenant,
    holds.map(({ id }) => id),
  );
  return holds.map((hold) => {
    const { id, reason, activeBefore, createdAt, decidedAt } = hold;
    const state = outcomeOf(hold) ?? 'open';
    return {
      id,
      reason,
      state,
      activeBefore,
      createdAt: createdAt.toISOString(),
      waiting: state === 'open' ? (people.get(id) ?? 0) : 0,
      staying: state === 'discarded' ? (people.get(id) ?? 0) : 0,
      decidedAt: decidedAt?.toISOString() ?? null,
    };
  });
}
