import {
  countUndelivered,
  findOpenOnboarding,
  getShownOnboarding,
  listApiKeys,
  listDomains,
  listLinkAddresses,
  listMails,
  listMembers,
  listOrganizationNames,
  listShownContacts,
  listShownLinks,
  listTimeline,
  listTroublesOfOnboarding,
  type MemberRow,
  type ShownContact,
  type ShownLink,
  type TimelineEntryRow,
  type Tx,
} from '../../../db/index.ts';
import { ok } from '../../answers.ts';
import { standingNotes } from '../../../onboarding/step-notes.ts';
import { onboardingDetail, type OnboardingDetail } from '../../contract/dashboard.ts';
import type { TimelineItem } from '../../contract/shared.ts';
import { route } from '../../route.ts';
import { stuckOf, undoableUntil, upcomingOf } from './onboarding-facts.ts';
import { linkViewOf, mailViewOf } from './views.ts';
import { factsForPages } from '../../timeline-facts.ts';
import { troubleViewsOf } from '../../trouble-views.ts';

/** S6: where one onboarding stands and why. A fixed number of statements, however long it has run. */
const get = route({
  method: 'GET',
  path: '/dashboard/api/onboardings/:id',
  who: 'staff',
  role: 'viewer',
  summary: 'An onboarding: where it is stuck, what comes next, its course, links, mails and people',
  answers: { 200: onboardingDetail },
  handler: async ({ deps, caller, params, read, request }) => {
    const [isReachable, body] = await Promise.all([
      deps.onboardingClient.isReachable(),
      read((tx) => loadPage(tx, { environmentId: caller.environment.id }, params.id, request.now)),
    ]);
    return ok({ ...body, temporalAway: !isReachable } satisfies OnboardingDetail);
  },
});

export const onboardingPageRoutes = [get];

const timelineLimit = 500;

async function loadPage(
  tx: Tx,
  environment: { environmentId: string },
  onboardingId: string,
  now: Date,
): Promise<Omit<OnboardingDetail, 'temporalAway'>> {
  const onboarding = await getShownOnboarding(tx, environment, onboardingId);
  const tenant = { ...environment, organizationId: onboarding.organizationId };
  const names = await listOrganizationNames(tx, environment, [tenant.organizationId]);
  const timeline = await listTimeline(tx, tenant, onboarding.id, { limit: timelineLimit });
  const links = await listShownLinks(tx, tenant, { onboardingId: onboarding.id });
  const mails = await listMails(tx, tenant, { onboardingId: onboarding.id });
  const contacts = await listShownContacts(tx, tenant, onboarding.id);
  const members = await listMembers(tx, environment);
  const open = await findOpenOnboarding(tx, tenant, tenant.organizationId);
  const isAlone = open === undefined || open.id === onboarding.id;
  const until = isAlone ? undoableUntil(onboarding, timeline) : null;
  return {
    id: onboarding.id,
    number: onboarding.number,
    origin: onboarding.origin,
    organization: { id: tenant.organizationId, name: names.get(tenant.organizationId) ?? '' },
    view: onboarding.view,
    stepNotes: standingNotes(onboarding.view.features, onboarding.stepNotes),
    stuck: stuckOf(onboarding, timeline),
    upcoming: upcomingOf(onboarding, links, now),
    troubles: await troubleViewsOf(tx, tenant, await listTroublesOfOnboarding(tx, tenant, onboarding.id)),
    timeline: await namedTimeline(tx, tenant, timeline, members),
    links: links.map((row) => linkViewOf(row)),
    mails: mails.map((row) => mailViewOf(row)),
    people: peopleOf({ contacts, links, members, timeline }),
    undoCancelUntil: until !== null && until > now ? until.toISOString() : null,
    queuedCommands: await countUndelivered(tx, tenant),
  };
}

/** Entries with the names of who acted, and on what: a customer is known by the link that let them in. */
async function namedTimeline(
  tx: Tx,
  tenant: { environmentId: string; organizationId: string },
  timeline: readonly TimelineEntryRow[],
  members: readonly MemberRow[],
): Promise<TimelineItem[]> {
  const idsOf = (...types: TimelineEntryRow['actorType'][]) => [
    ...new Set(timeline.filter(({ actorType }) => types.includes(actorType)).map(({ actorId }) => actorId)),
  ];
  const addresses = await listLinkAddresses(tx, tenant, idsOf('customer', 'colleague'));
  const domains = await listDomains(tx, tenant);
  const keys = idsOf('developer').length === 0 ? [] : await listApiKeys(tx, tenant);
  const names = new Map([
    ...addresses,
    ...members.map(({ id, name, email }) => [id, name ?? email] as const),
    ...keys.map(({ id, name }) => [id, name] as const),
  ]);
  return timeline.map((entry) => ({
    number: entry.number,
    at: entry.at.toISOString(),
    kind: entry.kind,
    actor: { type: entry.actorType, id: entry.actorId, name: names.get(entry.actorId) ?? null },
    step: entry.step,
    facts: factsForPages(entry, domains),
  }));
}

/** The organization's contacts, apart those to whom one step was handed, and staff who did something. */
function peopleOf({
  contacts,
  links,
  members,
  timeline,
}: {
  contacts: readonly ShownContact[];
  links: readonly ShownLink[];
  members: readonly MemberRow[];
  timeline: readonly TimelineEntryRow[];
}): OnboardingDetail['people'] {
  const isOnlyColleague = (id: string) => {
    const own = links.filter(({ contactId }) => contactId === id);
    return own.length > 0 && own.every(({ kind }) => kind === 'colleague');
  };
  const acted = new Set(
    timeline.filter(({ actorType }) => actorType === 'staff').map(({ actorId }) => actorId),
  );
  return [
    ...contacts.map(({ id, email, lastOpenedAt }) => ({
      id,
      email,
      role: isOnlyColleague(id) ? 'colleague' : 'contact',
      lastOpenedAt: lastOpenedAt?.toISOString() ?? null,
    })),
    ...members
      .filter(({ id }) => acted.has(id))
      .map(({ id, email }) => ({ id, email, role: 'staff', lastOpenedAt: null })),
  ];
}
