import { z } from 'zod';
import {
  findSandboxState,
  putSandboxState,
  type ConnectionRow,
  type Tenant,
  type Tx,
} from '../../db/index.ts';
import { faults } from './faults.ts';
import { oidcFaults } from './oidc/faults.ts';
import type { TestPerson } from './people.ts';
import { listPeople } from './stored-people.ts';
import { readSwitches, type Switches } from './switches.ts';

/** The addresses of the Test IdP at `url`, an origin. Its entity id never changes with a release. */
export function addressesOf(url: string) {
  const entityId = `${url}/test-idp/saml`;
  return {
    entityId,
    ssoUrl: `${entityId}/sso`,
    sloUrl: `${entityId}/slo`,
    metadataUrl: `${entityId}/metadata`,
    startUrl: `${url}/test-idp/start`,
    issuer: `${url}/test-idp/oidc`,
    discoveryUrl: `${url}/test-idp/oidc/.well-known/openid-configuration`,
    clientsUrl: `${url}/test-idp/clients`,
  };
}

/** What the dashboard's page of the Test IdP shows (`api/contract/sandbox.ts`). */
export interface TestIdpState extends ReturnType<typeof addressesOf>, Switches {
  readonly people: readonly TestPerson[];
  readonly faults: readonly ShownFault[];
}

export async function getTestIdpState(tx: Tx, tenant: Tenant, url: string): Promise<TestIdpState> {
  return {
    ...addressesOf(url),
    ...(await readSwitches(tx, tenant)),
    people: await listPeople(tx, tenant),
    faults: [...factsOf(faults, 'saml'), ...factsOf(oidcFaults, 'oidc')],
  };
}

interface ShownFault {
  readonly id: string;
  readonly protocol: 'saml' | 'oidc';
  readonly group: string;
  readonly expected: string;
  readonly also?: { readonly when: string; readonly expected: string };
}

function factsOf(
  table: Readonly<Record<string, Omit<ShownFault, 'id' | 'protocol'>>>,
  protocol: ShownFault['protocol'],
): ShownFault[] {
  return Object.entries(table).map(([id, { group, expected, also }]) => ({
    id,
    protocol,
    group,
    expected,
    ...(also && { also }),
  }));
}

const answerKey = 'test_idp_last_answer';
const lastAnswer = z.object({
  responseId: z.string(),
  assertionId: z.string(),
  session: z
    .object({ nameId: z.object({ value: z.string(), format: z.string() }), sessionIndex: z.string() })
    .optional(),
});
type LastAnswer = z.infer<typeof lastAnswer>;

/** Keeps the ids of an answer, for the fault that repeats them, and the session it began, for a logout. */
export async function rememberAnswer(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  answer: LastAnswer,
  now: Date,
): Promise<void> {
  await putSandboxState(tx, tenant, `${answerKey}:${connectionId}`, answer, now);
}

export async function findLastAnswer(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
): Promise<LastAnswer | undefined> {
  const stored = lastAnswer.safeParse(await findSandboxState(tx, tenant, `${answerKey}:${connectionId}`));
  return stored.success ? stored.data : undefined;
}

/** The session that the connection's last answer began, where single logout can end it. */
export async function findLastSession(
  tx: Tx,
  tenant: Tenant,
  { id, singleLogout }: Pick<ConnectionRow, 'id' | 'singleLogout'>,
): Promise<LastAnswer['session']> {
  return singleLogout ? (await findLastAnswer(tx, tenant, id))?.session : undefined;
}
