import type { OnboardingRow } from '../../../db/index.ts';
import type { Answer } from '../../answers.ts';
import type { InvitationResult } from '../../contract/dashboard.ts';
import type { StepResult } from '../../contract/shared.ts';
import type { ApiDeps } from '../../deps.ts';
import { settle } from '../../journey.ts';
import type { QueuedCommand } from '../../onboarding-client.ts';

/**
 * The answer to an act on an onboarding: kept (202), and once the workflow has spoken, applied (200) with its view. A
 * refusal of the workflow is thrown. `issued` is what is told of a link that was made by it.
 */
export function settledAnswer(
  deps: ApiDeps,
  { onboarding, queued }: { onboarding: Pick<OnboardingRow, 'view'>; queued: readonly QueuedCommand[] },
  issued?: Omit<InvitationResult, keyof StepResult>,
): Answer {
  const answer = ({ status, view }: StepResult): Answer => ({
    status: status === 'applied' ? 200 : 202,
    body: { status, view, ...issued },
    // Both answers are stored for repetitions, and a link that is told lies in both.
    holdsSecret: issued !== undefined,
  });
  return {
    ...answer({ status: 'queued', view: onboarding.view }),
    afterCommit: async () => answer(await settle(deps, onboarding.view, queued)),
  };
}
