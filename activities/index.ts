import { ageingActivities } from './ageing.ts';
import { auditExportActivities, type AuditExportDeps } from './audit-exports.ts';
import { certificateActivities } from './certificates.ts';
import { connectionCheckActivities, type ConnectionCheckDeps } from './connection-checks.ts';
import { directoryFilesActivities } from './directory-files.ts';
import { directoryRunActivities, type DirectoryRunDeps } from './directory-runs.ts';
import { domainCheckActivities, type DomainCheckDeps } from './domain-checks.ts';
import { invitationActivities } from './invitations.ts';
import { linkActivities } from './links.ts';
import { logStreamActivities, type LogStreamDeps } from './log-streams.ts';
import { noticeActivities } from './notices.ts';
import { portalStepActivities } from './portal-steps.ts';
import { progressActivities } from './progress.ts';
import { reminderActivities, type ReminderDeps } from './reminders.ts';
import { signedLessActivities, type SignedLessDeps } from './signed-less.ts';
import { sweepActivities, type SweepDeps } from './sweeps.ts';
import { webhookActivities, type WebhookDeps } from './webhooks.ts';
import type { AgeingKind } from '../onboarding/ageing.ts';
import type { EffectOutcome, Notice, ReminderKind, State, TimelineEntry } from '../onboarding/state.ts';
import type { Origin } from '../onboarding/commands.ts';
import type { StepName } from '../onboarding/steps.ts';
import type { OnboardingView } from '../onboarding/view.ts';

/**
 * What the workflows make happen. Every activity may run twice: each is idempotent by its effect's id, by a guard on
 * the row it changes, or by being a look. Inputs carry ids only; what they name is loaded inside.
 */

/** Whose effect it is. `effectId` is stable over retries, replays and new runs of the workflow. */
export type OfOnboarding = {
  effectId: string;
  onboardingId: string;
  environmentId: string;
  organizationId: string;
};

export type OfConnection = { environmentId: string; organizationId: string; connectionId: string };
export type OfAgeing = {
  environmentId: string;
  organizationId: string;
  kind: AgeingKind;
  subjectId: string;
};
export type OfAuditExport = { environmentId: string; organizationId: string; exportId: string };
export type OfWebhook = { environmentId: string; endpointId: string; isSlow?: boolean };
export type OfLogStream = {
  environmentId: string;
  organizationId: string;
  streamId: string;
  isSlow?: boolean;
};
/** `gone`: there is nothing to send to any more, and the workflow ends. `isSlow`: the next pump takes its place among the slow. */
export type Pumped = { state: 'gone' } | { state: 'idle'; nextTryAt: string | null; isSlow?: boolean };
export type OfDirectory = { environmentId: string; organizationId: string; directoryId: string };
export type OfDomain = { environmentId: string; organizationId: string; domainId: string };

export type CertificateReading = {
  /** Gone: the connection was deleted or is not live; the watch ends. */
  state: 'live' | 'gone';
  /** The certificate in use that ends last; null when there is none (OIDC later). */
  fingerprint: string | null;
  endsAt: string | null;
  /** When the metadata URL should be fetched next; null where no URL is known. */
  refreshAt: string | null;
  /** When a certificate that a renewal replaces may go; histories of before lack it. */
  retirementAt?: string | null;
  /** The last sign-in of this day that had less signed than the connection's floor; histories of before lack it. */
  signedLessAt?: string | null;
  /**
   * The notices of its end that are due, by reader's zone, the same words for the same notices; null when there is no
   * certificate. Histories of before lack it: they counted days of 24 hours by themselves.
   */
  notices?: { due: string | null; nextLookAt: string } | null;
};

/** `due` names the notices that are due, by reader's zone; the same words mean the same notices. */
export type AgeingReading =
  /** The thing was replaced, has a long life again, or its connection serves nobody; the watch ends. */
  { state: 'gone' } | { state: 'ageing'; endsOn: string; due: string | null; nextLookAt: string };

/** What a directory that is read is waiting for. */
export type DirectoryLook =
  /** Deleted, or no longer one that is read: its workflow ends. */
  | { state: 'gone' }
  | { state: 'due'; reads: 'pull' | 'files' }
  /** Null: until it is set up anew, or until somebody asks. */
  | { state: 'waiting'; nextAt: string | null };

/** `stopped`: another reading, or another set-up, has taken its place; nothing of this one counts. */
export type DirectoryRunOutcome = { state: 'done' | 'unchanged' | 'held' | 'failed' | 'stopped' };

export type Activities = {
  sendInvitation(
    input: OfOnboarding & { linkId: string; contactId: string; fresh: boolean },
  ): Promise<EffectOutcome>;
  sendReminder(
    input: OfOnboarding & { reminder: ReminderKind; step: StepName | null },
  ): Promise<EffectOutcome>;
  /** `revision`: the one that gives the news, by which a reader knows whether the read model has it yet. */
  sendNotice(
    input: OfOnboarding & { notice: Notice; subjectId: string; revision?: number },
  ): Promise<EffectOutcome>;
  openPortalStep(input: OfOnboarding & { step: StepName; round: number; at: string }): Promise<EffectOutcome>;
  closePortalStep(
    input: OfOnboarding & { step: StepName; round: number; at: string; outcome: string },
  ): Promise<EffectOutcome>;
  /** Writes the read model, the timeline and the journey's events, unless a newer revision is there already. */
  recordProgress(
    input: OfOnboarding & {
      origin: Origin;
      view: OnboardingView;
      entries: TimelineEntry[];
      isOpen: boolean;
      /** Without its entries. Absent in runs that began before it was told. */
      state?: State;
    },
  ): Promise<EffectOutcome>;
  /** Metadata, keys and the verdict of the recorded test sign-in, as an answer. */
  validateConnection(
    input: OfOnboarding & { connectionId: string; settingsRevision: number },
  ): Promise<EffectOutcome>;
  activateConnection(input: OfOnboarding & { connectionId: string }): Promise<EffectOutcome>;
  moveCertificateWatch(input: OfOnboarding & { connectionId: string }): Promise<EffectOutcome>;
  closeLinks(input: OfOnboarding & { outcome: 'completed' | 'revoked' }): Promise<EffectOutcome>;

  /**
   * One DNS look that decides one verdict. Returns when the domain is verified (or no longer to be); throws a benign
   * `NotYet` with the delay to the next look otherwise: its retries are the poll.
   */
  lookForRecord(input: OfDomain): Promise<{ state: 'verified' | 'stopped' }>;
  /** The 30 days are over: the domain failed. */
  expireDomain(input: OfDomain): Promise<void>;
  /** The daily look at a verified domain: tells whether to go on. */
  lookAgain(input: OfDomain): Promise<{ state: 'present' | 'missing' | 'unknown' | 'lapsed' | 'stopped' }>;

  lookAtCertificates(input: OfConnection): Promise<CertificateReading>;
  /** Fetches the metadata URL and takes a new key of the same entity [MD-08]. */
  refreshMetadata(input: OfConnection): Promise<void>;
  /** Retires what a renewal has replaced and nobody has signed with for seven days. */
  retireUnusedCertificates(input: OfConnection): Promise<void>;
  /** Tells the vendor and each contact whose calendar has reached a threshold, once a threshold. Older runs name days. */
  announceCertificate(input: OfConnection & { fingerprint: string; days?: number }): Promise<void>;

  lookAtAgeing(input: OfAgeing): Promise<AgeingReading>;
  /** Tells the vendor and each contact whose calendar has reached a threshold, once a threshold. */
  announceAgeing(input: OfAgeing): Promise<void>;

  /** Tells contacts and staff, once a day, that the provider signs less than it did. `at`: the sign-in's instant. */
  announceSignedLess(input: OfConnection & { at: string }): Promise<void>;

  /** Sends what is due to an endpoint of webhooks. `gone`: it was deleted or is switched off; the workflow ends. */
  pumpWebhooks(input: OfWebhook): Promise<Pumped>;
  /** Sends what waits to the destination of a log stream. `gone`: it was removed; the workflow ends. */
  pumpLogStream(input: OfLogStream): Promise<Pumped>;
  /** `asked`: somebody asks for a reading now, whatever the clock and the last refusal say. */
  lookAtDirectory(input: OfDirectory & { asked: boolean }): Promise<DirectoryLook>;
  /**
   * Reads a source by its API and applies what differs, in one transaction at the end. A source that cannot be read is an
   * answer, kept on the run; only what is our own fault is thrown.
   */
  runDirectory(input: OfDirectory): Promise<DirectoryRunOutcome>;
  /** Reads the files that a customer has sent, and applies them in one transaction; the first list only when somebody said so. */
  readDirectoryFiles(input: OfDirectory): Promise<DirectoryRunOutcome>;

  /** Writes a file of audit events from where it stands; what is not pending is left as it is. */
  writeAuditExport(input: OfAuditExport): Promise<void>;
  /** The file will not come. */
  failAuditExport(input: OfAuditExport): Promise<void>;

  /** Keeps the clocks of `design.md` §7. */
  sweep(input: { kind: SweepKind }): Promise<Record<string, number>>;
};

export type SweepKind = 'minute' | 'hour' | 'day';

export type ActivityDeps = SignedLessDeps &
  ConnectionCheckDeps &
  DomainCheckDeps &
  ReminderDeps &
  SweepDeps &
  WebhookDeps &
  AuditExportDeps &
  LogStreamDeps &
  DirectoryRunDeps;

/** All activities of the worker, each family from what it needs. */
export function createActivities(deps: ActivityDeps): Activities {
  return {
    ...invitationActivities(deps),
    ...reminderActivities(deps),
    ...noticeActivities(deps),
    ...portalStepActivities(deps),
    ...progressActivities(deps),
    ...connectionCheckActivities(deps),
    ...certificateActivities(deps),
    ...ageingActivities(deps),
    ...signedLessActivities(deps),
    ...linkActivities(deps),
    ...domainCheckActivities(deps),
    ...directoryRunActivities(deps),
    ...directoryFilesActivities(deps),
    ...sweepActivities(deps),
    ...webhookActivities(deps),
    ...auditExportActivities(deps),
    ...logStreamActivities(deps),
  };
}
