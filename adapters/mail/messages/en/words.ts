import type { Feature, StepName } from '../../../../onboarding/steps.ts';

/** How every mail of ours writes dates, numbers and the names of steps in English. */

export const locale = 'en-GB';

export const featureWords: Readonly<Record<Feature, string>> = {
  sso: 'single sign-on',
  directory_sync: 'directory sync',
  domain_verification: 'domain verification',
  log_streams: 'log streaming',
  audit_logs: 'the audit log',
  certificate_renewal: 'the new certificate',
};

export const stepWords: Readonly<Record<StepName, string>> = {
  choose_provider: 'Choose your provider',
  configure_provider: 'Set up at your provider',
  enter_metadata: 'Enter the metadata',
  test_sign_in: 'Test sign-in',
  go_live: 'Go live',
  choose_directory: 'Choose your directory',
  connect_directory: 'Connect your directory',
  receive_people: 'Watch people arrive',
  assign_roles: 'Give groups their roles',
  add_domain: 'Add your domain',
  verify_domain: 'Verify your domain',
  give_certificate: 'Give us the new certificate',
  prove_certificate: 'Sign in with the new certificate',
  choose_destination: 'Choose where audit events go',
  configure_stream: 'Enter the address and the credentials',
  prove_stream: 'Prove that events arrive',
  start_stream: 'Start streaming',
  repair_sign_in: 'Repair sign-in',
  repair_metadata: 'Repair the metadata address',
  repair_directory: 'Look after your directory',
  repair_domain: 'Prove the domain again',
  repair_stream: 'Repair the log stream',
};

const smallNumbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
export const number = (count: number) => smallNumbers[count] ?? String(count);
export const steps = (count: number) => (count === 1 ? 'step' : 'steps');
export const minutes = (count: number) => `${number(count)} ${count === 1 ? 'minute' : 'minutes'}`;
export const people = (count: number) => `${count} ${count === 1 ? 'person' : 'people'}`;
export const days = (count: number) => `${count} ${count === 1 ? 'day' : 'days'}`;
export const upperFirst = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);
export const lowerFirst = (text: string) => text.slice(0, 1).toLowerCase() + text.slice(1);
export const list = (items: readonly string[]) =>
  new Intl.ListFormat(locale, { type: 'conjunction' }).format(items);

/** 3 March 2026 */
export const date = (at: Date, timeZone: string) =>
  at.toLocaleDateString(locale, { timeZone, day: 'numeric', month: 'long', year: 'numeric' });
/** Monday 2 March */
export const day = (at: Date, timeZone: string) =>
  at
    .toLocaleDateString(locale, { timeZone, weekday: 'long', day: 'numeric', month: 'long' })
    .replace(',', '');
/** 09:12 on Tuesday 3 March; says so where the reader’s zone is not known */
export const moment = (at: Date, timeZone: string) =>
  `${at.toLocaleTimeString(locale, { timeZone, hour: '2-digit', minute: '2-digit' })}${timeZone === 'UTC' ? ' UTC' : ''} on ${day(at, timeZone)}`;

export interface Names {
  org: string;
  product: string;
  vendor: string;
}
