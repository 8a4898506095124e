/**
 * What the vendor's audit events may look like, action by action and version by version (`workos-api` contract §11.2).
 * Metadata is described in the part of JSON Schema that flat values need; faults are told as its validators tell them.
 */
import type { AuditMetadata, VendorEvent } from './audit-records.ts';

export interface MetadataSchema {
  type: 'object';
  properties?: Record<string, PropertySchema> | undefined;
  required?: string[] | undefined;
  additionalProperties?: boolean | undefined;
}
export const propertyTypes = ['string', 'number', 'integer', 'boolean'] as const;
export type PropertyType = (typeof propertyTypes)[number];
export interface PropertySchema {
  type: PropertyType | PropertyType[];
  nullable?: boolean | undefined;
}

export interface AuditSchemaDefinition {
  actor?: { metadata: MetadataSchema } | undefined;
  targets: { type: string; metadata?: MetadataSchema | undefined }[];
  metadata?: MetadataSchema | undefined;
}

/** One fault of an event, as a validator of JSON Schema names it. */
export interface SchemaFault {
  instancePath: string;
  schemaPath: string;
  keyword: string;
  params: Record<string, unknown>;
  message: string;
}

/** What of an event does not fit the schema of its action; nothing when it fits. */
export function faultsOf(event: VendorEvent, definition: AuditSchemaDefinition): SchemaFault[] {
  const { actor, targets, metadata } = event;
  return [
    ...metadataFaults(actor.metadata, definition.actor?.metadata, '/actor/metadata'),
    ...targets.flatMap((target, index) => targetFaults(target, definition, `/targets/${index}`)),
    ...metadataFaults(metadata, definition.metadata, '/metadata'),
  ];
}

function targetFaults(
  { type, metadata }: VendorEvent['targets'][number],
  { targets }: AuditSchemaDefinition,
  at: string,
): SchemaFault[] {
  const known = targets.find((target) => target.type === type);
  if (known !== undefined) return metadataFaults(metadata, known.metadata, `${at}/metadata`);
  const allowedValues = targets.map((target) => target.type);
  const message = 'must be equal to one of the allowed values';
  return [
    fault(`${at}/type`, '#/properties/targets/items/properties/type', 'enum', { allowedValues }, message),
  ];
}

function metadataFaults(
  given: AuditMetadata | undefined,
  schema: MetadataSchema | undefined,
  at: string,
): SchemaFault[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const values = given ?? {};
  const schemaAt = `#${schemaPathOf(at)}`;
  const missing = required
    .filter((key) => !Object.hasOwn(values, key))
    .map((missingProperty) =>
      fault(
        at,
        schemaAt,
        'required',
        { missingProperty },
        `must have required property '${missingProperty}'`,
      ),
    );
  const wrong = Object.entries(values).flatMap(([key, value]) => {
    if (Object.hasOwn(properties, key))
      return valueFaults(value, properties[key], `${at}/${key}`, `${schemaAt}/properties/${key}`);
    if (additionalProperties) return [];
    return fault(
      at,
      schemaAt,
      'additionalProperties',
      { additionalProperty: key },
      'must NOT have additional properties',
    );
  });
  return [...missing, ...wrong];
}

function valueFaults(
  value: unknown,
  schema: PropertySchema | undefined,
  at: string,
  schemaAt: string,
): SchemaFault[] {
  const types = [schema?.type ?? []].flat();
  if (types.some((type) => isOfType(value, type))) return [];
  return [fault(at, schemaAt, 'type', { type: types.join(',') }, `must be ${types.join(',')}`)];
}

const isOfType = (value: unknown, type: PropertyType) =>
  type === 'integer' ? Number.isInteger(value) : typeof value === type;

/** `/targets/3/metadata` is described at `/properties/targets/items/properties/metadata`. */
const schemaPathOf = (at: string) =>
  at
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? '/items' : `/properties/${part}`))
    .join('');

/** A fault at a place of an event. `at` is the place of the schema that says so. */
export function fault(
  instancePath: string,
  at: string,
  keyword: string,
  params: SchemaFault['params'],
  message: string,
): SchemaFault {
  return { instancePath, schemaPath: `${at}/${keyword}`, keyword, params, message };
}
