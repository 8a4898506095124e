import { z } from 'zod';
import { instant } from './shared.ts';

/** The test sink, which plays destinations of log streams and a receiver of webhooks: below `/sandbox/test-sink`. */

const receiver = z.enum(['splunk', 'datadog', 's3', 'https']);
export const testSinkFaults = [
  'errors',
  'rate_limit',
  'slow',
  'half_acknowledgements',
  'wrong_credentials',
] as const;
const fault = z.enum(testSinkFaults);
const count = z.int().min(0);

/** GET test-sink?find= ; every other answers with it too. */
export const testSinkState = z.strictObject({
  /** What goes into a stream's fields; `base` is where all of them lie. */
  addresses: z.strictObject({
    base: z.string(),
    splunk: z.string(),
    datadog: z.string(),
    s3: z.string(),
    https: z.string(),
  }),
  credentials: z.strictObject({
    splunkToken: z.string(),
    datadogKey: z.string(),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
  }),
  hasSigningSecret: z.boolean(),
  faults: z.array(z.strictObject({ id: fault, isOn: z.boolean() })).readonly(),
  receivers: z
    .array(
      z.strictObject({
        receiver,
        requests: count,
        refused: count,
        records: count,
        badSignatures: count,
        /** Records without a sequence number: webhooks and test events. */
        loose: count,
        looseDuplicates: count,
        tallies: z
          .array(
            z.strictObject({
              organizationId: z.string(),
              count,
              first: count,
              last: count,
              duplicates: count,
              outOfOrder: count,
              missing: count,
              gaps: z.array(z.tuple([count, count]).readonly()).readonly(),
            }),
          )
          .readonly(),
      }),
    )
    .readonly(),
  /** Requests, newest first. */
  arrivals: z
    .array(
      z.strictObject({
        id: z.int(),
        at: instant,
        receiver,
        path: z.string(),
        status: z.int(),
        records: count,
        bytes: count,
        signature: z.enum(['good', 'bad']).nullable(),
      }),
    )
    .readonly(),
  /** The newest that hold what was looked for. */
  records: z.array(z.strictObject({ id: z.int(), at: instant, receiver, text: z.string() })).readonly(),
});
export type TestSinkState = z.infer<typeof testSinkState>;

export const testSinkQuery = z.strictObject({ find: z.string().max(200).optional() });

/** PUT test-sink; what is not given stays. */
export const testSinkBody = z.strictObject({
  /** All that are to be on. */
  faults: z.array(fault).max(10).optional(),
  /** What the HTTPS receiver verifies with; null: it verifies nothing. */
  signingSecret: z
    .string()
    .trim()
    .regex(/^whsec_[A-Za-z0-9+/=]{20,100}$/, 'must begin with whsec_')
    .nullable()
    .optional(),
});
