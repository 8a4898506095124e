import { z } from 'zod';
import { findSandboxState, lockSandboxState, putSandboxState, type Tenant, type Tx } from '../../db/index.ts';
import {
  rehearsalAt,
  rehearsalPlaces,
  rehearsalReasons,
  rehearsalSteps,
  type Rehearsal,
} from '../../onboarding/rehearsal.ts';

/** The last rehearsal of an environment, where every api process can read how it stands. */
const key = 'rehearsal';

const facts = z.record(z.string(), z.string());
const shown = z.object({ kind: z.enum(rehearsalPlaces), id: z.string() }).nullable();
const step = z.enum(rehearsalSteps);
const stored: z.ZodType<Rehearsal> = z.object({
  id: z.string(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  memberId: z.string().nullable(),
  keyId: z.string().nullable().default(null),
  lines: z.array(z.object({ step, facts, shown, at: z.string() })),
  failure: z.object({ step, reason: z.enum(rehearsalReasons), facts, shown }).nullable(),
  leftover: z
    .object({ organizationId: z.string(), name: z.string(), recordId: z.string().nullable() })
    .nullable(),
});

export async function findRehearsal(tx: Tx, tenant: Tenant, now: Date): Promise<Rehearsal | undefined> {
  return readAt(await findSandboxState(tx, tenant, key), now);
}

/** Changes the last rehearsal, one caller after the other. Nothing is written where `change` answers undefined. */
export async function changeRehearsal(
  tx: Tx,
  tenant: Tenant,
  now: Date,
  change: (before: Rehearsal | undefined) => Rehearsal | undefined,
): Promise<void> {
  const after = change(readAt(await lockSandboxState(tx, tenant, key, now), now));
  if (after !== undefined) await putSandboxState(tx, tenant, key, { ...after }, now);
}

function readAt(value: unknown, now: Date): Rehearsal | undefined {
  const read = stored.safeParse(value);
  return read.success ? rehearsalAt(read.data, now) : undefined;
}
