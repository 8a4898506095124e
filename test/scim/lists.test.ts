import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { asSystem } from '../support/builders.ts';
import { aScimClient, type ScimClient } from '../support/scim-client.ts';

const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

let api: TestApi;
let client: ScimClient;
let ids: Record<string, string>;

/** Whom the filters find, by their short names. */
const crowd = {
  anna: {
    userName: 'Anna@Acme.test',
    displayName: 'Anna Berg',
    title: 'Chief 100%',
    externalId: 'E1',
    name: { givenName: 'Anna', familyName: 'Berg' },
    emails: [
      { value: 'anna@acme.test', type: 'work', primary: true },
      { value: 'anna@home.test', type: 'home' },
    ],
    [enterpriseUrn]: { department: 'R&D', manager: { value: 'M1' } },
  },
  ben: {
    userName: 'ben@acme.test',
    displayName: 'ben_x',
    title: 'chief 100x',
    externalId: 'e1',
    active: false,
    emails: [{ value: 'ben@home.test', type: 'work' }],
    [enterpriseUrn]: { department: 'Sales' },
  },
  cleo: { userName: 'cleo@other.test', displayName: 'Cleo' },
};

beforeAll(async () => {
  api = await startTestApi();
  client = await aScimClient(api);
  ids = {};
  for (const [name, body] of Object.entries(crowd)) {
    const reply = await client.call('POST', '/Users', body);
    expect(reply.status).toBe(201);
    ids[name] = reply.body.id;
    api.pass(1000);
  }
  const members = [{ value: ids.anna }, { value: ids.ben }];
  ids.it = (
    await client.call('POST', '/Groups', { displayName: 'IT 100%', externalId: 'g1', members })
  ).body.id;
  ids.hr = (await client.call('POST', '/Groups', { displayName: 'HR' })).body.id;
});
afterAll(() => api.close());

async function found(resource: 'Users' | 'Groups', filter: string): Promise<string> {
  const known = filter.replace(/\$(\w+)/g, (_, name: string) => ids[name] ?? '');
  const reply = await client.call('GET', `/${resource}?filter=${encodeURIComponent(known)}`);
  expect([filter, reply.status]).toEqual([filter, 200]);
  const names = Object.entries(ids)
    .filter(([, id]) => reply.body.Resources.some((one: { id: string }) => one.id === id))
    .map(([name]) => name);
  expect(reply.body.totalResults).toBe(names.length);
  return names.join(' ');
}

describe('a filter finds people by what they have', () => {
  test.each([
    ['userName eq "anna@acme.TEST"', 'anna'],
    ['userName ne "anna@acme.test"', 'ben cleo'],
    ['userName sw "ANN"', 'anna'],
    ['userName ew "@acme.test"', 'anna ben'],
    ['userName co "acme"', 'anna ben'],
    ['userName gt "b"', 'ben cleo'],
    ['userName le "ben@acme.test"', 'anna ben'],
    ['externalId eq "E1"', 'anna'],
    ['externalId eq "e1"', 'ben'],
    ['externalId pr', 'anna ben'],
    ['id eq "$cleo"', 'cleo'],
    ['active eq true', 'anna cleo'],
    ['active ne true', 'ben'],
    ['active eq "False"', 'ben'],
    ['displayName eq "CLEO"', 'cleo'],
    // What means something to LIKE stands for itself.
    ['title co "100%"', 'anna'],
    ['title co "_"', ''],
    ['displayName co "n_x"', 'ben'],
    ['title co "\\\\"', ''],
    ['title pr', 'anna ben'],
    ['title eq null', 'cleo'],
    ['not (title pr)', 'cleo'],
    ['name.familyName eq "berg"', 'anna'],
    ['emails pr', 'anna ben'],
    ['emails co "home.test"', 'anna ben'],
    ['emails.value eq "ANNA@home.test"', 'anna'],
    ['emails[type eq "work" and value co "home"]', 'ben'],
    ['emails[type eq "work"].value ew "@home.test"', 'ben'],
    ['emails[primary eq true]', 'anna'],
    ['emails[not (type eq "work")]', 'anna'],
    [`${enterpriseUrn}:department eq "r&d"`, 'anna'],
    [`${enterpriseUrn}:manager.value eq "M1"`, 'anna'],
    [`${enterpriseUrn}:manager.value eq "m1"`, ''],
    ['groups.value eq "$it"', 'anna ben'],
    ['groups.display eq "it 100%"', 'anna ben'],
    ['groups pr', 'anna ben'],
    ['meta.created lt "2000-01-01T00:00:00Z"', ''],
    ['meta.lastModified gt "2000-01-01T00:00:00+01:00"', 'anna ben cleo'],
    ['userName eq "cleo@other.test" or title pr and active eq true', 'anna cleo'],
    ['(userName eq "cleo@other.test" or title pr) and active eq true', 'anna cleo'],
    ['(userName eq "cleo@other.test" or title pr) and not (active eq true)', 'ben'],
    ['userName eq "\'; drop table directory_users; --"', ''],
    ['title eq "${now}"', ''],
  ])('%s', async (filter, expected) => {
    expect(await found('Users', filter)).toBe(expected);
  });
});

describe('a filter finds groups', () => {
  test.each([
    ['displayName eq "it 100%"', 'it'],
    ['displayName co "100%"', 'it'],
    ['displayName sw "h"', 'hr'],
    ['externalId eq "g1"', 'it'],
    ['members eq "$anna"', 'it'],
    ['members.value eq "$cleo"', ''],
    ['members[value eq "$ben"]', 'it'],
    ['members pr', 'it'],
    ['not (members pr)', 'hr'],
    ['id eq "$hr" and members eq "$anna"', ''],
  ])('%s', async (filter, expected) => {
    expect(await found('Groups', filter)).toBe(expected);
  });
});

test('[SCIM-05] values are bound: what is asked never becomes SQL', async () => {
  const filter = encodeURIComponent(
    `title eq "x' or '1'='1" or ${enterpriseUrn}:costCenter co "') or true --"`,
  );
  expect((await client.call('GET', `/Users?filter=${filter}`)).body.totalResults).toBe(0);
});

describe('sorting', () => {
  const sorted = async (query: string) => {
    const { body } = await client.call('GET', `/Users?${query}`);
    return body.Resources.map(({ userName }: { userName: string }) =>
      userName.slice(0, 1).toLowerCase(),
    ).join('');
  };
  test.each([
    ['', 'abc'],
    ['sortBy=userName&sortOrder=descending', 'cba'],
    ['sortBy=USERNAME', 'abc'],
    ['sortBy=meta.created&sortOrder=descending', 'cba'],
    // Whoever has no title comes last, and first the other way round.
    ['sortBy=title', 'abc'],
    ['sortBy=title&sortOrder=descending', 'cba'],
    [`sortBy=${enterpriseUrn}:department&sortOrder=descending&filter=title%20pr`, 'ba'],
  ])('%s', async (query, expected) => {
    expect(await sorted(query)).toBe(expected);
  });
});

describe('[SCIM-06] pages', () => {
  let many: ScimClient;
  beforeAll(async () => {
    many = await aScimClient(api);
    // Some at the same instant: they follow each other by their ids.
    for (let batch = 0; batch < 5; batch += 1) {
      await Promise.all(
        Array.from({ length: 50 }, (_, at) =>
          many.call('POST', '/Users', { userName: `p${batch * 50 + at}@acme.test` }),
        ),
      );
    }
  });
  const page = async (query: string) => (await many.call('GET', `/Users?${query}`)).body;

  test('show everybody once, in the same order, with an exact total', async () => {
    const seen: string[] = [];
    for (let startIndex = 1; startIndex <= 250; startIndex += 40) {
      const { Resources, ...about } = await page(`startIndex=${startIndex}&count=40`);
      expect(about).toMatchObject({ totalResults: 250, startIndex, itemsPerPage: Resources.length });
      seen.push(...Resources.map(({ id }: { id: string }) => id));
    }
    expect(seen).toHaveLength(250);
    expect(new Set(seen).size).toBe(250);
    const again = await page('startIndex=41&count=200');
    expect(again.Resources.map(({ id }: { id: string }) => id)).toEqual(seen.slice(40, 240));
  });

  test.each([
    ['count=1000', { itemsPerPage: 200, startIndex: 1 }],
    ['', { itemsPerPage: 100, startIndex: 1 }],
    ['count=0', { itemsPerPage: 0, totalResults: 250 }],
    ['count=-5', { itemsPerPage: 0, totalResults: 250 }],
    ['startIndex=0&count=2', { itemsPerPage: 2, startIndex: 1 }],
    ['startIndex=-3&count=2', { itemsPerPage: 2, startIndex: 1 }],
    ['startIndex=9999', { itemsPerPage: 0, startIndex: 9999, totalResults: 250 }],
    ['startIndex=999999999999999', { itemsPerPage: 0, totalResults: 250 }],
    [
      `startIndex=250&filter=${encodeURIComponent('userName sw "p"')}`,
      { itemsPerPage: 1, totalResults: 250 },
    ],
  ])('%s', async (query, expected) => {
    expect(await page(query)).toMatchObject(expected);
  });

  test('people who are gone are neither shown nor counted', async () => {
    const { Resources } = await page('count=1');
    await many.call('DELETE', `/Users/${Resources[0].id}`);
    const after = await page('count=1');
    expect(after.totalResults).toBe(249);
    expect(after.Resources[0].id).not.toBe(Resources[0].id);
    await many.call('POST', '/Users', { userName: 'one-more@acme.test' });
  });

  test('groups with more members together than one answer should have are refused with the way out', async () => {
    const { environmentId, organizationId, directoryId } = many.directory;
    const group = (await many.call('POST', '/Groups', { displayName: 'Huge' })).body.id;
    const another = (await many.call('POST', '/Groups', { displayName: 'Huge too' })).body.id;
    await asSystem(api, async (tx) => {
      const rows = Array.from({ length: 50_001 }, (_, at) => {
        const id = `directory_user_${String(at).padStart(26, '0')}`;
        const name = `huge${at}`;
        return {
          id,
          environmentId,
          organizationId,
          directoryId,
          generation: 1,
          userName: name,
          userNameKey: name,
          raw: '{"schemas":[]}',
          active: true,
        };
      });
      for (let at = 0; at < rows.length; at += 3_000) {
        const some = rows.slice(at, at + 3_000);
        await tx.insertInto('directoryUsers').values(some).execute();
        const memberships = some.flatMap(({ id: userId }) =>
          [group, another].map((groupId) => ({
            groupId,
            userId,
            environmentId,
            organizationId,
            directoryId,
          })),
        );
        await tx.insertInto('directoryMemberships').values(memberships).execute();
      }
    });

    const refused = await many.call('GET', '/Groups');
    expect([refused.status, refused.body.scimType]).toEqual([400, 'tooMany']);
    const without = await many.call('GET', '/Groups?excludedAttributes=members');
    expect(without.body.totalResults).toBe(2);
    expect((await many.call('GET', `/Groups/${group}`)).body.members).toHaveLength(50_001);
  });
});

test('/.search finds people and groups as one list, and asks each what it can answer', async () => {
  const search = (body: object) =>
    client.call('POST', '/.search', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      ...body,
    });
  const kinds = (reply: { body: { Resources: { meta: { resourceType: string } }[] } }) =>
    reply.body.Resources.map(({ meta }) => meta.resourceType).join(' ');

  const all = await search({});
  expect([all.body.totalResults, kinds(all)]).toEqual([5, 'User User User Group Group']);
  const cut = await search({ startIndex: 3, count: 2 });
  expect([cut.body.totalResults, kinds(cut)]).toEqual([5, 'User Group']);
  const later = await search({ startIndex: 5, count: 10 });
  expect(kinds(later)).toBe('Group');
  const named = await search({ filter: 'displayName sw "h" or displayName sw "cl"' });
  expect(kinds(named)).toBe('User Group');
  const onlyPeople = await search({ filter: 'userName pr' });
  expect(onlyPeople.body.totalResults).toBe(3);
  const onlyGroups = await search({ filter: 'members pr' });
  expect(onlyGroups.body.totalResults).toBe(1);
  const neither = await search({ filter: 'colour eq "red"' });
  expect([neither.status, neither.body.scimType]).toEqual([400, 'invalidFilter']);
});

test('a filter over people works by POST, where no log of others reads it', async () => {
  const reply = await client.call('POST', '/Users/.search', {
    filter: 'userName eq "ben@acme.test"',
    count: 5,
  });
  expect(reply.body.Resources.map(({ id }: { id: string }) => id)).toEqual([ids.ben]);
  const groups = await client.call('POST', '/Groups/.search', { Filter: 'displayName eq "HR"' });
  expect(groups.body.totalResults).toBe(1);
});
