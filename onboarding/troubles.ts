import type { OfferedFeature, StepName } from './steps.ts';

/**
 * What can be wrong with something that is live so that a person is needed. A trouble is seen from outside, by the look
 * at the health of everything live, and ends the same way.
 */
export const troubleKinds = [
  'sign_ins_failing',
  'metadata_failing',
  'record_missing',
  'directory_silent',
  'directory_refused',
  'directory_held',
  'directory_token_ended',
  'directory_list_refused',
  'stream_failing',
  'stream_refused',
] as const;
export type TroubleKind = (typeof troubleKinds)[number];

/** Those that say for themselves what is wrong; a change on hold is told with its numbers. */
export type MailedTrouble = Exclude<TroubleKind, 'directory_held'>;

/** The feature that a trouble is about, and the step that repairs it. */
export const troubleRules: Readonly<
  Record<TroubleKind, { feature: Exclude<OfferedFeature, 'audit_logs'>; step: StepName }>
> = {
  sign_ins_failing: { feature: 'sso', step: 'repair_sign_in' },
  metadata_failing: { feature: 'sso', step: 'repair_metadata' },
  record_missing: { feature: 'domain_verification', step: 'repair_domain' },
  directory_silent: { feature: 'directory_sync', step: 'repair_directory' },
  directory_refused: { feature: 'directory_sync', step: 'repair_directory' },
  directory_held: { feature: 'directory_sync', step: 'repair_directory' },
  directory_token_ended: { feature: 'directory_sync', step: 'repair_directory' },
  directory_list_refused: { feature: 'directory_sync', step: 'repair_directory' },
  stream_failing: { feature: 'log_streams', step: 'repair_stream' },
  stream_refused: { feature: 'log_streams', step: 'repair_stream' },
};

/**
 * A run in which nobody repaired what is wrong closes after two weeks (`design.md` §4). While it lasts, another one begins
 * after a week of peace; the third is the last, and what is left is staff's to follow up.
 */
export const restBetweenRunsMs = 7 * 86_400_000;
export const mostRuns = 3;
