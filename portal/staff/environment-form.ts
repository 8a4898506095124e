/** The settings of an environment as texts of a form, and back. */
import type { EnvironmentSettings } from '../../api/contract/dashboard-environment.ts';
import { modes, usualMode } from '../../onboarding/modes.ts';
import type { FeatureChoice } from '../../onboarding/template.ts';

export const dayFields = [
  ...(['notOpenedFirst', 'notOpenedSecond', 'halfDoneFirst', 'halfDoneSecond'] as const),
  ...(['domainUnseen', 'linkEnds'] as const),
];
export type DayField = (typeof dayFields)[number];

/** Empty addresses and empty days of the audit log mean "none of its own". */
export function textsOf(settings: EnvironmentSettings) {
  const { notOpened, halfDone, domainUnseen, linkEnds } = settings.reminderDays;
  return {
    name: settings.name,
    defaultReturnUrl: settings.defaultReturnUrl ?? '',
    defaultSuccessUrl: settings.defaultSuccessUrl ?? '',
    linkDays: String(settings.linkDays),
    emailCode: settings.linkConfirmation === 'email_code',
    domainPolicy: settings.domainPolicy as string,
    domainGraceDays: String(settings.domainGraceDays),
    domainLabel: settings.domainLabel,
    directoryPolicy: settings.directoryPolicy as string,
    removalGuardPeople: String(settings.removalGuardPeople),
    removalGuardPercent: String(settings.removalGuardPercent),
    reminders: settings.reminders,
    notOpenedFirst: String(notOpened[0]),
    notOpenedSecond: String(notOpened[1]),
    halfDoneFirst: String(halfDone[0]),
    halfDoneSecond: String(halfDone[1]),
    domainUnseen: String(domainUnseen),
    linkEnds: String(linkEnds),
    mode: settings.onboardingTemplate.mode as string,
    features: settings.onboardingTemplate.features as readonly FeatureChoice[],
    auditDays: settings.auditDays === null ? '' : String(settings.auditDays),
  };
}
export type SettingTexts = ReturnType<typeof textsOf>;

function settingsFrom(texts: SettingTexts): EnvironmentSettings {
  const policies = ['none', 'optional', 'required'] as const;
  const directoryPolicies = ['removed', 'members_only', 'off'] as const;
  return {
    name: texts.name.trim(),
    defaultReturnUrl: texts.defaultReturnUrl.trim() || null,
    defaultSuccessUrl: texts.defaultSuccessUrl.trim() || null,
    linkDays: Number(texts.linkDays),
    linkConfirmation: texts.emailCode ? 'email_code' : 'none',
    domainPolicy: policies.find((policy) => policy === texts.domainPolicy) ?? 'optional',
    domainGraceDays: Number(texts.domainGraceDays),
    domainLabel: texts.domainLabel.trim(),
    directoryPolicy: directoryPolicies.find((policy) => policy === texts.directoryPolicy) ?? 'removed',
    removalGuardPeople: Number(texts.removalGuardPeople),
    removalGuardPercent: Number(texts.removalGuardPercent),
    reminders: texts.reminders,
    reminderDays: {
      notOpened: [Number(texts.notOpenedFirst), Number(texts.notOpenedSecond)],
      halfDone: [Number(texts.halfDoneFirst), Number(texts.halfDoneSecond)],
      domainUnseen: Number(texts.domainUnseen),
      linkEnds: Number(texts.linkEnds),
    },
    onboardingTemplate: {
      mode: modes.find((mode) => mode === texts.mode) ?? usualMode,
      features: [...texts.features],
    },
    auditDays: texts.auditDays.trim() === '' ? null : Number(texts.auditDays),
  };
}

/** Which settings the texts would change: what was there, and what is wanted. */
export function changesOf(
  shown: EnvironmentSettings,
  texts: SettingTexts,
): { before: Partial<EnvironmentSettings>; after: Partial<EnvironmentSettings>; count: number } {
  const wanted = settingsFrom(texts);
  const now = new Map(Object.entries(shown).map(([name, value]) => [name, JSON.stringify(value)]));
  const changed = Object.entries(wanted).filter(([name, value]) => now.get(name) !== JSON.stringify(value));
  const names = new Set(changed.map(([name]) => name));
  const keep = (settings: EnvironmentSettings): Partial<EnvironmentSettings> =>
    Object.fromEntries(Object.entries(settings).filter(([name]) => names.has(name)));
  return { before: keep(shown), after: keep(wanted), count: names.size };
}

/** The fields of the form that show a setting. */
export function fieldsOf(setting: string): string[] {
  if (setting === 'reminderDays') return [...dayFields];
  if (setting === 'onboardingTemplate') return ['mode', 'features'];
  return [setting === 'linkConfirmation' ? 'emailCode' : setting];
}

/** Whole days from `least` to `most`. */
export function isDays(text: string, least: number, most: number): boolean {
  return isWhole(text, least, most);
}

/** A whole number from `least` to `most`. */
export function isWhole(text: string, least: number, most: number): boolean {
  const digits = text.trim();
  return /^\d{1,7}$/.test(digits) && Number(digits) >= least && Number(digits) <= most;
}
