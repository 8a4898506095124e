import type { IncomingMessage } from 'node:http';
import express, { type RequestHandler } from 'express';
import { z } from 'zod';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Route } from '../route.ts';
import { InvalidInput } from './handle-errors.ts';
import { hasRepeatedNames } from './repeated-names.ts';

/**
 * From bytes to checked input [API-03]. One schema decides; before it is asked, what clients spell in different ways is
 * brought into one form: arrays in queries, texts of forms, `null` and `""` for "not given".
 */

const defaultMaxBodyBytes = 256 * 1024;
type Values = Readonly<Record<string, unknown>>;

const repeatedName = { field: 'body', code: 'unreadable', message: 'The body has a name twice.' };

/**
 * Parses JSON and forms up to the route's limit, other content types not at all. Bodies are never unpacked, and none may
 * say two things under one name.
 */
export function parseBody(route: Pick<Route, 'method' | 'maxBodyBytes'>): RequestHandler[] {
  if (route.method === 'GET') return [];
  const limit = route.maxBodyBytes ?? defaultMaxBodyBytes;
  const texts = new WeakMap<IncomingMessage, Buffer>();
  return [
    express.json({
      limit,
      inflate: false,
      type: ['application/json', 'application/*+json'],
      verify: (request, _response, text) => texts.set(request, text),
    }),
    (request, _response, next) => {
      const text = texts.get(request);
      texts.delete(request);
      next(text && hasRepeatedNames(text, request.body) ? new InvalidInput([repeatedName]) : undefined);
    },
    express.urlencoded({ limit, inflate: false, extended: true, parameterLimit: 1_000 }),
    (request, _response, next) => {
      const hasBody =
        request.headers['transfer-encoding'] !== undefined || request.headers['content-length'] !== '0';
      const isSent = hasBody && request.headers['content-length'] !== undefined;
      next(
        request.body === undefined && (isSent || request.headers['transfer-encoding'] !== undefined)
          ? new OnboardingError('media_type_unsupported')
          : undefined,
      );
    },
  ];
}

/** The body as the route's schema has it. Throws InvalidInput. */
export function readBody(
  route: Route,
  sent: unknown,
  options: { isForm: boolean; isDeveloper: boolean },
): unknown {
  refuseUnstorable(sent);
  if (route.body === undefined) return undefined;
  const given: unknown = sent ?? {};
  if (!isValues(given))
    throw new InvalidInput([{ field: 'body', code: 'unreadable', message: 'The body must be an object.' }]);
  const named = options.isDeveloper ? withoutAbsent(given, route.clearable ?? []) : given;
  if (options.isForm) return check(route.body, fitTexts(route.body, named));
  if (!options.isDeveloper) return check(route.body, named);
  const asSent = route.body.safeParse(named);
  // What is as declared is not walked through once more: a batch of events is long.
  return asSent.success ? asSent.data : check(route.body, asDeclared(route.body, named));
}

/** The query as the route's schema has it. Throws InvalidInput. */
export function readQuery(route: Route, query: Values): unknown {
  if (route.query === undefined) return undefined;
  refuseUnstorable(query);
  const result = route.query.safeParse(fitTexts(route.query, withoutAbsent(joinBrackets(query), [])), {
    error: wordsOf,
  });
  if (result.success) return result.data;
  // A parameter is one name, however many values came under it: whoever sent one knows of no list.
  throw InvalidInput.ofIssues(
    result.error.issues.map((issue) => ({ ...issue, path: issue.path.slice(0, 1) })),
  );
}

/** Text that no column of Postgres can hold: NUL, and halves of surrogate pairs. */
const unstorable = /\0|\p{Surrogate}/u;

function check(schema: z.ZodType, values: unknown): unknown {
  const result = schema.safeParse(values, { error: wordsOf });
  if (!result.success) throw InvalidInput.ofIssues(result.error.issues);
  return result.data;
}

/** What is wrong with a field, to be read after its name. A schema's own words go before these. */
function wordsOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is required'
        : `must be of type ${typeNames.get(issue.expected) ?? issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return `is not a valid ${issue.format}`;
    case 'too_small':
      if (issue.origin === 'array') return `must have at least ${entries(issue.minimum)}`;
      return issue.origin === 'string' ? 'is too short' : `must be at least ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'array') return `must have at most ${entries(issue.maximum)}`;
      return issue.origin === 'string' ? 'is too long' : `must be at most ${issue.maximum}`;
    case 'unrecognized_keys':
      return `has keys that are not known: ${issue.keys.join(', ')}`;
    default:
      return undefined;
  }
}

/** What JSON calls a thing, where the schema has a word of its own. */
const typeNames = new Map([['record', 'object']]);

const entries = (count: number | bigint) => `${count} ${Number(count) === 1 ? 'entry' : 'entries'}`;

/** Ids of paths: one that no row can have names nothing. */
export function refuseUnstorableIds(params: Readonly<Record<string, string>>): void {
  if (Object.values(params).some((value) => unstorable.test(value))) throw new OnboardingError('not_found');
}

function refuseUnstorable(values: unknown): void {
  const fault = findFault(values, '', 0);
  if (fault !== undefined) throw new InvalidInput([fault]);
}

const deepest = 32;

/** The first place that holds a text no column can hold, or lies deeper than any body of ours. */
function findFault(value: unknown, path: string, depth: number): InvalidInput['fields'][number] | undefined {
  if (typeof value === 'string') return unstorable.test(value) ? faultAt(path, storing) : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > deepest) return faultAt(path.slice(0, 40), 'is nested too deeply');
  for (const [key, inner] of Object.entries(value)) {
    if (unstorable.test(key)) return faultAt(path, storing);
    const fault = findFault(inner, path === '' ? key : `${path}.${key}`, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const storing = 'holds characters that cannot be stored';
const faultAt = (field: string, words: string) => ({
  field,
  code: 'characters',
  message: `${field || 'body'} ${words}`,
});

/** `x[]=`, `x[0]=` and repeated `x=` under one name; a single value stays a text. */
function joinBrackets(query: Values): Values {
  const joined = new Map<string, unknown>();
  for (const [key, value] of Object.entries(query)) {
    const [, name, index] = /^([^[\]]+)\[(\d{0,3})\]$/.exec(key) ?? [undefined, key, undefined];
    const known = joined.get(name);
    const isList = index !== undefined || known !== undefined || Array.isArray(value);
    joined.set(name, isList ? [known ?? [], value].flat() : value);
  }
  return Object.fromEntries(joined);
}

function withoutAbsent(values: Values, clearable: readonly string[]): Values {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([key, value]) => value !== '' && (value !== null || clearable.includes(key)),
    ),
  );
}

/**
 * What lies deeper, by the schema: a null where none is taken says "not given" there, too, and an empty list where a map
 * is wanted is how PHP writes an empty map.
 */
function asDeclared(schema: unknown, value: unknown): unknown {
  const declared = bare(schema);
  if (declared instanceof z.ZodObject && isValues(value)) {
    const given = Object.entries(value).filter(
      ([key, inner]) => inner !== null || takesNull(declared.shape[key]),
    );
    return Object.fromEntries(given.map(([key, inner]) => [key, asDeclared(declared.shape[key], inner)]));
  }
  if (!Array.isArray(value)) return value;
  if (declared instanceof z.ZodRecord && value.length === 0) return {};
  return declared instanceof z.ZodArray
    ? value.map((item: unknown) => asDeclared(declared.element, item))
    : value;
}

/** A name that the schema does not know is for the schema to judge. */
const takesNull = (schema: unknown) => !(schema instanceof z.ZodType) || schema.safeParse(null).success;

/** Texts of queries and forms as what the schema declares: comma-separated lists, numbers, booleans. */
function fitTexts(schema: z.ZodType, values: Values): Values {
  if (!(schema instanceof z.ZodObject)) return values;
  const fitted = Object.entries(values).map(
    ([key, value]) => [key, fit(bare(schema.shape[key]), value)] as const,
  );
  // `x[]=` names nothing, like `x=`.
  return Object.fromEntries(fitted.filter(([, value]) => !Array.isArray(value) || value.length > 0));
}

function fit(schema: unknown, value: unknown): unknown {
  if (schema instanceof z.ZodArray) {
    const items = Array.isArray(value) ? value : [value];
    return items.flatMap((item: unknown) => (typeof item === 'string' ? splitList(item) : [item]));
  }
  if (typeof value !== 'string') return value;
  if (schema instanceof z.ZodNumber && /^-?\d{1,15}(\.\d+)?$/.test(value)) return Number(value);
  if (schema instanceof z.ZodBoolean && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

const splitList = (text: string) => text.split(',').filter((item) => item !== '');

function bare(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable
    ? bare(schema.unwrap())
    : schema;
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
