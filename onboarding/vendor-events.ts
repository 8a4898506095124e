/**
 * The vendor's audit events as they are sent (`workos-api` contract §11.1): from anything to an event, or to what is
 * missing, or to what is wrong. Written by hand, because it is walked thousands of times a second.
 */
import type { AuditMetadata, AuditParty, VendorEvent } from './audit-records.ts';
import { fault, type SchemaFault } from './audit-schemas.ts';

export type ReadEvent =
  /** Fields that have to be there. */
  | { kind: 'incomplete'; missing: string[] }
  | { kind: 'invalid'; faults: SchemaFault[] }
  /** Without a version, the newest schema of the action counts. */
  | { kind: 'event'; event: Omit<VendorEvent, 'version'>; version: number | null };

/** Ids and names of kinds are sought by, in indexes that hold a page's part at most. */
const longest = { id: 512, type: 200, action: 200, text: 65_536, metadataValue: 500 };
export const mostTargets = 100;
export const mostMetadataKeys = 50;
export const metadataKey = /^[a-zA-Z0-9_-]{0,40}$/;
/** Action names stand in paths. */
export const actionName = /^[\w.:-]{1,200}$/;

type Values = Readonly<Record<string, unknown>>;

export function readVendorEvent(given: unknown): ReadEvent {
  if (given === undefined || given === null) return { kind: 'incomplete', missing: ['event'] };
  if (!isValues(given)) return invalid([typeFault('', 'object')]);
  const missing = missingOf(given);
  if (missing.length > 0) return { kind: 'incomplete', missing };

  const faults: SchemaFault[] = [];
  const reader = createReader(faults);
  const action = reader.text(given['action'], '/action', longest.action, 1);
  if (faults.length === 0 && !actionName.test(action))
    faults.push(patternFault('/action', actionName, 'letters, digits, ".", "_", ":" and "-"'));
  const occurredAt = reader.instant(given['occurred_at'], '/occurred_at');
  const actor = reader.party(given['actor'], '/actor');
  const targets = reader.targets(given['targets']);
  const context = reader.context(given['context']);
  const metadata = reader.metadata(given['metadata'], '/metadata');
  const version = reader.version(given['version']);
  if (faults.length > 0) return invalid(faults);
  return {
    kind: 'event',
    event: { action, occurredAt, actor, targets, context, ...(metadata && { metadata }) },
    version,
  };
}

const invalid = (faults: SchemaFault[]): ReadEvent => ({ kind: 'invalid', faults });

const required = ['action', 'occurred_at', 'actor', 'targets', 'context'];

function missingOf(event: Values): string[] {
  const { actor, targets, context } = event;
  return [
    ...required.filter((field) => isAbsent(event[field])).map((field) => `event.${field}`),
    ...missingIn(actor, ['id', 'type'], 'event.actor'),
    ...missingIn(context, ['location'], 'event.context'),
    ...(Array.isArray(targets)
      ? targets.flatMap((target, index) => missingIn(target, ['id', 'type'], `event.targets.${index}`))
      : []),
  ];
}

const missingIn = (value: unknown, fields: readonly string[], at: string): string[] =>
  isValues(value) ? fields.filter((field) => isAbsent(value[field])).map((field) => `${at}.${field}`) : [];

const isAbsent = (value: unknown) => value === undefined || value === null;

/** Reads values and collects their faults: what is given back counts only when there was none. */
function createReader(faults: SchemaFault[]) {
  function text(value: unknown, at: string, most: number, least = 0): string {
    if (typeof value !== 'string') faults.push(typeFault(at, 'string'));
    else if (value.length > most)
      faults.push(limitFault(at, 'maxLength', most, `must NOT have more than ${most} characters`));
    else if (value.length < least)
      faults.push(limitFault(at, 'minLength', least, `must NOT have fewer than ${least} characters`));
    else return value;
    return '';
  }

  function instant(value: unknown, at: string): Date {
    const parts = typeof value === 'string' ? instantPattern.exec(value) : null;
    // What tells no zone is UTC, as clients that leave it out mean it.
    const read = new Date(
      parts === null || !isDay(parts)
        ? Number.NaN
        : parts[4] === undefined
          ? `${String(value)}Z`
          : String(value),
    );
    const year = read.getUTCFullYear();
    // What falls out of the years 1 to 9999 in UTC has no date-time of ISO 8601 to be given back as.
    if (Number.isNaN(year) || year < 1 || year > 9999)
      faults.push(
        fault(at, schemaAt(at), 'format', { format: 'date-time' }, 'must match format "date-time"'),
      );
    return read;
  }

  function party(value: unknown, at: string): AuditParty {
    if (!isValues(value)) {
      faults.push(typeFault(at, 'object'));
      return { id: '', type: '' };
    }
    const { name } = value;
    const metadata = readMetadata(value['metadata'], `${at}/metadata`);
    return {
      id: text(value['id'], `${at}/id`, longest.id, 1),
      type: text(value['type'], `${at}/type`, longest.type, 1),
      ...(!isAbsent(name) && { name: text(name, `${at}/name`, longest.text) }),
      ...(metadata && { metadata }),
    };
  }

  function targets(value: unknown): AuditParty[] {
    if (!Array.isArray(value)) faults.push(typeFault('/targets', 'array'));
    else if (value.length === 0)
      faults.push(limitFault('/targets', 'minItems', 1, 'must NOT have fewer than 1 items'));
    else if (value.length > mostTargets)
      faults.push(
        limitFault('/targets', 'maxItems', mostTargets, `must NOT have more than ${mostTargets} items`),
      );
    else return value.map((target, index) => party(target, `/targets/${index}`));
    return [];
  }

  function context(value: unknown): VendorEvent['context'] {
    if (!isValues(value)) {
      faults.push(typeFault('/context', 'object'));
      return { location: '' };
    }
    const { user_agent: userAgent } = value;
    return {
      location: text(value['location'], '/context/location', longest.text),
      ...(!isAbsent(userAgent) && { user_agent: text(userAgent, '/context/user_agent', longest.text) }),
    };
  }

  function readMetadata(value: unknown, at: string): AuditMetadata | undefined {
    if (isAbsent(value)) return undefined;
    if (!isValues(value)) {
      faults.push(typeFault(at, 'object'));
      return undefined;
    }
    const entries = Object.entries(value).filter(([, inner]) => !isAbsent(inner));
    if (entries.length > mostMetadataKeys)
      faults.push(
        limitFault(
          at,
          'maxProperties',
          mostMetadataKeys,
          `must NOT have more than ${mostMetadataKeys} properties`,
        ),
      );
    for (const [key, inner] of entries.slice(0, mostMetadataKeys)) readMetadataValue(key, inner, at);
    return Object.fromEntries(entries) as AuditMetadata;
  }

  function readMetadataValue(key: string, value: unknown, at: string): void {
    const place = `${at}/${key.slice(0, 60)}`;
    if (!metadataKey.test(key))
      faults.push(patternFault(at, metadataKey, 'letters, digits, "_" and "-", 40 at most'));
    else if (typeof value === 'string') text(value, place, longest.metadataValue);
    else if (typeof value !== 'boolean' && !Number.isFinite(value))
      faults.push(typeFault(place, 'string,number,boolean'));
  }

  function version(value: unknown): number | null {
    if (isAbsent(value)) return null;
    if (Number.isSafeInteger(value) && Number(value) > 0 && Number(value) < 2 ** 31) return Number(value);
    faults.push(typeFault('/version', 'integer'));
    return null;
  }

  return { text, instant, party, targets, context, metadata: readMetadata, version };
}

const instantPattern = /^(\d{4})-(\d\d)-(\d\d)[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/i;

/** Whether its month has the day: `Date` would take 30 February for 2 March, and record another day than was sent. */
const isDay = ([, year, month, day]: RegExpExecArray): boolean =>
  Number(day) <= 28 || Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();

const schemaAt = (at: string) =>
  `#${at
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? '/items' : `/properties/${part}`))
    .join('')}`;

const typeFault = (at: string, type: string) => fault(at, schemaAt(at), 'type', { type }, `must be ${type}`);
const limitFault = (at: string, keyword: string, limit: number, message: string) =>
  fault(at, schemaAt(at), keyword, { limit }, message);
const patternFault = (at: string, { source: pattern }: RegExp, words: string) =>
  fault(at, schemaAt(at), 'pattern', { pattern }, `must be of ${words}`);

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
