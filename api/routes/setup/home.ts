import {
  countDirectoryPeople,
  countUndelivered,
  findItContact,
  findLink,
  findOpenHold,
  findLastTokenEnd,
  findStaffBeside,
  getLink,
  listCertificates,
  listConnectionsOf,
  listDirectoriesOf,
  listDomains,
  listItContacts,
  listLogStreamsOf,
  listOpenTroubles,
  listTimeline,
  type ConnectionRow,
  type DirectoryRow,
  type EnvironmentRow,
  type LinkRow,
  type LogStreamRow,
  type OnboardingRow,
  type OrganizationDomainRow,
  type PortalSessionRow,
  type TimelineEntryRow,
  type Tx,
} from '../../../db/index.ts';
import { streamChip } from '../../../onboarding/log-streams.ts';
import { ownTroubleKinds, ownTroublesOf } from '../../../onboarding/directory-troubles.ts';
import { maskEmail } from '../../../onboarding/masking.ts';
import { directoryInWords, directoryNameOf } from '../../../onboarding/providers/directory/names.ts';
import { standingNotes } from '../../../onboarding/step-notes.ts';
import { findGuide } from '../../../onboarding/providers/sign-in/index.ts';
import { isRepairStep, type OfferedFeature } from '../../../onboarding/steps.ts';
import { featureOfEntry } from '../../../onboarding/timeline-parts.ts';
import type { OnboardingView, StepView } from '../../../onboarding/view.ts';
import { findJourneysConnection } from '../../connections.ts';
import { ok } from '../../answers.ts';
import { home, type Home } from '../../contract/setup.ts';
import type { TimelineItem } from '../../contract/shared.ts';
import { directoryChip } from '../../directory-chip.ts';
import { findJourneysDirectory } from '../../directories.ts';
import { domainViewOf } from '../../domain-views.ts';
import { route } from '../../route.ts';
import { healthOf } from './connection.ts';
import { draftLineOf } from './draft-views.ts';
import { findDraft } from './edited.ts';
import { signInStoppedOf } from './sign-in-stopped.ts';
import { covers, findShownOnboarding, isForRenewal, seesDomains, tenantOf, type Tenant } from './scope.ts';
import { factsForPages } from '../../timeline-facts.ts';
import { troubleViewsOf, type ShownTrouble } from '../../trouble-views.ts';

/** P4: what is done, what is next, what waits for whom. Looking starts nothing. */

const getHome = route({
  method: 'GET',
  path: '/setup/:handle/api/home',
  who: 'portal_session',
  summary: 'Where the set-up stands',
  answers: { 200: home },
  handler: async (context) => {
    const { deps, caller, read, request } = context;
    const { session, environment } = caller;
    const tenant = tenantOf(context);
    const { waiting, ...shown } = await read((tx) => loadHome(tx, tenant, environment, session, request.now));
    // Only when something waits does it matter whether the engine answers.
    const temporalAway = waiting > 0 && !(await deps.onboardingClient.isReachable());
    return ok({ ...shown, temporalAway });
  },
});

export const homeRoutes = [getHome];

async function loadHome(
  tx: Tx,
  tenant: Tenant,
  environment: EnvironmentRow,
  session: PortalSessionRow,
  now: Date,
): Promise<Omit<Home, 'temporalAway'> & { waiting: number }> {
  const link = await getLink(tx, tenant, session.linkId);
  const onboarding = await findShownOnboarding(tx, tenant, link);
  const troubles = await troublesOf(tx, tenant, session, now);
  const view = onboarding === undefined ? null : coveredView(session, shownView(onboarding, troubles));
  const isAboutSso = covers(session, 'certificate_renewal');
  const connection = isAboutSso ? await findJourneysConnection(tx, tenant) : undefined;
  const connections = covers(session, 'sso')
    ? await listConnectionsOf(tx, tenant, [tenant.organizationId])
    : [];
  const seen = seesDomains(session) ? await listDomains(tx, tenant) : [];
  const domains = covers(session, 'domain_verification') ? seen : [];
  const directory = covers(session, 'directory_sync') ? await findJourneysDirectory(tx, tenant) : undefined;
  const streams = covers(session, 'log_streams') ? await listLogStreamsOf(tx, tenant) : [];
  const draft =
    connection === undefined || !covers(session, 'sso')
      ? undefined
      : await findDraft(tx, tenant, connection, link);
  const entries =
    onboarding === undefined ? [] : await listTimeline(tx, tenant, onboarding.id, { limit: timelineLength });
  const own = ownEntries(session, view, entries);
  const timeline = await namedTimeline(tx, tenant, environment, own, seen);
  const renewsItself = isForRenewal(session) && (await hasNothingToRenew(tx, tenant, connection, now));
  const there = { connection, directory, domains, streams, renewsItself };
  const nextStep = nextStepOf(session, view, there);
  return {
    view,
    nextStep,
    stepNotes: notesOf(session, onboarding),
    staffBesideSince: (await findStaffBeside(tx, tenant, now))?.toISOString() ?? null,
    allDone: nextStep === null && troubles.length === 0 && isAllDone(session, view, there),
    sinceYouWereHere: timeline.filter((item) => isNews(item, session)),
    timeline,
    connection: connection === undefined ? null : await connectionOf(tx, tenant, connection, now),
    directory: directory === undefined ? null : await directoryOf(tx, tenant, directory),
    logStreams: streams.map(streamOf),
    ...(await connectionsOf(tx, tenant, connections, now)),
    signInStopped: covers(session, 'sso')
      ? await signInStoppedOf(tx, tenant, { connections, connection }, now)
      : null,
    draft: draft === undefined ? null : draftLineOf(draft),
    domains: domains.map(domainViewOf),
    troubles,
    people: await peopleOf(tx, tenant, link),
    waiting: await countUndelivered(tx, tenant),
  };
}

/** Of what the session covers. */
function notesOf(session: PortalSessionRow, onboarding: OnboardingRow | undefined): Home['stepNotes'] {
  if (onboarding === undefined) return [];
  const covered = onboarding.view.features.filter(({ feature }) => covers(session, feature));
  return standingNotes(covered, onboarding.stepNotes);
}

const timelineLength = 200;

/**
 * What happened to parts that the link is not for is nothing of its people's, and of a run that was for others alone
 * neither is that it began and ended.
 */
function ownEntries(
  session: PortalSessionRow,
  view: OnboardingView | null,
  entries: readonly TimelineEntryRow[],
): TimelineEntryRow[] {
  const isOwn = (feature: OfferedFeature) =>
    feature === 'domain_verification' ? seesDomains(session) : covers(session, feature);
  const told = entries.map((entry) => ({ entry, feature: featureOfEntry(entry) }));
  const isTheirRun = view !== null || told.some(({ feature }) => feature !== undefined && isOwn(feature));
  return told.flatMap(({ entry, feature }) =>
    (feature === undefined ? isTheirRun : isOwn(feature)) ? [entry] : [],
  );
}

/** What others did between the last visit and this one. */
function isNews({ at, actor }: TimelineItem, session: PortalSessionRow): boolean {
  if (session.previousVisitAt === null) return false;
  const isOwn = actor.type === 'customer' && actor.id === session.linkId;
  return !isOwn && at > session.previousVisitAt.toISOString() && at < session.createdAt.toISOString();
}

/** What there is of each part. */
interface There {
  connection: ConnectionRow | undefined;
  directory: DirectoryRow | undefined;
  domains: readonly OrganizationDomainRow[];
  streams: readonly LogStreamRow[];
  /** Of a link for a renewal: a successor is taken by itself. */
  renewsItself: boolean;
}

/** Whether the provider publishes its certificates where we look, and the one in use has not ended. */
async function hasNothingToRenew(
  tx: Tx,
  tenant: Tenant,
  connection: ConnectionRow | undefined,
  now: Date,
): Promise<boolean> {
  if (connection?.state !== 'active' || connection.idpMetadataUrl === null) return false;
  if (connection.metadataFailingSince !== null) return false;
  const [longest] = await listCertificates(tx, tenant, connection.id);
  return longest !== undefined && longest.notAfter > now;
}

/** The first step that this person can do now: what another holds is theirs. */
function nextStepOf(session: PortalSessionRow, view: OnboardingView | null, there: There): Home['nextStep'] {
  const isPart = view?.features.some(({ feature }) => feature === 'certificate_renewal') === true;
  if (view === null || (isForRenewal(session) && !isPart)) return firstStepOf(session, there);
  for (const { feature, steps } of view.features) {
    if (!covers(session, feature)) continue;
    const isMine = ({ holder }: StepView) => (holder === 'staff') === (session.staffMemberId !== null);
    const open = steps.find((step) => (step.state === 'open' || step.state === 'failed') && isMine(step));
    if (open !== undefined) return { feature, step: open.step };
  }
  return null;
}

/** Before there is an onboarding: what the link is for, unless it is there already. */
function firstStepOf(session: PortalSessionRow, there: There): Home['nextStep'] {
  const { connection, directory, domains, streams, renewsItself } = there;
  if (isForRenewal(session)) {
    const isDue = connection?.state === 'active' && connection.protocol === 'saml' && !renewsItself;
    return isDue ? { feature: 'certificate_renewal', step: 'give_certificate' } : null;
  }
  const isSignInMissing = connection?.state !== 'active' && connection?.state !== 'inactive';
  if (covers(session, 'sso') && isSignInMissing) return { feature: 'sso', step: 'choose_provider' };
  if (covers(session, 'directory_sync') && directory?.linkedAt == null)
    return { feature: 'directory_sync', step: 'choose_directory' };
  if (covers(session, 'domain_verification') && domains.length === 0)
    return { feature: 'domain_verification', step: 'add_domain' };
  return covers(session, 'log_streams') && streams.length === 0
    ? { feature: 'log_streams', step: 'choose_destination' }
    : null;
}

function isAllDone(
  session: PortalSessionRow,
  view: OnboardingView | null,
  { connection, directory, domains, streams, renewsItself }: There,
): boolean {
  // What is only there to be read is never done.
  if (session.features.every((feature) => feature === 'audit_logs')) return false;
  if (view !== null) {
    const mine = view.features.filter(({ feature }) => covers(session, feature));
    const isOver = mine.every(({ state }) => state === 'done' || state === 'skipped');
    return isOver && mine.some(({ state }) => state === 'done');
  }
  if (isForRenewal(session)) return renewsItself;
  const isSignInDone = !covers(session, 'sso') || connection?.state === 'active';
  const isDirectoryDone = !covers(session, 'directory_sync') || directory?.linkedAt != null;
  const isDomainDone =
    !covers(session, 'domain_verification') || domains.some(({ state }) => state === 'verified');
  const isStreaming = !covers(session, 'log_streams') || streams.some(({ startedAt }) => startedAt !== null);
  return isSignInDone && isDirectoryDone && isDomainDone && isStreaming;
}

/** A run goes on saying that something needs repair until it has heard that all is well again; that is not shown. */
function shownView({ view, isOpen }: OnboardingRow, troubles: Home['troubles']): OnboardingView {
  const isWell = (of: string) => !troubles.some(({ feature }) => feature === of);
  const features = view.features.map((feature) => {
    if (feature.state !== 'repair' || !isWell(feature.feature)) return feature;
    const steps = feature.steps.filter(({ step }) => !isRepairStep(step));
    const isOver = !isOpen || steps.every(({ state }) => state === 'done' || state === 'skipped');
    return { ...feature, steps, state: isOver ? ('done' as const) : ('in_progress' as const) };
  });
  const kept = new Set(features.flatMap(({ steps }) => steps));
  const left = view.features.flatMap(({ steps }) => steps).filter((step) => !kept.has(step));
  const done = left.filter(({ state }) => state === 'done').length;
  return { ...view, features, stepsDone: view.stepsDone - done, stepsTotal: view.stepsTotal - left.length };
}

/** The parts that the link is for; null where the run has none of them, as for a link to something new. */
function coveredView(session: PortalSessionRow, view: OnboardingView): OnboardingView | null {
  const features = view.features.filter(({ feature }) => covers(session, feature));
  if (features.length === 0) return null;
  const steps = features.filter(({ state }) => state !== 'skipped').flatMap((feature) => feature.steps);
  const stepsDone = steps.filter(({ state }) => state === 'done').length;
  return { ...view, features, stepsDone, stepsTotal: steps.length };
}

/**
 * What waits for a person. The look at the health of everything live comes by once a minute; what a directory says of
 * itself is shown before that, and no longer than it says so.
 */
async function troublesOf(
  tx: Tx,
  tenant: Tenant,
  session: PortalSessionRow,
  now: Date,
): Promise<Home['troubles']> {
  const recorded = await listOpenTroubles(tx, tenant, [tenant.organizationId]);
  const own = await listOwnTroubles(tx, tenant, now);
  const isSame = (one: ShownTrouble) => (other: ShownTrouble) =>
    one.kind === other.kind && one.subjectId === other.subjectId;
  const isOwnKind = ({ kind }: ShownTrouble) => ownTroubleKinds.some((known) => known === kind);
  const shown = [
    ...recorded.filter((trouble) => !isOwnKind(trouble) || own.some(isSame(trouble))),
    ...own.filter((trouble) => !recorded.some(isSame(trouble))),
  ];
  const views = await troubleViewsOf(tx, tenant, shown, directoryInWords);
  return views.filter(({ feature }) => covers(session, feature));
}

async function listOwnTroubles(tx: Tx, tenant: Tenant, now: Date): Promise<ShownTrouble[]> {
  const troubles: ShownTrouble[] = [];
  for (const directory of await listDirectoriesOf(tx, tenant, tenant.organizationId)) {
    const { id: subjectId, state } = directory;
    if (state !== 'linked' && state !== 'invalid_credentials') continue;
    const hold = await findOpenHold(tx, tenant, subjectId);
    const heldSince = hold?.reason === 'many_leave' ? hold.createdAt : null;
    const tokensEndAt = await findLastTokenEnd(tx, tenant, subjectId);
    for (const { kind, since, cause } of ownTroublesOf({ ...directory, heldSince, tokensEndAt }, now))
      troubles.push({ id: `${kind}_${subjectId}`, kind, subjectId, since, cause, endedAt: null });
  }
  return troubles;
}

async function connectionOf(
  tx: Tx,
  tenant: Tenant,
  connection: ConnectionRow,
  now: Date,
): Promise<Home['connection']> {
  const [longest] = await listCertificates(tx, tenant, connection.id);
  const { chip } = await healthOf(tx, tenant, connection, now);
  return {
    id: connection.id,
    providerId: connection.providerId,
    providerName: findGuide(connection.providerId ?? '')?.name ?? connection.name,
    chip,
    activatedAt: connection.activatedAt?.toISOString() ?? null,
    certificateEndsAt: longest?.notAfter.toISOString() ?? null,
    certificateRenewsItself: connection.idpMetadataUrl !== null,
  };
}

async function directoryOf(tx: Tx, tenant: Tenant, directory: DirectoryRow): Promise<Home['directory']> {
  const { id, linkedAt } = directory;
  const hold = await findOpenHold(tx, tenant, id);
  const chip = directoryChip(directory, hold !== undefined);
  const people = linkedAt === null ? undefined : await countDirectoryPeople(tx, tenant, [id]);
  return {
    id,
    name: directoryNameOf(directory),
    chip,
    linkedAt: linkedAt?.toISOString() ?? null,
    people: people?.get(id)?.active ?? 0,
    isListWaiting: hold?.reason === 'first_file',
  };
}

const streamOf = (stream: LogStreamRow): Home['logStreams'][number] => ({
  id: stream.id,
  name: stream.name,
  chip: streamChip(stream),
  startedAt: stream.startedAt?.toISOString() ?? null,
  lastSentAt: stream.lastSentAt?.toISOString() ?? null,
});

const noValues = { entityId: null, acsUrl: null, redirectUri: null, provider: null };

async function connectionsOf(
  tx: Tx,
  tenant: Tenant,
  all: readonly ConnectionRow[],
  now: Date,
): Promise<Pick<Home, 'connections' | 'mayAddConnection'>> {
  const connections: Home['connections'] = [];
  for (const one of all) {
    const { chip } = await healthOf(tx, tenant, one, now);
    connections.push({
      id: one.id,
      name: one.name,
      chip,
      activatedAt: one.activatedAt?.toISOString() ?? null,
      domains: one.allowedDomains,
      values:
        one.protocol === 'oidc'
          ? { ...noValues, redirectUri: one.oidcRedirectUri, provider: one.oidcIssuer }
          : { ...noValues, entityId: one.spEntityId, acsUrl: one.acsUrl, provider: one.idpEntityId },
    });
  }
  return { connections, mayAddConnection: all.some(({ activatedAt }) => activatedAt !== null) };
}

/** Contacts by their masked addresses: whoever holds the link should recognise, not learn them. */
async function peopleOf(tx: Tx, tenant: Tenant, link: LinkRow): Promise<Home['people']> {
  const contacts = await listItContacts(tx, tenant);
  return contacts.map(({ id, email, createdAt }) => ({
    name: maskEmail(email),
    role: id === link.contactId ? 'you' : 'it_contact',
    since: createdAt.toISOString(),
  }));
}

async function namedTimeline(
  tx: Tx,
  tenant: Tenant,
  { vendorName }: EnvironmentRow,
  entries: readonly TimelineEntryRow[],
  domains: readonly OrganizationDomainRow[],
): Promise<TimelineItem[]> {
  const customers = entries.filter(({ actorType }) => actorType === 'customer').map(({ actorId }) => actorId);
  const names = new Map<string, string>();
  for (const linkId of new Set(customers)) {
    const link = await findLink(tx, tenant, linkId);
    const contact = link?.contactId == null ? undefined : await findItContact(tx, tenant, link.contactId);
    if (contact !== undefined) names.set(linkId, maskEmail(contact.email));
  }
  const nameOf = ({ actorType, actorId }: TimelineEntryRow): string | null => {
    if (actorType === 'staff' || actorType === 'developer') return vendorName;
    return names.get(actorId) ?? null;
  };
  return entries.map((entry) => ({
    number: entry.number,
    at: entry.at.toISOString(),
    kind: entry.kind,
    actor: { type: entry.actorType, id: entry.actorId, name: nameOf(entry) },
    step: entry.step,
    facts: factsForPages(entry, domains),
  }));
}
