import type { Act, Refusal } from './commands.ts';
import type { State } from './state.ts';
import type { StepName } from './steps.ts';
import { blockedBy } from './view.ts';

/**
 * Why an act may not happen now, or undefined when it may. Pure and synchronous: the workflow's update validator
 * calls it, and so may the api before it writes.
 */
export function refuse(s: State, act: Act): Refusal | undefined {
  if (act.kind === 'undo_cancel') return s.phase === 'cancelled' ? undefined : 'onboarding_open';
  if (s.phase === 'closed' || s.phase === 'cancelled') return 'onboarding_ended';
  switch (act.kind) {
    case 'start':
      return s.revision > 0 ? 'onboarding_open' : undefined;
    case 'join':
    case 'invite':
    case 'fresh_link':
    case 'open_link':
    case 'remove_domain':
      return undefined;
    case 'cancel':
      return s.phase === 'live' ? 'onboarding_ended' : undefined;
    case 'choose_provider':
      return stepRefusal(s, 'choose_provider');
    case 'finish_configuration':
      return stepRefusal(s, 'configure_provider');
    case 'save_metadata':
      return stepRefusal(s, 'enter_metadata');
    case 'go_live':
      return goLiveRefusal(s);
    case 'reset_connection':
    case 'bring_back_connection':
      return s.steps.go_live === undefined ? 'feature_off' : undefined;
    case 'add_domain':
      return s.steps.add_domain === undefined ? 'feature_off' : undefined;
    case 'skip_feature':
      return skipRefusal(s, act.feature);
    case 'take_back_skip':
      return s.plan[act.feature] === undefined ? 'feature_off' : undefined;
    case 'remind':
      return s.link === undefined || s.link.ended || s.link.contactId === null ? 'no_contact' : undefined;
  }
}

function stepRefusal(s: State, step: StepName): Refusal | undefined {
  if (s.steps[step] === undefined) return 'feature_off';
  if (s.steps.go_live?.state === 'done') return 'step_done';
  return blockedBy(s, step) === undefined ? undefined : 'step_blocked';
}

function goLiveRefusal(s: State): Refusal | undefined {
  const step = s.steps.go_live;
  if (step === undefined) return 'feature_off';
  if (step.state === 'done') return 'step_done';
  const blocker = blockedBy(s, 'go_live');
  if (blocker === undefined) return undefined;
  return blocker === 'verify_domain' ? 'domain_required' : 'connection_not_tested';
}

function skipRefusal(s: State, feature: keyof State['plan']): Refusal | undefined {
  const requirement = s.plan[feature] ?? 'off';
  if (requirement === 'off') return 'feature_off';
  return requirement === 'required' ? 'feature_required' : undefined;
}
