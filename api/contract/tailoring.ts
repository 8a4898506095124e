import { z } from 'zod';
import { modes } from '../../onboarding/modes.ts';
import { requirements, tailoredFeatures } from '../../onboarding/steps.ts';

/** What an onboarding covers, as every surface checks it. The order of the features is the order of the onboarding. */

export const mode = z.enum(modes);
export const featureChoice = { feature: z.enum(tailoredFeatures), requirement: z.enum(requirements) };

type Choice = { feature: string; requirement: string };
export const namesEachOnce = (choices: readonly Choice[]): boolean =>
  new Set(choices.map(({ feature }) => feature)).size === choices.length;
export const leavesSome = (choices: readonly Choice[]): boolean =>
  choices.some(({ requirement }) => requirement !== 'off');
export const once = 'must name each feature once';
export const some = 'must leave one feature required or optional';

const choices = z.array(z.strictObject(featureChoice)).min(1).max(tailoredFeatures.length);

/** All of a plan: at the start, and as a default. */
export const featureChoices = choices.refine(namesEachOnce, once).refine(leavesSome, some);
/** Some of a plan that is there. */
export const featureChanges = choices.refine(namesEachOnce, once);

export const onboardingTemplate = z.strictObject({ mode, features: featureChoices });
