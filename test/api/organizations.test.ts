import { afterAll, beforeAll, expect, test } from 'vitest';
import { organization } from '../../api/contract/developer-organizations.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
});
afterAll(() => api.close());

const eventsOf = async (organizationId: string) => {
  const rows = await asSystem(api, (tx) =>
    tx
      .selectFrom('events')
      .select(['name', 'data'])
      .where('organizationId', '=', organizationId)
      .orderBy('ordinal')
      .execute(),
  );
  return rows;
};

test('a new organization answers in the shape of the contract, with its event and its audit row', async () => {
  const reply = await vendor.call('POST', '/organizations', {
    name: 'Acme',
    external_id: 'ext-1',
    metadata: { tier: 'gold' },
    domain_data: [
      { domain: ' ACME-one.test', state: 'verified' },
      { domain: 'two.test', state: 'pending' },
    ],
    unknown_key: 'is dropped',
  });

  expect(reply.status).toBe(201);
  expect(organization.parse(reply.body)).toEqual(reply.body);
  expect(reply.body).toMatchObject({ name: 'Acme', external_id: 'ext-1', metadata: { tier: 'gold' } });
  expect(reply.body.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const [one, two] = reply.body.domains;
  expect(one).toMatchObject({ domain: 'acme-one.test', state: 'verified', verification_strategy: 'manual' });
  expect(one).not.toHaveProperty('verification_token');
  expect(two).toMatchObject({ domain: 'two.test', state: 'pending', verification_strategy: 'dns' });
  expect(two.verification_prefix).toMatch(/^vestibule-domain-verification-[a-z0-9]{6}$/);
  expect((await eventsOf(reply.body.id)).map(({ name }) => name)).toEqual([
    'organization.created',
    'organization_domain.created',
    'organization_domain.verified',
    'organization_domain.created',
  ]);
  const audits = await asSystem(api, (tx) =>
    tx
      .selectFrom('auditEvents')
      .selectAll()
      .where('organizationId', '=', reply.body.id)
      .where('action', '=', 'organization.created')
      .execute(),
  );
  expect(audits).toMatchObject([
    { actorType: 'developer', actorId: vendor.key.id, requestId: reply.headers.get('x-request-id') },
  ]);
});

test('the old field of domains is taken too, and null and "" count as not given', async () => {
  const reply = await vendor.call('POST', '/organizations', {
    name: 'Old SDK',
    domains: ['legacy.test'],
    domain_data: null,
    external_id: '',
    metadata: null,
    allow_profiles_outside_organization: null,
  });

  expect(reply.status).toBe(201);
  expect(reply.body.domains).toMatchObject([{ domain: 'legacy.test', state: 'legacy_verified' }]);
  expect(reply.body).toMatchObject({ external_id: null, metadata: {} });
});

test('a form body does the same as JSON', async () => {
  const form = new URLSearchParams({ name: 'From curl', allow_profiles_outside_organization: 'true' });
  form.append('domain_data[0][domain]', 'form.test');
  form.append('domain_data[0][state]', 'pending');

  const reply = await vendor.call('POST', '/organizations', form);

  expect(reply.status).toBe(201);
  expect(reply.body).toMatchObject({ name: 'From curl', allow_profiles_outside_organization: true });
  expect(reply.body.domains).toMatchObject([{ domain: 'form.test', state: 'pending' }]);
});

test.each([
  [{}, 'name', 'name is required'],
  [{ name: '  ' }, 'name', 'name must not be blank'],
  [{ name: 7 }, 'name', 'name must be of type string'],
  [{ name: 'A', metadata: 'x' }, 'metadata', 'metadata must be of type object'],
  [
    { name: 'A', domain_data: [{ domain: 'no_suffix', state: 'pending' }] },
    'domain',
    '"no_suffix" is not a valid domain',
  ],
  [
    { name: 'A', domain_data: [{ domain: 'gmail.com', state: 'pending' }] },
    'domain',
    '"gmail.com" is a public email domain',
  ],
  [
    { name: 'A', domain_data: [{ domain: 'a.test', state: 'maybe' }] },
    'domain_data.0.state',
    'must be one of',
  ],
  [{ name: 'A', external_id: 'ü' }, 'external_id', 'external_id must be ASCII'],
  [{ name: 'A', external_id: 'x'.repeat(129) }, 'external_id', 'external_id is too long'],
  [{ name: 'A\u0000B' }, 'name', 'characters that cannot be stored'],
])('%j is refused with 422 that names %s', async (body, field, words) => {
  const reply = await vendor.call('POST', '/organizations', body);

  expect(reply.status).toBe(422);
  expect(reply.body).toMatchObject({ message: 'Validation failed', errors: [{ field }] });
  expect(reply.body.errors[0].code).toContain(words);
  expect(reply.body).not.toHaveProperty('error');
});

test('metadata beyond its limits and a used external id have codes of their own', async () => {
  await anOrganization(vendor, { external_id: 'taken' });

  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v']));
  const metadata = await vendor.call('POST', '/organizations', { name: 'A', metadata: many });
  const taken = await vendor.call('POST', '/organizations', { name: 'A', external_id: 'taken' });

  expect([metadata.status, metadata.body.code]).toEqual([400, 'invalid_metadata']);
  expect([taken.status, taken.body.code]).toEqual([400, 'external_id_already_used']);
});

test('[DOM-04] a domain that another organization has proved is refused, also as pending', async () => {
  await anOrganization(vendor, { domain_data: [{ domain: 'held.test', state: 'verified' }] });

  for (const state of ['verified', 'pending']) {
    const reply = await vendor.call('POST', '/organizations', {
      name: 'B',
      domain_data: [{ domain: 'held.test', state }],
    });

    expect(reply.status).toBe(409);
    expect(reply.body.message).toBe('An Organization with the domain held.test already exists.');
  }
});

test('an update changes what is given: metadata is merged, domains are replaced, null clears', async () => {
  const made = await anOrganization(vendor, {
    external_id: 'clear-me',
    metadata: { keep: '1', drop: '2' },
    domain_data: [
      { domain: 'stays.test', state: 'pending' },
      { domain: 'goes.test', state: 'pending' },
    ],
  });
  const { body: before } = await vendor.call('GET', `/organizations/${made.id}`);

  const { status, body } = await vendor.call('PUT', `/organizations/${made.id}`, {
    metadata: { drop: null, add: '3' },
    external_id: null,
    stripe_customer_id: 'cus_1',
    domain_data: [
      { domain: 'stays.test', state: 'verified' },
      { domain: 'comes.test', state: 'pending' },
    ],
  });

  expect(status).toBe(200);
  expect(body).toMatchObject({
    name: 'Acme',
    metadata: { keep: '1', add: '3' },
    external_id: null,
    stripe_customer_id: 'cus_1',
  });
  expect(body.metadata).not.toHaveProperty('drop');
  expect(body.domains.map(({ domain, state }: { domain: string; state: string }) => [domain, state])).toEqual(
    [
      ['stays.test', 'verified'],
      ['comes.test', 'pending'],
    ],
  );
  expect(body.domains[0].id).toBe(before.domains[0].id);
  const names = (await eventsOf(made.id)).map(({ name }) => name);
  expect(names.slice(3)).toEqual([
    'organization_domain.deleted',
    'organization_domain.verified',
    'organization_domain.created',
    'organization.updated',
  ]);
});

test('a deleted organization is gone at once with all that belongs to it, and its domain is free', async () => {
  const made = await anOrganization(vendor, { domain_data: [{ domain: 'freed.test', state: 'verified' }] });

  const reply = await vendor.call('DELETE', `/organizations/${made.id}`);

  expect([reply.status, reply.text, reply.headers.get('content-type')]).toEqual([
    202,
    'Accepted',
    'text/plain; charset=utf-8',
  ]);
  for (const [method, path] of [
    ['GET', `/organizations/${made.id}`],
    ['PUT', `/organizations/${made.id}`],
    ['DELETE', `/organizations/${made.id}`],
  ] as const) {
    expect((await vendor.call(method, path, method === 'PUT' ? {} : undefined)).status).toBe(404);
  }
  const again = await vendor.call('POST', '/organizations', {
    name: 'Next',
    domain_data: [{ domain: 'freed.test', state: 'verified' }],
  });
  expect(again.status).toBe(201);
  expect((await eventsOf(made.id)).map(({ name }) => name).slice(-2)).toEqual([
    'organization_domain.deleted',
    'organization.deleted',
  ]);
});

test('an external id with a slash is found in both spellings that SDKs send', async () => {
  const made = await anOrganization(vendor, { external_id: 'a/b c' });

  for (const path of ['a/b%20c', 'a%2Fb%20c']) {
    const { body } = await vendor.call('GET', `/organizations/external_id/${path}`);
    expect(body.id).toBe(made.id);
  }
  const missing = await vendor.call('GET', '/organizations/external_id/none');
  expect([missing.status, missing.body.message]).toEqual([404, "Organization not found: 'none'."]);
});

test('metadata may be emptied by `[]`, which is how PHP writes an empty map', async () => {
  const made = await vendor.call('POST', '/organizations', { name: 'From PHP', metadata: [] });
  const put = (metadata: unknown) => vendor.call('PUT', `/organizations/${made.body.id}`, { metadata });

  expect([made.status, made.body.metadata]).toEqual([201, {}]);
  await put({ tier: 'gold' });
  expect((await put([])).body.metadata).toEqual({});
  expect((await put(['gold'])).status).toBe(422);
});

test('an update that changes nothing is told to nobody, or a receiver that answers it with another would be called for ever', async () => {
  const domain = { domain: 'unchanged.test', state: 'verified' };
  const given = { name: 'Same', external_id: 'same', metadata: { a: '1', b: '2' }, domain_data: [domain] };
  const { body: made } = await vendor.call('POST', '/organizations', given);
  const put = (body: object) => vendor.call('PUT', `/organizations/${made.id}`, body);
  const told = async () => {
    const asked = `/events?events=organization.updated&organization_id=${made.id}`;
    return (await vendor.call('GET', asked)).body.data.length;
  };

  const same = await put({ ...given, metadata: { b: '2', a: '1' } });
  const nothing = await put({});
  expect([same.body, nothing.body]).toEqual([made, made]);
  expect(await told()).toBe(0);

  await put({ name: 'Other' });
  await put({ metadata: { a: null } });
  await put({ domain_data: [] });
  expect(await told()).toBe(3);
});

test('organization.created shows domains as the answer does: those that the vendor vouches for are verified', async () => {
  const { body: made } = await vendor.call('POST', '/organizations', {
    name: 'Told',
    domains: ['told-legacy.test'],
    domain_data: [
      { domain: 'told.test', state: 'verified' },
      { domain: 'told-later.test', state: 'pending' },
    ],
  });

  const asked = `/events?events=organization.created&organization_id=${made.id}`;
  const [event] = (await vendor.call('GET', asked)).body.data;

  expect(event.data).toEqual(made);
});
