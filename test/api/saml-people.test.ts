import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  lapseDomain,
  listAttempts,
  listDomains,
  restartDomain,
  updateConnection,
  updateEnvironment,
  updateOrganization,
  withSystem,
  withTenant,
  type AttemptRow,
  type EnvironmentRow,
} from '../../db/index.ts';
import { testPeople } from '../../sandbox/test-idp/people.ts';
import {
  planResponse,
  responseXml,
  signResponse,
  type ResponsePlan,
} from '../../sandbox/test-idp/response.ts';
import { caller } from '../support/builders.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  authorizeUrl,
  type SignInCustomer,
  type SignInWorld,
  type Visit,
} from '../support/sign-in.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await aSignInWorld();
});
afterAll(() => world.close());

async function newestOf({ connection }: SignInCustomer): Promise<AttemptRow> {
  const tenant = { environmentId: connection.environmentId };
  const { rows } = await withSystem(world.api.systemDb, (tx) =>
    listAttempts(tx, tenant, { connectionId: connection.id }, { limit: 1, order: 'desc' }),
  );
  if (!rows[0]) throw new Error('there is no attempt');
  return rows[0];
}

/** A sign-in in which the provider says whatever it likes, properly signed. */
async function signInSaying(of: SignInCustomer, change: Partial<ResponsePlan>): Promise<Visit> {
  const browser = aBrowser();
  await browser.get(authorizeUrl(world, { connection: of.connection.id }));
  const { requestId } = await newestOf(of);
  const { spEntityId, acsUrl } = of.connection;
  const [person] = testPeople();
  if (!person || requestId === null) throw new Error('the sign-in has not begun');
  const good = planResponse({
    request: { id: requestId, spEntityId, acsUrl },
    idpEntityId: world.idp.entityId,
    person,
    now: world.api.deps.now(),
  });
  const plan = { ...good, ...change };
  const xml = signResponse(responseXml(plan), plan, world.keys);
  return browser.follow(await browser.post(acsUrl, { SAMLResponse: Buffer.from(xml).toString('base64') }));
}

const saying = (email: string): Partial<ResponsePlan> => ({
  attributes: [
    ['id', ['person-1']],
    ['email', [email]],
  ],
});

async function profileFrom({ leadsTo }: Visit) {
  const { body } = await caller(world.api)('POST', '/sso/token', {
    client_id: world.vendor.environment.clientId,
    client_secret: world.vendor.secret,
    grant_type: 'authorization_code',
    code: leadsTo?.searchParams.get('code'),
  });
  return body.profile;
}

const errorOf = ({ leadsTo }: Visit) => leadsTo?.searchParams.get('error') ?? null;

async function setPolicy(domainPolicy: EnvironmentRow['domainPolicy']): Promise<void> {
  const { id } = world.vendor.environment;
  await withSystem(world.api.systemDb, (tx) =>
    updateEnvironment(tx, id, { domainPolicy }, world.api.deps.now()),
  );
  // Environments are remembered for two seconds.
  world.api.pass(3_000);
}

describe('whose address may sign in [IDB-02]', () => {
  it('a person of another organization’s verified domain is refused, whatever the policy', async () => {
    await aSignInCustomer(world, { verifiedDomain: 'victim.test' });
    const attacker = await aSignInCustomer(world);

    for (const policy of ['none', 'optional', 'required'] as const) {
      await setPolicy(policy);
      const end = await signInSaying(attacker, saying('ceo@victim.test'));

      expect(errorOf(end)).toBe('profile_not_allowed_outside_organization');
      expect(end.leadsTo?.searchParams.has('code')).toBe(false);
      const attempt = await newestOf(attacker);
      expect(attempt).toMatchObject({ state: 'failed', cause: 'email_domain_held_elsewhere' });
      expect(attempt.checks.at(-1)).toEqual({ check: 'domains', passed: false });
    }
    await setPolicy('optional');
  });

  it('capitals and a dot do not make it another domain', async () => {
    await aSignInCustomer(world, { verifiedDomain: 'capital.test' });
    const attacker = await aSignInCustomer(world);

    expect(errorOf(await signInSaying(attacker, saying('ceo@CAPITAL.test')))).toBe(
      'profile_not_allowed_outside_organization',
    );
    expect(errorOf(await signInSaying(attacker, saying('ceo@capital.test.')))).toBe('access_denied');
    expect(await newestOf(attacker)).toMatchObject({ cause: 'email_invalid' });
  });

  it.each([
    ['none', 'anna@elsewhere.test', null],
    ['optional', 'anna@elsewhere.test', 'profile_not_allowed_outside_organization'],
    ['optional', 'anna@sub.own.test', 'profile_not_allowed_outside_organization'],
    ['required', 'anna@elsewhere.test', 'profile_not_allowed_outside_organization'],
  ] as const)('with policy %s, %s of an organization with a domain: %s', async (policy, email, error) => {
    await setPolicy(policy);
    const customer = await aSignInCustomer(world, { verifiedDomain: `own-${policy}-${email.length}.test` });

    expect(errorOf(await signInSaying(customer, saying(email)))).toBe(error);
    await setPolicy('optional');
  });

  it('without a verified domain anybody may, unless one is required', async () => {
    const customer = await aSignInCustomer(world);
    expect(errorOf(await signInSaying(customer, saying('anna@anywhere.test')))).toBeNull();

    await setPolicy('required');
    const end = await signInSaying(customer, saying('anna@anywhere.test'));
    await setPolicy('optional');

    expect(errorOf(end)).toBe('profile_not_allowed_outside_organization');
  });

  it('the customer can narrow it to chosen domains, whatever the vendor allows', async () => {
    const customer = await aSignInCustomer(world, { verifiedDomain: 'narrow.test' });
    const { connection, organization } = customer;
    const tenant = { environmentId: organization.environmentId, organizationId: organization.id };
    await withTenant(world.api.db, tenant, async (tx) => {
      const changes = { allowProfilesOutsideOrganization: true };
      await updateOrganization(tx, tenant, organization.id, changes, world.api.deps.now());
      await updateConnection(
        tx,
        tenant,
        connection.id,
        { allowedDomains: ['narrow.test', 'lapsed.test'] },
        world.api.deps.now(),
      );
    });

    expect(errorOf(await signInSaying(customer, saying('anna@narrow.test')))).toBeNull();
    for (const email of ['anna@elsewhere.test', 'anna@lapsed.test', 'anna@sub.narrow.test']) {
      const end = await signInSaying(customer, saying(email));
      expect(errorOf(end)).toBe('profile_not_allowed_outside_organization');
      expect(await newestOf(customer)).toMatchObject({
        cause: 'email_domain_not_chosen',
        facts: { email, domains: ['narrow.test', 'lapsed.test'] },
      });
    }
  });

  it('the vendor can lift it for one organization', async () => {
    await aSignInCustomer(world, { verifiedDomain: 'partner.test' });
    const customer = await aSignInCustomer(world, { verifiedDomain: 'lifted.test' });
    const { organization } = customer;
    const tenant = { environmentId: organization.environmentId, organizationId: organization.id };
    const changes = { allowProfilesOutsideOrganization: true };
    await withTenant(world.api.db, tenant, (tx) =>
      updateOrganization(tx, tenant, organization.id, changes, world.api.deps.now()),
    );

    expect(errorOf(await signInSaying(customer, saying('anna@partner.test')))).toBeNull();
    expect(errorOf(await signInSaying(customer, saying('anna@anywhere.test')))).toBeNull();
  });
});

describe('once the record of a domain has gone [DOM-06]', () => {
  const day = 86_400_000;
  const refused = 'profile_not_allowed_outside_organization';

  async function lapse(of: SignInCustomer, reason: 'record_missing' | 'contested') {
    const { id: organizationId, environmentId } = of.organization;
    const now = world.api.deps.now();
    const by = { actor: { type: 'system', id: 'domain' }, now, newId } as const;
    const tenant = { environmentId, organizationId };
    await withTenant(world.api.db, tenant, async (tx) => {
      const [domain] = await listDomains(tx, tenant);
      if (domain === undefined) throw new Error('there is no domain');
      await updateEnvironment(tx, environmentId, { domainGraceDays: 2 }, now);
      await lapseDomain(tx, { domain, ...by }, reason);
      await restartDomain(tx, tenant, domain.id, { token: 'new', prefix: null, label: 'vestibule' }, now);
    });
    world.api.pass(3_000);
  }

  it.each(['optional', 'required'] as const)(
    'with policy %s its people sign in for the environment’s days, a new attempt at proof or not, and nobody else does',
    async (policy) => {
      await setPolicy(policy);
      const customer = await aSignInCustomer(world, { verifiedDomain: `gone-${policy}.test` });
      await lapse(customer, 'record_missing');

      expect(errorOf(await signInSaying(customer, saying(`anna@gone-${policy}.test`)))).toBeNull();
      expect(errorOf(await signInSaying(customer, saying('anna@elsewhere.test')))).toBe(refused);
      await setPolicy('optional');
    },
  );

  it('where one is required its people are refused after those days', async () => {
    const customer = await aSignInCustomer(world, { verifiedDomain: 'over.test' });
    await lapse(customer, 'record_missing');
    await setPolicy('required');
    world.api.pass(2 * day);

    expect(errorOf(await signInSaying(customer, saying('anna@over.test')))).toBe(refused);
    await setPolicy('optional');
  });

  it('its people are refused as soon as another organization has proved it', async () => {
    const customer = await aSignInCustomer(world, { verifiedDomain: 'taken.test' });
    await lapse(customer, 'record_missing');
    await aSignInCustomer(world, { verifiedDomain: 'taken.test' });

    expect(errorOf(await signInSaying(customer, saying('anna@taken.test')))).toBe(refused);
    expect(await newestOf(customer)).toMatchObject({ cause: 'email_domain_held_elsewhere' });
  });

  it('one that was lost to another organization’s proof gives no such time', async () => {
    const customer = await aSignInCustomer(world, { verifiedDomain: 'lost.test' });
    await lapse(customer, 'contested');
    await setPolicy('required');

    expect(errorOf(await signInSaying(customer, saying('anna@lost.test')))).toBe(refused);
    await setPolicy('optional');
  });
});

it('a verified domain speaks for no other: neither for one below it nor for one above [DOM-07]', async () => {
  const customer = await aSignInCustomer(world, { verifiedDomain: 'sales.acme.test' });

  expect(errorOf(await signInSaying(customer, saying('anna@sales.acme.test')))).toBeNull();
  for (const address of ['anna@eu.sales.acme.test', 'anna@acme.test', 'anna@presales.acme.test'])
    expect(errorOf(await signInSaying(customer, saying(address)))).toBe(
      'profile_not_allowed_outside_organization',
    );
});

describe('who somebody is [IDB-01]', () => {
  it('is the connection and the id, never the address', async () => {
    const [one, two] = [await aSignInCustomer(world), await aSignInCustomer(world)];
    const same = {
      attributes: [
        ['id', ['p1']],
        ['email', ['anna@same.test']],
      ],
    } as const;
    const renamed = {
      attributes: [
        ['id', ['p1']],
        ['email', ['anna.berg@same.test']],
      ],
    } as const;
    const other = {
      attributes: [
        ['id', ['p2']],
        ['email', ['anna@same.test']],
      ],
    } as const;

    const first = await profileFrom(await signInSaying(one, same));
    const later = await profileFrom(await signInSaying(one, renamed));
    const colleague = await profileFrom(await signInSaying(one, other));
    const elsewhere = await profileFrom(await signInSaying(two, same));

    expect(later.id).toBe(first.id);
    expect(later.email).toBe('anna.berg@same.test');
    expect(new Set([first.id, colleague.id, elsewhere.id]).size).toBe(3);
  });

  it('is somebody else where an address that was theirs comes with the object id of another [IDB-05]', async () => {
    const customer = await aSignInCustomer(world);
    const withObjectId = (id: string) =>
      ({
        nameId: { value: 'anna@same.test', format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress' },
        attributes: [
          ['http://schemas.microsoft.com/identity/claims/objectidentifier', [id]],
          ['email', ['anna@same.test']],
        ],
      }) as const;

    const left = await profileFrom(await signInSaying(customer, withObjectId('6f1c')));
    const joined = await profileFrom(await signInSaying(customer, withObjectId('a2d9')));

    expect([left.idp_id, joined.idp_id]).toEqual(['6f1c', 'a2d9']);
    expect(joined.id).not.toBe(left.id);
  });

  it('does not depend on attributes that are called like ours [SAML-11]', async () => {
    const customer = await aSignInCustomer(world);
    const attributes: ResponsePlan['attributes'] = [
      ['id', ['person-1']],
      ['email', ['anna@people.test']],
      ['nameID', ['admin@people.test']],
      ['issuer', ['https://evil.test']],
      ['__proto__', ['polluted']],
      ['constructor', ['polluted']],
      ['organization_id', ['org_evil']],
    ];

    const profile = await profileFrom(await signInSaying(customer, { attributes }));

    expect(profile).toMatchObject({ idp_id: 'person-1', organization_id: customer.organization.id });
    expect(Object.getOwnPropertyDescriptor(profile.raw_attributes, '__proto__')?.value).toBe('polluted');
    expect(profile.raw_attributes).toMatchObject({ nameID: 'admin@people.test', constructor: 'polluted' });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    const { profile: kept } = await newestOf(customer);
    expect(kept).toMatchObject({ idpId: 'person-1' });
  });

  it('is refused when no address came, with a guess which attribute it is', async () => {
    const customer = await aSignInCustomer(world);
    const attributes = [
      ['id', ['person-1']],
      ['workEmail', ['anna@people.test']],
    ] as const;
    const nameId = { value: 'person-1', format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' };

    expect(errorOf(await signInSaying(customer, { attributes, nameId }))).toBe('access_denied');
    expect(await newestOf(customer)).toMatchObject({
      cause: 'email_missing',
      facts: { names: ['id', 'workEmail'], guess: 'workEmail' },
    });
  });

  it('is refused when the e-mail came empty, which says so instead of guessing another', async () => {
    const customer = await aSignInCustomer(world);
    const attributes = [
      ['id', ['person-1']],
      ['Mail', [' ']],
      ['userPrincipalName', ['anna@people.test']],
    ] as const;
    const nameId = { value: 'person-1', format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' };

    expect(errorOf(await signInSaying(customer, { attributes, nameId }))).toBe('access_denied');
    const { cause, facts } = await newestOf(customer);
    expect(cause).toBe('email_missing');
    expect(facts).toEqual({ reason: 'empty', names: ['id', 'Mail', 'userPrincipalName'], empty: 'Mail' });
  });

  it('is refused when several addresses came: picking one would be a guess', async () => {
    const customer = await aSignInCustomer(world);
    const attributes = [
      ['id', ['person-1']],
      ['email', ['a@people.test', 'b@people.test']],
    ] as const;

    expect(errorOf(await signInSaying(customer, { attributes }))).toBe('access_denied');
    expect(await newestOf(customer)).toMatchObject({ cause: 'email_invalid' });
  });

  it('follows the mapping of the connection', async () => {
    const customer = await aSignInCustomer(world, { settings: { attributeMapping: { email: 'workEmail' } } });
    const attributes = [
      ['id', ['person-1']],
      ['email', ['private@people.test']],
      ['workEmail', ['anna@people.test']],
    ] as const;

    expect((await profileFrom(await signInSaying(customer, { attributes }))).email).toBe('anna@people.test');
  });
});

describe('the vendor’s own attributes', () => {
  const department = { label: 'Department', required: true };
  const personWith = (...more: [string, string[]][]): Partial<ResponsePlan> => ({
    attributes: [...(saying('kim@attributes.test').attributes ?? []), ...more],
  });

  it('arrive with the profile, by name or by the connection’s mapping', async () => {
    const of = await aSignInCustomer(world);
    await world.vendor.call('PUT', '/custom_attributes/department', department);
    world.api.pass(3_000);

    const profile = await profileFrom(await signInSaying(of, personWith(['Department', ['Finance']])));

    await world.vendor.call('DELETE', '/custom_attributes/department');
    expect(profile.custom_attributes).toEqual({ department: 'Finance' });
    expect(profile.raw_attributes.Department).toBe('Finance');
  });

  it('stop a sign-in that lacks a required one, and say which and what came instead', async () => {
    const of = await aSignInCustomer(world);
    await world.vendor.call('PUT', '/custom_attributes/department', department);
    world.api.pass(3_000);

    const refused = await signInSaying(of, personWith(['http://acme.com/claims/department', ['Finance']]));

    await world.vendor.call('DELETE', '/custom_attributes/department');
    world.api.pass(3_000);
    expect(errorOf(refused)).not.toBeNull();
    expect(await newestOf(of)).toMatchObject({
      cause: 'attribute_missing',
      facts: { attribute: 'Department', guess: 'http://acme.com/claims/department' },
    });
  });
});

it('a failed sign-in leaves an audit row with its cause, and logs no assertion', async () => {
  const customer = await aSignInCustomer(world);
  await signInSaying(customer, { audience: 'https://other.test' });

  const { rows } = await world.api.systemDb.pool.query(
    "select action, target_id, after from audit_events where organization_id = $1 and action = 'sign_in.failed'",
    [customer.organization.id],
  );
  const attempt = await newestOf(customer);
  expect(rows).toMatchObject([{ target_id: attempt.id, after: { cause: 'audience_differs' } }]);
  expect(world.api.logged()).not.toMatch(
    /SAMLResponse|saml:Assertion|vb_code_[A-Za-z0-9]|vb_state_[A-Za-z0-9]/,
  );
});
