import { z } from 'zod';

/** What is sent by mistake and on purpose, in the place of any value. */
const asOddAsTheyCome: readonly unknown[] = [
  null,
  1e308,
  [],
  [null],
  { a: { b: [] } },
  '',
  'a\u0000b',
  '\ud800',
  '__proto__',
  'x'.repeat(70_000),
  '2026-13-45',
  '9999999-01-01',
  'http://[',
];

/** A value of the shape that the schema asks for, good enough to come past its first look. */
export function sampleOf(schema: z.ZodType): unknown {
  return sample(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

type Json = z.core.JSONSchema.BaseSchema;

function sample(schema: Json): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [first] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  if (first !== undefined) return sample(first);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, sample(inner as Json)]),
      );
    case 'array':
      return [sample((schema.items ?? {}) as Json)];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    default:
      return textOf(schema);
  }
}

function textOf({ format, minLength = 1 }: Json): string {
  if (format === 'email') return 'anna@acme.test';
  if (format === 'uri') return 'https://acme.test/';
  if (format === 'date-time') return '2030-01-01T00:00:00.000Z';
  return 'x'.repeat(minLength);
}

/** The value with each of its parts, down to the second level, once in every odd way; and without it. */
export function* variantsOf(value: unknown, depth = 2): Generator<unknown> {
  if (typeof value !== 'object' || value === null || depth === 0) return;
  yield value;
  for (const [key, inner] of Object.entries(value)) {
    const put = (changed: unknown) =>
      Array.isArray(value)
        ? value.map((item: unknown, index) => (String(index) === key ? changed : item))
        : { ...value, [key]: changed };
    for (const odd of [undefined, ...asOddAsTheyCome]) yield put(odd);
    for (const changed of variantsOf(inner, depth - 1)) yield put(changed);
  }
}

/** The same in a query. Half a pair of UTF-16 can only be bytes that are no UTF-8; an address ends at some length. */
export const oddInQueries = asOddAsTheyCome.map((value) =>
  value === '\ud800'
    ? '%ED%A0%80'
    : encodeURIComponent(typeof value === 'object' ? '' : String(value).slice(0, 4_000)),
);
