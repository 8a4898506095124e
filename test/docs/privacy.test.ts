import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { erasedTables, exportedTables } from '../../db/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

/** `docs/privacy.md` is true: what it says of tables and columns is held against the database and the erasure. */

const page = readFileSync(path.join(import.meta.dirname, '../../docs/privacy.md'), 'utf8');

interface Line {
  columns: string[];
  customerGone: string;
}
const lines = new Map<string, Line>(
  page
    .slice(page.indexOf('## In the database'), page.indexOf('## Elsewhere'))
    .split('\n')
    .flatMap((text) => {
      const [, first = '', says = '', , customerGone = ''] = text.split('|').map((cell) => cell.trim());
      const [, table] = /^`(\w+)`$/.exec(first) ?? [];
      const columns = [...says.matchAll(/`(\w+)`/g)].map(([, column = '']) => column);
      return table === undefined ? [] : [[table, { columns, customerGone }] as const];
    }),
);

/** Columns of texts that say nothing of anybody: our own ids and digests, sealed secrets, words of closed lists. */
const isOurs = (column: string) =>
  (/(^|_)(id|digest|hash|sealed)$|_by_type$/.test(column) && !somebodysIds.has(column)) || closed.has(column);
const somebodysIds: ReadonlySet<string> = new Set([
  'idp_id',
  'name_id',
  'external_id',
  'stripe_customer_id',
  'message_id',
  'oidc_client_id',
  'idp_entity_id',
  'sp_entity_id',
]);
const closed: ReadonlySet<string> = new Set([
  'state',
  'kind',
  'type',
  'origin',
  'source',
  'protocol',
  'reference',
  'cause',
  'signed',
  'action',
  'role',
  'actor_type',
  'target_type',
  'personal_salt',
  'media_type',
  'reason',
  'outcome',
  'delivery',
  'step',
  'message',
  'refusal',
  'scopes',
  'features',
  'connection_type',
  'code_challenge',
  'ends_on',
  'use',
  'tested_signed',
  'ended_as',
  'signed_floor',
  'idp_sso_binding',
  'idp_slo_binding',
  'oidc_client_auth',
  'oidc_token_alg',
  'oidc_scopes',
  'oidc_secret_ends_on',
  'oidc_secret_set_at',
  'metadata_failing_code',
  'guide_progress',
  'roles_before',
  'handle',
  'logo_light',
  'logo_dark',
  'icon',
  'link_confirmation',
  'domain_policy',
  'reminder_days',
  'created_by',
  'checked_on',
  'reported_on',
  'last_notice',
  'waiting_for',
  'strategy',
  'road',
  'guide',
  'external_key',
  'directory_policy',
  'role_mode',
  'algorithm',
  'method',
  'token_ids',
  'sha256',
  'format',
  'error_cause',
  'credentials_cause',
  'decided_by',
  'status',
  'disabled_reason',
  'last_cause',
  'failed_reason',
  'contest_news',
  'proved_by',
  'proven_by',
  'name_of_step',
  'secret_ends_on',
  'destination',
  'last_level',
  'signature',
  'replaced_by',
]);

let database: TestDatabase;
let client: pg.Client;
let tables: Map<string, { columns: string[]; hasOrganization: boolean }>;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ name: string; columns: string[]; all: string[] }>(`
    select table_name as name, array_agg(column_name::text) as all,
      array_agg(column_name::text) filter (where data_type in ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY')) as columns
    from information_schema.columns
    where table_schema = 'public' and table_name not like 'kysely_%' group by table_name`);
  tables = new Map(
    rows.map(({ name, columns, all }) => [
      name,
      { columns: columns ?? [], hasOrganization: all.includes('organization_id') },
    ]),
  );
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

it('names every table that there is, once, and none that there is not', () => {
  expect([...lines.keys()].sort()).toEqual([...tables.keys()].sort());
  expect(page.match(/^\| `\w+` \|/gm)).toHaveLength(lines.size + 1); // and the file of checkpoints
});

it('names every column that says something of somebody, and none that there is not', () => {
  const wrong = [...tables].flatMap(([name, { columns }]) => {
    const said = lines.get(name)?.columns ?? [];
    const missing = columns.filter((column) => !isOurs(column) && !said.includes(column));
    const madeUp = said.filter((column) => !columns.includes(column));
    return [
      ...missing.map((column) => `${name}.${column} has no line`),
      ...madeUp.map((column) => `${name}.${column} is not there`),
    ];
  });

  expect(wrong).toEqual([]);
});

it('[AUD-04] says “erased” of just the tables that the erasure of an organization walks', () => {
  const erased = [...lines].filter(([, { customerGone }]) => customerGone.startsWith('erased'));

  expect(erased.map(([name]) => name).sort()).toEqual([...erasedTables.map(snake), 'organizations'].sort());
});

it('[AUD-04] every table of organizations is erased with them, or keeps a shape without them', () => {
  const ofOrganizations = [...tables].filter(([, { hasOrganization }]) => hasOrganization);
  const left = ofOrganizations
    .map(([name]) => name)
    .filter((name) => !erasedTables.map(snake).includes(name));

  expect(left.sort()).toEqual(['audit_events', 'events']);
});

it('what is erased with a customer can be taken along before, but for what is the program’s own', () => {
  const programs = [
    'act_codes',
    'audit_export_chunks',
    'audit_targets',
    'commands',
    'directory_file_chunks',
    'erasures',
    'onboarding_states',
    'portal_steps',
    'saml_replays',
    'staff_news',
  ];
  const kept = [...erasedTables.map(snake), 'audit_events', 'events'];

  expect(kept.filter((name) => !exportedTables.includes(name)).sort()).toEqual(programs);
});

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
