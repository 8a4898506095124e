import { z } from 'zod';
import { metadataKey, actionName, mostMetadataKeys, mostTargets } from '../../onboarding/vendor-events.ts';
import { propertyTypes } from '../../onboarding/audit-schemas.ts';
import { listOf, pageQuery, timestamps } from './developer-lists.ts';

/** The audit log (`workos-api` contract §11); events in batches are ours, in the same style. */

const metadata = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).meta({
  description: `Up to ${mostMetadataKeys} keys of 40 letters, digits, "_" and "-"; values are texts of up to 500 characters, numbers or booleans`,
});
const party = z.object({
  id: z.string(),
  type: z.string(),
  name: z.string().optional(),
  metadata: metadata.optional(),
});

/** As documents show it. What is sent is read by `onboarding/vendor-events.ts`, whose refusals the contract has in words of its own. */
const auditEvent = z.object({
  action: z.string().meta({ description: 'An action that has a schema, as `user.signed_in`' }),
  occurred_at: z.iso.datetime({ offset: true }),
  actor: party,
  targets: z.array(party).min(1).max(mostTargets),
  context: z.object({
    location: z.string().meta({ description: 'An IP address or a place' }),
    user_agent: z.string().optional(),
  }),
  metadata: metadata.optional(),
  version: z.int().optional().meta({ description: 'Of the schema; the newest where none is told' }),
});
const { $schema: _, ...auditEventDocument } = z.toJSONSchema(auditEvent, { io: 'input' });
const sentEvent = z.unknown().meta(auditEventDocument);

/** The handler says what is missing, in the contract's words. */
const needed = { organization_id: z.string().max(60).optional(), event: sentEvent.optional() };
const asNeeded = { required: Object.keys(needed) };
export const createAuditEventBody = z.object(needed).meta(asNeeded);
const mostInBatch = 1_000;
export const createAuditEventsBody = z.object({
  events: z.array(z.object(needed).meta(asNeeded)).min(1).max(mostInBatch),
});
export const auditEventCreated = z.object({ success: z.literal(true) });
export const auditEventsCreated = z.object({ success: z.literal(true), events: z.int() });

const propertyType = z.enum(propertyTypes);
const metadataSchema = z
  .strictObject({
    type: z.literal('object'),
    properties: z
      .record(
        z.string().regex(metadataKey),
        z.strictObject({
          type: z.union([propertyType, z.array(propertyType).min(1)], {
            error: `must be ${propertyTypes.join(', ')}, or a list of these`,
          }),
          nullable: z.boolean().optional(),
        }),
      )
      .refine(
        (properties) => Object.keys(properties).length <= mostMetadataKeys,
        `has more than ${mostMetadataKeys} keys`,
      )
      .optional(),
    required: z.array(z.string().max(40)).max(mostMetadataKeys).optional(),
    additionalProperties: z.boolean().optional(),
  })
  .meta({ description: 'A JSON Schema of flat values: type, properties, required, additionalProperties' });
/** Clients say null for what they leave out. */
const orNothing = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((given) => given ?? undefined);

export const createAuditSchemaBody = z.object({
  actor: orNothing(z.object({ metadata: metadataSchema })),
  targets: z
    .array(z.object({ type: z.string().min(1).max(200), metadata: orNothing(metadataSchema) }))
    .min(1)
    .max(mostTargets),
  metadata: orNothing(metadataSchema),
});
/** A name for an action that is new; others are not found. */
export const isActionName = (name: string): boolean => actionName.test(name);

export const auditSchema = z
  .object({
    object: z.literal('audit_log_schema'),
    version: z.int(),
    actor: z.object({ metadata: metadataSchema }).optional(),
    targets: z.array(z.object({ type: z.string(), metadata: metadataSchema.optional() })),
    metadata: metadataSchema.optional(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'AuditLogSchema' });
export const auditAction = z
  .object({ object: z.literal('audit_log_action'), name: z.string(), schema: auditSchema, ...timestamps })
  .meta({ id: 'AuditLogAction' });
export const auditSchemaList = listOf(auditSchema);
export const auditActionList = listOf(auditAction);
export { pageQuery as listAuditQuery };

const instant = z.iso.datetime({ offset: true });
const texts = z.array(z.string().max(512)).max(100);
export const createAuditExportBody = z.object({
  organization_id: z.string().max(60),
  range_start: instant,
  range_end: instant,
  actions: texts.optional(),
  actor_names: texts.optional(),
  actor_ids: texts.optional(),
  actors: texts.optional().meta({ description: 'The same as actor_names, for old clients' }),
  targets: texts.optional().meta({ description: 'Types of targets' }),
  format: z.enum(['csv', 'json']).default('csv').meta({ description: 'Ours: `json` is one object a line' }),
});
export const auditExport = z
  .object({
    object: z.literal('audit_log_export'),
    id: z.string(),
    state: z.enum(['pending', 'ready', 'error', 'expired']),
    url: z
      .string()
      .optional()
      .meta({ description: 'When it is ready: a link of ten minutes, a new one with every answer' }),
    ...timestamps,
  })
  .meta({ id: 'AuditLogExport' });

/** Months and years as Node's client says them, in days. */
export const retentionPeriods: Readonly<Record<string, number>> = Object.fromEntries([
  ...Array.from({ length: 11 }, (_, index) => [
    `${index + 1}_MONTH${index === 0 ? '' : 'S'}`,
    (index + 1) * 30,
  ]),
  ...Array.from({ length: 10 }, (_, index) => [
    `${index + 1}_YEAR${index === 0 ? '' : 'S'}`,
    (index + 1) * 365,
  ]),
]);
export const updateAuditRetentionBody = z.object({
  retention_period_in_days: z
    .int()
    .optional()
    .meta({ description: '30 to 330 in steps of 30, or 365 to 3650 in steps of 365' }),
  retention_period: z
    .enum(Object.keys(retentionPeriods))
    .optional()
    .meta({ description: '`1_MONTH` to `11_MONTHS`, `1_YEAR` to `10_YEARS`' }),
});
export const auditRetention = z.object({ retention_period_in_days: z.int().nullable() });

export const auditConfiguration = z.object({
  organization_id: z.string(),
  retention_period_in_days: z.int(),
  state: z.enum(['active', 'inactive', 'disabled']),
  log_stream: z
    .object({
      id: z.string(),
      type: z.string(),
      state: z.enum(['active', 'inactive', 'error', 'invalid']),
      last_synced_at: z.iso.datetime().nullable(),
      created_at: z.iso.datetime(),
    })
    .optional(),
});
