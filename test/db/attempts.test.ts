import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  completeSpentSignIn,
  consumeRequest,
  countAttemptsPerDay,
  exchangeCode,
  findProfile,
  finishAttempt,
  insertAttempt,
  listAttempts,
  getAttempt,
  moveConnection,
  removeOldAttempts,
  spendAndCompleteSignIn,
  summarizeFailures,
  takeCalledBackAttempt,
  takeTestAddress,
  timeOutAttempts,
  withSystem,
  withTenant,
  type AttemptRow,
  type ConnectionRow,
  type NewAttempt,
  type SeenMessage,
  type SignInCompletion,
} from '../../db/index.ts';
import {
  aCompletionOf,
  aConnection,
  aCustomer,
  anAttemptOf,
  minutesLater,
  now,
  openDatabases,
  theMessages,
  type Customer,
  type Databases,
} from './builders.ts';

let databases: Databases;
let customer: Customer;
let connection: ConnectionRow;
beforeAll(async () => {
  databases = await openDatabases({ poolSize: 12 });
  customer = await aCustomer(databases);
  connection = await aConnection(databases, customer);
});
afterAll(() => databases.close());

const inTenant = <T>(work: Parameters<typeof withTenant<T>>[2]) => withTenant(databases.app, customer, work);
const begin = (changes: Partial<NewAttempt> = {}): Promise<AttemptRow> =>
  inTenant((tx) => insertAttempt(tx, anAttemptOf(connection, changes)));
const messages = (): SeenMessage[] => [
  { kind: 'assertion', messageId: newId('a_'), expiresAt: minutesLater(65) },
  { kind: 'response', messageId: newId('r_'), expiresAt: minutesLater(65) },
];
const consume = ({ requestId }: AttemptRow, changes: Partial<Parameters<typeof consumeRequest>[2]> = {}) =>
  inTenant((tx) =>
    consumeRequest(tx, customer, {
      connectionId: connection.id,
      requestId: requestId ?? '',
      bindingDigest: 'the browser',
      messages: messages(),
      now: minutesLater(1),
      ...changes,
    }),
  );
const outcomeOf = async (...given: Parameters<typeof consume>) => (await consume(...given)).outcome;

describe('a pending request [SAML-17]', () => {
  test('is spent by one of 50 simultaneous answers', async () => {
    const attempt = await begin();

    const outcomes = await Promise.all(Array.from({ length: 50 }, () => outcomeOf(attempt)));

    expect(outcomes.toSorted()).toEqual([
      'consumed',
      ...Array.from({ length: 49 }, () => 'in_response_to_unknown'),
    ]);
  });

  test('counts for ten minutes, also when it is shown as timed out after five', async () => {
    const [late, inTime] = [await begin(), await begin()];
    await withSystem(databases.system, (tx) => timeOutAttempts(tx, minutesLater(5)));

    expect(await outcomeOf(late, { now: minutesLater(10) })).toBe('request_expired');
    expect(await outcomeOf(inTime, { now: new Date(minutesLater(10).getTime() - 1) })).toBe('consumed');
  });

  test.each([
    ['another browser', { bindingDigest: 'another' }, 'browser_differs'],
    ['a browser without the cookie', { bindingDigest: null }, 'browser_differs'],
    ['another connection', { connectionId: 'conn_other' }, 'in_response_to_unknown'],
    ['a request nobody made', { requestId: 'made up' }, 'in_response_to_unknown'],
  ])('is left unspent by %s', async (_, changes, outcome) => {
    const attempt = await begin();

    expect(await outcomeOf(attempt, changes)).toBe(outcome);

    expect(await outcomeOf(attempt)).toBe('consumed');
  });

  test('is not to be had by another organization', async () => {
    const other = await aCustomer(databases, { environmentId: customer.environmentId });
    const attempt = await begin();

    const taken = await withTenant(databases.app, { environmentId: customer.environmentId }, (tx) =>
      consumeRequest(tx, other, {
        connectionId: connection.id,
        requestId: attempt.requestId ?? '',
        bindingDigest: 'the browser',
        messages: messages(),
        now,
      }),
    );

    expect(taken.outcome).toBe('in_response_to_unknown');
  });

  test('of an attempt that has failed is not taken up again', async () => {
    const attempt = await begin();
    await inTenant((tx) =>
      finishAttempt(tx, customer, attempt.id, { state: 'failed', cause: 'not_allowed', now }),
    );

    expect(await outcomeOf(attempt)).toBe('in_response_to_unknown');
  });
});

describe('a message [SAML-18]', () => {
  test('is accepted once, whatever request it is sent for', async () => {
    const seen = messages();
    const [first, second] = [await begin(), await begin()];

    expect(await outcomeOf(first, { messages: seen })).toBe('consumed');
    expect(await outcomeOf(first, { messages: seen })).toBe('replayed');
    expect(await outcomeOf(second, { messages: seen })).toBe('replayed');
    expect(await outcomeOf(second)).toBe('consumed');
  });

  test('is a replay when its assertion alone was seen before', async () => {
    const [assertion, response] = messages() as [SeenMessage, SeenMessage];
    await consume(await begin(), { messages: [assertion, response] });

    expect(await outcomeOf(await begin(), { messages: [assertion, ...messages().slice(1)] })).toBe(
      'replayed',
    );
  });

  test('is accepted for one of 50 requests that it is sent for at once', async () => {
    const seen = messages();
    const attempts = await Promise.all(Array.from({ length: 50 }, () => begin()));

    const outcomes = await Promise.all(attempts.map((attempt) => outcomeOf(attempt, { messages: seen })));

    expect(outcomes.filter((outcome) => outcome === 'consumed')).toHaveLength(1);
  });
});

describe('the address of a test', () => {
  const request = () => ({
    requestId: newId('id_'),
    relayStateDigest: newId('rs_'),
    bindingDigest: 'b',
    requestXml: null,
    forceAuthn: false,
    trail: [],
    settingsRevision: 0,
  });
  const aTest = () =>
    begin({ origin: 'test', testDigest: newId('t_'), requestId: null, relayStateDigest: null });
  const take = ({ id }: AttemptRow, at: Date) =>
    inTenant((tx) => takeTestAddress(tx, customer, id, { ...request(), now: at }));

  test('works once, also when it is opened 50 times at once', async () => {
    const attempt = await aTest();

    const taken = await Promise.all(Array.from({ length: 50 }, () => take(attempt, now)));

    expect(taken.filter((row) => row !== undefined)).toHaveLength(1);
  });

  test('works for 15 minutes, during which an unopened test is not timed out', async () => {
    const [late, inTime] = [await aTest(), await aTest()];
    await withSystem(databases.system, (tx) => timeOutAttempts(tx, minutesLater(14)));

    expect(await take(late, minutesLater(15))).toBeUndefined();
    expect(await take(inTime, minutesLater(14))).toMatchObject({ state: 'in_progress', testDigest: null });
  });

  test('opened late still leaves the provider its time: the clocks begin when the request goes out', async () => {
    const attempt = await aTest();

    expect(await take(attempt, minutesLater(14))).toMatchObject({ startedAt: minutesLater(14) });
    await withSystem(databases.system, (tx) => timeOutAttempts(tx, minutesLater(18)));
    const kept = await inTenant((tx) => getAttempt(tx, customer, attempt.id));
    expect(kept.state).toBe('in_progress');
  });
});

test('an attempt ends once; one that timed out may still end well', async () => {
  const attempt = await begin();
  await withSystem(databases.system, (tx) => timeOutAttempts(tx, minutesLater(6)));
  const finish = (state: 'success' | 'failed') =>
    inTenant((tx) => finishAttempt(tx, customer, attempt.id, { state, now: minutesLater(7) }));

  expect(await finish('success')).toMatchObject({ state: 'success', cause: null, endedAt: minutesLater(7) });
  expect(await finish('failed')).toBeUndefined();
});

const complete = (attempt: AttemptRow, changes: Partial<SignInCompletion> = {}, spent = theMessages()) =>
  inTenant((tx) => spendAndCompleteSignIn(tx, aCompletionOf(attempt, changes), spent));

describe('a good answer, written in one statement', () => {
  test('completes one of 20 simultaneous answers [SAML-17]', async () => {
    const attempt = await begin();

    const done = await Promise.all(Array.from({ length: 20 }, () => complete(attempt)));

    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await outcomeOf(attempt)).toBe('in_response_to_unknown');
    expect(await inTenant((tx) => getAttempt(tx, customer, attempt.id))).toMatchObject({
      state: 'success',
      consumedAt: now,
      endedAt: now,
      email: 'ann@acme.test',
      pendingOutcome: null,
    });
  });

  test('spends nothing for another browser, a late answer, or a message that was seen [SAML-16] [SAML-18]', async () => {
    const spent = theMessages();
    expect(await complete(await begin(), {}, spent)).toBe(true);
    const attempt = await begin();

    expect(await complete(attempt, {}, theMessages({ bindingDigest: 'another browser' }))).toBe(false);
    expect(await complete(attempt, {}, theMessages({ bindingDigest: null }))).toBe(false);
    expect(await complete(attempt, { now: minutesLater(11) })).toBe(false);
    expect(await complete(attempt, {}, theMessages({ assertionId: spent.assertionId }))).toBe(false);
    expect(await complete(attempt, {}, theMessages({ responseId: spent.responseId }))).toBe(false);

    expect(await inTenant((tx) => getAttempt(tx, customer, attempt.id))).toMatchObject({
      state: 'in_progress',
      consumedAt: null,
    });
    expect(await complete(attempt)).toBe(true);
  });

  test('completes what was spent before only once, and nothing that was not spent [OIDC-02]', async () => {
    const attempt = await begin({ protocol: 'oidc' });
    const completeSpent = () => inTenant((tx) => completeSpentSignIn(tx, aCompletionOf(attempt)));
    const spend = async (bindingDigest: string, at = now) => {
      const requestIds = ['another', attempt.requestId ?? ''];
      const named = { connectionId: connection.id, requestIds, bindingDigest, now: at };
      const taken = await inTenant((tx) => takeCalledBackAttempt(tx, customer, named));
      expect(taken?.attempt?.id).toBe(attempt.id);
      return taken?.isSpent;
    };

    expect(await completeSpent()).toBe(false);
    expect(await spend('another browser')).toBe(false);
    expect(await spend('the browser', minutesLater(11))).toBe(false);
    expect(await spend('the browser')).toBe(true);
    expect(await spend('the browser')).toBe(false);
    expect(await completeSpent()).toBe(true);
    expect(await completeSpent()).toBe(false);
  });
});

test('of 50 exchanges of one code, one succeeds', async () => {
  const active = { from: [connection.state], to: 'active', now } as const;
  await inTenant((tx) => moveConnection(tx, customer, connection.id, active));
  const attempt = await begin({ clientId: 'client_x', codeChallenge: 'the challenge' });
  const codeDigest = newId('c_');
  expect(await complete(attempt, { codeDigest })).toBe(true);
  const exchange = async (at: Date, challenge: string | null = 'the challenge') => {
    const exchanged = await exchangeCode(databases.app, customer, {
      clientId: 'client_x',
      codeDigest,
      apiKeyDigest: null,
      address: null,
      apiKeyScopes: [],
      challenge,
      isBySecret: false,
      accessTokenId: newId('at_'),
      accessTokenExpiresAt: minutesLater(10),
      now: at,
      failures: { counter: 'token_failures:here', atMost: 20 },
    });
    return exchanged.isSpent;
  };

  expect(await exchange(minutesLater(5))).toBe(false);
  expect(await exchange(now, 'another challenge')).toBe(false);
  expect(await exchange(now, null)).toBe(false);
  const exchanged = await Promise.all(Array.from({ length: 50 }, () => exchange(now)));

  expect(exchanged.filter(Boolean)).toHaveLength(1);
});

test('a person keeps the profile of their first sign-in, and one connection shares none with another [IDB-01]', async () => {
  const other = await aConnection(databases, customer);
  const signedIn = async (through: ConnectionRow, email: string) => {
    const attempt = await inTenant((tx) => insertAttempt(tx, anAttemptOf(through)));
    const { person, profileId, ...rest } = aCompletionOf(attempt);
    const bea = { ...person, idpId: 'bea', email };
    expect(await complete(attempt, { ...rest, profileId, person: bea })).toBe(true);
    return profileId;
  };

  const first = await signedIn(connection, 'bea@acme.test');
  const renamed = await signedIn(connection, 'beatrix@acme.test');
  const elsewhere = await signedIn(other, 'bea@acme.test');

  const found = (id: string) => inTenant((tx) => findProfile(tx, customer, id));
  expect(await found(first)).toMatchObject({ email: 'beatrix@acme.test', connectionId: connection.id });
  expect(await found(renamed)).toBeUndefined();
  expect(await found(elsewhere)).toMatchObject({ email: 'bea@acme.test', connectionId: other.id });
});

test('failures are counted by day and summed up by cause; tests do not count as failures', async () => {
  const mine = await aCustomer(databases);
  const theirs = await aConnection(databases, mine);
  const end = async (
    outcome: 'success' | 'failed',
    cause: 'expired' | 'audience_differs',
    changes: Partial<NewAttempt> = {},
  ) =>
    withTenant(databases.app, mine, async (tx) => {
      const attempt = await insertAttempt(tx, anAttemptOf(theirs, changes));
      await finishAttempt(tx, mine, attempt.id, {
        state: outcome,
        ...(outcome === 'failed' && { cause }),
        now,
      });
    });
  await end('success', 'expired');
  await end('failed', 'expired');
  await end('failed', 'audience_differs');
  await end('failed', 'audience_differs', { startedAt: minutesLater(24 * 60) });
  await end('failed', 'expired', { origin: 'test' });

  const [days, summary, failed] = await withTenant(databases.app, mine, async (tx) => [
    await countAttemptsPerDay(tx, mine, theirs.id, now),
    await summarizeFailures(tx, mine, theirs.id, now),
    await listAttempts(tx, mine, { state: 'failed', cause: 'expired' }, { limit: 10, order: 'desc' }),
  ]);

  expect(days).toEqual([
    { day: '2026-11-25', worked: 1, failed: 3 },
    { day: '2026-11-26', worked: 0, failed: 1 },
  ]);
  expect(summary).toEqual({ failures: 3, topCause: 'audience_differs' });
  expect(failed.rows.map(({ origin, organizationName }) => [origin, organizationName])).toEqual([
    ['test', 'Acme'],
    ['app', 'Acme'],
  ]);
});

test('attempts past their retention go, with the sign-ins that came of them', async () => {
  const old = await begin({ startedAt: minutesLater(-91 * 24 * 60) });

  const removed = await withSystem(databases.system, (tx) => removeOldAttempts(tx, now, 90));

  expect(removed).toBe(1);
  expect(await outcomeOf(old)).toBe('in_response_to_unknown');
});
