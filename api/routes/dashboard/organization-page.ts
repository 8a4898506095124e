import {
  countDirectoryPeople,
  getOrganization,
  listAttempts,
  listBounced,
  listCertificatesOf,
  listConnectionsOf,
  listDirectoriesOf,
  listDomains,
  listHeldDirectories,
  listLogStreamsOf,
  listOnboardings,
  listOpenTroubles,
  listShownContacts,
  listShownLinks,
  type OnboardingRow,
} from '../../../db/index.ts';
import { ok } from '../../answers.ts';
import { attemptViewOf } from '../../attempt-views.ts';
import { organizationDetail, type OrganizationDetail } from '../../contract/dashboard.ts';
import { directoryLineOf } from '../../directory-views.ts';
import { domainViewOf } from '../../domain-views.ts';
import { streamLinesOf } from '../../log-streams.ts';
import { route } from '../../route.ts';
import { troubleViewsOf } from '../../trouble-views.ts';
import { connectionViewOf, linkViewOf } from './views.ts';

/** S4: one customer with all that belongs to it. A fixed number of statements, however much that is. */
const get = route({
  method: 'GET',
  path: '/dashboard/api/organizations/:id',
  who: 'staff',
  role: 'viewer',
  summary: 'An organization with what is being set up, its people, links and recent attempts',
  answers: { 200: organizationDetail },
  handler: ({ caller, params, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id, organizationId: params.id };
      const organization = await getOrganization(tx, tenant, params.id);
      const connections = await listConnectionsOf(tx, tenant, [params.id]);
      const directories = await listDirectoriesOf(tx, tenant, params.id);
      const counts = await countDirectoryPeople(
        tx,
        tenant,
        directories.map(({ id }) => id),
      );
      const held = await listHeldDirectories(tx, tenant);
      const ids = connections.map(({ id }) => id);
      const troubles = await listOpenTroubles(tx, tenant, [params.id]);
      const certificates = await listCertificatesOf(tx, tenant, ids);
      const contacts = await listShownContacts(tx, tenant);
      const bounced = new Set((await listBounced(tx, tenant)).map((address) => address.toLowerCase()));
      const onboardings = await listOnboardings(tx, tenant, {}, { limit: 20, order: 'desc' });
      const attempts = await listAttempts(tx, tenant, {}, { limit: 10, order: 'desc' });
      const body: OrganizationDetail = {
        id: organization.id,
        name: organization.name,
        externalId: organization.externalId,
        createdAt: organization.createdAt.toISOString(),
        domains: (await listDomains(tx, tenant)).map((row) => domainViewOf(row)),
        connections: connections.map((row) => connectionViewOf(row, certificates, troubles)),
        directories: directories.map((row) =>
          directoryLineOf(row, { counts: counts.get(row.id), isHeld: held.includes(row.id) }),
        ),
        logStreams: await streamLinesOf(tx, await listLogStreamsOf(tx, tenant)),
        contacts: contacts.map(({ id, email, lastOpenedAt }) => ({
          id,
          email,
          lastOpenedAt: lastOpenedAt?.toISOString() ?? null,
          bounced: bounced.has(email.toLowerCase()),
        })),
        links: (await listShownLinks(tx, tenant)).map((row) => linkViewOf(row)),
        onboarding: currentOf(onboardings.rows),
        onboardings: onboardings.rows.map(({ id, number, state, createdAt }) => ({
          id,
          number,
          state,
          createdAt: createdAt.toISOString(),
        })),
        troubles: await troubleViewsOf(tx, tenant, troubles),
        recentAttempts: attempts.rows.map((row) => attemptViewOf(row, row)),
      };
      return ok(body);
    }),
});

export const organizationPageRoutes = [get];

/** The open one, else the newest that went live, a whole one before one that repaired something: what is set up now. */
function currentOf(newestFirst: readonly OnboardingRow[]): OrganizationDetail['onboarding'] {
  const live = newestFirst.filter(({ state }) => state === 'live');
  const row =
    newestFirst.find(({ isOpen }) => isOpen) ?? live.find(({ origin }) => origin === 'invitation') ?? live[0];
  return row === undefined
    ? null
    : { id: row.id, number: row.number, view: row.view, sentence: sentenceOf(row) };
}

/** Where it stands, for scripts; pages write their own from the view. */
function sentenceOf({ view }: OnboardingRow): string {
  const state = view.state.replaceAll('_', ' ');
  return view.waitingFor === null || view.waitingSince === null
    ? `${state}, ${view.stepsDone} of ${view.stepsTotal} done`
    : `${state}, ${view.stepsDone} of ${view.stepsTotal} done, waiting for ${view.waitingFor} since ${view.waitingSince}`;
}
