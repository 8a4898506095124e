import { activityInfo } from '@temporalio/activity';
import {
  domainUnseen,
  lastNotice,
  peopleUnseen,
  reminderHalfDone,
  reminderNotOpened,
  testFailedTwice,
} from '../adapters/mail/contact-mails.ts';
import type { MailBrand, RenderedMail } from '../adapters/mail/layout.ts';
import {
  findActiveMainLink,
  listAttempts,
  listConnectionsOf,
  listDirectoriesOf,
  listDomains,
  withdrawMail,
  withTenant,
  type AttemptRow,
  type ConnectionRow,
} from '../db/index.ts';
import { directoryInWords } from '../onboarding/providers/directory/names.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import { guideValuesOf } from '../onboarding/providers/sign-in/values.ts';
import { adviceFor } from '../onboarding/sign-in-advice.ts';
import { signInCauses } from '../onboarding/sign-in-causes.ts';
import type { ReminderKind } from '../onboarding/state.ts';
import type { StepName } from '../onboarding/steps.ts';
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
import { morningAfterNight } from './quiet-hours.ts';

export type ReminderDeps = OnboardingMailDeps & { testIdp: string };

/** Minutes the next step usually takes, as the mail promises. */
const minutesOf: Readonly<Record<StepName, number>> = {
  choose_provider: 1,
  configure_provider: 5,
  enter_metadata: 2,
  test_sign_in: 2,
  go_live: 1,
  choose_directory: 1,
  connect_directory: 5,
  receive_people: 3,
  assign_roles: 3,
  add_domain: 1,
  verify_domain: 2,
  give_certificate: 3,
  prove_certificate: 2,
  choose_destination: 1,
  configure_stream: 4,
  prove_stream: 3,
  start_stream: 1,
  repair_sign_in: 5,
  repair_metadata: 2,
  repair_directory: 5,
  repair_domain: 2,
  repair_stream: 4,
};

/** Reminds the contact of the link, by day: at night the answer is when to ask again. */
export function reminderActivities(deps: ReminderDeps): Pick<Activities, 'sendReminder'> {
  return {
    sendReminder: ({ reminder, step, ...whose }) =>
      withFailures(async () => {
        const now = deps.now();
        const link = await withTenant(deps.db, whose, (tx) =>
          findActiveMainLink(tx, whose, whose.onboardingId),
        );
        // Nobody is reminded by itself of a link that no longer opens, and nobody is to think that a mail went astray.
        if (link === undefined && reminder !== 'manual') return settled(deps, whose);
        const context = link && (await findMailContext(deps, whose, link.id));
        if (context === undefined) return notMailed(deps, whose, 'no_contact');
        const url = linkIn(deps, context);
        if (url === undefined)
          return reminder === 'manual' ? notMailed(deps, whose, 'link_ended') : settled(deps, whose);
        if (isSettled(reminder, context)) return settled(deps, whose);

        const morning = reminder === 'manual' ? undefined : morningAfterNight(now, context.contact.timeZone);
        if (morning !== undefined) {
          await withTenant(deps.db, whose, (tx) => withdrawMail(tx, whose, whose.effectId, now));
          return { status: 'not_now', at: now.toISOString(), notBefore: notBefore(morning).toISOString() };
        }
        const write = await writerOf(deps, whose, { ...context, url }, reminder, step);
        if (write === undefined) return settled(deps, whose);
        const order = orderFor(deps, whose, context, {
          kind: `reminder_${reminder}`,
          carriesLink: false,
          write,
        });
        return deliverMail(deps, order);
      }),
  };
}

/**
 * Whether somebody has seen to it while the mail waited for the mail server, for its turn or for a worker: whoever has just
 * acted is not told that nothing happens.
 */
function isSettled(reminder: ReminderKind, { onboarding, link }: MailContext): boolean {
  const dueAt = activityInfo().scheduledTimestampMs;
  const hasActed = onboarding.lastActAt !== null && onboarding.lastActAt.getTime() > dueAt;
  const isOtherLink = link.createdAt.getTime() > dueAt;
  switch (reminder) {
    case 'not_opened_3':
    case 'not_opened_7':
      return isOtherLink || hasActed || link.firstOpenedAt !== null;
    case 'half_done_2':
    case 'half_done_5':
    case 'test_failed_twice':
      return hasActed;
    case 'link_ends_soon':
      return isOtherLink;
    case 'domain_unseen':
    case 'people_unseen':
    case 'manual':
      return false;
  }
}

const leastPauseMs = 10 * 60_000;

/** Where this clock lags behind the engine's, its morning has come for the workflow, which would ask again at once. */
const notBefore = (morning: Date): Date =>
  new Date(Math.max(morning.getTime(), activityInfo().scheduledTimestampMs + leastPauseMs));

type Writer = (brand: MailBrand) => RenderedMail;

/** Undefined when what the reminder is about was settled before it went out. */
async function writerOf(
  deps: ReminderDeps,
  whose: OfOnboarding,
  context: MailContext & { url: string },
  reminder: ReminderKind,
  step: StepName | null,
): Promise<Writer | undefined> {
  const { organization, contact, link, onboarding, url } = context;
  const common = {
    organization: organization.name,
    url,
    timeZone: contact.timeZone ?? 'UTC',
  };
  const notOpened: Writer = (brand) =>
    reminderNotOpened(brand, { ...common, sentAt: link.createdAt, endsAt: link.expiresAt });
  switch (reminder) {
    case 'not_opened_3':
    case 'not_opened_7':
      return notOpened;
    case 'half_done_2':
    case 'half_done_5':
    case 'manual':
      if (step === null || link.firstOpenedAt === null) return notOpened;
      return (brand) =>
        reminderHalfDone(brand, {
          ...common,
          done: onboarding.stepsDone,
          total: onboarding.stepsTotal,
          next: step,
          stoppedAt: onboarding.lastActAt ?? onboarding.createdAt,
          minutes: minutesOf[step],
        });
    case 'link_ends_soon':
      return (brand) =>
        lastNotice(brand, {
          ...common,
          openSteps: onboarding.stepsTotal - onboarding.stepsDone,
          endsAt: link.expiresAt,
        });
    case 'domain_unseen': {
      const [waiting] = (await withTenant(deps.db, whose, (tx) => listDomains(tx, whose))).filter(
        ({ state }) => state === 'pending',
      );
      if (waiting === undefined) return undefined;
      const servers = new Set(waiting.lastVerdict?.rows.flatMap((row) => row.servers) ?? []);
      return (brand) =>
        domainUnseen(brand, {
          ...common,
          domain: waiting.domain,
          servers: servers.size,
          reason: null,
        });
    }
    case 'people_unseen': {
      const directories = await withTenant(deps.db, whose, (tx) =>
        listDirectoriesOf(tx, whose, whose.organizationId),
      );
      const waiting = directories.findLast(({ state }) => state === 'validating');
      const steps = onboarding.view.features.flatMap((feature) => feature.steps);
      const since = steps.find((one) => one.step === 'receive_people' && one.state === 'waiting')?.since;
      if (waiting === undefined || since === undefined) return undefined;
      return (brand) =>
        peopleUnseen(brand, {
          ...common,
          directory: directoryInWords(waiting),
          connectedAt: new Date(since),
        });
    }
    case 'test_failed_twice': {
      const failed = await lastFailedTest(deps, whose);
      const advice = failed && adviceOf(deps, context, failed);
      if (advice === undefined) return undefined;
      return (brand) =>
        testFailedTwice(brand, {
          ...common,
          cause: advice.headline,
          field: advice.fixWhere?.replaceAll('**', '') ?? null,
        });
    }
  }
}

type FailedTest = { attempt: AttemptRow; connection: ConnectionRow };

async function lastFailedTest({ db }: ReminderDeps, whose: OfOnboarding): Promise<FailedTest | undefined> {
  return withTenant(db, whose, async (tx) => {
    const [connection] = await listConnectionsOf(tx, whose, [whose.organizationId]);
    if (connection === undefined) return undefined;
    const filter = { connectionId: connection.id, state: 'failed', origin: 'test' } as const;
    const [attempt] = (await listAttempts(tx, whose, filter, { limit: 1, order: 'desc' })).rows;
    return attempt && { attempt, connection };
  });
}

/** What this provider's console needs after a sign-in that failed; undefined where nothing is known to say. */
export function adviceOf(
  { testIdp }: Pick<ReminderDeps, 'testIdp'>,
  { environment }: Pick<MailContext, 'environment'>,
  failed: { attempt: AttemptRow; connection: ConnectionRow },
) {
  const { attempt, connection } = failed;
  const cause = signInCauses.find((known) => known === attempt.cause);
  const guide = findGuide(connection.providerId ?? 'custom-saml') ?? findGuide('custom-saml');
  if (cause === undefined || guide === undefined) return undefined;
  const values = guideValuesOf({ ...connection, product: environment.productName, testIdp });
  return adviceFor(cause, attempt.facts, guide, values);
}
