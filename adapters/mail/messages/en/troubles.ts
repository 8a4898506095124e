import type { StreamCause } from '../../../../onboarding/log-streams/causes.ts';
import type { MailedTrouble } from '../../../../onboarding/troubles.ts';
import { moment, type Names } from './words.ts';

/** What broke while it served people, for the customer and for staff. */

export interface Trouble {
  kind: MailedTrouble;
  /** The provider, the directory or the domain. */
  what: string;
  since: Date;
  zone: string;
  cause: string | null;
}

/** What silence means, by the rhythm in which a directory speaks. */
const silentWords: Readonly<Record<string, string>> = {
  changes_only: 'It sends only what changes, so this may be right: change one person there to see.',
  cycles: 'It usually sends far more often.',
  files: 'Files usually come more often.',
};

export const staffTroubleWords = ({
  what,
  since,
  zone,
}: Pick<Trouble, 'what' | 'since' | 'zone'>): Record<MailedTrouble, string> => ({
  sign_ins_failing: `Sign-ins through ${what} have been refused since ${moment(since, zone)}.`,
  metadata_failing: `We have not been able to use ${what}’s metadata address since ${moment(since, zone)}; sign-in goes on with what we have.`,
  directory_silent: `Nothing has come from ${what} since ${moment(since, zone)}.`,
  directory_refused: `${what} has refused our access since ${moment(since, zone)}.`,
  directory_token_ended: `No token of ${what} has worked since ${moment(since, zone)}.`,
  directory_list_refused: `No list of people from ${what} has been taken since ${moment(since, zone)}.`,
  stream_failing: `Audit events have not reached ${what} since ${moment(since, zone)}; they are kept.`,
  stream_refused: `${what} has refused the credentials of the log stream since ${moment(since, zone)}; events are kept.`,
  record_missing: `The DNS record for ${what} has been gone since ${moment(since, zone)}.`,
});

/** Why, as a sentence with a space before it; nothing where the page says it better. */
export function streamCause(cause: string | null): string {
  const words: Readonly<Record<string, string>> = streamCauseWords;
  const why = cause === null ? undefined : words[cause];
  return why === undefined ? '' : ` ${why}`;
}

const streamCauseWords: Readonly<Record<StreamCause, string>> = {
  unreachable: 'It could not be reached.',
  tls_failed: 'Its certificate could not be checked.',
  too_slow: 'It did not answer in time.',
  held_back: 'It was sent more than we may send it at once.',
  broken_off: 'It broke the connection off before it had read everything.',
  redirected: 'It answered with another address.',
  address_refused: 'What answers at its address takes no log events.',
  rate_limited: 'It asked us to send less.',
  destination_busy: 'It answered that it cannot take anything now.',
  not_acknowledged: 'It did not confirm that it has stored them.',
  answer_unexpected: 'Its answer was not what such a product answers.',
  client_certificate_asked: 'It asks for a client certificate, and we have none.',
  credential_refused: 'It does not know the credentials.',
  credential_disabled: 'The credentials are switched off there.',
  credential_ended: 'The credentials have ended.',
  credential_unreadable: 'The credentials cannot be used.',
  client_unknown: 'It does not know our client.',
  tenant_unknown: 'It does not know the tenant.',
  role_refused: 'We may not take on the role.',
  wrong_site: 'The credentials belong to another site.',
  wrong_region: 'It is in another region.',
  clock_differs: 'Its clock and ours differ too much.',
  not_allowed: 'The credentials do not allow sending.',
  place_unknown: 'The place that events go to is not there.',
  index_refused: 'The index does not take them.',
  acknowledgement_needed: 'It wants acknowledgements to be switched on.',
  acknowledgement_off: 'It has acknowledgements switched off.',
  over_quota: 'Its quota is used up.',
  settings_incomplete: 'Something in the settings is missing.',
  records_refused: 'It refuses many events one after another.',
  records_too_large: 'It says that events are too large.',
};

export const troubleWords = ({
  org,
  product,
  what,
  since,
  zone,
  cause,
}: Names & Trouble): Record<
  MailedTrouble,
  { subject: string; fact: string; act: string; button: string }
> => ({
  sign_ins_failing: {
    subject: `Sign-in through ${what} fails for people of ${org}`,
    fact: `Since ${moment(since, zone)}, sign-ins to ${product} through ${what} have been refused. ${cause === null ? 'The page says why.' : `Most often: ${cause}.`}`,
    act: 'The page names what to change and where, and lets you test it. It closes by itself when sign-in works again.',
    button: 'Repair sign-in',
  },
  metadata_failing: {
    subject: `We can’t use ${what}’s metadata address any more`,
    fact: `Since ${moment(since, zone)}, the address has not given what we may take by ourselves. Sign-in for ${org} goes on with what we have.`,
    act: `When ${what} changes its certificate, we would not learn of it. Give us the new address, or confirm what has changed.`,
    button: 'Look at the address',
  },
  directory_silent: {
    subject: `We have not heard from ${what} for a while`,
    fact: `We last heard from ${what} at ${moment(since, zone)}. ${silentWords[cause ?? ''] ?? ''} Meanwhile, who joins or leaves ${org} does not reach ${product}.`,
    act: 'The page says what came last and where to look. This closes by itself when we hear from it again.',
    button: 'See what came last',
  },
  directory_refused: {
    subject: `Our access to ${what} is refused`,
    fact: `Since ${moment(since, zone)}, ${what} has not let us read it. Nobody of ${org} loses anything, but who joins or leaves does not reach ${product}.`,
    act: 'The page says what it answered. Reconnect it there; what is missing comes with the next reading.',
    button: 'Reconnect the directory',
  },
  directory_token_ended: {
    subject: `No token of ${what} works any more`,
    fact: `The last one ended at ${moment(since, zone)}. Nobody of ${org} loses anything, but who joins or leaves does not reach ${product} until ${what} has another.`,
    act: `Make a token on the page and paste it into ${what}. This closes by itself as soon as there is one.`,
    button: 'Make a token',
  },
  directory_list_refused: {
    subject: `No list of people from ${what} is taken`,
    fact: `Since ${moment(since, zone)}, each users.csv was refused. Nobody of ${org} loses anything, but who joins or leaves does not reach ${product}.`,
    act: 'The page says line by line what is wrong. This closes by itself as soon as a list is taken.',
    button: 'See what is wrong',
  },
  stream_failing: {
    subject: `Audit events do not reach ${what}`,
    fact: `Since ${moment(since, zone)}, ${what} has not taken the audit events of ${org}. We go on trying.${streamCause(cause)}`,
    act: 'Events are kept, none is lost: they are sent in their order once it answers again. The page says what it answered last.',
    button: 'See what it answered',
  },
  stream_refused: {
    subject: `${what} refuses our credentials`,
    fact: `Since ${moment(since, zone)}, ${what} has refused the audit events of ${org}.${streamCause(cause)} We look again once a day.`,
    act: 'Events are kept, none is lost: they are sent in their order once the credentials are right. The page says which field to change.',
    button: 'Repair the log stream',
  },
  record_missing: {
    subject: `The DNS record for ${what} is gone`,
    fact: `Since ${moment(since, zone)}, the record that proves ${what} has been missing, so the domain no longer counts as verified for ${org}.`,
    act: 'Start over on the page: it gives a new record to add. We then look by ourselves and tell you when it is there.',
    button: 'Prove the domain again',
  },
});
