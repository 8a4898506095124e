import { listAttempts, withSystem, type AttemptRow } from '../../db/index.ts';
import { findPerson, testPeople } from '../../sandbox/test-idp/people.ts';
import {
  buildTestResponse,
  planResponse,
  type ResponsePlan,
  type TestResponseInput,
} from '../../sandbox/test-idp/response.ts';
import { aBrowser, authorizeUrl, type SignInCustomer, type SignInWorld, type Visit } from './sign-in.ts';

/** Answers to sign-ins over HTTP, good and otherwise, and what became of them. */

export async function attemptsOf(
  world: SignInWorld,
  { connection }: Pick<SignInCustomer, 'connection'>,
  state?: AttemptRow['state'],
): Promise<AttemptRow[]> {
  const tenant = { environmentId: connection.environmentId };
  const filter = { connectionId: connection.id, ...(state ? { state } : {}) };
  const { rows } = await withSystem(world.api.systemDb, (tx) =>
    listAttempts(tx, tenant, filter, { limit: 100, order: 'desc' }),
  );
  return rows;
}

/** The newest attempt: what became of it, and why. */
export async function newestOf(
  world: SignInWorld,
  of: Pick<SignInCustomer, 'connection'>,
): Promise<AttemptRow> {
  const [newest] = await attemptsOf(world, of);
  if (!newest) throw new Error('there is no attempt');
  return newest;
}

/** A sign-in that has been begun, and a good answer to it that nobody has posted yet. */
export async function begin(world: SignInWorld, of: SignInCustomer, change: Partial<TestResponseInput> = {}) {
  const browser = aBrowser();
  const { leadsTo } = await browser.get(authorizeUrl(world, { connection: of.connection.id }));
  const { requestId } = await newestOf(world, of);
  const relayState = leadsTo?.searchParams.get('RelayState');
  if (requestId === null || !relayState) throw new Error('the sign-in has not begun');
  const fields = answerTo(world, of, requestId, { relayState, ...change });
  return { browser, acs: of.connection.acsUrl, fields, requestId, relayState };
}

type Addressed = { connection: Pick<SignInCustomer['connection'], 'spEntityId' | 'acsUrl'> };

function inputOf(world: SignInWorld, { connection }: Addressed, requestId: string | undefined) {
  const { spEntityId, acsUrl } = connection;
  const person = findPerson(testPeople(), 'anna@people.test');
  if (!person) throw new Error('the Test IdP has no Anna');
  return {
    request: { id: requestId, spEntityId, acsUrl },
    idpEntityId: world.idp.entityId,
    person,
    keys: world.keys,
    now: world.api.deps.now(),
  };
}

/** The form that the Test IdP would post in answer to a request. */
export function answerTo(
  world: SignInWorld,
  of: SignInCustomer,
  requestId: string | undefined,
  change: Partial<TestResponseInput> = {},
): Record<string, string> {
  return { ...buildTestResponse({ ...inputOf(world, of, requestId), ...change }).fields };
}

/** What a good answer says, before it is written and signed. */
export function planOf(world: SignInWorld, of: Addressed, requestId: string | undefined): ResponsePlan {
  return planResponse(inputOf(world, of, requestId));
}

export const errorOf = ({ leadsTo }: Visit) => leadsTo?.searchParams.get('error');
export const codeOf = ({ leadsTo }: Visit) => leadsTo?.searchParams.get('code');
