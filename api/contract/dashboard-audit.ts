import { z } from 'zod';
import { auditOrigins } from '../../onboarding/audit-actions.ts';
import { instant } from './shared.ts';

/** S14: the audit log of the environment. Paths are below `/dashboard/api`. */

export const auditActorTypes = [
  'customer',
  'colleague',
  'staff',
  'developer',
  'provider',
  'system',
  'operator',
] as const;

/** GET audit-log?organization=&origin=&actorType=&actor=&action=&target=&request=&from=&until=&after=, newest first */
const auditRow = z.strictObject({
  id: z.string(),
  at: instant.meta({ description: 'When it happened' }),
  origin: z.enum(auditOrigins),
  actor: z.strictObject({ type: z.string(), id: z.string().nullable(), name: z.string().nullable() }),
  action: z.string(),
  target: z
    .strictObject({ type: z.string(), id: z.string(), name: z.string().nullable() })
    .nullable()
    .meta({ description: 'what it was done to; null where the action says it' }),
  organization: z.strictObject({ id: z.string(), name: z.string().nullable() }).nullable(),
  sourceAddress: z.string().nullable(),
});
export const auditPage = z.strictObject({ rows: z.array(auditRow), next: z.string().nullable() });

const metadata = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** GET audit-log/:id. `value` is null where it was erased; `seal` where the row is not yet sealed. */
export const auditDetail = auditRow.extend({
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
  personal: z.array(z.strictObject({ field: z.string(), value: z.string().nullable() })),
  sessionId: z.string().nullable(),
  userAgent: z.string().nullable(),
  requestId: z.string().nullable(),
  recordedAt: instant,
  /** Of a vendor's event: all that it was done to, what else it says, and the version of its schema. */
  event: z
    .strictObject({
      version: z.int(),
      targets: z.array(
        z.strictObject({ type: z.string(), id: z.string(), name: z.string().nullable(), metadata }),
      ),
      actor: metadata,
      metadata,
    })
    .nullable(),
  seal: z.strictObject({ number: z.int(), hash: z.string() }).nullable(),
});

/**
 * POST audit-log/verify, again and again with `goOn` of the answer before, until there is a verdict: a long log is
 * verified in parts.
 */
export const verifyBody = z.strictObject({ goOn: z.string().max(4_000).optional() });
const counted = { rows: z.int(), removedByRetention: z.int(), notYetSealed: z.int() };
export const verification = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('running'), rows: z.int(), total: z.int(), goOn: z.string() }),
  z.strictObject({ state: z.literal('intact'), ...counted, chains: z.int() }),
  z.strictObject({
    state: z.literal('broken'),
    ...counted,
    problem: z.enum(['changed', 'reordered', 'missing', 'replaced', 'forged_checkpoint', 'unknown_key']),
    /** Whose chain: null is the environment's own. */
    organization: z.strictObject({ id: z.string(), name: z.string().nullable() }).nullable(),
    number: z.int().nullable(),
    rowId: z.string().nullable(),
  }),
]);
