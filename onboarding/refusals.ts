import type { Act, Actor, Refusal } from './commands.ts';
import { canStaffDo, isHeldByOther } from './modes.ts';
import type { State } from './state.ts';
import { isResetOfSignIn } from './step-resets.ts';
import { stepRules, type StepName } from './steps.ts';
import { blockedBy, holderOf, isPlanned, isOnlyForStaff } from './view.ts';

/**
 * Why an act may not happen now, or undefined when it may. Pure and synchronous: the workflow's update validator
 * calls it, and so may the api before it writes.
 */
export function refuse(s: State, act: Act, actor?: Pick<Actor, 'type'>): Refusal | undefined {
  if (act.kind === 'undo_cancel') return s.phase === 'cancelled' ? undefined : 'onboarding_open';
  if (s.phase === 'closed' || s.phase === 'cancelled') return 'onboarding_ended';
  const step = stepOfAct(act);
  if (step !== undefined && actor !== undefined && s.steps[step] !== undefined) {
    if (isHeldByOther(holderOf(s, step), actor)) return 'step_held';
  }
  switch (act.kind) {
    case 'start':
      return s.revision > 0 ? 'onboarding_open' : undefined;
    case 'join':
    case 'invite':
    case 'fresh_link':
    case 'open_link':
    case 'remove_domain':
    case 'open_repair':
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
    case 'choose_directory':
      if (s.steps.receive_people?.state === 'done')
        return isStepOff(s, act.kind) ? 'feature_off' : 'step_done';
      return directoryRefusal(s, act.kind);
    case 'finish_directory_connection':
      return directoryRefusal(s, 'connect_directory');
    case 'assign_roles':
      return directoryRefusal(s, act.kind);
    case 'reset_directory':
    case 'bring_back_directory':
      return s.steps.receive_people === undefined ? 'feature_off' : undefined;
    case 'choose_destination':
    case 'save_stream':
    case 'prove_stream':
    case 'start_stream':
      return streamRefusal(s, act);
    case 'remove_stream':
    case 'bring_back_stream':
      return s.steps.start_stream === undefined ? 'feature_off' : undefined;
    case 'add_domain':
      return isStepOff(s, 'add_domain') ? 'feature_off' : undefined;
    case 'give_certificate':
      return isStepOff(s, act.kind) ? 'feature_off' : undefined;
    case 'skip_feature':
      return skipRefusal(s, act.feature);
    case 'take_back_skip':
      return isPlanned(s, act.feature) ? undefined : 'feature_off';
    case 'tailor':
      return tailorRefusal(s, act);
    case 'take_back_step':
    case 'take_over_step':
    case 'hand_back_step':
      return holdRefusal(s, act);
    case 'reset_step':
      if (!isResetOfSignIn(act.step)) return 'step_not_resettable';
      return isStepOff(s, act.step) ? 'feature_off' : undefined;
    case 'extend_link':
      return s.link?.id !== act.linkId || s.link.ended ? 'link_ended' : undefined;
    case 'remind':
      if (isOnlyForStaff(s)) return 'step_held';
      return s.link === undefined || s.link.ended || s.link.contactId === null ? 'no_contact' : undefined;
  }
}

/** The step that an act is the doing of, so that it takes whoever holds it. */
export function stepOfAct(act: Act): StepName | undefined {
  switch (act.kind) {
    case 'choose_provider':
      return act.preselected === true ? undefined : act.kind;
    case 'go_live':
    case 'choose_directory':
    case 'assign_roles':
    case 'choose_destination':
    case 'prove_stream':
    case 'start_stream':
    case 'add_domain':
    case 'give_certificate':
      return act.kind;
    case 'save_stream':
      return 'configure_stream';
    case 'finish_configuration':
      return 'configure_provider';
    case 'save_metadata':
      return 'enter_metadata';
    case 'finish_directory_connection':
      return 'connect_directory';
    default:
      return undefined;
  }
}

/** A feature that was turned off keeps its records, but nobody can go on with it. */
function isStepOff(s: State, step: StepName): boolean {
  return s.steps[step] === undefined || !isPlanned(s, stepRules[step].feature);
}

type HoldAct = Extract<Act, { kind: 'take_back_step' | 'take_over_step' | 'hand_back_step' }>;

/** What takes the customer's own account or is theirs to decide stays theirs; only what staff hold is handed back. */
function holdRefusal(s: State, { kind, step }: HoldAct): Refusal | undefined {
  if (isStepOff(s, step)) return 'feature_off';
  if (s.steps[step]?.state === 'done') return 'step_done';
  if (kind === 'take_over_step' && !canStaffDo(step)) return 'step_held';
  return kind === 'hand_back_step' && holderOf(s, step) !== 'staff' ? 'step_held' : undefined;
}

function tailorRefusal(s: State, { plan = {} }: Extract<Act, { kind: 'tailor' }>): Refusal | undefined {
  const wanted = { ...s.plan, ...plan };
  return Object.values(wanted).some((requirement) => requirement !== 'off') ? undefined : 'plan_empty';
}

function stepRefusal(s: State, step: StepName): Refusal | undefined {
  if (isStepOff(s, step)) return 'feature_off';
  if (s.steps.go_live?.state === 'done') return 'step_done';
  return blockedBy(s, step) === undefined ? undefined : 'step_blocked';
}

/** Unlike those of a sign-in, its steps can be done again while it is linked: roles are assigned anew. */
function directoryRefusal(s: State, step: StepName): Refusal | undefined {
  if (isStepOff(s, step)) return 'feature_off';
  return blockedBy(s, step) === undefined ? undefined : 'step_blocked';
}

type StreamAct = Extract<
  Act,
  { kind: 'choose_destination' | 'save_stream' | 'prove_stream' | 'start_stream' }
>;

/** A second stream, beside the one of the journey, has no steps of its own: nothing stands in its way. */
function streamRefusal(s: State, act: StreamAct): Refusal | undefined {
  const step = act.kind === 'save_stream' ? 'configure_stream' : act.kind;
  if (isStepOff(s, step)) return 'feature_off';
  if (s.stream?.id !== act.streamId) return undefined;
  return blockedBy(s, step) === undefined ? undefined : 'step_blocked';
}

function goLiveRefusal(s: State): Refusal | undefined {
  const step = s.steps.go_live;
  if (step === undefined || isStepOff(s, 'go_live')) return 'feature_off';
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
