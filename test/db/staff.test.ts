import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  insertApiKey,
  insertMember,
  insertRedirectUri,
  insertStaffSession,
  insertStaffSignIn,
  deleteRedirectUri,
  isTouchDue,
  listAllRedirectUris,
  listApiKeys,
  lookUpApiKey,
  lookUpMemberships,
  lookUpStaffSession,
  removeExpired,
  revokeApiKey,
  takeStaffCode,
  takeStaffSignInLink,
  touchApiKey,
  touchStaffSession,
  withSystem,
  withTenant,
  type MemberRow,
} from '../../db/index.ts';
import { anEnvironment, minutesLater, now, openDatabases, type Databases } from './builders.ts';

let databases: Databases;
let environmentId: string;
let member: MemberRow;
beforeAll(async () => {
  databases = await openDatabases({ poolSize: 12 });
});
afterAll(() => databases.close());
beforeEach(async () => {
  environmentId = await anEnvironment(databases);
  member = await join('Ann@Vendor.test');
});

const inTenant = <T>(work: Parameters<typeof withTenant<T>>[2]) =>
  withTenant(databases.app, { environmentId }, work);
const join = (email: string) =>
  inTenant((tx) =>
    insertMember(tx, { id: newId('member_'), environmentId, email, role: 'admin', createdAt: now }),
  );
const signIn = (kind: 'code' | 'link', digest: string, createdAt = now) => ({
  id: newId('signin_'),
  environmentId,
  memberId: member.id,
  kind,
  digest,
  createdAt,
  expiresAt: new Date(createdAt.getTime() + 300_000),
});
const aCode = (digest: string, createdAt?: Date) =>
  inTenant((tx) => insertStaffSignIn(tx, signIn('code', digest, createdAt)));
const take = (digest: string, at = now) =>
  inTenant((tx) =>
    takeStaffCode(
      tx,
      { environmentId },
      { memberId: member.id, isCodeOf: (stored) => stored === digest, now: at },
    ),
  );

describe('a code', () => {
  test('works once', async () => {
    await aCode('right');

    expect([await take('right'), await take('right')]).toEqual(['taken', 'gone']);
  });

  test('allows five tries, the fifth included, however many come at once', async () => {
    await aCode('right');

    const tries = await Promise.all(Array.from({ length: 20 }, () => take('wrong')));

    expect(tries.filter((outcome) => outcome === 'wrong')).toHaveLength(5);
    expect(await take('right')).toBe('gone');
  });

  test('ends at its date, and with a newer one', async () => {
    await aCode('old');
    await aCode('new', minutesLater(1));

    expect(await take('old', minutesLater(1))).toBe('wrong');
    expect(await take('new', minutesLater(6))).toBe('gone');
    expect(await take('new', minutesLater(2))).toBe('taken');
  });
});

test('of 50 openings of a sign-in link at once, one signs in', async () => {
  const { id } = await inTenant((tx) => insertStaffSignIn(tx, signIn('link', newId('d_'))));

  const taken = await Promise.all(
    Array.from({ length: 50 }, () => inTenant((tx) => takeStaffSignInLink(tx, { environmentId }, id, now))),
  );

  expect(taken.filter((row) => row !== undefined)).toHaveLength(1);
});

test('a member is one address in any case, and is found in every environment that knows it', async () => {
  await expect(join('ann@vendor.TEST')).rejects.toMatchObject({ code: 'conflict' });
  const memberships = await lookUpMemberships(databases.app, 'ANN@vendor.test');

  expect(memberships.map(({ id }) => id)).toContain(member.id);
  expect(await lookUpMemberships(databases.app, 'ann@vendor')).toEqual([]);
});

test('a staff session moves its idle end on, never beyond the hard one', async () => {
  const session = await inTenant((tx) =>
    insertStaffSession(tx, {
      id: newId('ss_'),
      environmentId,
      memberId: member.id,
      digest: newId('d_'),
      createdAt: now,
      idleExpiresAt: minutesLater(30),
      expiresAt: minutesLater(60),
    }),
  );
  const touched = async (at: Date) => {
    const idle = { now: at, idleMs: 30 * 60_000 };
    await inTenant((tx) => touchStaffSession(tx, { environmentId }, session, idle));
    return (await lookUpStaffSession(databases.app, session.digest))?.idleExpiresAt;
  };

  expect(await touched(minutesLater(0.9))).toEqual(minutesLater(30));
  expect(await touched(minutesLater(10))).toEqual(minutesLater(40));
  expect(await touched(minutesLater(45))).toEqual(minutesLater(60));
});

describe('an API key [API-01]', () => {
  const aKey = () =>
    inTenant((tx) =>
      insertApiKey(tx, {
        id: newId('api_key_'),
        environmentId,
        name: 'Key',
        digest: newId('d_'),
        suffix: 'abcd',
        createdAt: now,
      }),
    );

  test('is known as revoked from the commit on, and the first revocation counts', async () => {
    const key = await aKey();
    const revoke = (at: Date) => inTenant((tx) => revokeApiKey(tx, { environmentId }, key.id, at));

    await revoke(now);
    await revoke(minutesLater(1));

    expect(await lookUpApiKey(databases.app, key.digest)).toMatchObject({ revokedAt: now });
  });

  test('remembers its last use to the minute', async () => {
    const key = await aKey();
    const used = async (at: Date) => {
      await inTenant((tx) => touchApiKey(tx, { environmentId }, key.id, at));
      return (await inTenant((tx) => listApiKeys(tx, { environmentId })))[0]?.lastUsedAt;
    };

    expect(isTouchDue(key, now)).toBe(true);
    expect(await used(now)).toEqual(now);
    expect(await used(minutesLater(0.9))).toEqual(now);
    expect(isTouchDue({ lastUsedAt: now }, minutesLater(0.9))).toBe(false);
    expect(await used(minutesLater(1))).toEqual(minutesLater(1));
  });
});

test('the first redirect URI is the default, which stays; the same one twice is refused', async () => {
  const add = (uri: string) =>
    inTenant((tx) => insertRedirectUri(tx, { id: newId('redir_'), environmentId, uri }));
  const first = await add('https://app.test/a');
  const second = await add('https://app.test/b');
  const drop = (id: string) => inTenant((tx) => deleteRedirectUri(tx, { environmentId }, id));

  await expect(add('https://app.test/a')).rejects.toMatchObject({ code: 'redirect_uri_known' });
  expect([await drop(first.id), await drop(second.id), await drop(second.id)]).toEqual([
    'is_default',
    expect.objectContaining({ id: second.id }),
    'missing',
  ]);
  expect(await inTenant((tx) => listAllRedirectUris(tx, { environmentId }))).toMatchObject([
    { id: first.id, isDefault: true },
  ]);
});

test('what only served until its date is removed', async () => {
  await aCode('old');

  expect(await withSystem(databases.system, (tx) => removeExpired(tx, minutesLater(24 * 60)))).toBe(0);
  expect(
    await withSystem(databases.system, (tx) => removeExpired(tx, minutesLater(24 * 60 + 5))),
  ).toBeGreaterThan(0);
});
