import { linkSealedAt } from '../../../adapters/setup-links.ts';
import {
  findFirstRunFacts,
  findNewestLiveLink,
  findSandboxState,
  insertAudit,
  listNewestEvents,
  putSandboxState,
  type FirstRunFacts,
  type LinkRow,
  type Tx,
} from '../../../db/index.ts';
import { acting, audited } from '../../acting.ts';
import { noContent, ok } from '../../answers.ts';
import { firstRun, type FirstRun } from '../../contract/dashboard.ts';
import type { ApiDeps } from '../../deps.ts';
import { linkUrl } from '../../links.ts';
import { mayAct } from '../../middleware/authenticate.ts';
import { route, type Callers } from '../../route.ts';
import { firstRunCommands } from './first-run-commands.ts';

/** S2: five lines that tick when they really happened. */

const get = route({
  method: 'GET',
  path: '/dashboard/api/first-run',
  who: 'staff',
  role: 'viewer',
  summary: 'The five lines of the first run, the commands for them, and the events as they arrive',
  answers: { 200: firstRun },
  handler: ({ deps, caller, read, request }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const facts = await findFirstRunFacts(tx, tenant);
      const link = await findNewestLiveLink(tx, tenant, request.now);
      const events = await listNewestEvents(tx, tenant, 30);
      const skipped = await findSandboxState(tx, tenant, firstRunSkipped);
      const shown = secretsFor(deps, caller, link);
      const body: FirstRun = {
        apiKeyShown: shown.apiKey,
        steps: stepsOf(facts),
        commands: firstRunCommands(deps.urls.api, shown.apiKey ?? 'YOUR_API_KEY'),
        link: shown.link,
        events: events.map(({ id, name, createdAt }) => ({ id, name, at: createdAt.toISOString() })),
        skipped: skipped !== undefined,
      };
      return ok(body);
    }),
});

const skip = route({
  method: 'POST',
  path: '/dashboard/api/first-run/skip',
  who: 'staff',
  role: 'developer',
  summary: 'Leaves the first run in the menu, for everybody',
  answers: { 204: 'skipped' },
  handler: ({ caller, commit, request }) =>
    commit(async (tx) => {
      const whose = { environmentId: caller.environment.id, organizationId: null };
      await putSandboxState(tx, whose, firstRunSkipped, { by: caller.member.id }, request.now);
      await insertAudit(tx, audited(acting(caller, request), whose, { action: 'first_run.skipped' }));
      return noContent();
    }),
});

export const firstRunRoutes = [get, skip];

const firstRunSkipped = 'first_run_skipped';

/** Whether there is something left to try, and nobody has skipped it. */
export async function isFirstRunLeft(tx: Tx, tenant: { environmentId: string }): Promise<boolean> {
  if ((await findSandboxState(tx, tenant, firstRunSkipped)) !== undefined) return false;
  return stepsOf(await findFirstRunFacts(tx, tenant)).some(({ doneAt }) => doneAt === null);
}

function stepsOf({ keyAt, onboardingAt, openedAt, signedInAt, liveAt }: FirstRunFacts): FirstRun['steps'] {
  const happened = {
    key: keyAt,
    onboarding_created: onboardingAt,
    link_opened: openedAt,
    signed_in: signedInAt,
    live: liveAt,
  };
  return (['key', 'onboarding_created', 'link_opened', 'signed_in', 'live'] as const).map((step) => ({
    step,
    doneAt: happened[step]?.toISOString() ?? null,
  }));
}

/** The sandbox's key and its newest link: in the embedded default only, where both lie on this machine anyway. */
function secretsFor(
  { embedded, urls, secrets }: ApiDeps,
  { environment, member }: Callers['staff'],
  link: LinkRow | undefined,
): { apiKey: string | null; link: string | null } {
  const isSandbox = embedded !== null && environment.kind === 'sandbox';
  const mayUseKeys = isSandbox && mayAct(member.role, 'developer');
  const sealed = isSandbox && member.role !== 'viewer' ? link?.tokenSealed : undefined;
  return {
    apiKey: mayUseKeys ? embedded.apiKey : null,
    link:
      sealed == null || link === undefined
        ? null
        : linkUrl(urls, environment, secrets.open(sealed, linkSealedAt(link.organizationId, link.id))),
  };
}
