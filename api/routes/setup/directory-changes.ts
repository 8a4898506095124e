import { z } from 'zod';
import {
  bringDirectoryBack,
  confirmDirectorySwitch,
  countDirectoryPeople,
  discardDirectorySwitch,
  dropDirectory,
  findOpenOnboarding,
  findSwitchedFrom,
  getDirectory,
  getFormerDirectory,
  listFormerDirectories,
  viewSwitch,
  type DirectoryRow,
  type DirectorySource,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { doerOf } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { provedBody } from '../../contract/setup.ts';
import {
  confirmSwitchBody,
  directoryDeletion,
  startSwitchBody,
  switchKinds,
  switchPreview,
  type SwitchPreview,
} from '../../contract/setup-directories.ts';
import { stepResult } from '../../contract/shared.ts';
import { moving, setUpDirectoryAnew, tellReading } from '../../directory-changes.ts';
import { sendCommand } from '../../journey.ts';
import { listRoleMoves, requireTopRoleKept, topRoleLostBy, topRoleLostWithout } from '../../role-mapping.ts';
import { route } from '../../route.ts';
import { requireSource } from './directories.ts';
import { personViewOf } from './directory-views.ts';
import { tellContactsOfDirectory } from './contact-notices.ts';
import { getCurrentDirectory, lockCurrentDirectory, requireAgreed } from './directory.ts';
import { actLine, proveAct } from './prove-act.ts';
import {
  change,
  changeIn,
  ensured,
  requireLooking,
  tenantOf,
  type Changed,
  type Changing,
  type SetupContext,
} from './scope.ts';
import { tellNothing } from './switches.ts';

/** P21: another source for a directory that people come from, the same one anew, the one before again, or none. */

const feature = 'directory_sync';
const pageSize = 50;

const prepare = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/switch',
  who: 'portal_session',
  summary:
    'Prepares another source: the present one is not heard any more, and nobody is changed until it is confirmed',
  body: startSwitchBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) => {
    const { name, type, road, id: providerId } = requireSource(context, context.body.sourceId);
    return change(context, feature, async (changing) => {
      const directory = await lockLinked(changing, context);
      const refusal = await proved(changing, context, actLine('directory_switch', directory.id));
      if (refusal !== undefined) return refusal;
      const reason = providerId === directory.providerId ? 'reset' : 'switched';
      return setUpAnew(context, changing, directory, { source: { name, type, road, providerId }, reason });
    });
  },
});

const reset = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/reset',
  who: 'portal_session',
  summary:
    'Prepares the same source anew: what it was set up with is kept for 30 days, and nobody is changed until it is confirmed',
  body: provedBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, feature, async (changing) => {
      const directory = await lockLinked(changing, context);
      const refusal = await proved(changing, context, actLine('directory_reset', directory.id));
      if (refusal !== undefined) return refusal;
      const { name, type, road, providerId } = directory;
      return setUpAnew(context, changing, directory, {
        source: { name, type, road, providerId },
        reason: 'reset',
      });
    }),
});

const whoWouldChange = z.object({
  kind: z.enum(switchKinds).default('vanish'),
  after: z.string().max(1000).optional(),
});

const preview = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/switch',
  who: 'portal_session',
  summary: 'Who would appear, vanish, stay and have other roles',
  query: whoWouldChange,
  answers: { 200: switchPreview },
  handler: (context) =>
    context.read(async (tx) => {
      requireLooking(context, feature);
      const { id: directoryId, nextGeneration: generation } = await getCurrentDirectory(tx, context);
      if (generation === null) throw new OnboardingError('directory_switch_missing');
      return ok(await previewOf(tx, context, { directoryId, generation }));
    }),
});

const previewBack = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/formers/:id',
  who: 'portal_session',
  summary: 'The same of bringing back what the directory was before',
  query: whoWouldChange,
  answers: { 200: switchPreview },
  handler: (context) =>
    context.read(async (tx) => {
      requireLooking(context, feature);
      const { id: directoryId, nextGeneration } = await getCurrentDirectory(tx, context);
      if (nextGeneration !== null) throw new OnboardingError('directory_switch_open');
      const which = { directoryId, formerId: context.params.id };
      const former = await getFormerDirectory(tx, tenantOf(context), which, context.request.now);
      return ok(await previewOf(tx, context, former));
    }),
});

async function previewOf(
  tx: Tx,
  context: SetupContext & { query: z.infer<typeof whoWouldChange> },
  { directoryId, generation }: { directoryId: string; generation: number },
): Promise<SwitchPreview> {
  const { kind, after = null } = context.query;
  const [tenant, next] = [tenantOf(context), { directoryId, generation }];
  const moves = await listRoleMoves(tx, tenant, next);
  const page = { after, limit: pageSize, ...(kind === 'roles' ? { ids: [...moves.keys()] } : { kind }) };
  const { counts, people, ...view } = await viewSwitch(tx, next, page);
  return {
    ...view,
    kind,
    counts: { ...counts, roles: moves.size },
    roleLost: await topRoleLostBy(tx, tenant, next),
    people: people.map((row) => ({ ...personViewOf(row), move: moves.get(row.id) ?? null })),
  };
}

const confirm = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/switch/confirm',
  who: 'portal_session',
  summary:
    'Shows the people of the prepared source in place of the others, unless more vanish than was agreed to',
  body: confirmSwitchBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, feature, async (changing) => {
      const { tx, tenant, by } = changing;
      const directory = await lockCurrentDirectory(tx, context);
      const { id: directoryId, nextGeneration: generation } = directory;
      if (generation !== null) await requireTopRoleKept(tx, tenant, { directoryId, generation });
      const refusal = await proved(changing, context, actLine('directory_switch', directoryId));
      if (refusal !== undefined) return refusal;
      const from = await findSwitchedFrom(tx, tenant, directory);
      const { vanish } = await confirmDirectorySwitch(tx, tenant, directory.id, doerOf(by));
      requireAgreed(vanish, context.body.vanish);
      await tellContactsOfDirectory(
        changing,
        { ...directory, ...namesOf(from ?? directory) },
        'switched',
        directory,
      );
      return tellNothing(context, changing, feature);
    }),
});

const discard = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/switch/discard',
  who: 'portal_session',
  summary: 'Gives the prepared source up: the one before is heard again',
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, feature, async (changing) => {
      const { tx, tenant } = changing;
      const before = await lockCurrentDirectory(tx, context);
      const after = await discardDirectorySwitch(tx, tenant, before.id, moving(changeIn(context, changing)));
      await tellContactsOfDirectory(changing, before, 'brought_back', after);
      await tellReading(changing, before, after);
      return tellBroughtBack(context, changing, before.id);
    }),
});

const bringBack = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/formers/:id/bring-back',
  who: 'portal_session',
  summary:
    'Brings back what the directory was before, with its people, unless more vanish than was agreed to',
  body: confirmSwitchBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, feature, async (changing) => {
      const { tx, tenant } = changing;
      const { id: formerId } = context.params;
      const before = await lockCurrentDirectory(tx, context);
      const formers = await listFormerDirectories(tx, tenant, before.id, changing.by.request.now);
      const former = formers.find(({ id }) => id === formerId);
      if (former !== undefined) await requireTopRoleKept(tx, tenant, former);
      const refusal = await proved(changing, context, actLine('directory_bring_back', formerId));
      if (refusal !== undefined) return refusal;
      const which = { directoryId: before.id, formerId };
      const { vanish } = await bringDirectoryBack(tx, tenant, which, moving(changeIn(context, changing)));
      requireAgreed(vanish, context.body.vanish);
      const after = await getDirectory(tx, tenant, before.id);
      await tellContactsOfDirectory(changing, before, 'brought_back', after);
      await tellReading(changing, before, after);
      return tellBroughtBack(context, changing, before.id);
    }),
});

const weighDeletion = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/deletion',
  who: 'portal_session',
  summary: 'How many would be gone with the directory, and whether nobody would be left with the top role',
  answers: { 200: directoryDeletion },
  handler: (context) =>
    context.read(async (tx) => {
      requireLooking(context, feature);
      const tenant = tenantOf(context);
      const { id } = await getCurrentDirectory(tx, context);
      const counts = (await countDirectoryPeople(tx, tenant, [id])).get(id);
      return ok({ people: counts?.active ?? 0, roleLost: await topRoleLostWithout(tx, tenant, id) });
    }),
});

const remove = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/delete',
  who: 'portal_session',
  summary: 'Deletes the directory with its people; a linked one with a code only',
  body: provedBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, feature, async (changing) => {
      const { tx, tenant, by } = changing;
      const directory = await lockCurrentDirectory(tx, context);
      const refusal =
        directory.linkedAt === null
          ? undefined
          : await proved(changing, context, actLine('directory_delete', directory.id));
      if (refusal !== undefined) return refusal;
      await dropDirectory(tx, tenant, directory.id, doerOf(by));
      await tellContactsOfDirectory(changing, directory, 'deleted');
      return tellNothing(context, changing, feature);
    }),
});

export const directoryChangeRoutes = [
  prepare,
  reset,
  preview,
  previewBack,
  confirm,
  discard,
  bringBack,
  weighDeletion,
  remove,
];

const namesOf = ({ name, providerId }: Pick<DirectoryRow, 'name' | 'providerId'>) => ({ name, providerId });

type ProvedContext = SetupContext & { body: { code?: string | undefined } };

const proved = ({ tx }: Changing, context: ProvedContext, act: string) =>
  proveAct(tx, context, act, context.body.code);

/** Throws `directory_state_refused` where nobody has come yet: then the source is just chosen, or the guide gone back to. */
async function lockLinked({ tx }: Changing, context: SetupContext): Promise<DirectoryRow> {
  const directory = await lockCurrentDirectory(tx, context);
  if (directory.linkedAt === null) {
    throw new OnboardingError('directory_state_refused', { state: directory.state });
  }
  if (directory.nextGeneration !== null) throw new OnboardingError('directory_switch_open');
  return directory;
}

/** The steps are there to be done again, for the source that is chosen with this. */
async function setUpAnew(
  context: SetupContext,
  changing: Changing,
  before: DirectoryRow,
  wanted: { source: Omit<DirectorySource, 'sftpUserName'>; reason: 'switched' | 'reset' },
): Promise<Changed> {
  const { tx, by } = changing;
  const { providerId, road } = wanted.source;
  const after = await setUpDirectoryAnew(changeIn(context, changing), before, wanted);
  await tellContactsOfDirectory(
    changing,
    before,
    wanted.reason === 'reset' ? 'reset' : 'switch_prepared',
    after,
  );
  const directoryId = before.id;
  const { onboarding, queued } = await ensured(context, changing, feature);
  const anew = { kind: 'reset_directory', directoryId } as const;
  const chosen = { kind: 'choose_directory', directoryId, providerId: providerId ?? road } as const;
  const emptied = await sendCommand(tx, onboarding, anew, by, queued);
  return { onboarding, queued: await sendCommand(tx, onboarding, chosen, by, emptied) };
}

async function tellBroughtBack(
  context: SetupContext,
  changing: Changing,
  directoryId: string,
): Promise<Changed> {
  const { tx, tenant, by } = changing;
  const open = await findOpenOnboarding(tx, tenant, tenant.organizationId);
  if (open === undefined) return tellNothing(context, changing, feature);
  const { onboarding, queued } = await ensured(context, changing, feature);
  const act = { kind: 'bring_back_directory', directoryId } as const;
  return { onboarding, queued: await sendCommand(tx, onboarding, act, by, queued) };
}
