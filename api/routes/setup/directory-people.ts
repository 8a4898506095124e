import { z } from 'zod';
import { newId } from '../../../adapters/ids.ts';
import {
  decideHold,
  findDiscardedHold,
  getHold,
  insertCommand,
  letDiscardedLeave,
  listDirectoryRequests,
  listHolds,
  listPeopleOnHold,
  searchDirectoryGroups,
  searchDirectoryPeople,
  type DirectoryHoldRow,
  type Tx,
} from '../../../db/index.ts';
import { outcomeOf } from '../../../onboarding/directory-holds.ts';
import { findDirectoryGuide } from '../../../onboarding/providers/directory/index.ts';
import { directoryRow } from '../../../onboarding/workflow-names.ts';
import { acting } from '../../acting.ts';
import { ok, type Answer } from '../../answers.ts';
import { saved } from '../../contract/setup.ts';
import {
  applyHoldBody,
  groupList,
  holdReview,
  peopleList,
  requestList,
  type HoldReview,
} from '../../contract/setup-directories.ts';
import { topRoleLostByLeaving } from '../../role-mapping.ts';
import { route } from '../../route.ts';
import { holdViewOf, keptViewOf, personViewOf, requestViewOf } from './directory-views.ts';
import { findCurrentDirectory, getCurrentDirectory, requireAgreed } from './directory.ts';
import { requireChange, requireLooking, tenantOf, type SetupContext } from './scope.ts';

/** P21: who and what has come from the directory, and what of it waits for a person. */

const pageSize = 50;
const sought = z.object({ search: z.string().max(200).optional(), after: z.string().max(80).optional() });
const pageAfter = ({ after }: { after?: string | undefined }) => ({ limit: pageSize, after });

const listPeople = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/people',
  who: 'portal_session',
  summary: 'Who has come, by name',
  query: sought,
  answers: { 200: peopleList },
  handler: (context) =>
    context.read(async (tx) => {
      requireLooking(context, 'directory_sync');
      const { query } = context;
      const { id: directoryId } = await getCurrentDirectory(tx, context);
      const wanted = { directoryId, search: query.search?.trim() ?? '' };
      const page = await searchDirectoryPeople(tx, tenantOf(context), wanted, pageAfter(query));
      return ok({ people: page.rows.map(personViewOf), after: page.after });
    }),
});

const listGroups = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/groups',
  who: 'portal_session',
  summary: 'Which groups have come, by name',
  query: sought,
  answers: { 200: groupList },
  handler: (context) =>
    context.read(async (tx) => {
      requireLooking(context, 'directory_sync');
      const { query } = context;
      const { id: directoryId } = await getCurrentDirectory(tx, context);
      const wanted = { directoryId, search: query.search?.trim() ?? '' };
      const page = await searchDirectoryGroups(tx, tenantOf(context), wanted, pageAfter(query));
      const groups = page.rows.map(({ id, name, members, updatedAt }) => ({
        id,
        name,
        members,
        changedAt: updatedAt.toISOString(),
      }));
      return ok({ groups, after: page.after });
    }),
});

const listRequests = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/requests',
  who: 'portal_session',
  summary: 'What the client has called, newest first, secrets never',
  query: z.object({ refused: z.enum(['true', 'false']).optional(), after: z.string().max(80).optional() }),
  answers: { 200: requestList },
  handler: (context) =>
    context.read(async (tx) => {
      requireLooking(context, 'directory_sync');
      const { query } = context;
      const directory = await getCurrentDirectory(tx, context);
      const filter = { directoryId: directory.id, ...(query.refused === 'true' && { isRefused: true }) };
      const page = await listDirectoryRequests(tx, tenantOf(context), filter, {
        ...pageAfter(query),
        order: 'desc',
      });
      const guide = findDirectoryGuide(directory.providerId ?? '');
      return ok({ requests: page.rows.map((row) => requestViewOf(row, guide)), after: page.after });
    }),
});

const getReview = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/hold',
  who: 'portal_session',
  summary: 'The change that is on hold, and whom it would take',
  query: sought.pick({ after: true }),
  answers: { 200: holdReview },
  handler: (context) =>
    context.read(async (tx) => {
      requireLooking(context, 'directory_sync');
      const tenant = tenantOf(context);
      const directory = await findCurrentDirectory(tx, context);
      const none = { hold: null, decided: null, kept: null, roleLost: null, people: [], after: null };
      if (directory === undefined) return ok(none);
      const [newest] = await listHolds(tx, tenant, directory.id, 1);
      if (newest?.state === 'open') {
        const hold = await holdViewOf(tx, tenant, newest);
        const roleLost = await topRoleLostByLeaving(tx, tenant, directory);
        return ok({ ...none, hold, roleLost, ...(await peopleOn(tx, context, newest)) });
      }
      const decided = decidedOf(newest);
      const discarded = await findDiscardedHold(tx, tenant, directory);
      if (discarded === undefined) return ok({ ...none, decided });
      const kept = await keptViewOf(tx, tenant, discarded);
      const roleLost = await topRoleLostByLeaving(tx, tenant, directory);
      return ok({ ...none, decided, kept, roleLost, ...(await peopleOn(tx, context, discarded)) });
    }),
});

async function peopleOn(
  tx: Tx,
  context: SetupContext & { query: Parameters<typeof pageAfter>[0] },
  hold: DirectoryHoldRow,
): Promise<Pick<HoldReview, 'people' | 'after'>> {
  const page = await listPeopleOnHold(tx, tenantOf(context), hold.id, pageAfter(context.query));
  const people = page.rows.map((row) => ({
    ...personViewOf(row),
    becomes: row.removedAt === null ? ('inactive' as const) : ('removed' as const),
  }));
  return { people, after: page.after };
}

function decidedOf(hold: DirectoryHoldRow | undefined): HoldReview['decided'] {
  const decision = hold === undefined ? null : outcomeOf(hold);
  const at = hold?.decidedAt ?? null;
  return decision === null || at === null ? null : { decision, at: at.toISOString() };
}

const apply = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/hold/:id/apply',
  who: 'portal_session',
  summary: 'Lets the change on hold take effect',
  body: applyHoldBody,
  answers: { 200: saved },
  handler: (context) => decide(context, context.params.id, 'applied', context.body.people),
});

const discard = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/hold/:id/discard',
  who: 'portal_session',
  summary: 'Keeps everybody whom the change on hold is about',
  answers: { 200: saved },
  handler: (context) => decide(context, context.params.id, 'discarded'),
});

const letLeave = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/hold/:id/let-leave',
  who: 'portal_session',
  summary: 'Lets those leave after all whom a discarded change was about',
  answers: { 200: saved },
  handler: (context) => {
    const { caller, request } = context;
    return context.commit(async (tx) => {
      await requireChange(tx, context, 'directory_sync');
      const hold = await getHold(tx, tenantOf(context), context.params.id);
      await letDiscardedLeave(tx, hold, acting(caller, request).actor, request.now);
      return ok({ savedAt: request.now.toISOString() });
    });
  },
});

export const directoryPeopleRoutes = [
  listPeople,
  listGroups,
  listRequests,
  getReview,
  apply,
  discard,
  letLeave,
];

function decide(
  context: SetupContext,
  holdId: string,
  decision: 'applied' | 'discarded',
  agreed?: number,
): Promise<Answer> {
  const { caller, request } = context;
  return context.commit(async (tx) => {
    await requireChange(tx, context, 'directory_sync');
    const hold = await getHold(tx, tenantOf(context), holdId);
    requireAgreed(await decideHold(tx, hold, decision, acting(caller, request).actor, request.now), agreed);
    if (hold.reason === 'first_file') {
      // The file lies there until it is read again, now with an answer.
      const wake = { key: newId('cmd_'), ...tenantOf(context), directoryId: hold.directoryId };
      await insertCommand(tx, directoryRow(wake, 'readDirectory', request.now));
    }
    return ok({ savedAt: request.now.toISOString() });
  });
}
