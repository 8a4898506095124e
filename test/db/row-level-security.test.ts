import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  addAuditSchema,
  appendToExport,
  applyProjection,
  beginIdempotentRequest,
  claimMail,
  createDatabase,
  insertApiKey,
  insertAttempt,
  insertAudit,
  insertAuditExport,
  insertCertificates,
  insertCheckpoint,
  insertCommand,
  insertErasure,
  insertEvent,
  insertFreshLinkRequest,
  insertLogStream,
  insertMember,
  insertPortalSession,
  insertRedirectUri,
  insertSandboxRecord,
  insertSpKey,
  takeAgeingNotice,
  insertStaffSession,
  insertStaffSignIn,
  insertTokenKey,
  insertTrouble,
  insertWebhookEndpoint,
  lookUpLink,
  numberEvents,
  openPortalStep,
  putSandboxState,
  rejectRecords,
  spendAndCompleteSignIn,
  sealAudit,
  setBrandImage,
  suppressAddress,
  withSystem,
  withTenant,
  type LinkRow,
  type Tx,
} from '../../db/index.ts';
import { fresh } from '../../onboarding/state.ts';
import {
  aCommandFor,
  aConnection,
  aCompletionOf,
  aContact,
  aCustomer,
  aDomain,
  aLink,
  anAttemptOf,
  anAudit,
  anEnvironment,
  anOnboarding,
  aView,
  minutesLater,
  now,
  openDatabases,
  theMessages,
  type Customer,
  type Databases,
} from './builders.ts';
import { fillDirectoryTables } from './directory-rows.ts';

let databases: Databases;
let owner: pg.Client;
let own: Customer;
let neighbour: Customer;
let stranger: Customer;
let strangersLink: LinkRow;
let tables: { name: string; hasOrganization: boolean }[];

beforeAll(async () => {
  databases = await openDatabases();
  owner = new pg.Client({ connectionString: databases.url });
  await owner.connect();
  const environmentId = await anEnvironment(databases);
  own = await aCustomer(databases, { environmentId });
  neighbour = await aCustomer(databases, { environmentId, name: 'Neighbour' });
  stranger = await aCustomer(databases, { name: 'Stranger' });
  await fillEveryTable(own, 'own');
  await fillEveryTable(neighbour, 'neighbour');
  strangersLink = await fillEveryTable(stranger, 'stranger');
  const { rows } = await owner.query<{ name: string; hasOrganization: boolean }>(`
    select table_name as name, bool_or(column_name = 'organization_id') as "hasOrganization"
    from information_schema.columns where table_schema = 'public' group by table_name
    having bool_or(column_name = 'environment_id')`);
  tables = rows;
});
afterAll(async () => {
  await owner.end();
  await databases.close();
});

test('every table of tenants has forced policies, and only they may be without', async () => {
  const { rows } = await owner.query<{ name: string; policies: string[] }>(`
    select relname as name, array(select polname::text from pg_policy where polrelid = pg_class.oid order by 1) as policies
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relrowsecurity and relforcerowsecurity`);

  expect(rows.map(({ name }) => name).sort()).toEqual(
    [...tables.map(({ name }) => name), 'environments'].sort(),
  );
  for (const { policies } of rows) expect(policies).toEqual(expect.arrayContaining(['system', 'tenant']));
});

describe('under the application role itself, a tenant [IDB-03]', () => {
  test('sees and changes no row of another environment, in no table', async () => {
    const reached = await inTenant(own.environmentId, '', async (client) => {
      const counts: Record<string, unknown> = {};
      for (const { name } of tables) {
        const where = `from ${name} where environment_id <> '${own.environmentId}'`;
        counts[name] = [await rowsOf(client, `select ${where}`), await rowsOf(client, `delete ${where}`)];
      }
      return counts;
    });

    await expectRowsOf(stranger);
    for (const [name, [seen, deleted]] of Object.entries(reached) as [string, unknown[]][]) {
      expect([name, seen]).toEqual([name, 0]);
      expect([name, deleted]).toEqual([name, expect.toBeOneOf([0, '42501'])]);
    }
  });

  test('sees no row of another organization of its environment when it is narrowed to one', async () => {
    const ofOrganizations = tables.filter(({ hasOrganization }) => hasOrganization);
    const seen = await inTenant(own.environmentId, own.organizationId, async (client) => {
      const counts: Record<string, unknown> = {};
      for (const { name } of ofOrganizations) {
        counts[name] = await rowsOf(
          client,
          `select from ${name} where organization_id is distinct from '${own.organizationId}'`,
        );
      }
      counts.organizations = await rowsOf(
        client,
        `select from organizations where id <> '${own.organizationId}'`,
      );
      return counts;
    });

    for (const [name, count] of Object.entries(seen)) expect([name, count]).toEqual([name, 0]);
    await expectRowsOf(neighbour);
  });

  test('can neither add a row to another environment nor move one there', async () => {
    const refused = await inTenant(own.environmentId, '', async (client) => {
      const codes: Record<string, unknown[]> = {};
      for (const { name } of tables) {
        const { rows } = await owner.query<{ row: object }>(
          `select to_jsonb(t) as row from ${name} t where environment_id = '${stranger.environmentId}' limit 1`,
        );
        const insert = `insert into ${name} overriding user value select * from jsonb_populate_record(null::${name}, $1)`;
        const move = `update ${name} set environment_id = '${stranger.environmentId}'`;
        codes[name] = [await rowsOf(client, insert, [rows[0]?.row]), await rowsOf(client, move)];
      }
      return codes;
    });

    for (const [name, codes] of Object.entries(refused))
      expect([name, ...codes]).toEqual([name, '42501', '42501']);
  });

  test('does not see its own rows either once its transaction has ended', async () => {
    const client = await databases.app.pool.connect();
    await client.query(
      `begin; set local app.environment_id = '${own.environmentId}'; set local app.organization_id = ''; commit`,
    );

    const { rows } = await client.query('select id from organizations');

    client.release();
    expect(rows).toEqual([]);
  });

  test('may add to the audit log and read it, and change nothing in it [AUD-02]', async () => {
    const codes = await inTenant(own.environmentId, '', async (client) => [
      await rowsOf(client, `update audit_events set action = 'nothing'`),
      await rowsOf(client, 'delete from audit_events'),
      await rowsOf(client, 'delete from audit_checkpoints'),
    ]);

    expect(codes).toEqual(['42501', '42501', '42501']);
  });
});

test('the system changes no recorded act, only its place in the chain and what is erased of it [AUD-02]', async () => {
  const update = withSystem(databases.system, (tx) =>
    tx.updateTable('auditEvents').set({ action: 'nothing' }).execute(),
  );

  await expect(update).rejects.toMatchObject({ code: '42501' });
});

test('nobody deletes an environment: rows that name one hold no key to it', async () => {
  const remove = withSystem(databases.system, (tx) => tx.deleteFrom('environments').execute());

  await expect(remove).rejects.toThrow('permission denied');
});

test('a look-up gives the row of the exact digest and nothing for part of it', async () => {
  const found = await lookUpLink(databases.app, strangersLink.digest);
  const partly = await lookUpLink(databases.app, strangersLink.digest.slice(0, -1));

  expect(found?.id).toBe(strangersLink.id);
  expect(found?.createdAt).toEqual(now);
  expect(partly).toBeUndefined();
});

test('look-ups keep to their own schema, whatever the caller has on its search path', async () => {
  const { rows } = await owner.query<{ name: string; settings: string[] }>(
    `select proname as name, proconfig as settings from pg_proc where pronamespace = 'public'::regnamespace and prosecdef`,
  );

  expect(rows.length).toBeGreaterThan(10);
  for (const { settings } of rows) expect(settings).toEqual(['search_path=pg_catalog, pg_temp']);
});

test('[IDB-03] what a look-up reads past the policies only its owner reads, and no role of the programs is that', async () => {
  const { rows: open } = await owner.query<{ policy: string; roles: string[] }>(
    `select tablename || ' ' || policyname as policy, roles::text[] from pg_policies
     where schemaname = 'public' and qual = 'true' and roles <> '{vestibule_system}'`,
  );
  const { rows: programs } = await owner.query<{ role: string; isOwner: boolean; isAbove: boolean }>(
    `select rolname as role, pg_has_role(rolname, current_user, 'MEMBER') as "isOwner",
       rolsuper or rolbypassrls as "isAbove"
     from pg_roles where rolname in ('vestibule_app', 'vestibule_system')`,
  );
  const { rows: callers } = await owner.query<{ name: string; isOpen: boolean }>(
    `select proname as name, exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) as held
       where held.grantee = 0) as "isOpen"
     from pg_proc where pronamespace = 'public'::regnamespace and prosecdef`,
  );
  const { rows: me } = await owner.query<{ name: string }>('select current_user as name');

  expect(open.map(({ policy }) => policy)).toEqual(
    expect.arrayContaining([
      'organizations owner_looks_up',
      'it_contacts owner_looks_up',
      'profiles owner_looks_up',
    ]),
  );
  for (const { policy, roles } of open) expect([policy, roles]).toEqual([policy, [me[0]?.name]]);
  expect(programs).toHaveLength(2);
  for (const program of programs) expect(program).toMatchObject({ isOwner: false, isAbove: false });
  expect(callers.filter(({ isOpen }) => isOpen)).toEqual([]);
});

describe('a pool refuses to serve', () => {
  const options = { poolSize: 1, applicationName: 'test', log: { warn: () => undefined } };

  test('when its role may bypass policies', async () => {
    const url = new URL(databases.url);
    url.searchParams.set('options', '-c search_path=public');

    const opened = createDatabase({ ...options, databaseUrl: url.href, role: 'vestibule_app' });

    await expect(opened).rejects.toThrow('works as');
  });

  test('when its login is the owner although a bare one is required', async () => {
    const opened = createDatabase({
      ...options,
      databaseUrl: databases.url,
      role: 'vestibule_app',
      requireBareLogin: true,
    });

    await expect(opened).rejects.toThrow('NOINHERIT');
  });
});

test('an id that is not one never reaches the message that sets the tenant', async () => {
  const injected = withTenant(databases.app, { environmentId: "x'; reset role; --" }, () =>
    Promise.resolve(),
  );

  await expect(injected).rejects.toThrow('is not an id');
});

test('a query that outlives its transaction is refused instead of running in the next one', async () => {
  const late = await withTenant(databases.app, own, (tx) =>
    Promise.resolve(() => tx.selectFrom('organizations').selectAll().execute()),
  );

  await expect(late()).rejects.toThrow('after its transaction had ended');
});

test('a transaction that failed and went on is not taken for committed', async () => {
  const swallowed = withTenant(databases.app, own, async (tx) => {
    await sql`select 1 / 0`.execute(tx).catch(() => undefined);
  });

  await expect(swallowed).rejects.toThrow('had failed before');
});

async function inTenant<T>(
  environmentId: string,
  organizationId: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await databases.app.pool.connect();
  await client.query(
    `begin; set local app.environment_id = '${environmentId}'; set local app.organization_id = '${organizationId}'`,
  );
  try {
    return await work(client);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

/** How many rows a statement reached, or the code with which Postgres refused it. */
async function rowsOf(client: pg.PoolClient, statement: string, values?: unknown[]): Promise<unknown> {
  await client.query('savepoint attempt');
  try {
    return (await client.query(statement, values)).rowCount;
  } catch (error) {
    await client.query('rollback to attempt');
    return error instanceof pg.DatabaseError ? error.code : error;
  }
}

/** The proof that a count of nothing meant something. */
async function expectRowsOf(customer: Customer): Promise<void> {
  for (const { name } of tables) {
    const { rowCount } = await owner.query(
      `select from ${name} where environment_id = '${customer.environmentId}'`,
    );
    expect([name, rowCount ?? 0]).not.toEqual([name, 0]);
  }
}

/** What no repository writes by itself yet. */
async function fillNewTables(
  tx: Tx,
  customer: Customer,
  connectionId: string,
  sessionId: string,
  contactId: string,
): Promise<void> {
  const whose = { ...customer, connectionId };
  const former = {
    configuration: '{}',
    wasLive: true,
    reason: 'reset' as const,
    keptUntil: minutesLater(60),
  };
  const code = { sessionId, contactId, act: 'reset', codeDigest: 'd', expiresAt: minutesLater(10) };
  const report = {
    guide: 'sign_in' as const,
    subjectId: connectionId,
    providerId: 'okta',
    stepId: 'metadata',
    checkedOn: '2026-11-25',
    sessionId: newId('session_'),
    reportedOn: '2026-11-25',
  };
  await tx
    .insertInto('connectionRevisions')
    .values({ id: newId('rev_'), ...whose, configuration: '{}' })
    .execute();
  await tx
    .insertInto('formerConfigurations')
    .values({ id: newId('former_'), ...whose, ...former })
    .execute();
  await tx
    .insertInto('actCodes')
    .values({ id: newId('code_'), ...customer, ...code })
    .execute();
  await tx
    .insertInto('guideReports')
    .values({ id: newId('report_'), ...customer, ...report })
    .execute();
  await takeAgeingNotice(tx, {
    ...customer,
    kind: 'client_secret',
    subjectId: connectionId,
    endsOn: '2026-12-24',
    threshold: 30,
    toldAt: now,
  });
}

async function fillEveryTable(customer: Customer, name: string): Promise<LinkRow> {
  const { environmentId } = customer;
  const mine = { environmentId };
  const onboarding = await anOnboarding(databases, customer);
  const contact = await aContact(databases, customer);
  await aDomain(databases, customer, `${name}.test`);
  const link = await aLink(databases, customer, { onboardingId: onboarding.id });
  const connection = await aConnection(databases, customer);
  const attempt = anAttemptOf(connection);
  const dates = { createdAt: now, idleExpiresAt: minutesLater(60), expiresAt: minutesLater(90) };
  const member = {
    id: newId('member_'),
    ...mine,
    email: `${name}@vendor.test`,
    role: 'admin' as const,
    createdAt: now,
  };

  await withTenant(databases.app, mine, async (tx) => {
    await insertTokenKey(tx, {
      id: newId('key_'),
      ...mine,
      publicJwk: {},
      privateKeySealed: 's',
      createdAt: now,
    });
    await insertApiKey(tx, {
      id: newId('api_key_'),
      ...mine,
      name,
      digest: `key ${name}`,
      suffix: 'abcd',
      createdAt: now,
    });
    await insertRedirectUri(tx, { id: newId('redir_'), ...mine, uri: `https://${name}.test/callback` });
    await insertMember(tx, member);
    const image = { digest: `image ${name}`, mediaType: 'image/png' as const, bytes: Buffer.from(name) };
    await setBrandImage(tx, environmentId, 'icon', image, now);
    const signIn = {
      ...mine,
      memberId: member.id,
      kind: 'code' as const,
      digest: 'd',
      expiresAt: minutesLater(5),
    };
    await insertStaffSignIn(tx, { id: newId('signin_'), ...signIn });
    await insertStaffSession(tx, {
      id: newId('staff_'),
      ...mine,
      memberId: member.id,
      digest: `staff ${name}`,
      ...dates,
    });
    await suppressAddress(tx, mine, { address: `${name}@acme.test`, reason: 'bounced', now });
    const request = { environmentId, scope: 'POST /x', key: name, bodyHash: 'h' };
    beginIdempotentRequest(tx, request, now);
    await insertSandboxRecord(tx, {
      id: newId('record_'),
      ...mine,
      name: `${name}.test`,
      type: 'TXT',
      value: 'v',
    });
    await putSandboxState(tx, mine, 'faults', {}, now);
    await insertWebhookEndpoint(tx, {
      id: newId('we_'),
      ...mine,
      endpointUrl: `https://${name}.test/hook`,
      events: ['dsync.activated'],
      secretSealed: 's',
      createdAt: now,
      updatedAt: now,
    });
  });
  await withTenant(databases.app, mine, async (tx) => {
    const [endpoint] = await tx.selectFrom('webhookEndpoints').select('id').limit(1).execute();
    await tx
      .insertInto('webhookDeliveries')
      .values({
        id: newId('webhook_delivery_'),
        ...customer,
        endpointId: endpoint?.id ?? '',
        position: 1,
        endpointUrl: 'https://vendor.test/hook',
        eventId: newId('event_'),
        eventName: 'dsync.activated',
        objectId: 'directory_1',
        nextTryAt: now,
        createdAt: now,
      })
      .execute();
  });
  await withTenant(databases.app, customer, async (tx) => {
    await fillDirectoryTables(tx, customer, name);
    const stream = await insertLogStream(tx, {
      id: newId('als_'),
      ...customer,
      name,
      destination: 'splunk',
      createdAt: now,
      updatedAt: now,
    });
    await rejectRecords(tx, stream, {
      id: newId('reject_'),
      sequence: 1,
      untilSequence: 1,
      recordId: null,
      cause: 'records_refused',
      status: 400,
      answer: null,
      createdAt: now,
    });
    await tx
      .insertInto('logStreamOutages')
      .values({ id: newId('outage_'), ...customer, streamId: stream.id, beganAt: now, cause: 'unreachable' })
      .execute();
    await insertTrouble(tx, {
      id: newId('trouble_'),
      ...customer,
      kind: 'sign_ins_failing',
      subjectId: connection.id,
      since: now,
      cause: 'expired',
      onboardingId: onboarding.id,
      createdAt: now,
    });
    await applyProjection(tx, customer, {
      onboardingId: onboarding.id,
      origin: 'invitation',
      view: aView({ revision: 2 }),
      entries: [
        {
          number: 1,
          at: now.toISOString(),
          kind: 'stalled',
          actor: { type: 'staff', id: 'm' },
          completes: false,
        },
      ],
      isOpen: true,
      state: {
        ...fresh({ onboardingId: onboarding.id, ...customer, number: 1, at: now.toISOString() }),
        revision: 2,
      },
      newId,
      now,
    });
    await openPortalStep(tx, customer, {
      onboardingId: onboarding.id,
      step: 'choose_provider',
      round: 1,
      openedAt: now,
    });
    await insertCommand(tx, aCommandFor(customer));
    const session = {
      id: newId('ps_'),
      handle: `handle ${name}`,
      ...customer,
      linkId: link.id,
      digest: `session ${name}`,
    };
    await insertPortalSession(tx, { ...session, features: ['sso'], ...dates });
    await fillNewTables(tx, customer, connection.id, session.id, contact.id);
    await insertFreshLinkRequest(tx, {
      id: newId('flr_'),
      ...customer,
      linkId: link.id,
      outcome: 'sent_again',
      createdAt: now,
    });
    const keyDates = { notBefore: now, notAfter: minutesLater(60), createdAt: now };
    const certificate = {
      pem: 'p',
      fingerprint: 'f',
      spkiFingerprint: 's',
      subject: 'CN=x',
      keyBits: 2048,
      source: 'pasted' as const,
    };
    await insertCertificates(tx, [
      { id: newId('cert_'), ...customer, connectionId: connection.id, ...certificate, ...keyDates },
    ]);
    const spKey = { use: 'signing' as const, certificatePem: 'c', privateKeySealed: 'A256GCM.k1.a.b' };
    await insertSpKey(tx, {
      id: newId('spk_'),
      ...customer,
      connectionId: connection.id,
      ...spKey,
      ...keyDates,
    });
    const begun = await insertAttempt(tx, attempt);
    await spendAndCompleteSignIn(tx, aCompletionOf(begun), theMessages());
    const mail = {
      kind: 'invitation',
      recipient: 'it@acme.test',
      subject: 's',
      messageId: `<${name}@x>`,
      createdAt: now,
    };
    await claimMail(tx, {
      id: newId('mail_'),
      ...customer,
      onboardingId: onboarding.id,
      effectId: `${onboarding.id}:1:send_invitation`,
      ...mail,
    });
    const person = { email: `${name}@acme.test`, idpId: null, createdAt: now };
    await insertErasure(tx, { id: newId('erasure_'), ...customer, ...person });
    await insertEvent(tx, {
      id: newId('event_'),
      ...customer,
      name: 'organization.created',
      data: {},
      createdAt: now,
    });
    await insertAudit(tx, anAudit(customer));
    const schema = { actionId: newId('ala_'), schemaId: newId('als_'), action: 'user.signed_in' };
    await addAuditSchema(tx, mine, { ...schema, definition: { targets: [{ type: 'user' }] } }, now);
    const asked = { format: 'csv', filter: {}, askedByType: 'staff', askedById: null } as const;
    const range = { rangeStart: now, rangeEnd: minutesLater(1) };
    const file = { id: newId('audit_log_export_'), ...customer, ...asked, ...range };
    const page = { content: Buffer.from('id'), rows: 0, cursor: null };
    await appendToExport(tx, await insertAuditExport(tx, file, now), page, now);
  });
  await withSystem(databases.system, async (tx) => {
    await numberEvents(tx, environmentId);
    await sealAudit(tx, environmentId);
    const signer = { keyId: 'k1', sign: () => new Uint8Array(64) };
    await insertCheckpoint(tx, { id: newId('cp_'), environmentId, signer, now });
  });
  return link;
}
