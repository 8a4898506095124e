import type { Actor, DomainPolicy, FeaturePlan, Origin, Repair } from './commands.ts';
import type { Mode } from './modes.ts';
import type { ReminderDays } from './reminder-days.ts';
import type { SignInCause } from './sign-in-causes.ts';
import type { OfferedFeature, StepName } from './steps.ts';

export const reminderKinds = [
  'not_opened_3',
  'not_opened_7',
  'half_done_2',
  'half_done_5',
  'domain_unseen',
  'people_unseen',
  'test_failed_twice',
  'link_ends_soon',
  'manual',
] as const;
export type ReminderKind = (typeof reminderKinds)[number];

/** Where a step stands by itself; whether it is blocked or skipped follows from its neighbours (`view.ts`). */
export type StepRecord = {
  state: 'open' | 'waiting' | 'failed' | 'done';
  since: string;
  /** Counts how often the step was opened: a portal step is closed round by round. */
  round: number;
  failures: number;
  cause?: SignInCause | string;
};

/** One line of the timeline, in facts; words are the page's. */
export type TimelineEntry = {
  number: number;
  at: string;
  kind: TimelineKind;
  actor: Actor;
  /** Whether the step named here was completed by this. */
  completes: boolean;
  step?: StepName;
  facts?: Record<string, string | number | boolean>;
};

export const timelineKinds = [
  'started',
  'joined',
  'invited',
  'link_copied',
  'link_replaced',
  'link_extended',
  'opened',
  'provider_chosen',
  'step_completed',
  'step_reopened',
  'step_reset',
  'test_passed',
  'test_failed',
  'domain_added',
  'domain_removed',
  'domain_verified',
  'domain_failed',
  'domain_contested',
  'domain_in_review',
  'domain_refused',
  'directory_chosen',
  'directory_linked',
  'directory_gone',
  'directory_reset',
  'directory_brought_back',
  'destination_chosen',
  'stream_proven',
  'stream_started',
  'stream_removed',
  'stream_brought_back',
  'feature_skipped',
  'skip_taken_back',
  'mode_changed',
  'requirement_changed',
  'order_changed',
  'reminders_changed',
  'handed_over',
  'handed_back',
  'step_taken_back',
  'reminder_due',
  'reminded',
  'notice_sent',
  'not_delivered',
  'stalled',
  'link_ended',
  'connection_live',
  'connection_gone',
  'connection_reset',
  'connection_brought_back',
  'certificate_given',
  'certificate_proven',
  'repair_needed',
  'repaired',
  'activation_refused',
  'configuration_refused',
  'live',
  'closed',
  'cancelled',
  'cancel_undone',
] as const;
export type TimelineKind = (typeof timelineKinds)[number];

/** News for the contact of the link. */
export type Notice = 'domain_verified' | 'directory_linked' | 'live' | 'your_turn' | 'repair';

/** Work that the workflow must have done by an activity. The id is stable over crashes, replays and new runs. */
export type Effect = { id: string } & (
  | { kind: 'send_invitation'; linkId: string; contactId: string; fresh: boolean }
  | { kind: 'send_reminder'; reminder: ReminderKind }
  | { kind: 'send_notice'; notice: Notice; subjectId: string }
  | { kind: 'open_step'; step: StepName; round: number; at: string }
  | {
      kind: 'close_step';
      step: StepName;
      round: number;
      at: string;
      outcome: 'done' | 'failed' | 'withdrawn';
    }
  | { kind: 'validate_connection'; connectionId: string; settingsRevision: number }
  | { kind: 'activate_connection'; connectionId: string }
  | { kind: 'move_certificate_watch'; connectionId: string }
  | { kind: 'close_links'; outcome: 'completed' | 'revoked' }
  | { kind: 'record_progress'; revision: number; upTo: number }
);
export type EffectKind = Effect['kind'];

/** What an activity answers. Expected outcomes are answers, not failures. */
export type EffectOutcome =
  | { status: 'done'; at: string }
  | { status: 'refused'; at: string; code: string }
  | { status: 'not_now'; at: string; notBefore: string }
  /** What it was for has come about by itself: nothing was done, and nothing is to be told. */
  | { status: 'settled'; at: string }
  | { status: 'gave_up'; at: string };

/**
 * The whole of one onboarding. Plain data: it is what continue-as-new carries, so a change of shape needs a new
 * `v` and an up-conversion in `resume`.
 */
export type State = {
  v: 1;
  onboardingId: string;
  environmentId: string;
  organizationId: string;
  number: number;
  origin: Origin;
  phase: 'open' | 'live' | 'closed' | 'cancelled';
  plan: FeaturePlan;
  skipped: string[];
  /** Absent, like the four after it, in runs that began before onboardings were tailored. */
  mode?: Mode;
  modeSince?: string;
  /** Steps that the mode gives to staff, and that the customer took back or staff handed back. */
  takenBack?: StepName[];
  /** Steps that staff took over, and when they last did something. Absent in runs from before there was that. */
  takenOver?: Partial<Record<StepName, { at: string; lastActAt: string }>>;
  /** Absent: the usual order. */
  order?: readonly OfferedFeature[];
  /** The provider that was chosen, and whether the vendor chose it for the customer. */
  provider?: { id: string; chosenBy: 'customer' | 'vendor' };
  domainPolicy: DomainPolicy;
  remindersOn: boolean;
  /** Absent in runs that began before days were a setting: the usual ones. */
  reminderDays?: ReminderDays;
  startedAt: string;
  /** Rises with every change that a reader may see. */
  revision: number;
  /** The highest revision that the read model is known to have. */
  projected: number;
  steps: Partial<Record<StepName, StepRecord>>;
  connectionId?: string;
  /** The directory that is being set up or is linked, and its provider. Absent in runs that never had one. */
  directory?: { id: string; provider?: { id: string; chosenBy: 'customer' | 'vendor' } };
  /** The log stream that is being set up or sends, and its destination. Absent in runs that never had one. */
  stream?: { id: string; provider?: { id: string; chosenBy: 'customer' | 'vendor' } };
  /** `in_review`: proved, and with the vendor, who approves it or not. */
  domains: { id: string; state: 'waiting' | 'verified' | 'failed' | 'in_review'; since: string }[];
  /** Connections whose new certificate has signed nothing yet. Absent in runs that renewed none. */
  renewing?: string[];
  /** What needs repair, as long as it does. Absent in runs that never had any. */
  repairs?: Repair[];
  link?: {
    id: string;
    contactId: string | null;
    delivery: 'mail' | 'copy';
    issuedAt: string;
    expiresAt: string;
    ended: boolean;
  };
  invited: boolean;
  openedAt?: string;
  lastActAt: string;
  /** Since when the steps that staff had done are the customer's to go on with. */
  handedBackAt?: string;
  stalledSince?: string;
  liveAt?: string;
  endedAt?: string;
  reminders: Partial<Record<ReminderKind, { at: string; sent: boolean }>>;
  /** A reminder that met the night waits here for its morning. */
  quietUntil?: string;
  entries: TimelineEntry[];
  lastEntry: number;
  effects: Effect[];
  lastEffect: number;
  seen: [key: string, at: string][];
  nextDueAt?: string;
};

/** The state of an onboarding of which nothing is known but whose it is. The first command is `start`. */
export function fresh(of: {
  onboardingId: string;
  environmentId: string;
  organizationId: string;
  number: number;
  at: string;
}): State {
  return {
    v: 1,
    onboardingId: of.onboardingId,
    environmentId: of.environmentId,
    organizationId: of.organizationId,
    number: of.number,
    origin: 'invitation',
    phase: 'open',
    plan: {},
    skipped: [],
    domainPolicy: 'optional',
    remindersOn: false,
    startedAt: of.at,
    revision: 0,
    projected: 0,
    steps: {},
    domains: [],
    invited: false,
    lastActAt: of.at,
    reminders: {},
    entries: [],
    lastEntry: 0,
    effects: [],
    lastEffect: 0,
    seen: [],
  };
}
