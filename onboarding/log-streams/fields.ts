/** What people type for a destination: looked at while they type, and again when it is saved. */
import { serviceAccountKeyOf } from '../directory-preflight.ts';
import type {
  DestinationField,
  FieldMistake,
  StreamDestination,
  TextField,
  UrlField,
} from './destination.ts';

/** What is wrong with a value. Words for all but the last two lie in the catalogue; those bring their own. */
export const fieldProblems = [
  'missing',
  'too_long',
  'not_offered',
  'not_a_url',
  'not_https',
  'url_with_credentials',
  'url_with_path',
  'port_not_open',
  'key_file_unreadable',
  'certificate_unreadable',
  'private_key',
  'several_lines',
  'enter_again',
  'mistaken',
  'unlike',
] as const;

export type FieldProblem = (typeof fieldProblems)[number];

export interface FieldFinding {
  readonly field: string;
  readonly problem: FieldProblem;
  /** `stop`: it cannot be saved. `look`: it can, but hardly works. */
  readonly severity: 'stop' | 'look';
  /** What the destination's own data says of it. */
  readonly explanation: string | null;
}

export interface FieldsContext {
  /** http and this machine are allowed: a sandbox under the operator's switch. */
  readonly allowsLoopback: boolean;
  /** The stream as it is stored, with the names of its secrets: those may be left empty while it stays where it is. */
  readonly stored: {
    readonly settings: Readonly<Record<string, string>>;
    readonly secrets: readonly string[];
  } | null;
}

export interface ReadFields {
  readonly settings: Readonly<Record<string, string>>;
  /** Those that were typed; what is kept is not among them. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly findings: readonly FieldFinding[];
}

/** Ports that hosts outside can be reached at; the guard of outbound connections has the same. */
const openPorts = ['', '443', '8443', '9443', '8088', '9031', '9200', '9243'];

/**
 * Everything that was typed, made tidy: spaces at the ends are gone, an address has its path, an empty choice its first
 * value. Fields that the destination does not have are dropped.
 */
export function readFields(
  { fields }: Pick<StreamDestination, 'fields'>,
  typed: Readonly<Record<string, string>>,
  context: FieldsContext,
): ReadFields {
  const values = fields.flatMap((field) => {
    const value = tidied(field, Object.hasOwn(typed, field.name) ? (typed[field.name] ?? '') : '');
    return value === '' ? [] : [[field.name, value] as const];
  });
  const isSecret = (name: string) => fields.some((field) => field.name === name && field.isSecret === true);
  const settings = Object.fromEntries(values.filter(([name]) => !isSecret(name)));
  const secrets = Object.fromEntries(values.filter(([name]) => isSecret(name)));
  const { stored } = context;
  const isMoved = stored !== null && isMovedElsewhere({ fields }, stored.settings, settings);
  const findings = fields.flatMap((field) => {
    const value = settings[field.name] ?? secrets[field.name];
    if (value !== undefined) return findingOf(field, value, context) ?? [];
    return findingWithout(field, { isKept: stored?.secrets.includes(field.name) === true, isMoved }) ?? [];
  });
  return { settings, secrets, findings };
}

/** Whether the stream would go to another place than before, so that every secret is asked for again [STR-01]. */
export function isMovedElsewhere(
  { fields }: Pick<StreamDestination, 'fields'>,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): boolean {
  return fields.some(
    (field) =>
      field.isAddress === true &&
      field.isSecret !== true &&
      placeIn(field, before[field.name] ?? '') !== placeIn(field, after[field.name] ?? ''),
  );
}

/** Names of the secrets that people type; those that we make are not asked for. */
export function typedSecrets({ fields }: Pick<StreamDestination, 'fields'>): readonly string[] {
  return fields.filter((field) => field.isSecret === true && !isMadeByUs(field)).map(({ name }) => name);
}

/** Of an address only who is asked counts: a path elsewhere on the same host sees no more than before. */
function placeIn(field: DestinationField, value: string): string {
  const tidy = tidied(field, value);
  return field.kind === 'url' && URL.canParse(tidy) ? new URL(tidy).origin : tidy.toLowerCase();
}

function tidied(field: DestinationField, typed: string): string {
  const value = typed.trim();
  if (field.kind === 'choice') return value === '' ? field.initial : value;
  if (field.kind !== 'url' || !URL.canParse(value)) return value;
  const url = new URL(value);
  if (url.pathname === '/' && url.search === '' && field.path !== undefined) url.pathname = field.path;
  url.hash = '';
  return field.mayHavePath ? url.href : url.href.replace(/\/$/, '');
}

function findingWithout(field: DestinationField, { isKept, isMoved }: { isKept: boolean; isMoved: boolean }) {
  if (isMadeByUs(field)) return undefined;
  if (isKept) return isMoved ? finder(field)('enter_again') : undefined;
  return field.isOptional === true ? undefined : finder(field)('missing');
}

function findingOf(field: DestinationField, value: string, context: FieldsContext): FieldFinding | undefined {
  const say = finder(field);
  if (value.length > field.longest) return say('too_long');
  switch (field.kind) {
    case 'choice':
      return field.choices.some((choice) => choice.value === value) ? undefined : say('not_offered');
    case 'url':
      return urlFinding(field, value, context);
    case 'text':
    case 'lines':
      return fileFinding(field, value) ?? shapeFinding(field, value);
  }
}

function urlFinding(field: UrlField, value: string, { allowsLoopback }: FieldsContext) {
  const say = finder(field);
  if (!URL.canParse(value)) return say('not_a_url');
  const { protocol, hostname, username, password, pathname, search, port } = new URL(value);
  const isHere = isLoopback(hostname) && allowsLoopback;
  if (protocol !== 'https:' && !(protocol === 'http:' && isHere)) {
    return say(protocol === 'http:' ? 'not_https' : 'not_a_url');
  }
  if (username !== '' || password !== '') return say('url_with_credentials');
  // The test sink's addresses are like none of the product's.
  if (isHere) return undefined;
  if (!field.mayHavePath && (pathname !== '/' || search !== '')) {
    return mistakeIn(field, value) ?? say('url_with_path');
  }
  return shapeFinding(field, value) ?? (openPorts.includes(port) ? undefined : say('port_not_open', 'look'));
}

function fileFinding(field: TextField, value: string): FieldFinding | undefined {
  const say = finder(field);
  if (field.holds === 'service_account_key') {
    const key = serviceAccountKeyOf(value);
    return key?.privateKey.includes('-----BEGIN PRIVATE KEY-----') === true
      ? undefined
      : say('key_file_unreadable');
  }
  if (field.holds === 'certificates') {
    if (value.includes('PRIVATE KEY-----')) return say('private_key');
    return /^(-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/.test(value)
      ? undefined
      : say('certificate_unreadable');
  }
  // A value of one line is sent in headers and frames: line ends would end those.
  return field.kind === 'text' && /[\0-\x1f\x7f]/.test(value) ? say('several_lines') : undefined;
}

function shapeFinding(field: TextField | UrlField, value: string): FieldFinding | undefined {
  const mistake = mistakeIn(field, value);
  if (mistake !== undefined) return mistake;
  const { pattern } = field;
  if (pattern === undefined || new RegExp(`^(?:${pattern.pattern})$`).test(value)) return undefined;
  return {
    field: field.name,
    problem: 'unlike',
    explanation: pattern.explanation,
    severity: field.isStrict === true ? 'stop' : 'look',
  };
}

function mistakeIn(field: TextField | UrlField, value: string): FieldFinding | undefined {
  return explained(
    field,
    field.mistakes?.find(({ pattern }) => new RegExp(pattern).test(value)),
  );
}

function explained(field: DestinationField, mistake: FieldMistake | undefined): FieldFinding | undefined {
  if (mistake === undefined) return undefined;
  return { field: field.name, problem: 'mistaken', severity: 'stop', explanation: mistake.explanation };
}

const finder =
  ({ name }: DestinationField) =>
  (problem: FieldProblem, severity: FieldFinding['severity'] = 'stop'): FieldFinding => ({
    field: name,
    problem,
    severity,
    explanation: null,
  });

const isMadeByUs = (field: DestinationField): boolean => field.kind === 'text' && field.isMadeByUs === true;

const isLoopback = (hostname: string): boolean =>
  /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);

/** A setting as staff read it: under its label, and of a choice what was chosen, not its code. */
export function shownSetting(
  fields: readonly DestinationField[],
  name: string,
  value: string,
): { label: string; value: string } {
  const field = fields.find((known) => known.name === name);
  const chosen = field?.kind === 'choice' && field.choices.find((choice) => choice.value === value);
  return { label: field?.label ?? name, value: chosen ? chosen.label : value };
}
