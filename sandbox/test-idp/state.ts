import { z } from 'zod';
import type { Secrets } from '../../adapters/secrets.ts';
import { findSandboxState, putSandboxState, type Tenant, type Tx } from '../../db/index.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { faultNames, faults, isFaultName, type FaultName } from './faults.ts';
import { makeTestIdpKeys, type TestIdpKeys } from './keys.ts';
import { testPeople } from './people.ts';

/** What the Test IdP keeps in `sandbox_state`: its keys, sealed, and its switches. */

const switchesKey = 'test_idp';
const keysKey = 'test_idp_keys';
const answerKey = 'test_idp_last_answer';

const switches = z.object({ fault: z.string().nullable(), twoKeys: z.boolean() });

export interface Switches {
  readonly fault: FaultName | null;
  /** Publish the next key beside the current one, as during a rollover. */
  readonly twoKeys: boolean;
}

/** The addresses of the Test IdP at `url`, an origin. Its entity id never changes with a release. */
export function addressesOf(url: string) {
  const entityId = `${url}/test-idp/saml`;
  return { entityId, ssoUrl: `${entityId}/sso`, metadataUrl: `${entityId}/metadata` };
}

export async function readSwitches(tx: Tx, tenant: Tenant): Promise<Switches> {
  const stored = switches.safeParse(await findSandboxState(tx, tenant, switchesKey));
  if (!stored.success) return { fault: null, twoKeys: false };
  const { fault, twoKeys } = stored.data;
  return { fault: fault !== null && isFaultName(fault) ? fault : null, twoKeys };
}

/** What the dashboard's page of the Test IdP shows (`api/contract/sandbox.ts`). */
export interface TestIdpState {
  entityId: string;
  ssoUrl: string;
  metadataUrl: string;
  people: { id: string; name: string; email: string }[];
  fault: string | null;
  twoKeys: boolean;
  faults: { id: string; group: string; expected: string }[];
}

export async function getTestIdpState(tx: Tx, tenant: Tenant, url: string): Promise<TestIdpState> {
  return shown(await readSwitches(tx, tenant), url);
}

/** Changes the switches that are given; the rest stay. Throws `invalid_request` for a fault that there is not. */
export async function putTestIdpState(
  tx: Tx,
  tenant: Tenant,
  change: { fault?: string | null | undefined; twoKeys?: boolean | undefined },
  { url, now }: { url: string; now: Date },
): Promise<TestIdpState> {
  const before = await readSwitches(tx, tenant);
  const { fault = before.fault, twoKeys = before.twoKeys } = change;
  if (fault !== null && !isFaultName(fault)) throw new OnboardingError('invalid_request', { field: 'fault' });
  const after = { fault, twoKeys };
  await putSandboxState(tx, tenant, switchesKey, after, now);
  return shown(after, url);
}

function shown({ fault, twoKeys }: Switches, url: string): TestIdpState {
  return {
    ...addressesOf(url),
    people: testPeople().map(({ id, firstName, lastName, email }) => ({
      ...{ id, email },
      name: `${firstName} ${lastName}`,
    })),
    fault,
    twoKeys,
    faults: faultNames.map((id) => ({ id, group: groups[id], expected: faults[id].expected })),
  };
}

const groups: Readonly<Record<FaultName, 'time' | 'identity' | 'signature' | 'attributes'>> = {
  expired: 'time',
  clock_ahead: 'time',
  wrong_audience: 'identity',
  wrong_recipient: 'identity',
  wrong_destination: 'identity',
  wrong_issuer: 'identity',
  status_denied: 'identity',
  unsolicited: 'identity',
  replayed: 'identity',
  unsigned: 'signature',
  signed_response_only: 'signature',
  signed_assertion_only: 'signature',
  altered: 'signature',
  wrapped: 'signature',
  other_key: 'signature',
  two_keys_published: 'signature',
  sha1: 'signature',
  missing_name_id: 'attributes',
  missing_email: 'attributes',
};

const sealedKeys = z.object({ sealed: z.string() });
const keyPair = z.object({
  privateKeyPem: z.string(),
  certificatePem: z.string(),
  notAfter: z.iso.datetime().transform((text) => new Date(text)),
});
const openedKeys = z.object({ current: keyPair, next: keyPair, unpublished: keyPair });

/** The installation's keys, made when first asked for [TIDP-02]; sealed, because they sign people in to the sandbox. */
export async function ensureKeys(
  tx: Tx,
  tenant: Tenant,
  { secrets, now }: { secrets: Secrets; now: Date },
): Promise<TestIdpKeys> {
  const at = { table: 'sandbox_state', column: 'value', organizationId: null, rowId: keysKey };
  const stored = sealedKeys.safeParse(await findSandboxState(tx, tenant, keysKey));
  if (stored.success) return openedKeys.parse(JSON.parse(secrets.open(stored.data.sealed, at)));
  const made = await makeTestIdpKeys(now);
  await putSandboxState(tx, tenant, keysKey, { sealed: secrets.seal(JSON.stringify(made), at) }, now);
  return made;
}

const answerIds = z.object({ responseId: z.string(), assertionId: z.string() });
export type AnswerIds = z.infer<typeof answerIds>;

/** Keeps the ids of an answer, for the fault that repeats them. */
export async function rememberAnswer(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  ids: AnswerIds,
  now: Date,
): Promise<void> {
  await putSandboxState(tx, tenant, `${answerKey}:${connectionId}`, ids, now);
}

export async function findLastAnswer(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
): Promise<AnswerIds | undefined> {
  const stored = answerIds.safeParse(await findSandboxState(tx, tenant, `${answerKey}:${connectionId}`));
  return stored.success ? stored.data : undefined;
}
