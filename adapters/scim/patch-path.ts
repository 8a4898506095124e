import type { DirectoryFilter, FieldType } from '../../onboarding/directory-filter.ts';
import { refuse } from './errors.ts';
import { elementFilter } from './filter.ts';
import { enterpriseUrn, groupUrn, userUrn } from './names.ts';
import { attributeNamed, enterpriseSchema, type Attribute } from './schemas.ts';
import { coreAttributes, isForbiddenName, isValues, urnOf, type Kind } from './values.ts';

/** Where an operation of a PATCH wants to change something (RFC 7644 §3.5.2, figure 7). */
export type Target =
  | {
      is: 'attribute';
      urn: string | null;
      attribute: Attribute;
      filter: DirectoryFilter | null;
      sub: Attribute | null;
    }
  /** an attribute of an extension that no schema of ours describes */
  | { is: 'declared'; urn: string; path: readonly string[] }
  /** a whole extension */
  | { is: 'extension'; urn: string }
  /** `id`, `meta`, `schemas`: ours alone */
  | { is: 'ours'; name: string }
  /** well written, and nothing that we have */
  | { is: 'unknown' };

export type AttributeTarget = Extract<Target, { is: 'attribute' }>;

const longest = 256;
const ours = new Set(['id', 'meta', 'schemas']);
const simple = /^([a-z$][\w$-]*)(?:\[(.*)\])?(?:\.([a-z$][\w$-]*))?$/is;

/** What tells where the URN of an extension ends that no schema of ours describes. */
export interface Around {
  /** URNs that the resource or the request declares. */
  schemas?: readonly string[];
  /** What is to be written there; undefined in a removal. */
  value?: unknown;
}

/** [SCIM-04] our own grammar goes before the library: what does not fit it is refused as `invalidPath`. */
export function readPath(kind: Kind, given: string, around: Around = {}): Target {
  if (given.length > longest) throw unreadable('A path is longer than 256 characters.');
  if (isForbiddenName(given.replace(/\[.*\]/s, ''))) throw unreadable(`"${given.slice(0, 100)}" is no path.`);
  const trimmed = given.trim();
  const { urn, rest } = splitUrn(kind, trimmed, around);
  if (urn !== null && rest === '') return { is: 'extension', urn };
  if (urn !== null && urn !== enterpriseUrn) {
    const path = rest.split('.');
    if (!path.every((part) => /^[\w$-]+$/.test(part))) throw unreadable(`"${trimmed}" could not be read.`);
    return { is: 'declared', urn, path };
  }
  const [whole, name = '', inside, subName] = simple.exec(rest) ?? [];
  if (whole === undefined) throw unreadable(`"${trimmed}" could not be read.`);
  const attributes = urn === null ? coreAttributes[kind] : enterpriseSchema.attributes;
  const attribute = attributeNamed(attributes, name);
  if (attribute === undefined) return ours.has(name.toLowerCase()) ? { is: 'ours', name } : { is: 'unknown' };
  const sub = subName === undefined ? null : attributeNamed(attribute.subAttributes, subName);
  if (sub === undefined) return { is: 'unknown' };
  if (inside === undefined) return { is: 'attribute', urn, attribute, filter: null, sub };
  if (!attribute.multiValued) throw unreadable(`"${attribute.name}" is no list.`);
  return { is: 'attribute', urn, attribute, filter: elementFilter(inside, fieldsOf(attribute)), sub };
}

function splitUrn(kind: Kind, path: string, around: Around): { urn: string | null; rest: string } {
  if (!/^urn:/i.test(path)) return { urn: null, rest: path };
  const core = kind === 'User' ? userUrn : groupUrn;
  const coreRest = restAfter(core, path);
  if (coreRest) return { urn: null, rest: coreRest };
  const declared = (around.schemas ?? []).filter((urn) => urn !== core);
  for (const urn of [enterpriseUrn, ...declared].toSorted((a, b) => b.length - a.length)) {
    const rest = restAfter(urn, path);
    if (rest !== undefined) return { urn, rest };
  }
  return splitUnknown(path, around.value);
}

/** What follows a URN in a path, `''` for the URN itself; undefined where the path is not in it. Case does not count. */
function restAfter(urn: string, path: string): string | undefined {
  const [wanted, given] = [urn.toLowerCase(), path.toLowerCase()];
  if (given === wanted) return '';
  return given.startsWith(`${wanted}:`) ? path.slice(urn.length + 1) : undefined;
}

/** How the URN of a schema ends, by the name of what it extends (RFC 7643 §8.7.1); Okta writes `…:user:custom`. */
const namesResource = /:(user|group)(:custom)?$/i;

/**
 * The attribute stands after the last colon (RFC 7644 §3.10), unless that is the end of the URN itself: no attribute's
 * name begins with a digit, as a version does, and an object under `…:User` is what the extension holds.
 */
function splitUnknown(path: string, value: unknown): { urn: string; rest: string } {
  const bracket = path.indexOf('[');
  const at = path.lastIndexOf(':', bracket < 0 ? undefined : bracket);
  const isWhole = /^\d/.test(path.slice(at + 1)) || (isValues(value) && namesResource.test(path));
  const urn = urnOf(isWhole ? path : path.slice(0, at));
  if (urn === undefined) throw unreadable(`"${path.slice(0, 100)}" could not be read.`);
  return { urn, rest: isWhole ? '' : path.slice(at + 1) };
}

/** What the elements of a list may be chosen by. */
function fieldsOf({ subAttributes = [] }: Attribute): Record<string, FieldType> {
  return Object.fromEntries(
    subAttributes.map(({ name, type, caseExact }) => [
      name,
      type === 'boolean' ? 'boolean' : caseExact ? 'exact' : 'text',
    ]),
  );
}

const unreadable = (detail: string) => refuse('invalidPath', 'patch_path_unreadable', detail);
