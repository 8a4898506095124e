import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AgeingKind } from '../onboarding/ageing.ts';
import type { Command, ReportedFact } from '../onboarding/commands.ts';
import type { OnboardingView } from '../onboarding/view.ts';
import type { State } from '../onboarding/state.ts';
import { messageNames } from '../onboarding/workflow-names.ts';

/**
 * Inputs and messages of the workflows: all that the api, the relay and the activities may know of them. Names and ids
 * are plain data in `onboarding/workflow-names.ts`. Inputs carry ids only. Fields may be added as optional ones, never changed: histories live for years.
 */

export type OnboardingInput = {
  v: 1;
  onboardingId: string;
  environmentId: string;
  organizationId: string;
  number: number;
  resume?: State;
};

/** A person's act. Answers with the new view; a refusal is an ApplicationFailure of type `Refused`. */
export const applyCommand = defineUpdate<OnboardingView, [Command]>(messageNames.applyCommand);
/** A machine's fact. Never refused. */
export const reportFact = defineSignal<[ReportedFact]>(messageNames.reportFact);
/** Wakes a sleeping workflow so that it looks at the clock and the deployment again. */
export const nudge = defineSignal(messageNames.nudge);
/** The view, for debugging only: pages read Postgres. */
export const progress = defineQuery<OnboardingView>('progress');

export type DomainInput = {
  v: 1;
  environmentId: string;
  organizationId: string;
  domainId: string;
  /** Set once the record was found: from then on the workflow looks daily. */
  watching?: boolean;
  misses?: number;
  firstMissAt?: string;
};
/** The api has seen the record itself. */
export const domainSeen = defineSignal(messageNames.domainSeen);
/** The domain was removed, or verification was restarted with another record. */
export const stopDomain = defineSignal(messageNames.stopDomain);

export type CertificateInput = {
  v: 1;
  environmentId: string;
  organizationId: string;
  connectionId: string;
  /** What was announced last, by certificate fingerprint; days in runs that counted them by themselves. */
  announced?: Record<string, number | string>;
};
/** Certificates or the metadata URL changed: look again now. */
export const certificatesChanged = defineSignal(messageNames.certificatesChanged);
/** The connection was deleted or switched off. */
export const stopCertificateWatch = defineSignal(messageNames.stopCertificateWatch);

export type AgeingInput = {
  v: 1;
  environmentId: string;
  organizationId: string;
  kind: AgeingKind;
  /** The key, or the connection whose secret it is. */
  subjectId: string;
  /** The notices that went out last, as `lookAtAgeing` names them. */
  announced?: string;
};
/** The thing was replaced, or may have been: look again now. */
export const ageingChanged = defineSignal(messageNames.ageingChanged);

export type AuditExportInput = { v: 1; environmentId: string; organizationId: string; exportId: string };

/** `isSlow`, here and below: the pump of the run before was; absent at the start. */
export type WebhookInput = { v: 1; environmentId: string; endpointId: string; isSlow?: boolean };
/** Events wait for the endpoint, or it was changed: look now. */
export const webhookWoken = defineSignal(messageNames.webhookWoken);

export type LogStreamInput = {
  v: 1;
  environmentId: string;
  organizationId: string;
  streamId: string;
  isSlow?: boolean;
};
/** Records wait for the stream, or it was changed: look now. */
export const streamWoken = defineSignal(messageNames.streamWoken);

export type DirectoryInput = {
  v: 1;
  environmentId: string;
  organizationId: string;
  directoryId: string;
  /** Somebody has asked for a reading that has not begun. */
  asked?: boolean;
  /** Nothing is read before, unless somebody asks for it. */
  mayReadAt?: number;
};
/** A person asks for a reading, or files have come: read now. */
export const readDirectory = defineSignal(messageNames.readDirectory);
/** The directory was set up anew, or a change on hold was decided: look again now. */
export const directoryChanged = defineSignal(messageNames.directoryChanged);
/** The directory was deleted, reset or switched to a source that calls us. */
export const stopDirectory = defineSignal(messageNames.stopDirectory);
