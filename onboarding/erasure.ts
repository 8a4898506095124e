/** What is left of people and customers that have gone: rules over plain data. */

/** Days in which a deleted organization can be brought back. */
export const restoreDays = 30;

/** What an erasure counts: the places where a person was found. */
export const erasedKinds = [
  'contacts',
  'members',
  'profiles',
  'directory_users',
  'attempts',
  'mails',
  'events',
  'audit_events',
] as const;
export type ErasedKind = (typeof erasedKinds)[number];

/** Stands where something was erased. */
export const erasedMark = 'erased';

/** Shorter ids stand in many a text by chance. */
const shortestSought = 6;

/** What a person is sought by in texts: e-mail addresses, and ids that are long enough to mean somebody. */
export function marksOf({
  emails,
  idpIds,
}: {
  emails: readonly string[];
  idpIds: readonly string[];
}): string[] {
  const marks = [...emails, ...idpIds.filter((id) => id.length >= shortestSought)];
  return [...new Set(marks.map((mark) => mark.toLowerCase()))];
}

/** Whether a text names the person: ann@acme.com is named in `<ann@acme.com>`, not in joann@acme.com or ann@acme.com.au. */
export function namesPerson(text: string, marks: readonly string[]): boolean {
  return marks.some((mark) => patternOf(mark).test(text));
}

/** A copy of a JSON value in which nothing names the person. */
export function withoutPerson(value: unknown, marks: readonly string[]): unknown {
  if (typeof value === 'string')
    return marks.reduce((text, mark) => text.replaceAll(patternOf(mark), erasedMark), value);
  return mapInside(value, (inner) => withoutPerson(inner, marks));
}

function patternOf(mark: string): RegExp {
  const quoted = mark.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\w.%+-])${quoted}(?![\w-]|\.\w)`, 'gi');
}

/** Words of an event that say what kind of thing it was and where it belongs. Everything else is somebody's. */
const keptKeys: ReadonlySet<string> = new Set([
  'object',
  'id',
  'organization_id',
  'connection_id',
  'session_id',
  'domain_id',
  'directory_id',
  'state',
  'status',
  'type',
  'connection_type',
  'verification_strategy',
  'origin',
  'code',
  'cause',
  'feature',
  'requirement',
  'step',
  'holder',
  'waiting_for',
  'what',
  'kind',
  'days',
  'at',
  'since',
  'created_at',
  'updated_at',
  'stalled_since',
  'waiting_since',
  'not_after',
]);

/** What stays of an event of a customer that was erased: its shape with ids, states and instants, so that readers still read it. */
export function withoutContent(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return keptKeys.has(key) ? value : erasedMark;
  if (key === 'metadata' || key.endsWith('_attributes')) return {};
  return mapInside(value, withoutContent, key);
}

/** Elements of a list go under the list's own key. */
function mapInside(value: unknown, change: (inner: unknown, key: string) => unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((inner: unknown) => change(inner, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner, name)]));
}

/** What an object of a person of a directory says besides ids, instants and state. */
const nobody = {
  first_name: null,
  last_name: null,
  name: null,
  job_title: null,
  username: null,
  emails: [],
  custom_attributes: {},
  raw_attributes: {},
};

/** The value with the people of these ids, wherever their objects stand in it, left without anything that says who. */
export function withoutDirectoryUsers(value: unknown, ids: readonly string[]): unknown {
  const left = mapInside(value, (inner) => withoutDirectoryUsers(inner, ids));
  if (typeof left !== 'object' || left === null || !('object' in left) || !('id' in left)) return left;
  if (left.object !== 'directory_user' || !ids.includes(String(left.id))) return left;
  // Of a change nothing: what it was named in were theirs, too.
  return { ...left, ...nobody, ...('previous_attributes' in left ? { previous_attributes: {} } : {}) };
}
