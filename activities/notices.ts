import {
  directoryLinked,
  domainVerified,
  holdWaits,
  live,
  liveWithoutSignIn,
  repairNeeded,
  yourTurn,
  type ContactMail,
} from '../adapters/mail/contact-mails.ts';
import type { MailBrand, RenderedMail } from '../adapters/mail/layout.ts';
import {
  findConnection,
  findDirectory,
  findDomain,
  findLogStream,
  findNewestMainLink,
  findOpenHoldWithPeople,
  findTrouble,
  getOnboarding,
  listAttempts,
  listDomains,
  withTenant,
  type ConnectionRow,
  type DirectoryRow,
  type ToldHold,
  type TroubleRow,
} from '../db/index.ts';
import { directoryInWords } from '../onboarding/providers/directory/names.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import type { EffectOutcome, Notice } from '../onboarding/state.ts';
import { stepNames, type StepName } from '../onboarding/steps.ts';
import { troubleRules } from '../onboarding/troubles.ts';
import type { OnboardingView } from '../onboarding/view.ts';
import { withFailures } from './failures.ts';
import type { Activities, OfOnboarding } from './index.ts';
import { deliverMail } from './mail-delivery.ts';
import {
  findMailContext,
  linkIn,
  notMailed,
  orderFor,
  settled,
  type MailContext,
  type OnboardingMailDeps,
} from './onboarding-mail.ts';
import { adviceOf, type ReminderDeps } from './reminders.ts';

export type NoticeDeps = OnboardingMailDeps & Pick<ReminderDeps, 'testIdp'>;

/** News for the contact: a domain was seen, staff have done their part, the organization is live. Its button leads to the portal's door. */
export function noticeActivities(deps: NoticeDeps): Pick<Activities, 'sendNotice'> {
  return {
    sendNotice: ({ notice, subjectId, revision = 0, ...whose }) =>
      withFailures(async () => {
        const link = await withTenant(deps.db, whose, (tx) =>
          findNewestMainLink(tx, whose, whose.onboardingId),
        );
        const context = link && (await findMailContext(deps, whose, link.id));
        if (context === undefined) return notMailed(deps, whose, 'no_contact');
        if (notice === 'repair') return mailRepair(deps, whose, context, subjectId);
        const write = await writerOf[notice](deps, whose, context, { subjectId, revision });
        if (write === undefined) return settled(deps, whose);
        return deliverMail(deps, orderFor(deps, whose, context, { kind: notice, carriesLink: false, write }));
      }),
  };
}

/** What the news is about, and the revision of the onboarding that gave it. */
type News = { subjectId: string; revision: number };

type Writer = (
  deps: NoticeDeps,
  whose: OfOnboarding,
  context: MailContext,
  news: News,
) => Promise<((brand: MailBrand) => RenderedMail) | undefined>;

/** What each notice says; undefined when it is news no more. */
const writerOf: Readonly<Record<Exclude<Notice, 'repair'>, Writer>> = {
  domain_verified: domainWriter,
  directory_linked: directoryWriter,
  live: liveWriter,
  your_turn: turnWriter,
};

/** The page that the reader's own link opened; a session or the link of the first mail lets them in. */
function pageIn({ portalUrl }: OnboardingMailDeps, { environment }: MailContext, page: string): string {
  return `${portalUrl}/setup/${environment.handle}/${page}`;
}

/** What needs the reader, with the link that leads to it. Undefined news: it is well again before it was told. */
async function mailRepair(
  deps: NoticeDeps,
  whose: OfOnboarding,
  context: MailContext,
  troubleId: string,
): Promise<EffectOutcome> {
  const found = await withTenant(deps.db, whose, async (tx) => {
    const trouble = await findTrouble(tx, whose, troubleId);
    if (trouble === undefined || trouble.endedAt !== null) return undefined;
    if (trouble.kind === 'record_missing')
      return { trouble, domain: await findDomain(tx, whose, trouble.subjectId) };
    if (troubleRules[trouble.kind].feature === 'log_streams')
      return { trouble, stream: await findLogStream(tx, whose, trouble.subjectId) };
    if (troubleRules[trouble.kind].feature === 'directory_sync')
      return {
        trouble,
        directory: await findDirectory(tx, whose, trouble.subjectId),
        hold: await findOpenHoldWithPeople(tx, whose, trouble.subjectId),
      };
    const connection = await findConnection(tx, whose, trouble.subjectId);
    const filter = {
      connectionId: trouble.subjectId,
      state: 'failed' as const,
      ...(trouble.cause !== null && { cause: trouble.cause }),
    };
    const [attempt] = (await listAttempts(tx, whose, filter, { limit: 1, order: 'desc' })).rows;
    return { trouble, connection, attempt };
  });
  const write = found && newsOf(deps, context, found);
  if (write === undefined) return settled(deps, whose);
  const link = linkIn(deps, context);
  const common = {
    organization: context.organization.name,
    url: link ?? pageIn(deps, context, 'home'),
    timeZone: context.contact.timeZone ?? 'UTC',
  };
  return deliverMail(
    deps,
    orderFor(deps, whose, context, {
      kind: 'repair',
      carriesLink: link !== undefined,
      write: (brand) => write(brand, common),
    }),
  );
}

function newsOf(
  deps: NoticeDeps,
  context: MailContext,
  found: {
    trouble: TroubleRow;
    domain?: { domain: string } | undefined;
    stream?: { name: string } | undefined;
    directory?: DirectoryRow | undefined;
    hold?: ToldHold | undefined;
    connection?: ConnectionRow | undefined;
    attempt?: Parameters<typeof adviceOf>[2]['attempt'] | undefined;
  },
): ((brand: MailBrand, common: ContactMail) => RenderedMail) | undefined {
  const { trouble, domain, stream, directory, hold, connection, attempt } = found;
  const { kind, since } = trouble;
  if (kind === 'directory_held') {
    if (directory === undefined || hold === undefined) return undefined;
    const { reason, people, activeBefore: of } = hold;
    return (brand, common) =>
      holdWaits(brand, { ...common, directory: directoryInWords(directory), reason, people, of });
  }
  const what =
    domain?.domain ??
    stream?.name ??
    (directory && directoryInWords(directory)) ??
    (connection && nameOf(connection));
  if (what === undefined) return undefined;
  const advice = connection && attempt && adviceOf(deps, context, { attempt, connection });
  const cause =
    kind === 'sign_ins_failing'
      ? (advice?.headline ?? null)
      : kind === 'directory_silent' || kind === 'stream_failing' || kind === 'stream_refused'
        ? trouble.cause
        : null;
  return (brand, common) => repairNeeded(brand, { ...common, kind, what, since, cause });
}

const nameOf = ({ providerId, name }: ConnectionRow) => findGuide(providerId ?? '')?.name ?? name;

async function domainWriter(
  deps: OnboardingMailDeps,
  whose: OfOnboarding,
  context: MailContext,
  { subjectId: domainId }: News,
) {
  const domain = await withTenant(deps.db, whose, (tx) => findDomain(tx, whose, domainId));
  // Removed, or lost again, before its news went out.
  if (domain?.state !== 'verified') return undefined;
  return (brand: MailBrand) =>
    domainVerified(brand, {
      organization: context.organization.name,
      url: pageIn(deps, context, 'home'),
      timeZone: context.contact.timeZone ?? 'UTC',
      domain: domain.domain,
      foundAt: domain.verifiedAt ?? deps.now(),
      next: nextStepOf(context.onboarding.view),
    });
}

async function directoryWriter(
  deps: OnboardingMailDeps,
  whose: OfOnboarding,
  context: MailContext,
  { subjectId: directoryId }: News,
) {
  const directory = await withTenant(deps.db, whose, (tx) => findDirectory(tx, whose, directoryId));
  // Deleted or reset before its news went out.
  if (directory === undefined || directory.state === 'validating') return undefined;
  return (brand: MailBrand) =>
    directoryLinked(brand, {
      organization: context.organization.name,
      url: pageIn(deps, context, 'home'),
      timeZone: context.contact.timeZone ?? 'UTC',
      directory: directoryInWords(directory),
      linkedAt: directory.linkedAt ?? deps.now(),
      next: nextStepOf(context.onboarding.view),
    });
}

/** Undefined when the step was done, or taken on by staff again, before its news went out. */
async function turnWriter(
  deps: OnboardingMailDeps,
  _whose: OfOnboarding,
  context: MailContext,
  { subjectId, revision }: News,
) {
  const next = stepNames.find((step) => step === subjectId);
  if (next === undefined) return undefined;
  const { view, stepNotes } = context.onboarding;
  const standing = view.features.flatMap(({ steps }) => steps).find(({ step }) => step === next);
  // What is shown lags behind the workflow by the very change that this tells of: until it has it, the workflow's word counts.
  const isShown = view.revision >= revision;
  const isTheirs = standing !== undefined && standing.state !== 'done' && standing.holder !== 'staff';
  if (isShown && !isTheirs) return undefined;
  return (brand: MailBrand) =>
    yourTurn(brand, {
      organization: context.organization.name,
      url: pageIn(deps, context, 'home'),
      timeZone: context.contact.timeZone ?? 'UTC',
      next,
      note: stepNotes[next] ?? null,
    });
}

async function liveWriter(
  deps: OnboardingMailDeps,
  whose: OfOnboarding,
  context: MailContext,
  { subjectId: connectionId }: News,
) {
  const { connection, domains, view } = await withTenant(deps.db, whose, async (tx) => ({
    connection: await findConnection(tx, whose, connectionId),
    domains: await listDomains(tx, whose),
    view: (await getOnboarding(tx, whose, whose.onboardingId)).view,
  }));
  const common = {
    organization: context.organization.name,
    url: pageIn(deps, context, 'home'),
    timeZone: context.contact.timeZone ?? 'UTC',
  };
  if (connection === undefined) {
    const done = view.features.filter(({ state }) => state === 'done').map(({ feature }) => feature);
    return done.length === 0
      ? undefined
      : (brand: MailBrand) => liveWithoutSignIn(brand, { ...common, features: done });
  }
  const verified = domains.filter(({ state }) => state === 'verified').map(({ domain }) => domain);
  const provider = findGuide(connection.providerId ?? '')?.name ?? connection.name;
  return (brand: MailBrand) => live(brand, { ...common, domains: verified, provider });
}

/** The first step that is the reader's to do. */
function nextStepOf({ features }: OnboardingView): StepName | null {
  const steps = features.flatMap((feature) => feature.steps);
  const toDo = steps.filter(({ state }) => state === 'open' || state === 'failed');
  return toDo.find(({ holder }) => holder !== 'staff')?.step ?? null;
}
