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
          type: z.union([propertyType, z.array(propertyType).min(1)]),
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
