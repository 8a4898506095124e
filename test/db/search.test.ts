import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findByWords, withTenant } from '../../db/index.ts';
import { readSought } from '../../onboarding/search-words.ts';
import { aCustomer, openDatabases, type Databases } from './builders.ts';

let databases: Databases;
let owner: pg.Client;
beforeAll(async () => {
  databases = await openDatabases();
  owner = new pg.Client({ connectionString: databases.url });
  await owner.connect();
  // Enough of them that the planner has something to choose for.
  const { environmentId, organizationId } = await aCustomer(databases);
  await owner.query(
    `insert into organizations (id, environment_id, name) select 'org_' || n, $1, 'Customer ' || md5(n::text)
      from generate_series(1, 5000) n`,
    [environmentId],
  );
  await owner.query(
    `insert into it_contacts (id, environment_id, organization_id, email)
      select 'it_contact_' || n, $1, $2, md5(n::text) || '@acme.test' from generate_series(1, 5000) n`,
    [environmentId, organizationId],
  );
  await owner.query('vacuum analyze organizations, it_contacts');
  await owner.query('set enable_seqscan = off');
});
afterAll(async () => {
  await owner.end();
  await databases.close();
});

test.each([
  [
    'organizations_words',
    `organizations where deleted_at is null and words_of(name) @@ to_tsquery('simple', 'abc:*')`,
  ],
  [
    'organization_domains_words',
    `organization_domains where words_of(domain) @@ to_tsquery('simple', 'abc:*')`,
  ],
  [
    'it_contacts_words',
    `it_contacts where removed_at is null
      and words_of(email || ' ' || coalesce(name, '')) @@ to_tsquery('simple', 'abc:*')`,
  ],
  [
    'profiles_address',
    `profiles where environment_id = 'x' and lower(email) ~>=~ 'a' and lower(email) ~<~ ('a' || chr(1114111))`,
  ],
  [
    'environment_id_origin_occurred_at_id_idx',
    `audit_events where environment_id = 'x' and origin = 'vendor' and chain_number is not null order by occurred_at desc, id desc limit 1`,
  ],
  [
    'environment_id_actor_type_occurred_at_id_idx',
    `audit_events where environment_id = 'x' and origin = 'product' and actor_type = 'staff'
      and chain_number is not null order by occurred_at desc, id desc limit 1`,
  ],
  [
    'environment_id_organization_id_action_occurred_at_id_idx',
    `audit_events where environment_id = 'x' and organization_id = 'y' and origin = 'vendor' and action = 'a.b'
      and chain_number is not null order by occurred_at desc, id desc limit 1`,
  ],
  [
    'events_name',
    `events where environment_id = 'x' and name = 'a' and position is not null order by position limit 1`,
  ],
  ['environment_id_request_id_idx', `audit_events where environment_id = 'x' and request_id = 'a'`],
])('%s serves the condition it was made for', async (index, condition) => {
  const { rows } = await owner.query<{ 'QUERY PLAN': string }>(`explain select id from ${condition}`);

  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain(index);
});

test('[IDB-03] the search sees the environment of its transaction, and nothing where an organization is bound', async () => {
  const customer = await aCustomer(databases);
  const { rows } = await owner.query<{ name: string }>('select name from organizations where id = $1', [
    customer.organizationId,
  ]);
  const word = rows[0]?.name.toLowerCase().split(/[^a-z0-9]+/)[0] ?? '';
  const { environmentId } = customer;
  const find = (tenant: { environmentId: string; organizationId?: string }) =>
    withTenant(databases.app, tenant, (tx) => findByWords(tx, [word], word, 50));

  expect((await find({ environmentId })).map(({ id }) => id)).toContain(customer.organizationId);
  expect(
    (await find({ environmentId })).every(({ organizationId }) => organizationId === customer.organizationId),
  ).toBe(true);
  expect(await find(customer)).toEqual([]);
  // Without an environment, and in that of a stranger, the same word and the same call find nothing.
  const stranger = await aCustomer(databases);
  expect((await find({ environmentId: stranger.environmentId })).map(({ id }) => id)).not.toContain(
    customer.organizationId,
  );
  const bare = await sql`select * from find_by_words(${`${word}:*`}, ${word}, 50)`.execute(
    databases.app.untenanted,
  );
  expect(bare.rows).toEqual([]);
});

test('words of a name end at every mark, in any script, as those of what is typed do', async () => {
  const { environmentId, organizationId } = await aCustomer(databases);
  await owner.query('update organizations set name = $2 where id = $1', [
    organizationId,
    'O’Brien & Söhne («Zürich») 東京・大阪',
  ]);
  const found = async (typed: string) => {
    const { words, addressPrefix } = readSought(typed);
    const all = await withTenant(databases.app, { environmentId }, (tx) =>
      findByWords(tx, words, addressPrefix, 50),
    );
    return all.some(({ id }) => id === organizationId);
  };

  for (const typed of ['brien', 'O’Brien', "o'brien", 'söhne zür', '大阪']) {
    expect(await found(typed), typed).toBe(true);
  }
  expect(await found('bri sohn')).toBe(false);
});
