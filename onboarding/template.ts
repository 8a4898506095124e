import type { FeaturePlan } from './commands.ts';
import type { Mode } from './modes.ts';
import { tailoredFeatures, type Requirement, type TailoredFeature } from './steps.ts';

/** What an onboarding covers, in its order: chosen at the start, or the environment's default. */

export type FeatureChoice = { readonly feature: TailoredFeature; readonly requirement: Requirement };

export type OnboardingTemplate = { readonly mode: Mode; readonly features: readonly FeatureChoice[] };

/** Every feature that can be chosen, once: those that are named first, in their order, the others off. */
export function completeChoices(named: readonly FeatureChoice[]): FeatureChoice[] {
  const others = tailoredFeatures.filter((feature) => !named.some((choice) => choice.feature === feature));
  return [...named, ...others.map((feature) => ({ feature, requirement: 'off' as const }))];
}

/** The choices as a plan and an order. */
export function planOf(choices: readonly FeatureChoice[]): { plan: FeaturePlan; order: TailoredFeature[] } {
  return {
    plan: Object.fromEntries(choices.map(({ feature, requirement }) => [feature, requirement])),
    order: choices.map(({ feature }) => feature),
  };
}

/** The order of a running onboarding after some features were named: these first, the others as they stood. */
export function reordered<Feature extends string>(
  before: readonly Feature[],
  named: readonly Feature[],
): Feature[] {
  return [...named, ...before.filter((feature) => !named.includes(feature))];
}
