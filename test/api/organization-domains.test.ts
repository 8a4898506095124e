import { afterAll, beforeAll, expect, test } from 'vitest';
import { organizationDomain } from '../../api/contract/developer-organizations.ts';
import type { DnsLook } from '../../onboarding/dns-look.ts';
import { challengeRecord } from '../../onboarding/domain-challenge.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
});
afterAll(() => api.close());

const claim = async (domain: string) => {
  const { id } = await anOrganization(vendor);
  return vendor.call('POST', '/organization_domains', { organization_id: id, domain });
};
const commandsOf = (domainId: string) =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('commands')
      .select(['message', 'workflowId', 'start'])
      .where('workflowId', '=', `dom/${domainId}`)
      .orderBy('seq')
      .execute(),
  );

test('a claimed domain waits for its proof, and its workflow is asked to look', async () => {
  const { status, body } = await claim('Claimed.TEST');

  expect(status).toBe(201);
  expect(organizationDomain.parse(body)).toEqual(body);
  expect(body).toMatchObject({ domain: 'claimed.test', state: 'pending', verification_strategy: 'dns' });
  expect(await commandsOf(body.id)).toMatchObject([{ message: 'nudge', start: { type: 'verifyDomain' } }]);
  const { body: read } = await vendor.call('GET', `/organization_domains/${body.id}`);
  expect(read).toEqual(body);
});

test('[DOM-01] every claim has a random token of its own', async () => {
  const [one, two] = await Promise.all([claim('token-a.test'), claim('token-b.test')]);

  expect(one.body.verification_token).not.toBe(two.body.verification_token);
  expect(Buffer.from(one.body.verification_token, 'base64url').length).toBeGreaterThanOrEqual(16);
});

test('[DOM-08] a domain that is claimed anew after its removal has another token, from which nothing can be told', async () => {
  const { body: first } = await claim('claimed-anew.test');
  await vendor.call('DELETE', `/organization_domains/${first.id}`);

  const { status, body: second } = await claim('claimed-anew.test');

  expect(status).toBe(201);
  expect(second.verification_token).not.toBe(first.verification_token);
  for (const known of [second.id, second.organization_id, second.domain])
    expect(Buffer.from(second.verification_token, 'base64url').toString('latin1')).not.toContain(known);
});

test('claiming twice for one organization, or what another has proved, is a conflict', async () => {
  const { body: mine } = await claim('twice.test');
  await anOrganization(vendor, { domain_data: [{ domain: 'proved.test', state: 'verified' }] });

  const twice = await vendor.call('POST', '/organization_domains', {
    organization_id: mine.organization_id,
    domain: 'twice.test',
  });
  const proved = await claim('proved.test');

  expect([twice.status, twice.body.code]).toEqual([409, 'domain_already_exists']);
  expect([proved.status, proved.body.code]).toEqual([409, 'domain_already_exists']);
});

test('[DOM-04] of many vouching for one domain at the same instant one holds it', async () => {
  const vouch = () =>
    vendor.call('POST', '/organizations', {
      name: 'Racer',
      domain_data: [{ domain: 'race.test', state: 'verified' }],
    });

  const statuses = (await Promise.all(Array.from({ length: 8 }, vouch))).map(({ status }) => status);

  expect(statuses.sort()).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
});

test('verify looks at once and answers a domain whose record is there as verified', async () => {
  const { body: claimed } = await claim('found.test');
  const { organization_id: organizationId, id, domain, verification_token: token } = claimed;
  const record = challengeRecord({ domain, label: 'vestibule', token });
  const dns = api.deps.dns.lookAtChallenge;
  api.deps.dns.lookAtChallenge = () => Promise.resolve(lookThatFinds(domain, record));

  const { status, body } = await vendor.call('POST', `/organization_domains/${id}/verify`);
  api.deps.dns.lookAtChallenge = dns;

  expect([status, body.state]).toEqual([201, 'verified']);
  expect((await commandsOf(id)).map(({ message }) => message)).toEqual(['nudge', 'domainSeen']);
  const again = await vendor.call('POST', `/organization_domains/${id}/verify`, {});
  expect([again.status, again.body.code]).toEqual([400, 'domain_already_verified']);
  const names = await asSystem(api, (tx) =>
    tx
      .selectFrom('events')
      .select('name')
      .where('organizationId', '=', organizationId)
      .orderBy('ordinal')
      .execute(),
  );
  expect(names.map(({ name }) => name)).toContain('organization_domain.verified');
});

test('verify starts anew, with a new token, once an attempt has failed', async () => {
  const { body: claimed } = await claim('failed.test');
  await asSystem(api, (tx) =>
    tx
      .updateTable('organizationDomains')
      .set({ state: 'failed', failedReason: 'domain_verification_period_expired' })
      .where('id', '=', claimed.id)
      .execute(),
  );

  // No content type and no body, as some SDKs send it.
  const { status, body } = await vendor.call('POST', `/organization_domains/${claimed.id}/verify`);

  expect([status, body.state]).toEqual([201, 'pending']);
  expect(body.verification_token).not.toBe(claimed.verification_token);
});

test('a removed domain is gone, and its workflow is told to stop', async () => {
  const { body } = await claim('removed.test');

  const reply = await vendor.call('DELETE', `/organization_domains/${body.id}`);

  expect([reply.status, reply.text]).toEqual([204, '']);
  expect((await commandsOf(body.id)).map(({ message }) => message)).toEqual(['nudge', 'stopDomain']);
  const missing = await vendor.call('GET', `/organization_domains/${body.id}`);
  expect(missing.body.message).toBe(`Organization Domain not found: '${body.id}'.`);
});

test('a domain of nobody is refused: unknown organization, or a name that nobody can own', async () => {
  const unknown = await vendor.call('POST', '/organization_domains', {
    organization_id: 'org_nobody',
    domain: 'x.test',
  });
  const { id } = await anOrganization(vendor);
  const suffix = await vendor.call('POST', '/organization_domains', { organization_id: id, domain: 'co.uk' });

  expect([unknown.status, unknown.body.message]).toEqual([404, "Organization not found: 'org_nobody'."]);
  expect([suffix.status, suffix.body.errors[0].field]).toEqual([422, 'domain']);
});

/** Both servers of the zone hold the record. */
function lookThatFinds(domain: string, { name, value }: { name: string; value: string }): DnsLook {
  const servers = ['ns1.test', 'ns2.test'];
  return {
    domain,
    zone: domain,
    nameServers: servers,
    servers: servers.map((server, index) => ({
      server,
      address: `192.0.2.${index + 1}`,
      role: 'authoritative',
      answers: [
        { name, asked: 'proof', outcome: 'noerror', txt: [value], cname: null, cachedForSeconds: 60 },
      ],
    })),
    dnssec: null,
    lookedAt: '2026-01-01T00:00:00.000Z',
  };
}
