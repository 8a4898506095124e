import { z } from 'zod';
import { findSandboxState, putSandboxState, type Tenant, type Tx } from '../../db/index.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { isFaultName, type FaultName } from './faults.ts';
import { isOidcFaultName, type OidcFaultName } from './oidc/faults.ts';

/** The switches of the Test IdP, kept in `sandbox_state`. */
export interface Switches {
  /** One at a time. It reaches the environment's connections only. */
  readonly fault: FaultName | OidcFaultName | null;
  readonly rollover: Rollover;
}

/**
 * How far the signing key has been rolled over: the next one is published, then it signs, then the first is retired
 * and all begins again. Metadata and signing read it where the keys lie.
 */
export const rollovers = ['one_key', 'two_keys', 'next_signs'] as const;
export type Rollover = (typeof rollovers)[number];

export interface SwitchChange {
  fault?: string | null | undefined;
  rollover?: Rollover | undefined;
}

const switchesKey = 'test_idp';
const stored = z.object({ fault: z.string().nullable(), rollover: z.enum(rollovers).default('one_key') });

export async function readSwitches(tx: Tx, tenant: Tenant): Promise<Switches> {
  const found = stored.safeParse(await findSandboxState(tx, tenant, switchesKey));
  if (!found.success) return { fault: null, rollover: 'one_key' };
  const { fault, rollover } = found.data;
  return { fault: fault !== null && isKnown(fault) ? fault : null, rollover };
}

/** Changes the switches that are given; the rest stay. Throws `invalid_request` for a fault that there is not. */
export async function putSwitches(tx: Tx, tenant: Tenant, change: SwitchChange, now: Date): Promise<void> {
  const before = await readSwitches(tx, tenant);
  const { fault = before.fault, rollover = before.rollover } = change;
  if (fault !== null && !isKnown(fault)) throw new OnboardingError('invalid_request', { field: 'fault' });
  await putSandboxState(tx, tenant, switchesKey, { fault, rollover }, now);
}

function isKnown(name: string): name is FaultName | OidcFaultName {
  return isFaultName(name) || isOidcFaultName(name);
}
