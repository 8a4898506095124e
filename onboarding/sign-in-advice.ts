import { spokenNames } from './attributes.ts';
import type {
  ConsoleField,
  ConsoleSubject,
  GuidePlaceholder,
  GuideValues,
  ProviderError,
  SignInGuide,
} from './providers/sign-in/provider.ts';
import {
  adviceWords,
  emptyEmailWords,
  notSentWords,
  statusWords,
  subjectFallbacks,
  unreadableTimeWords,
  type CauseWords,
  type Repair,
} from './sign-in-advice-words.ts';
import type { SignInCause, SignInFacts } from './sign-in-causes.ts';

/**
 * What a failed sign-in tells people: what happened, what differs, and which field of which console puts it right.
 * `**…**` marks labels of the provider's console. Absent parts are null.
 */
export interface SignInAdvice {
  readonly headline: string;
  readonly explanation: string;
  /** The way through the console to the field, its label last. */
  readonly fixWhere: string | null;
  readonly fixWhat: string | null;
  /** Our value to paste there. */
  readonly copyValue: string | null;
  readonly expected: string | null;
  readonly received: string | null;
  /** Ours to do at the press of a button. Never offered for what keeps people safe: unsigned, SHA-1, ended. */
  readonly repair: Repair | null;
}

/**
 * The advice for one attempt. Reads these facts where they are given: `expected` and `received` (any cause),
 * `differenceSeconds`, `endedAt`, `limit`, `names`, `empty`, `guess` and `attribute` (what is missing), `email` and `domains`
 * (`email_outside_domains`), `code` and `message` (what the provider said), `hasMetadataUrl` (`false` hides the
 * repair that needs one).
 */
export function adviceFor(
  cause: SignInCause,
  facts: SignInFacts,
  guide: SignInGuide,
  values: GuideValues,
): SignInAdvice {
  const fromProvider = providerErrorOf(cause, facts, guide);
  if (fromProvider) return providerAdvice(fromProvider, guide, values, facts);
  const words = wordsOf(cause, facts);
  const terms = termsOf(words.subject, facts, guide, values);
  const explanation = filled(words.explanationWithFacts, terms) ?? filled(words.explanation, terms) ?? '';
  const difference = words.compares ? differenceOf(facts) : null;
  const own = guide.repairs?.find(({ causes }) => causes.includes(cause));
  return {
    headline: filled(words.headline, terms) ?? '',
    explanation: difference ? `${explanation} ${difference}` : explanation,
    fixWhere: own ? wayTo(own.where) : words.subject ? whereIn(guide, words.subject) : null,
    fixWhat: filled(words.fixWithFacts, terms) ?? own?.fix ?? filled(words.fix, terms) ?? null,
    copyValue: valueOf(own?.copy ?? words.copy, values),
    expected: textOf(facts['expected']),
    received: textOf(facts['received']),
    repair: repairOf(words, facts),
  };
}

/**
 * What the provider's own error means, from a code or a text that somebody types or pastes, such as `AADSTS50105`.
 * Null when this provider's guide does not know it.
 */
export function explainProviderError(
  typed: string,
  guide: SignInGuide,
  values: GuideValues,
): SignInAdvice | null {
  const error = errorIn(typed, guide);
  return error ? providerAdvice(error, guide, values, {}) : null;
}

const causesFromProvider: readonly SignInCause[] = [
  'status_not_success',
  'provider_error',
  'client_refused',
  'code_refused',
  'token_answer_refused',
  'timed_out',
];

function providerErrorOf(
  cause: SignInCause,
  facts: SignInFacts,
  guide: SignInGuide,
): ProviderError | undefined {
  if (!causesFromProvider.includes(cause)) return undefined;
  return errorIn(Object.values(facts).flat().join(' '), guide);
}

/** The longest match wins: `AADSTS75005` is the beginning of `AADSTS750054`. */
function errorIn(text: string, guide: SignInGuide): ProviderError | undefined {
  const said = text.toLowerCase();
  return guide.errors
    .filter(({ shown }) => said.includes(shown.toLowerCase()))
    .toSorted((a, b) => b.shown.length - a.shown.length)
    .at(0);
}

function providerAdvice(
  error: ProviderError,
  guide: SignInGuide,
  values: GuideValues,
  facts: SignInFacts,
): SignInAdvice {
  return {
    headline: error.meaning,
    explanation: `${capitalised(guide.shortName)} says ${error.shown}.`,
    fixWhere: error.subject ? whereIn(guide, error.subject) : null,
    fixWhat: error.fix,
    copyValue: valueOf(error.copy, values),
    expected: null,
    received: textOf(facts['message']),
    repair: error.subject === 'client_secret' || error.subject === 'client_id' ? 'enter_again' : null,
  };
}

function wordsOf(cause: SignInCause, facts: SignInFacts): CauseWords {
  if (cause === 'status_not_success') return statusWordsOf(facts) ?? adviceWords[cause];
  if (cause === 'connection_not_usable' && facts['reason'] === 'not_sent') return notSentWords;
  if (cause === 'structure_refused' && facts['reason'] === 'time_unreadable') return unreadableTimeWords;
  if (cause === 'email_missing' && facts['reason'] === 'empty') return emptyEmailWords;
  return adviceWords[cause];
}

function statusWordsOf(facts: SignInFacts): CauseWords | undefined {
  const codes = [facts['received'] ?? []].flat().map(String);
  return statusWords.find(({ codes: known }) =>
    codes.some((code) => known.some((end) => code.endsWith(`:${end}`))),
  );
}

function repairOf({ repair }: CauseWords, facts: SignInFacts): Repair | null {
  if (repair === 'take_attribute' && textOf(facts['guess']) === null) return null;
  if (repair === 'fetch_metadata_again' && facts['hasMetadataUrl'] === false) return null;
  return repair ?? null;
}

function whereIn(guide: SignInGuide, subject: ConsoleSubject): string | null {
  const field = guide.console[subject];
  return field ? wayTo(field) : null;
}

function wayTo({ path, label }: ConsoleField): string {
  return [...path, `**${label}**`].join(' → ');
}

function valueOf(placeholder: GuidePlaceholder | undefined, values: GuideValues): string | null {
  return placeholder ? (values[placeholder] ?? null) : null;
}

type Terms = Readonly<Record<string, string | null>>;

/** Everything a sentence can name. A sentence that names something unknown is not used. */
function termsOf(
  subject: ConsoleSubject | undefined,
  facts: SignInFacts,
  guide: SignInGuide,
  values: GuideValues,
): Terms {
  const field = subject ? guide.console[subject] : undefined;
  const fallback = subject ? subjectFallbacks[subject] : { label: '', choice: '' };
  const received = textOf(facts['received']);
  return {
    provider: guide.shortName,
    Provider: capitalised(guide.shortName),
    product: values.PRODUCT ?? null,
    label: field ? `**${field.label}**` : fallback.label,
    choice: field?.choice ?? fallback.choice,
    received,
    receivedEnd: received && received.slice(-4),
    algorithm: received && algorithmName(received),
    statuses: received && received.replaceAll(/urn:[\w:.-]+:/g, ''),
    message: textOf(facts['message']) || null,
    code: textOf(facts['code']),
    prefix: textOf(facts['prefix']),
    field: textOf(facts['field']),
    host: textOf(facts['host']),
    claim: textOf(facts['claim']),
    keyId: textOf(facts['keyId']) || null,
    apart: typeof facts['differenceSeconds'] === 'number' ? spanOf(facts['differenceSeconds']) : null,
    endedAt: typeof facts['endedAt'] === 'string' ? dayOf(facts['endedAt']) : null,
    limitKb: typeof facts['limit'] === 'number' ? String(Math.round(facts['limit'] / 1024)) : null,
    names: namesOf(facts['names']),
    empty: namesOf(facts['empty']),
    guess: textOf(facts['guess']),
    attribute: textOf(facts['attribute']),
    email: textOf(facts['email']),
    domains: textOf(facts['domains']) || null,
  };
}

function filled(template: string | undefined, terms: Terms): string | undefined {
  if (template === undefined) return undefined;
  const named = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => terms[name] ?? null);
  if (named.includes(null)) return undefined;
  return template.replace(/\{(\w+)\}/g, (_whole, name: string) => terms[name] ?? '');
}

/** Says in words what the eye misses when two addresses stand below each other. */
function differenceOf(facts: SignInFacts): string | null {
  const { expected, received } = facts;
  const all = [received].flat();
  const got = all.length === 1 ? all[0] : undefined;
  if (typeof expected !== 'string' || typeof got !== 'string' || got === expected) return null;
  if (got === '') return 'Nothing was sent there.';
  if (got === `${expected}/`) return 'There is an extra slash at the end.';
  if (`${got}/` === expected) return 'The slash at the end is missing.';
  if (got.trim() === expected) return 'There is a space at one end.';
  if (got.replace(/^http:/, 'https:') === expected) return 'It starts with http instead of https.';
  if (got.toLowerCase() === expected.toLowerCase()) return 'Capital and small letters differ.';
  return expected.startsWith(got) ? 'Its end was cut off.' : null;
}

function algorithmName(uri: string): string {
  const name = uri.split('#').at(-1) ?? uri;
  return /sha1$/i.test(name) ? 'SHA-1' : name;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function dayOf(instant: string): string | null {
  const day = new Date(instant);
  if (Number.isNaN(day.getTime())) return null;
  return `${day.getUTCDate()} ${months[day.getUTCMonth()] ?? ''} ${day.getUTCFullYear()}`;
}

function textOf(fact: SignInFacts[string] | undefined): string | null {
  if (fact === undefined) return null;
  return typeof fact === 'object' ? fact.join(', ') : String(fact);
}

/** As many names as one can take in; all of them stand below, with what they brought. */
const namesSaid = 12;

function namesOf(fact: SignInFacts[string] | undefined): string | null {
  const names = spokenNames([fact ?? []].flat().map(String));
  if (names.length === 0) return null;
  const said = names.slice(0, namesSaid).join(', ');
  return names.length > namesSaid ? `${said} and ${names.length - namesSaid} more` : said;
}

/** Seconds as far as clocks go wrong by them; what is longer in the unit that people would count it in. */
function spanOf(seconds: number): string {
  if (seconds < 600) return `${seconds} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
