import type { DirectoryFilter, FieldType } from '../../onboarding/directory-filter.ts';
import { refuse } from './errors.ts';
import { elementFilter } from './filter.ts';
import { enterpriseUrn, groupUrn, userUrn } from './names.ts';
import { attributeNamed, enterpriseSchema, type Attribute } from './schemas.ts';
import { coreAttributes, isForbiddenName, urnOf, type Kind } from './values.ts';

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

/** [SCIM-04] our own grammar goes before the library: what does not fit it is refused as `invalidPath`. */
export function readPath(kind: Kind, given: string): Target {
  if (given.length > longest) throw unreadable('A path is longer than 256 characters.');
  if (isForbiddenName(given.replace(/\[.*\]/s, ''))) throw unreadable(`"${given.slice(0, 100)}" is no path.`);
  const trimmed = given.trim();
  const { urn, rest } = splitUrn(kind, trimmed);
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

function splitUrn(kind: Kind, path: string): { urn: string | null; rest: string } {
  if (!/^urn:/i.test(path)) return { urn: null, rest: path };
  const lower = path.toLowerCase();
  const core = (kind === 'User' ? userUrn : groupUrn).toLowerCase();
  if (lower.startsWith(`${core}:`)) return { urn: null, rest: path.slice(core.length + 1) };
  const whole = urnOf(path);
  if (whole === enterpriseUrn) return { urn: enterpriseUrn, rest: '' };
  const bracket = path.indexOf('[');
  const at = path.lastIndexOf(':', bracket < 0 ? undefined : bracket);
  const urn = urnOf(path.slice(0, at));
  if (urn === undefined) throw unreadable(`"${path.slice(0, 100)}" could not be read.`);
  return { urn, rest: path.slice(at + 1) };
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
