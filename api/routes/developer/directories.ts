import { comparableDomain } from '../../../adapters/domain-names.ts';
import { acting, doerOf } from '../../acting.ts';
import { accepted, created, ok } from '../../answers.ts';
import {
  createDirectoryBody,
  directory,
  listDirectoriesQuery,
  newDirectory,
} from '../../contract/developer-directories.ts';
import { listOf } from '../../contract/developer-lists.ts';
import { askForReading, makeDirectory, mintDirectoryToken } from '../../directories.ts';
import {
  addDirectoryNotice,
  countDirectoryPeople,
  dropDirectory,
  findOrganization,
  getDirectory,
  issueDirectoryToken,
  listDirectories,
} from '../../../db/index.ts';
import { directoryObject } from '../../../onboarding/directory-objects.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { workingRoads } from '../../../onboarding/providers/directory/index.ts';
import { directoryNameOf } from '../../../onboarding/providers/directory/names.ts';
import { roadOfType } from '../../../onboarding/providers/directory/directory-types.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { route } from '../../route.ts';
import { listAnswer, pageRequest } from './list-answer.ts';

/** `/directories`: where an organization's people and groups come from. */

const create = route({
  method: 'POST',
  path: '/directories',
  who: 'api_key',
  scope: 'directories',
  summary: 'Makes a directory; where its client calls us, with the address and the token for it, this once',
  body: createDirectoryBody,
  answers: { 201: newDirectory },
  handler: async ({ deps, body, caller, read, commit, request }) => {
    const { type } = body;
    const tenant = { environmentId: caller.environment.id, organizationId: body.organization_id };
    const organization = await read((tx) => findOrganization(tx, tenant, body.organization_id));
    if (organization === undefined) {
      throw new OnboardingError('not_found', { kind: 'organization', id: body.organization_id });
    }
    const road = roadOfType(type);
    if (road === undefined || !workingRoads.includes(road)) {
      const message = `type "${type}" is not offered: such directories come by SCIM or by files`;
      throw new InvalidInput([{ field: 'type', code: 'unsupported', message }]);
    }
    const by = acting(caller, request);
    const { now } = request;
    return commit(async (tx) => {
      const named = { ...tenant, name: body.name ?? organization.name, type, road };
      const row = await makeDirectory(tx, deps.urls, named, by);
      const object = directoryObject(row, { active: 0, inactive: 0, groups: 0 });
      if (road !== 'scim') {
        return created({ ...object, needs: road === 'sftp' ? 'public_key' : 'credentials' });
      }
      const { token, kept } = mintDirectoryToken();
      await issueDirectoryToken(tx, row, kept, { actor: by.actor, now });
      const scim = { base_url: row.scimBaseUrl, bearer_token: token };
      return { ...created({ ...object, scim }), holdsSecret: true };
    });
  },
});

const list = route({
  method: 'GET',
  path: '/directories',
  who: 'api_key',
  scope: 'directories',
  summary: 'Lists directories',
  query: listDirectoriesQuery,
  answers: { 200: listOf(directory) },
  handler: ({ query, caller, read }) =>
    read(async (tx) => {
      const { domain, search, organization_id: organizationId = null } = query;
      const tenant = { environmentId: caller.environment.id, organizationId };
      const filter = {
        ...(domain === undefined ? {} : { domain: comparableDomain(domain) }),
        ...(search === undefined ? {} : { search }),
      };
      const page = await listDirectories(tx, tenant, filter, pageRequest(query));
      const counts = await countDirectoryPeople(
        tx,
        tenant,
        page.rows.map(({ id }) => id),
      );
      return listAnswer(page, (row) => directoryObject(row, counts.get(row.id) ?? nobody));
    }),
});

const get = route({
  method: 'GET',
  path: '/directories/:id',
  who: 'api_key',
  scope: 'directories',
  summary: 'Gets a directory',
  answers: { 200: directory },
  handler: ({ params, caller, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const row = await getDirectory(tx, tenant, params.id);
      const counts = await countDirectoryPeople(tx, tenant, [row.id]);
      return ok(directoryObject(row, counts.get(row.id) ?? nobody));
    }),
});

const deleteOne = route({
  method: 'DELETE',
  path: '/directories/:id',
  who: 'api_key',
  scope: 'directories',
  summary:
    'Deletes a directory with its people and groups; one event tells it, and its client is refused at once',
  answers: { 202: 'accepted' },
  handler: ({ params, caller, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const by = acting(caller, request);
      const dropped = await dropDirectory(tx, tenant, params.id, doerOf(by));
      if (dropped === undefined) throw new OnboardingError('not_found', { kind: 'directory' });
      if (dropped.linkedAt !== null) {
        await addDirectoryNotice(tx, tenant, dropped.id, {
          kind: 'deleted',
          at: request.now.toISOString(),
          by: null,
          isVendors: true,
          source: directoryNameOf(dropped),
        });
      }
      return accepted();
    }),
});

const sync = route({
  method: 'POST',
  path: '/directories/:id/sync',
  who: 'api_key',
  scope: 'directories',
  summary: 'Has a directory read now; one whose client calls us is not read',
  answers: { 202: 'accepted' },
  handler: ({ params, caller, commit, request }) =>
    commit(async (tx) => {
      const row = await getDirectory(tx, { environmentId: caller.environment.id }, params.id);
      await askForReading(tx, row, acting(caller, request));
      return accepted();
    }),
});

export const directoryRoutes = [create, list, get, deleteOne, sync];

const nobody = { active: 0, inactive: 0, groups: 0 };
