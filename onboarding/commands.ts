import type { ErrorCode } from './errors.ts';
import type { Mode } from './modes.ts';
import type { ReminderDays } from './reminder-days.ts';
import type { SignInCause } from './sign-in-causes.ts';
import type { OfferedFeature, Requirement, StepName } from './steps.ts';

/** Who acts: an id and a kind, never a name or an address, because commands stay in workflow history. */
export type Actor = {
  type: 'customer' | 'colleague' | 'staff' | 'developer' | 'provider' | 'system';
  id: string;
};

export type DomainPolicy = 'none' | 'optional' | 'required';
export type Origin = 'invitation' | 'portal' | 'repair';

/** What an onboarding covers. A feature that is not named is off. */
export type FeaturePlan = Partial<Record<OfferedFeature, Requirement>>;

/** How an onboarding is cut to its customer, apart from its plan. What is left out stays, or is as usual at the start. */
type Tailoring = {
  mode?: Mode;
  /** The order in which the features show, and so what comes next. */
  order?: readonly OfferedFeature[];
};

/** Something live that needs a person, as a step: what is wrong with it is kept under the trouble's id. */
export type Repair = { troubleId: string; step: StepName; since: string; cause: string | null };

/** A main link that was made with the command, and whom it is for. */
export type IssuedLink = {
  linkId: string;
  delivery: 'mail' | 'copy';
  contactId: string | null;
  expiresAt: string;
};

/** What a person asks for. Carries ids, instants and closed words only; everything else is in Postgres already. */
export type Act =
  | (Tailoring & {
      kind: 'start';
      origin: Origin;
      plan: FeaturePlan;
      domainPolicy: DomainPolicy;
      reminders: boolean;
      reminderDays?: ReminderDays;
      domainVerified: boolean;
      connectionLive: boolean;
      /** The directory that is linked already; whether its people have their roles, or there are none to have. */
      directory?: { id: string; rolesAssigned: boolean };
      /** The log stream that sends already. */
      stream?: { id: string };
      /** Why a run of origin `repair` was begun, and the link that came with it. */
      repair?: Repair;
      link?: IssuedLink;
    })
  | (Tailoring & { kind: 'join'; plan: FeaturePlan; reminders: boolean; reminderDays?: ReminderDays })
  /** On the way: unlike an invitation that joins, it may take a feature away. */
  | (Tailoring & { kind: 'tailor'; plan?: FeaturePlan; reminders?: boolean })
  | { kind: 'take_back_step'; step: StepName }
  /** By staff, one step at a time. What they say when they hand it back is kept with the onboarding. */
  | { kind: 'take_over_step'; step: StepName }
  | { kind: 'hand_back_step'; step: StepName }
  /** By the vendor: this step of single sign-on and those after it are to be done anew. */
  | { kind: 'reset_step'; step: StepName; connectionId: string }
  | { kind: 'invite'; linkId: string; delivery: 'mail' | 'copy'; contactId: string | null; expiresAt: string }
  | {
      kind: 'fresh_link';
      linkId: string;
      delivery: 'mail' | 'copy';
      contactId: string | null;
      expiresAt: string;
    }
  /** The main link works longer; nothing else of it changes. */
  | { kind: 'extend_link'; linkId: string; expiresAt: string }
  | { kind: 'open_link'; linkId: string }
  /** `preselected`: by the vendor at an invitation, whoever holds the step. */
  | { kind: 'choose_provider'; connectionId: string; providerId: string; preselected?: boolean }
  | { kind: 'finish_configuration'; connectionId: string }
  | { kind: 'save_metadata'; connectionId: string; settingsRevision: number }
  | { kind: 'go_live'; connectionId: string }
  | { kind: 'reset_connection'; connectionId: string }
  | { kind: 'bring_back_connection'; connectionId: string }
  | { kind: 'choose_directory'; directoryId: string; providerId: string }
  | { kind: 'finish_directory_connection'; directoryId: string }
  | { kind: 'assign_roles'; directoryId: string }
  /** `keepsSource`: where people come from stays chosen, and is connected anew. */
  | { kind: 'reset_directory'; directoryId: string; keepsSource?: true }
  | { kind: 'bring_back_directory'; directoryId: string }
  | { kind: 'choose_destination'; streamId: string; destinationId: string }
  | { kind: 'save_stream'; streamId: string }
  | { kind: 'prove_stream'; streamId: string }
  | { kind: 'start_stream'; streamId: string }
  /** `nextId`: another one that sends, and takes its place in the journey. */
  | { kind: 'remove_stream'; streamId: string; nextId?: string }
  | { kind: 'bring_back_stream'; streamId: string }
  | { kind: 'add_domain'; domainId: string }
  /** `isReset`: by the vendor, so that what had arrived is on its way again. */
  | { kind: 'remove_domain'; domainId: string; isReset?: true }
  /** A new certificate is trusted beside the one in use. */
  | { kind: 'give_certificate'; connectionId: string }
  | { kind: 'skip_feature'; feature: OfferedFeature }
  | { kind: 'take_back_skip'; feature: OfferedFeature }
  | { kind: 'open_repair'; repair: Repair; link?: IssuedLink }
  | { kind: 'remind' }
  | { kind: 'cancel' }
  | { kind: 'undo_cancel' };

/** What a machine reports. Facts are never refused: one that no longer fits changes nothing. */
export type Fact =
  | { kind: 'test_passed'; connectionId: string; attemptId: string; settingsRevision: number }
  | { kind: 'test_failed'; connectionId: string; attemptId: string; cause: SignInCause }
  | { kind: 'connection_live'; connectionId: string }
  | { kind: 'connection_gone'; connectionId: string }
  /** The first person has come, or the first run was whole; `hasRoles`: the environment has roles to assign. */
  | { kind: 'directory_linked'; directoryId: string; hasRoles: boolean }
  | { kind: 'directory_gone'; directoryId: string }
  | { kind: 'domain_verified'; domainId: string }
  | { kind: 'domain_failed'; domainId: string; reason: string }
  /** Somebody was signed in with the certificate that a renewal brought. */
  | { kind: 'certificate_proven'; connectionId: string }
  | { kind: 'repaired'; troubleId: string }
  | { kind: 'link_ended'; linkId: string }
  /** Reported by a mail server after ours took it; `mail` is the kind of mail, as in the timeline. */
  | { kind: 'mail_bounced'; mail: string };

type Envelope = {
  /** Idempotency key: the outbox row's id, the update's id, and the entry in the workflow's `seen` list. */
  key: string;
  actor: Actor;
};

export type Command = Envelope & Act;
export type ReportedFact = Envelope & Fact;
export type ActKind = Act['kind'];

/** Why a command is refused; a subset of the product's error codes. */
export type Refusal = Extract<
  ErrorCode,
  | 'onboarding_ended'
  | 'onboarding_open'
  | 'step_blocked'
  | 'step_done'
  | 'step_held'
  | 'feature_off'
  | 'feature_required'
  | 'plan_empty'
  | 'domain_required'
  | 'no_contact'
  | 'link_ended'
  | 'step_not_resettable'
  | 'connection_not_tested'
>;
