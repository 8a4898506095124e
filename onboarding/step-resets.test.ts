import { describe, expect, it } from 'vitest';
import { canReset, isResetOfSignIn, resetOf } from './step-resets.ts';
import { isRepairStep, stepNames, type StepName } from './steps.ts';
import type { StepView } from './view.ts';

const one = (step: StepName, state: StepView['state']): StepView => ({
  step,
  state,
  holder: 'customer',
  since: '2026-03-02T09:00:00.000Z',
});

describe('the reset of a step', () => {
  it('goes back step by step in sign-in, and elsewhere only to where a part begins', () => {
    const resettable = stepNames.filter((step) => resetOf(step) !== undefined);
    expect(resettable.filter((step) => !isResetOfSignIn(step))).toEqual([
      'choose_directory',
      'connect_directory',
      'add_domain',
      'choose_destination',
    ]);
    expect(resettable.filter(isResetOfSignIn)).toEqual(stepNames.slice(0, 5));
    expect(resettable.some(isRepairStep)).toBe(false);
  });

  it('is offered where something was begun', () => {
    const offered = (state: StepView['state']) => canReset(one('add_domain', state), []);
    expect([offered('done'), offered('waiting'), offered('failed')]).toEqual([true, true, true]);
    expect([offered('open'), offered('blocked'), offered('skipped')]).toEqual([false, false, false]);
    expect(canReset(one('verify_domain', 'waiting'), [])).toBe(false);
  });

  it('has a source chosen again only until people come from it', () => {
    const choice = one('choose_directory', 'done');
    expect(canReset(choice, [choice, one('receive_people', 'waiting')])).toBe(true);
    const steps = [choice, one('connect_directory', 'done'), one('receive_people', 'done')];
    expect(steps.map((step) => canReset(step, steps))).toEqual([false, true, false]);
  });
});
