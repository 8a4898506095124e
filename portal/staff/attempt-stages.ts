import type { AttemptDetail } from '../../api/contract/shared.ts';

export const attemptStages = ['asked', 'sent', 'received', 'checked', 'profile', 'handed_over'] as const;
export type AttemptStage = (typeof attemptStages)[number];
/** How far an attempt came at one stage; `stopped` is where it ended without success. */
export type StageState = 'reached' | 'stopped' | 'skipped' | 'not_reached';

/** What is said at a stage of the profile, by cause: the answer itself was fine. */
const profileCauses = [
  'email_missing',
  'attribute_missing',
  'email_invalid',
  'email_outside_domains',
  'email_domain_held_elsewhere',
  'email_domain_not_chosen',
  'email_unverified',
  'not_allowed',
  'not_in_directory',
];

/** How far the attempt came, stage by stage, and the milliseconds since it began where the server noted them. */
export function stagesOf(
  attempt: AttemptDetail,
): { stage: AttemptStage; state: StageState; afterMs: number | null }[] {
  const begun = Date.parse(attempt.startedAt);
  const stoppedAt = stoppingStage(attempt);
  const stopIndex = stoppedAt === undefined ? attemptStages.length : attemptStages.indexOf(stoppedAt);
  const openIndex = attempt.chip === 'in_progress' ? attemptStages.indexOf('received') : attemptStages.length;
  return attemptStages.map((stage, at) => {
    const noted = attempt.timeline.find(({ what }) => what === stage);
    const state: StageState =
      at === stopIndex
        ? 'stopped'
        : at > stopIndex || at >= openIndex
          ? 'not_reached'
          : stage === 'sent' && attempt.origin === 'provider'
            ? 'skipped'
            : 'reached';
    return { stage, state, afterMs: noted === undefined ? null : Date.parse(noted.at) - begun };
  });
}

function stoppingStage({ chip, cause, checks }: AttemptDetail): AttemptStage | undefined {
  if (chip === 'timed_out') return 'received';
  if (chip !== 'failed') return undefined;
  if (cause !== null && profileCauses.includes(cause)) return 'profile';
  return checks.length > 0 ? 'checked' : 'received';
}
