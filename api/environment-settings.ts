import {
  insertAudit,
  lockEnvironment,
  updateEnvironment,
  type EnvironmentRow,
  type Tx,
} from '../db/index.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { completeChoices } from '../onboarding/template.ts';
import { audited, type Acting } from './acting.ts';
import type { Answer } from './answers.ts';
import type { EnvironmentSettings } from './contract/dashboard-environment.ts';
import type { ApiDeps } from './deps.ts';
import { parseReturnUrl } from './urls.ts';

/** What is set per environment: read and changed in one place, for the dashboard and for programs. */

export function settingsOf(row: EnvironmentRow): EnvironmentSettings {
  const { name, defaultReturnUrl, defaultSuccessUrl, linkDays, linkConfirmation } = row;
  const { domainPolicy, domainGraceDays, domainLabel, directoryPolicy, reminders, auditDays } = row;
  const { removalGuardPeople, removalGuardPercent } = row;
  const { notOpened, halfDone, domainUnseen, linkEnds } = row.reminderDays;
  return {
    name,
    defaultReturnUrl,
    defaultSuccessUrl,
    linkDays,
    linkConfirmation,
    domainPolicy,
    domainGraceDays,
    domainLabel,
    directoryPolicy,
    reminders,
    auditDays,
    removalGuardPeople,
    removalGuardPercent,
    onboardingTemplate: templateOf(row),
    reminderDays: { notOpened: [...notOpened], halfDone: [...halfDone], domainUnseen, linkEnds },
  };
}

/** The default of onboardings, with every feature that can be chosen. */
export function templateOf({
  onboardingTemplate: { mode, features },
}: EnvironmentRow): EnvironmentSettings['onboardingTemplate'] {
  const shown = completeChoices(features).map(({ feature, requirement }) => ({ feature, requirement }));
  return { mode, features: shown };
}

type Changes = Partial<EnvironmentSettings>;

/**
 * Takes the changes over, with an audit row of what differs. `shown` is what the person saw: where a field that they
 * change has another value by now, nothing is saved (`settings_changed`, with the fields). Throws `url_not_allowed`.
 */
export async function changeSettings(
  tx: Tx,
  deps: Pick<ApiDeps, 'settings'>,
  environmentId: string,
  { shown, wanted }: { shown?: Changes; wanted: Changes },
  by: Acting,
): Promise<EnvironmentRow> {
  const row = await lockEnvironment(tx, environmentId);
  const now = settingsOf(row);
  const checked = withCheckedUrls(deps, row, wanted);
  const changed = namesOf(checked).filter((name) => differ(now[name], checked[name]));
  if (shown !== undefined) {
    const stale = changed.filter((name) => differ(now[name], shown[name]));
    if (stale.length > 0) throw new OnboardingError('settings_changed', { fields: stale });
  }
  if (changed.length === 0) return row;
  const updated = await updateEnvironment(tx, environmentId, only(checked, changed), by.request.now);
  await insertAudit(
    tx,
    audited(
      by,
      { environmentId, organizationId: null },
      {
        action: 'environment.changed',
        target: { type: 'environment', id: environmentId },
        before: only(now, changed),
        after: only(checked, changed),
      },
    ),
  );
  return updated;
}

/** The answer to a change: whoever asks this process next goes by what was saved. */
export function seenAtOnce(
  { environments }: Pick<ApiDeps, 'environments'>,
  environmentId: string,
  answer: Answer,
): Answer {
  const afterCommit = () => {
    environments.forget(environmentId);
    return Promise.resolve(answer);
  };
  return { ...answer, afterCommit };
}

function withCheckedUrls(deps: Pick<ApiDeps, 'settings'>, row: EnvironmentRow, wanted: Changes): Changes {
  const checked = { ...wanted };
  for (const field of ['defaultReturnUrl', 'defaultSuccessUrl'] as const) {
    const typed = wanted[field];
    if (typeof typed === 'string') checked[field] = parseReturnUrl(deps, row, field, typed);
  }
  return checked;
}

type Name = keyof EnvironmentSettings;

const settingNames = [
  ...(['name', 'defaultReturnUrl', 'defaultSuccessUrl', 'linkDays', 'linkConfirmation'] as const),
  ...(['domainPolicy', 'domainGraceDays', 'domainLabel', 'reminders', 'reminderDays', 'auditDays'] as const),
  ...(['directoryPolicy', 'removalGuardPeople', 'removalGuardPercent'] as const),
  'onboardingTemplate',
] satisfies Name[];

const namesOf = (changes: Changes): Name[] => settingNames.filter((name) => changes[name] !== undefined);

const differ = (one: unknown, other: unknown) => JSON.stringify(one) !== JSON.stringify(other);

function only(values: Changes, names: readonly Name[]): Changes {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => names.some((wanted) => wanted === name)),
  );
}
