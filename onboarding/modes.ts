import type { Actor } from './commands.ts';
import type { StepName } from './steps.ts';

/** Who does an onboarding's steps: the customer alone, the customer with staff beside, or staff for the customer. */

export const modes = ['self_service', 'guided', 'staff_led'] as const;
export type Mode = (typeof modes)[number];

/** What an onboarding is where nobody said: runs and stored views from before there were modes are that, too. */
export const usualMode: Mode = 'self_service';

export type StepHolder = 'customer' | 'colleague' | 'staff';

/**
 * What staff can do for a customer. The rest takes the customer's own console, account or DNS, or is theirs to decide:
 * going live is.
 */
const staffCanDo: readonly StepName[] = [
  'choose_provider',
  'enter_metadata',
  'choose_directory',
  'choose_destination',
  'add_domain',
];

/** Whether a step can be staff's at all: by the mode, or because they took it over. */
export function canStaffDo(step: StepName): boolean {
  return staffCanDo.includes(step);
}

/** Who holds a step while nobody has handed it on. Beside the customer, staff hold nothing. */
export function holderIn(mode: Mode, step: StepName): StepHolder {
  return mode === 'staff_led' && canStaffDo(step) ? 'staff' : 'customer';
}

/** Whether somebody else holds a step that this person would do. Programs and machines are nobody's rivals. */
export function isHeldByOther(holder: StepHolder, { type }: Pick<Actor, 'type'>): boolean {
  if (type === 'staff') return holder !== 'staff';
  return (type === 'customer' || type === 'colleague') && holder === 'staff';
}
