import { newId } from '../../../adapters/ids.ts';
import {
  countGroupsLeftOut,
  countRoleSources,
  findNewestDirectory,
  findNewestOnboarding,
  findOpenOnboarding,
  getLink,
  insertAudit,
  keyOf,
  listGroupRoles,
  listRoleSources,
  lockOrganization,
  saveRoleMapping,
  type MappedSource,
  type NamedPlace,
  type ShownSource,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import type { OfferedFeature } from '../../../onboarding/steps.ts';
import { audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import {
  previewBody,
  previewPeople,
  previewPeopleBody,
  rolesPreview,
  rolesState,
  saveRolesBody,
  sourcesPage,
  sourcesQuery,
  type RoleSourceView,
} from '../../contract/setup-roles.ts';
import { stepResult } from '../../contract/shared.ts';
import { sendCommand } from '../../journey.ts';
import { listChangedPeople, previewMapping, versionOf, weighMapping } from '../../role-mapping.ts';
import { readRoles } from '../../roles.ts';
import { route } from '../../route.ts';
import { actLine, proveAct } from './prove-act.ts';
import {
  change,
  covers,
  ensured,
  findShownOnboarding,
  tenantOf,
  type Changed,
  type Changing,
  type SetupContext,
} from './scope.ts';

/** P20: which groups give which role, what that would change, and for whom. */

/** Of a link for sign-in alone: what its groups claim brings can give roles, too. */
const featureOf = ({ caller }: SetupContext): OfferedFeature =>
  covers(caller.session, 'directory_sync') ? 'directory_sync' : 'sso';

function tenantFor(context: SetupContext) {
  const { session } = context.caller;
  if (!covers(session, 'directory_sync') && !covers(session, 'sso'))
    throw new OnboardingError('outside_link', { features: session.features });
  return tenantOf(context);
}

const mostMapped = 2000;
const pageOfSources = 50;

const get = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/roles',
  who: 'portal_session',
  summary: 'The roles, what gives them today, and how many groups there are',
  answers: { 200: rolesState },
  handler: (context) =>
    context.read(async (tx) => {
      const tenant = tenantFor(context);
      const link = await getLink(tx, tenant, context.caller.session.linkId);
      const [{ mode, roles }, mapped, kept, counts, leftOut, directory, onboarding] = await Promise.all([
        readRoles(tx, tenant.environmentId),
        listRoleSources(tx, tenant, { givesRole: true, limit: mostMapped }),
        listGroupRoles(tx, tenant),
        countRoleSources(tx, tenant),
        countGroupsLeftOut(tx, tenant),
        findNewestDirectory(tx, tenant),
        findShownOnboarding(tx, tenant, link),
      ]);
      return ok({
        mode,
        roles: roles.map(({ slug, name, description }) => ({ slug, name, description })),
        defaultRole: roles.find(({ isDefault }) => isDefault)?.slug ?? null,
        mapped: mapped.map(viewOf),
        counts,
        leftOut,
        version: versionOf(kept),
        needsCode: kept.length > 0,
        subject: tenant.organizationId,
        directoryName: directory?.name ?? null,
        view: onboarding?.view ?? null,
      });
    }),
});

const listSources = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/roles/sources',
  who: 'portal_session',
  summary: 'Groups and values of groups claims that give no role, by name',
  query: sourcesQuery,
  answers: { 200: sourcesPage },
  handler: (context) =>
    context.read(async (tx) => {
      const { search, after } = context.query;
      const wanted = { givesRole: false, search, after: placeOf(after), limit: pageOfSources + 1 };
      const found = await listRoleSources(tx, tenantFor(context), wanted);
      const page = found.slice(0, pageOfSources);
      const last = page.at(-1);
      const goesOn = found.length > pageOfSources && last !== undefined;
      return ok({
        sources: page.map(viewOf),
        next: goesOn ? cursorOf({ name: last.label, id: last.key }) : null,
      });
    }),
});

const preview = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/roles/preview',
  who: 'portal_session',
  summary: 'Says who would gain, lose and keep which role; nothing is kept',
  body: previewBody,
  answers: { 200: rolesPreview },
  handler: (context) =>
    context.read(async (tx) => {
      const tenant = tenantFor(context);
      const weighed = await weighMapping(tx, tenant, context.body.mapping);
      return ok(await previewMapping(tx, tenant, weighed));
    }),
});

const previewWho = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/roles/preview/people',
  who: 'portal_session',
  summary: 'Whose roles would change, and because of which groups',
  body: previewPeopleBody,
  answers: { 200: previewPeople },
  handler: (context) =>
    context.read(async (tx) => {
      const tenant = tenantFor(context);
      const weighed = await weighMapping(tx, tenant, context.body.mapping);
      const { people, next } = await listChangedPeople(tx, tenant, weighed, placeOf(context.body.after));
      return ok({ people, next: next && cursorOf(next) });
    }),
});

const save = route({
  method: 'PUT',
  path: '/setup/:handle/api/directory/roles',
  who: 'portal_session',
  summary: 'Says which groups give which role, unless that leaves nobody with the top role',
  body: saveRolesBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, featureOf(context), async (changing) => {
      const { tx, tenant, by } = changing;
      const { mapping, version, code } = context.body;
      const { now } = by.request;
      // Two who save at once are one after the other, and the second is refused by its version.
      await lockOrganization(tx, tenant, tenant.organizationId);
      const before = await listGroupRoles(tx, tenant);
      if (versionOf(before) !== version) throw new OnboardingError('mapping_changed');
      if (versionOf(mapping) === version) return tellAssigned(context, changing);
      const weighed = await weighMapping(tx, tenant, mapping);
      const { orphaned, changed } = await previewMapping(tx, tenant, weighed);
      if (orphaned !== null) {
        const role = weighed.roles.find(({ slug }) => slug === orphaned)?.name ?? orphaned;
        throw new OnboardingError('top_role_lost', { role });
      }
      // [IDB-07] What is in force is changed only by who reads the contact's mail.
      if (before.length > 0) {
        const refusal = await proveAct(tx, context, actLine('directory_roles', tenant.organizationId), code);
        if (refusal !== undefined) return refusal;
      }
      await saveRoleMapping(tx, tenant, mapping, { now, newId });
      await insertAudit(
        tx,
        audited(by, tenant, {
          action: 'role.mapping_changed',
          target: { type: 'organization', id: tenant.organizationId },
          before: toldOf(before),
          after: { ...toldOf(mapping), people_changed: changed },
        }),
      );
      return tellAssigned(context, changing);
    }),
});

export const roleRoutes = [get, listSources, preview, previewWho, save];

/** The step is done by saving, whatever is saved; where the journey has no such step to do, nothing is told. */
async function tellAssigned(context: SetupContext, changing: Changing): Promise<Changed> {
  const { tx, tenant, by } = changing;
  const onboarding = await findOpenOnboarding(tx, tenant, tenant.organizationId);
  const directory = await findNewestDirectory(tx, tenant);
  const step = onboarding?.view.features
    .flatMap(({ steps }) => steps)
    .find((one) => one.step === 'assign_roles');
  const isToDo = step !== undefined && !['done', 'blocked', 'skipped'].includes(step.state);
  if (onboarding === undefined || directory === undefined || !isToDo) {
    const known = onboarding ?? (await findNewestOnboarding(tx, tenant));
    return known === undefined
      ? ensured(context, changing, featureOf(context))
      : { onboarding: known, queued: [] };
  }
  const act = { kind: 'assign_roles', directoryId: directory.id } as const;
  return { onboarding, queued: await sendCommand(tx, onboarding, act, by) };
}

/** By role, the keys of what gives it. */
const toldOf = (mapped: readonly MappedSource[]): Record<string, string[]> =>
  Object.fromEntries(
    mapped.map(({ role }) => [
      role,
      mapped
        .filter((one) => one.role === role)
        .map(({ source }) => keyOf(source))
        .toSorted(),
    ]),
  );

function viewOf({
  kind,
  groupId,
  connectionId,
  label,
  name,
  origin,
  people,
  isPrepared,
  role,
  key,
}: ShownSource): RoleSourceView {
  const source =
    kind === 'group'
      ? ({ kind, id: groupId ?? '' } as const)
      : ({ kind, connectionId: connectionId ?? '', value: label } as const);
  return { key, source, label: name, origin, people, isPrepared, role };
}

/** A place in a list, as pages send it back. */
const cursorOf = ({ name, id }: NamedPlace): string =>
  Buffer.from(JSON.stringify([name, id])).toString('base64url');

function placeOf(cursor: string | undefined): NamedPlace | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [name, id]: unknown[] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (typeof name === 'string' && typeof id === 'string') return { name, id };
  } catch {
    // Not one of ours.
  }
  throw new OnboardingError('invalid_request', { field: 'after' });
}
