import { z } from 'zod';
import { actCode } from './setup.ts';
import { attemptView, instant, stepResult } from './shared.ts';

/** Test sign-ins, attempts and repairs, below `/setup/<handle>/api`: called as `setup.ts` says. */

/** POST sso/tests: the draft of this session's own, unless the live settings are asked for. */
export const startTestBody = z.strictObject({ isLive: z.boolean().optional() });
export const testStarted = z.strictObject({
  attemptId: z.string(),
  reference: z.string(),
  /** Opens the sign-in; good for 15 minutes, once. */
  url: z.string(),
  expiresAt: instant,
});
export type TestStarted = z.infer<typeof testStarted>;
/** GET sso/attempts?state= ; GET sso/attempts/:id answers attemptDetail; POST sso/attempts/:id/stop answers attemptView. */
export const attemptList = z.strictObject({
  attempts: z.array(attemptView),
  perDay: z.array(z.strictObject({ day: z.string(), worked: z.int(), failed: z.int() })),
});

/** POST sso/repairs: what would change; with `confirm` it is changed (stepResult beside it), live with a code. */
export const repairBody = z.strictObject({
  attemptId: z.string().max(60),
  confirm: z.boolean(),
  code: actCode,
});
export const repairPlan = z.strictObject({
  repair: z.enum(['trust_new_certificate', 'take_attribute', 'fetch_metadata_again']),
  before: z.array(z.string()),
  after: z.array(z.string()),
  result: stepResult.nullable(),
});
export type RepairPlan = z.infer<typeof repairPlan>;

/** POST sso/accepted-form answers stepResult: a test's weaker form is accepted from now on. */
export const acceptFormBody = z.strictObject({ attemptId: z.string().max(60), code: actCode });
