import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { proveDomain, type OrganizationDomainRow } from '../../db/index.ts';
import { mostWaiting } from '../../onboarding/domain-holding.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aMember, anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aZone } from '../support/dns.ts';
import { runJourneys } from '../support/journeys.ts';
import { anInvited, aPortalVisitor, type Visitor } from '../support/visitor.ts';

let api: TestApi;
let zone: Awaited<ReturnType<typeof aZone>>;
let looks: number;
let vendor: Vendor;
let organizationId: string;
let visitor: Visitor;
let journeys: ReturnType<typeof runJourneys>;

beforeAll(async () => {
  api = await startTestApi();
  zone = await aZone();
  const { resolver } = zone;
  Object.assign(api.deps.dns, {
    ...resolver,
    lookAtChallenge: (...question: Parameters<typeof resolver.lookAtChallenge>) => {
      looks += 1;
      return resolver.lookAtChallenge(...question);
    },
  });
});
afterAll(async () => {
  await zone.stop();
  await api.close();
});
beforeEach(async () => {
  looks = 0;
  journeys = runJourneys(api);
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
  visitor = await anInvited(api, vendor, organizationId);
});

/** A name of this test's own. */
const aName = () => `${newId('x_').slice(-10).toLowerCase()}.test`;
const rowsOf = (organization = organizationId): Promise<OrganizationDomainRow[]> =>
  asSystem(api, (tx) =>
    tx.selectFrom('organizationDomains').selectAll().where('organizationId', '=', organization).execute(),
  );
const eventsOf = async () =>
  (
    await asSystem(api, (tx) =>
      tx.selectFrom('events').select('name').where('organizationId', '=', organizationId).execute(),
    )
  ).map(({ name }) => name);
const commandsTo = (workflowId: string) =>
  asSystem(api, (tx) => tx.selectFrom('commands').selectAll().where('workflowId', '=', workflowId).execute());
const publish = ({ record }: { record: { name: string; value: string } }) =>
  zone.add({ name: record.name, type: 'TXT', value: record.value });

describe('a link for sign-in alone', () => {
  test('reads the names of domains on home’s course, as on their own page', async () => {
    const name = aName();
    await visitor.ask('POST', '/domains', { domain: name });
    await journeys.relay();
    const other = await aPortalVisitor(api, vendor, organizationId, { intent: 'sso' });

    const { body } = await other.ask('GET', '/home');

    const added = body.timeline.find(({ kind }: { kind: string }) => kind === 'domain_added');
    expect(added.facts.domain).toBe(name);
    expect(body.domains).toEqual([]);
  });
});

describe('adding a domain', () => {
  test('gives a record to add, starts the search, and tells developers', async () => {
    const name = aName();

    const { body, status } = await visitor.ask('POST', '/domains', { domain: ` ${name.toUpperCase()}. ` });

    expect([status, body.status]).toEqual([200, 'applied']);
    expect(body.domain).toMatchObject({
      domain: name,
      chip: 'waiting',
      record: { type: 'TXT', name: `_vestibule-challenge.${name}`, host: '_vestibule-challenge' },
    });
    const [row] = await rowsOf();
    expect(Buffer.from(row?.token ?? '', 'base64url').length).toBeGreaterThanOrEqual(16);
    expect(await eventsOf()).toContain('organization_domain.created');
    const [nudge] = await commandsTo(`dom/${body.domain.id}`);
    expect(nudge).toMatchObject({ delivery: 'signal', message: 'nudge' });
    const step = body.view.features
      .flatMap(({ steps }: { steps: { step: string }[] }) => steps)
      .find((one: { step: string }) => one.step === 'verify_domain');
    expect(step.state).toBe('waiting');
  });

  test.each([
    ['com', 'domain_public_suffix'],
    ['github.io', 'domain_public_suffix'],
    ['gmail.com', 'domain_public_mail'],
    ['localhost', 'domain_special_use'],
    ['acme.local', 'domain_special_use'],
    ['192.0.2.1', 'domain_invalid'],
    ['https://acme.com/', 'domain_invalid'],
    ['anna@acme.com', 'domain_invalid'],
    ['*.acme.com', 'domain_invalid'],
    ['acme_corp.com', 'domain_invalid'],
    ['', 'domain_invalid'],
    ['xn--a', 'domain_invalid'],
  ])('[DOM-02] refuses %s in a word: %s', async (domain, code) => {
    const reply = await visitor.ask('POST', '/domains', { domain });

    expect([reply.status, reply.body.code]).toEqual([422, code]);
    expect(await rowsOf()).toEqual([]);
  });

  test('[DOM-02] says of a name that can be taken for another to look twice, to the customer and to staff', async () => {
    const { call } = await aMember(api, vendor, 'support');
    const said = async (typed: string) => {
      const { body } = await visitor.ask('POST', '/domains', { domain: typed });
      const { id, unicode, isConfusable } = body.domain;
      const staff = await call('GET', `/dashboard/api/domains/${id}`);
      return [unicode, isConfusable, staff.body.isConfusable];
    };

    expect(await said('аcme.com')).toEqual(['аcme.com', true, true]);
    expect(await said('münchen.de')).toEqual(['münchen.de', undefined, undefined]);
  });

  test('twice is refused; one whose proof has lapsed starts over with another record', async () => {
    const domain = aName();
    const first = await visitor.ask('POST', '/domains', { domain });
    expect((await visitor.ask('POST', '/domains', { domain })).body.code).toBe('domain_already_exists');
    await asSystem(api, (tx) =>
      tx
        .updateTable('organizationDomains')
        .set({ state: 'failed' })
        .where('id', '=', first.body.domain.id)
        .execute(),
    );

    const again = await visitor.ask('POST', '/domains', { domain });

    expect(again.body.domain).toMatchObject({ id: first.body.domain.id, state: 'pending' });
    expect(again.body.domain.record.value).not.toBe(first.body.domain.record.value);
  });

  test('[DNS-02] is refused while as many as may wait for their record; one that is proved or removed makes room', async () => {
    const add = (domain = aName()) => visitor.ask('POST', '/domains', { domain });
    const first = await add();
    await asSystem(api, (tx) =>
      tx
        .insertInto('organizationDomains')
        .columns(['id', 'environmentId', 'organizationId', 'domain', 'state', 'strategy'])
        .expression((eb) =>
          eb
            .selectFrom(sql<{ n: number }>`generate_series(1, ${mostWaiting - 1})`.as('n'))
            .select([
              sql<string>`'org_domain_' || n || ${organizationId}`.as('id'),
              sql<string>`${vendor.environment.id}`.as('environmentId'),
              sql<string>`${organizationId}`.as('organizationId'),
              sql<string>`'waits-' || n || '.test'`.as('domain'),
              sql<'pending'>`'pending'`.as('state'),
              sql<'dns'>`'dns'`.as('strategy'),
            ]),
        )
        .execute(),
    );

    const refused = await add();
    const again = await add(first.body.domain.domain);
    await visitor.ask('DELETE', `/domains/${first.body.domain.id}`);

    expect([refused.status, refused.body.code, refused.body.facts]).toEqual([
      409,
      'domains_full',
      { most: mostWaiting },
    ]);
    expect(again.body.code).toBe('domain_already_exists');
    expect((await add()).status).toBe(200);
  });

  test('[DNS-02] is refused for a while to who names one after the other, though none stays', async () => {
    const one = await visitor.ask('POST', '/domains', { domain: aName() });
    const { atMost } = api.deps.limits.counterOf('domain_claims', organizationId);
    for (let n = 1; n < atMost; n += 1) await api.deps.limits.spend('domain_claims', organizationId);

    const more = await visitor.ask('POST', '/domains', { domain: aName() });

    expect([one.status, more.status, more.body.code]).toEqual([200, 429, 'too_many_requests']);
  });

  test('[DOM-04] accepts the claim to a domain that another organization holds, without telling', async () => {
    const domain = aName();
    const other = await anOrganization(vendor, { name: 'Beta' });
    const rival = await anInvited(api, vendor, other.id);
    const held = await rival.ask('POST', '/domains', { domain });
    await prove(held.body.domain.id, other.id);

    const { status, body } = await visitor.ask('POST', '/domains', { domain });

    expect(status).toBe(200);
    expect(body.domain.state).toBe('pending');
    expect(JSON.stringify(body)).not.toContain('Beta');
  });

  test('starts a run with this feature alone in a portal session', async () => {
    const other = await anOrganization(vendor, { name: 'Beta' });
    const portal = await aPortalVisitor(api, vendor, other.id, { intent: 'domain_verification' });

    const { body } = await portal.ask('POST', '/domains', { domain: aName() });

    expect(body.status).toBe('applied');
    expect(body.view.features.map(({ feature }: { feature: string }) => feature)).toEqual([
      'domain_verification',
    ]);
  });
});

describe('checking now', () => {
  test('finds the record, makes the domain verified once, and tells everybody in one act', async () => {
    const { body } = await visitor.ask('POST', '/domains', { domain: aName() });
    publish(body.domain);

    const checked = await visitor.ask('POST', `/domains/${body.domain.id}/check`);

    expect(checked.body.domain).toMatchObject({ state: 'verified', chip: 'verified' });
    expect(await eventsOf()).toContain('organization_domain.verified');
    const messages = (await commandsTo(`dom/${body.domain.id}`)).map(({ message }) => message);
    expect(messages).toContain('domainSeen');
  });

  test('looks at most every ten seconds, for all who ask together [REL-17]', async () => {
    const { body } = await visitor.ask('POST', '/domains', { domain: aName() });
    const check = () => visitor.ask('POST', `/domains/${body.domain.id}/check`);

    const replies = await Promise.all(Array.from({ length: 10 }, check));
    await check();

    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(looks).toBe(1);
    const { body: detail } = await visitor.ask('GET', `/domains/${body.domain.id}`);
    expect(Date.parse(detail.mayCheckAt)).toBeGreaterThan(api.deps.now().getTime());
    api.pass(11_000);
    await check();
    expect(looks).toBe(2);
  });

  test('says what is wrong with what is there', async () => {
    const name = aName();
    const { body } = await visitor.ask('POST', '/domains', { domain: name });
    zone.add({ name: body.domain.record.name, type: 'TXT', value: 'something else' });

    const checked = await visitor.ask('POST', `/domains/${body.domain.id}/check`);

    expect(checked.body.domain).toMatchObject({ chip: 'not_right', verdict: { kind: 'wrong_value' } });
    expect(checked.body.domain.verdict.answers[0]).toMatchObject({ meaning: 'wrong_value' });
  });

  test('[DOM-05] moves nothing when another organization holds it, though the record is there', async () => {
    const domain = aName();
    const other = await anOrganization(vendor, { name: 'Beta' });
    const rival = await anInvited(api, vendor, other.id);
    const held = await rival.ask('POST', '/domains', { domain });
    await prove(held.body.domain.id, other.id);
    const { body } = await visitor.ask('POST', '/domains', { domain });
    publish(held.body.domain);
    publish(body.domain);

    const checked = await visitor.ask('POST', `/domains/${body.domain.id}/check`);

    expect(checked.body.domain.state).toBe('conflict');
    expect(await rowsOf(other.id)).toMatchObject([{ state: 'verified' }]);
  });

  test('begins no onboarding where there is none', async () => {
    const other = await anOrganization(vendor, { name: 'Beta' });
    const { body: made } = await vendor.call('POST', '/organization_domains', {
      organization_id: other.id,
      domain: aName(),
    });
    const portal = await aPortalVisitor(api, vendor, other.id);

    const { status, body } = await portal.ask('POST', `/domains/${made.id}/check`);

    expect(status).toBe(200);
    expect(body.view).toMatchObject({ revision: 0, features: [] });
    const runs = await asSystem(api, (tx) =>
      tx.selectFrom('onboardings').selectAll().where('organizationId', '=', other.id).execute(),
    );
    expect(runs).toEqual([]);
  });
});

describe('the page of a domain', () => {
  test('knows the DNS host by its name servers, and takes another choice', async () => {
    const name = aName();
    for (const value of ['dana.ns.cloudflare.com', 'rob.ns.cloudflare.com'])
      zone.add({ name, type: 'NS', value });
    const { body: added } = await visitor.ask('POST', '/domains', { domain: name });
    const path = `/domains/${added.domain.id}`;

    const { body } = await visitor.ask('GET', path);
    const chosen = await visitor.ask('PUT', `${path}/host`, { hostId: 'godaddy' });
    const unknown = await visitor.ask('PUT', `${path}/host`, { hostId: 'nobody' });

    expect(body.host).toMatchObject({ id: 'cloudflare', chosen: false });
    expect(body.host.steps.join(' ')).toContain(added.domain.record.value);
    expect(body.host.note).toContain(`.${name}`);
    expect(body.hosts.length).toBeGreaterThan(30);
    expect(chosen.body.host).toMatchObject({ id: 'godaddy', chosen: true });
    expect(unknown.status).toBe(404);
  });

  test('asks where nobody is recognised', async () => {
    const { body: added } = await visitor.ask('POST', '/domains', { domain: aName() });

    expect((await visitor.ask('GET', `/domains/${added.domain.id}`)).body.host).toBeNull();
  });
});

describe('giving a domain up', () => {
  test('ends its search, tells developers, and opens the step again', async () => {
    const { body: added } = await visitor.ask('POST', '/domains', { domain: aName() });

    const { body } = await visitor.ask('DELETE', `/domains/${added.domain.id}`);

    expect(body.status).toBe('applied');
    expect(await rowsOf()).toEqual([]);
    expect(await eventsOf()).toContain('organization_domain.deleted');
    expect((await commandsTo(`dom/${added.domain.id}`)).map(({ message }) => message)).toContain(
      'stopDomain',
    );
    expect((await visitor.ask('GET', '/domains')).body).toEqual({
      domains: [],
      policy: 'optional',
      hint: null,
    });
  });
});

describe('what belongs to others', () => {
  test.each([
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/check'],
    ['PUT', '/host'],
  ])('is not there: %s /domains/:id%s', async (method, rest) => {
    const { body: added } = await visitor.ask('POST', '/domains', { domain: aName() });
    const other = await anOrganization(vendor, { name: 'Beta' });
    const neighbour = await anInvited(api, vendor, other.id);
    const elsewhere = await aVendor(api);
    const far = await anInvited(api, elsewhere, (await anOrganization(elsewhere)).id);
    const body = method === 'PUT' ? { hostId: 'cloudflare' } : {};

    for (const someone of [neighbour, far]) {
      const reply = await someone.ask(method, `/domains/${added.domain.id}${rest}`, body);
      expect(reply.status).toBe(404);
    }
    for (const id of ['org_domain_01J00000000000000000000000', 'x', '%00', '..%2f..']) {
      expect((await visitor.ask(method, `/domains/${id}${rest}`, body)).status).toBeLessThan(500);
    }
    expect(await rowsOf()).toHaveLength(1);
  });

  test('a link for single sign-on alone sees domains, and changes none', async () => {
    const portal = await aPortalVisitor(api, vendor, organizationId, { intent: 'sso' });
    await visitor.ask('POST', '/domains', { domain: aName() });

    expect((await portal.ask('GET', '/domains')).body.domains).toHaveLength(1);
    expect((await portal.ask('POST', '/domains', { domain: aName() })).body.code).toBe('outside_link');
  });
});

async function prove(domainId: string, organization: string): Promise<void> {
  const tenant = { environmentId: vendor.environment.id, organizationId: organization };
  await asSystem(api, (tx) =>
    proveDomain(tx, tenant, domainId, {
      strategy: 'dns',
      actor: { type: 'system', id: 'test' },
      now: api.deps.now(),
      newId,
      tellWorkflow: false,
    }),
  );
}
