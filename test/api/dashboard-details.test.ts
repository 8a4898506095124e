import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookAtHealth } from '../../activities/health.ts';
import { newId } from '../../adapters/ids.ts';
import { addressesOf } from '../../api/connections.ts';
import {
  finishAttempt,
  insertAttempt,
  insertCertificates,
  insertConnection,
  moveConnection,
  notifyChange,
  withTenant,
  type ConnectionRow,
} from '../../db/index.ts';
import type { AttemptOutcome } from '../../db/index.ts';
import { challengeRecord } from '../../onboarding/domain-challenge.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, caller, type Vendor } from '../support/builders.ts';
import { aZone } from '../support/dns.ts';
import { aStaff, auditOf, type Staff } from '../support/staff.ts';

const aKey = (name: string) => ({ name, scopes: ['full'], expiresAt: null });

let api: TestApi;
let vendor: Vendor;
let staff: Staff;
let stranger: Staff;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  staff = await aStaff(api, vendor);
  stranger = await aStaff(api, await aVendor(api), 'admin');
});
afterAll(() => api.close());

async function aConnection(name: string, providerId = 'okta') {
  const organization = await anOrganization(vendor, { name });
  const tenant = { environmentId: vendor.environment.id, organizationId: organization.id };
  const createdAt = api.deps.now();
  const row = await withTenant(api.db, tenant, async (tx) => {
    const id = newId('conn_');
    const made = await insertConnection(tx, {
      id,
      ...tenant,
      name: `${name} SAML`,
      externalId: null,
      connectionType: 'OktaSAML',
      providerId,
      state: 'validating',
      ...addressesOf(api.deps.urls, id),
      createdAt,
    });
    await insertCertificates(tx, [
      {
        id: newId('cert_'),
        ...tenant,
        connectionId: id,
        pem: 'PEM',
        fingerprint: 'AA:BB',
        spkiFingerprint: newId('spki_'),
        subject: 'CN=idp',
        keyBits: 2048,
        notBefore: createdAt,
        notAfter: new Date(createdAt.getTime() + 86_400_000),
        source: 'metadata',
        createdAt,
      },
    ]);
    return made;
  });
  return { organization, tenant, row };
}

async function anAttempt(
  row: ConnectionRow,
  outcome: Partial<AttemptOutcome> & Pick<AttemptOutcome, 'state'>,
  origin: 'app' | 'test' | 'provider' = 'app',
): Promise<string> {
  const tenant = { environmentId: row.environmentId, organizationId: row.organizationId };
  return withTenant(api.db, tenant, async (tx) => {
    const { id } = await insertAttempt(tx, {
      id: newId('attempt_'),
      ...tenant,
      connectionId: row.id,
      reference: '4K2M-71',
      origin,
      settingsRevision: 1,
      requestId: newId('_'),
      relayStateDigest: newId('state_'),
      bindingDigest: null,
      testDigest: null,
      clientId: null,
      redirectUri: null,
      clientState: null,
      codeChallenge: null,
      forceAuthn: false,
      requestXml: '<AuthnRequest/>',
      startedAt: api.deps.now(),
    });
    await finishAttempt(tx, tenant, id, { now: api.deps.now(), ...outcome });
    return id;
  });
}

test('an attempt is told in the customer’s words, and that it was looked at is kept once', async () => {
  const { row, organization } = await aConnection('Acme');
  const id = await anAttempt(row, {
    state: 'failed',
    cause: 'audience_differs',
    facts: { expected: row.spEntityId, received: `${row.spEntityId}/` },
    checks: [{ check: 'audience', passed: false }],
    email: 'anna@acme.test',
  });

  const { body } = await staff.ask('GET', `/attempts/${id}`);
  await staff.ask('GET', `/attempts/${id}`);

  expect(body).toMatchObject({
    chip: 'failed',
    organizationName: 'Acme',
    providerName: 'Okta',
    checks: [{ check: 'audience', passed: false }],
    advice: { copyValue: row.spEntityId, received: `${row.spEntityId}/` },
    requestXml: '<AuthnRequest/>',
  });
  expect(body.advice.explanation).toContain('There is an extra slash at the end.');
  expect(body.timeline.map(({ what }: { what: string }) => what)).toEqual(['asked', 'received', 'checked']);
  expect((await auditOf(api, staff)).filter(({ action }) => action === 'attempt.viewed')).toMatchObject([
    { targetId: id, organizationId: organization.id },
  ]);
  expect((await stranger.ask('GET', `/attempts/${id}`)).status).toBe(404);
});

test('attempts are listed newest first and narrowed by organization, connection, outcome, cause and origin', async () => {
  const one = await aConnection('List One');
  const two = await aConnection('List Two');
  const worked = await anAttempt(one.row, { state: 'success' });
  const failed = await anAttempt(one.row, { state: 'failed', cause: 'email_missing' }, 'test');
  const elsewhere = await anAttempt(two.row, { state: 'failed', cause: 'expired' });

  const idsOf = async (query: string) =>
    (await staff.ask('GET', `/attempts?${query}`)).body.attempts.map(({ id }: { id: string }) => id);

  const of = `organization=${one.organization.id}`;
  expect(await idsOf(of)).toEqual([failed, worked]);
  expect(await idsOf(`connection=${two.row.id}`)).toEqual([elsewhere]);
  expect(await idsOf(`${of}&state=success`)).toEqual([worked]);
  expect(await idsOf('cause=email_missing')).toEqual([failed]);
  expect(await idsOf(`${of}&origin=test`)).toEqual([failed]);
  const { body } = await staff.ask('GET', `/attempts?${of}&limit=1`);
  expect(await idsOf(`${of}&limit=1&after=${body.next}`)).toEqual([worked]);
  expect((await staff.ask('GET', '/attempts?cause=made_up')).status).toBe(422);
  expect((await stranger.ask('GET', `/attempts?${of}`)).body.attempts).toEqual([]);
});

test('a connection shows its certificates, its days and settings; a live one whose sign-ins fail is Failing', async () => {
  const { row, tenant, organization } = await aConnection('Chip');
  const chip = async () => (await staff.ask('GET', `/connections/${row.id}`)).body.chip;
  expect(await chip()).toBe('not_tested');
  await withTenant(api.db, tenant, (tx) =>
    moveConnection(tx, tenant, row.id, { from: ['validating'], to: 'active', now: api.deps.now() }),
  );
  expect(await chip()).toBe('live');
  await anAttempt(row, { state: 'failed', cause: 'signed_less' }, 'test');
  expect(await chip()).toBe('live');
  await anAttempt(row, { state: 'failed', cause: 'signed_less' });
  await lookAtHealth({ db: api.db, systemDb: api.systemDb, secrets: api.deps.secrets, now: api.deps.now });

  const { body } = await staff.ask('GET', `/connections/${row.id}`);

  expect(body).toMatchObject({
    chip: 'failing',
    troubles: [{ kind: 'sign_ins_failing', cause: 'signed_less', subject: 'Okta', endedAt: null }],
    providerName: 'Okta',
    organization: { id: organization.id, name: 'Chip' },
    certificates: [{ subject: 'CN=idp', source: 'metadata' }],
    perDay: [{ worked: 0, failed: 2 }],
    signInUrl: `${row.spEntityId}/login`,
    rawSettings: { protocol: 'saml', settings_revision: 0 },
  });
  const { body: list } = await staff.ask('GET', '/organizations?search=Chip');
  expect(list.organizations[0].features).toContainEqual({ feature: 'sso', state: 'repair' });
  expect(list.organizations[0].endsSoonest).toBe(body.certificates[0].notAfter);
  expect((await stranger.ask('GET', `/connections/${row.id}`)).status).toBe(404);
});

test('checking a domain looks at DNS at once, at most every ten seconds, and proves it where the record is', async () => {
  const zone = await aZone();
  const before = api.deps.dns;
  Object.assign(api.deps, { dns: zone.resolver });
  try {
    const organization = await anOrganization(vendor, {
      domain_data: [{ domain: 'checked.test', state: 'pending' }],
    });
    const { body: list } = await staff.ask('GET', '/domains?search=checked');
    const [{ id }] = list.domains;

    const missing = await staff.ask('POST', `/domains/${id}/check`);
    expect(missing.body).toMatchObject({
      chip: 'waiting',
      organizationName: 'Acme',
      organizationId: organization.id,
      verdict: { kind: 'not_there', answers: [{ meaning: 'not_there', answer: [] }] },
    });
    const stored = await asSystem(api, (tx) =>
      tx.selectFrom('organizationDomains').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    );
    const { domain, label, token } = stored;
    zone.add({ ...challengeRecord({ domain, label: label ?? '', token: token ?? '' }), type: 'TXT' });
    const tooSoon = await staff.ask('POST', `/domains/${id}/check`);
    expect(tooSoon.body.lastLookedAt).toBe(missing.body.lastLookedAt);
    api.pass(11_000);

    const proved = await staff.ask('POST', `/domains/${id}/check`);

    expect(proved.body).toMatchObject({ chip: 'verified', state: 'verified', verdict: { kind: 'found' } });
    expect((await staff.ask('GET', `/domains/${id}`)).body).toEqual(proved.body);
    expect((await staff.ask('GET', '/domains?state=pending&search=checked')).body.domains).toEqual([]);
    const told = await asSystem(api, (tx) =>
      tx.selectFrom('commands').select('message').where('workflowId', '=', `dom/${id}`).execute(),
    );
    expect(told.map(({ message }) => message)).toContain('domainSeen');
    for (const [method, path] of [
      ['GET', `/domains/${id}`],
      ['POST', `/domains/${id}/check`],
    ] as const) {
      expect((await stranger.ask(method, path)).status).toBe(404);
    }
  } finally {
    Object.assign(api.deps, { dns: before });
  }
});

// [DOM-05] nobody takes a domain that is held.
test('a check that proves what another organization holds makes a conflict', async () => {
  const zone = await aZone();
  const before = api.deps.dns;
  Object.assign(api.deps, { dns: zone.resolver });
  try {
    const late = await anOrganization(vendor, { domain_data: [{ domain: 'held.test', state: 'pending' }] });
    await anOrganization(vendor, { domain_data: [{ domain: 'held.test', state: 'verified' }] });
    const { body } = await staff.ask('GET', `/organizations/${late.id}`);
    const [{ id, record }] = body.domains;
    zone.add({ name: record.name, type: 'TXT', value: record.value });

    const checked = await staff.ask('POST', `/domains/${id}/check`);

    expect(checked.body).toMatchObject({ chip: 'conflict', state: 'conflict' });
  } finally {
    Object.assign(api.deps, { dns: before });
  }
});

test('an API key is told once, works at once, and stops working at once when it is revoked', async () => {
  const developer = await aStaff(api, vendor, 'developer');
  const headers = { 'idempotency-key': 'key-1' };

  const made = await developer.ask('POST', '/api-keys', aKey(' CI '), headers);
  const again = await developer.ask('POST', '/api-keys', aKey(' CI '), headers);

  expect(made.status).toBe(201);
  expect(again.body).toEqual(made.body);
  const { id, secret } = made.body;
  expect(secret).toMatch(/^sk_test_/);
  const withKey = caller(api, { authorization: `Bearer ${secret}` });
  expect((await withKey('GET', '/organizations')).status).toBe(200);
  const list = await developer.ask('GET', '/api-keys');
  expect(list.body).toMatchObject({
    clientId: vendor.environment.clientId,
    keys: [{ id, name: 'CI', suffix: secret.slice(-4), revokedAt: null }, { name: 'test' }],
  });
  expect(JSON.stringify(list.body)).not.toContain(secret);
  expect((await stranger.ask('POST', `/api-keys/${id}/revoke`)).status).toBe(404);
  expect((await staff.ask('POST', '/api-keys', aKey('no'))).status).toBe(403);

  const revoked = await developer.ask('POST', `/api-keys/${id}/revoke`);

  expect(revoked.body.revokedAt).not.toBeNull();
  expect((await withKey('GET', '/organizations')).status).toBe(401);
  expect((await auditOf(api, developer)).map(({ action }) => action)).toEqual([
    'api_key.created',
    'api_key.revoked',
  ]);
  const stored = await asSystem(api, (tx) => tx.selectFrom('idempotencyKeys').select('body').execute());
  expect(JSON.stringify(stored)).not.toContain(secret);
});

test('the stream of hints carries ids only, and belongs to the session its page was drawn for', async () => {
  const watcher = await aStaff(api, vendor, 'viewer');
  const ended = new AbortController();
  const response = await fetch(`${api.url}/dashboard/api/live`, {
    headers: { cookie: watcher.cookie },
    signal: ended.signal,
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(response.headers.get('cache-control')).toContain('no-transform');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  let received = '';
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) received += decoder.decode(chunk);
  })().catch(() => undefined);

  const { row } = await aConnection('Watched');
  const id = await anAttempt(row, { state: 'success' });
  await withTenant(api.deps.db, row, async (tx) => notifyChange(tx, row, 'log_stream', 'log_stream_1'));
  await vendor.call('POST', '/audit_logs/actions/user.signed_in/schemas', { targets: [{ type: 'team' }] });
  await vendor.call('POST', '/audit_logs/events', {
    organization_id: row.organizationId,
    event: {
      action: 'user.signed_in',
      occurred_at: api.deps.now().toISOString(),
      context: { location: '' },
      actor: { id: 'user_1', type: 'user' },
      targets: [{ id: 'team_1', type: 'team' }],
    },
  });
  for (const one of [id, 'log_stream_1', 'audit']) await expect.poll(() => received).toContain(one);
  ended.abort();
  await reading;

  const hints = [...received.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
  expect(hints).toContainEqual({ kind: 'attempt', id });
  expect(hints).toContainEqual({ kind: 'log_stream', id: 'log_stream_1' });
  expect(hints).toContainEqual({ kind: 'audit', id: '' });
  const other = await watcher.ask('GET', '/live?session=somebody_else');
  expect([other.status, other.body.code]).toEqual([409, 'session_differs']);
});

test('the workflow says that the engine is away, and raw events are not to be had', async () => {
  const organization = await anOrganization(vendor);
  const started = await vendor.call('POST', '/onboardings', {
    organization: organization.id,
    delivery: 'copy',
    features: [{ feature: 'sso' }],
  });

  const shown = await staff.ask('GET', `/onboardings/${started.body.id}/workflow`);
  const raw = await staff.ask('GET', `/onboardings/${started.body.id}/workflow/events?runId=r&ids=1,2`);

  expect(shown.body).toMatchObject({ available: false, folded: [], runs: [] });
  expect([raw.status, raw.body.code]).toEqual([503, 'service_unavailable']);
});
