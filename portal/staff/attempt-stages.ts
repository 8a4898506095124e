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
    const isPassed = state !== 'not_reached' && noted !== undefined;
    return { stage, state, afterMs: isPassed ? Date.parse(noted.at) - begun : null };
  });
}

function stoppingStage(attempt: AttemptDetail): AttemptStage | undefined {
  const { chip, cause, checks } = attempt;
  if (chip === 'timed_out') return 'received';
  if (chip !== 'failed') return undefined;
  if (wasNeverSent(attempt)) return 'asked';
  if (cause !== null && profileCauses.includes(cause)) return 'profile';
  return checks.length > 0 ? 'checked' : 'received';
}

/** The app asked for a connection that is not live: nobody was sent to the provider, so nothing can have come back. */
const wasNeverSent = ({ cause, requestXml, responseXml, trail }: AttemptDetail): boolean =>
  cause === 'connection_not_usable' && requestXml === null && responseXml === null && trail.length === 0;
