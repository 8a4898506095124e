import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { membersCallbackUrl } from '../../api/members-sso.ts';
import { insertCertificates, updateConnectionSettings, withTenant } from '../../db/index.ts';
import { aMember, asSystem, aVendor, caller, pageHeaders } from '../support/builders.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  authorizeUrl,
  chooseAtTestIdp,
  signInAt,
  type Browser,
  type SignInCustomer,
  type SignInWorld,
  type Visit,
} from '../support/sign-in.ts';
import { aStaff, heldAgainstContract, type Staff } from '../support/staff.ts';

let world: SignInWorld;
/** The vendor itself, set up like any customer. */
let own: SignInCustomer;
beforeAll(async () => {
  world = await aSignInWorld();
  own = await aSignInCustomer(world, { verifiedDomain: 'northwind.test' });
});
afterAll(() => world.close());

let admin: Staff;
beforeEach(async () => {
  await asSystem(world.api, async (tx) => {
    const { id } = world.vendor.environment;
    await tx.updateTable('members').set({ removedAt: new Date() }).where('environmentId', '=', id).execute();
    await tx
      .updateTable('environments')
      .set({ membersSso: 'off', membersTrust: null })
      .where('id', '=', id)
      .execute();
  });
  admin = await aStaff(world.api, world.vendor, 'admin');
});

const allow = async (rule: 'off' | 'optional' | 'required', by: Staff = admin) => {
  const { body } = await by.ask('GET', '/members-sso');
  return by.ask('PUT', '/members-sso', { rule, mark: body.candidate?.mark });
};

/** A colleague with this address, as the identity provider knows them. */
async function aColleague(email: string, role: 'admin' | 'developer' | 'support' | 'viewer' = 'support') {
  const { member } = await aMember(world.api, world.vendor, role);
  await asSystem(world.api, (tx) =>
    tx.updateTable('members').set({ email }).where('id', '=', member.id).execute(),
  );
  return { ...member, email };
}

interface Way {
  email?: string;
  person?: string;
  to?: string;
  browser?: Browser;
  again?: true;
}

const startUrl = () => `${world.api.url}/dashboard/api/sign-in/sso`;

/** From the address to where the provider's answer would be posted. */
async function asked({ email = 'anna@northwind.test', person = email, browser = aBrowser(), ...more }: Way) {
  const environmentId = world.vendor.environment.id;
  const started = await browser.call(startUrl(), { email, environmentId, ...more });
  expect(started.status).toBe(200);
  const { url } = JSON.parse(started.text) as { url: string };
  return { browser, url, ...(await chooseAtTestIdp(browser, await browser.get(url), person)) };
}

/** The whole way; gives the last redirect before the dashboard's own pages. */
async function enter(way: Way = {}): Promise<{ end: Visit; callback: string; browser: Browser }> {
  const { browser, action, fields } = await asked(way);
  const at = await browser.post(action, fields);
  return followTo(browser, at);
}

async function followTo(browser: Browser, from: Visit) {
  let at = from;
  let callback = '';
  while (at.leadsTo && !/^\/dashboard(?!\/sign-in\/sso)/.test(at.leadsTo.pathname)) {
    callback = at.leadsTo.href;
    at = await browser.get(callback);
  }
  return { end: at, callback, browser };
}

const why = ({ leadsTo }: Visit) => leadsTo?.searchParams.get('sso');

/** Who this browser is signed in as. */
async function sessionOf(browser: Browser) {
  const visit = await browser.get(`${world.api.url}/dashboard/api/session`);
  return visit.status === 200
    ? (JSON.parse(visit.text) as { member: { id: string; role: string } })
    : undefined;
}

const audits = async (action: string) =>
  asSystem(world.api, (tx) =>
    tx
      .selectFrom('auditEvents')
      .selectAll()
      .where('environmentId', '=', world.vendor.environment.id)
      .where('action', '=', action)
      .orderBy('ordinal')
      .execute(),
  );

describe('a member who comes in by single sign-on', () => {
  test('lands on the page that was wanted, with the role they have, and is seen to have come so', async () => {
    await allow('optional');
    const anna = await aColleague('Anna@Northwind.test', 'viewer');

    const { end, browser } = await enter({ to: '/members' });

    expect(end.leadsTo?.href).toBe(`${world.api.url}/dashboard/members`);
    expect(await sessionOf(browser)).toMatchObject({ member: { id: anna.id, role: 'viewer' } });
    const { body } = await admin.ask('GET', '/members');
    const seen = (body.members as { id: string; sessions: { provedBy: string }[] }[]).find(
      ({ id }) => id === anna.id,
    );
    expect(seen?.sessions.map(({ provedBy }) => provedBy)).toContain('sso');
    expect((await audits('staff.signed_in')).at(-1)).toMatchObject({
      actorId: anna.id,
      after: { by: 'sso' },
    });
  });

  test('[UI-04] proves who they are only where the provider was asked to look at them anew', async () => {
    await allow('optional');
    const { id } = await aColleague('anna@northwind.test', 'viewer');
    const proofs = async () =>
      (
        await asSystem(world.api, (tx) =>
          tx
            .selectFrom('staffSessions')
            .select('provedAt')
            .where('memberId', '=', id)
            .where('provedBy', '=', 'sso')
            .orderBy('createdAt', 'desc')
            .limit(1)
            .execute(),
        )
      ).map(({ provedAt }) => provedAt);

    await enter();
    expect(await proofs()).toEqual([null]);
    const { end } = await enter({ again: true, to: '/sign-in?again=done' });
    expect(await proofs()).toEqual([expect.any(Date)]);
    expect(end.leadsTo?.href).toBe(`${world.api.url}/dashboard/sign-in?again=done`);
  });

  test('goes to no environment but this one: its word counts here only', async () => {
    await allow('optional');
    await aColleague('anna@northwind.test', 'admin');
    const { browser } = await enter();

    const { text } = await browser.get(`${world.api.url}/dashboard/api/environments`);

    expect(JSON.parse(text)).toMatchObject({ mayLeave: false });
  });

  test('is led to no address but the dashboard, whatever the page was asked for', async () => {
    await allow('optional');
    await aColleague('anna@northwind.test');
    for (const to of ['//evil.example', 'https://evil.example', String.raw`/\evil.example`]) {
      const { end } = await enter({ to });
      expect(end.leadsTo?.href).toBe(`${world.api.url}/dashboard/`);
    }
  });
});

describe('the way is offered by the domain alone', () => {
  const waysOf = async (email: string) =>
    caller(world.api, pageHeaders(world.api))('POST', '/dashboard/api/sign-in/ways', { email });

  test('to everybody in it, member or not, and to nobody outside', async () => {
    expect((await waysOf('nobody@northwind.test')).body).toEqual({ sso: 'off', environments: [] });
    await allow('optional');

    const { id, name } = world.vendor.environment;
    expect((await waysOf(admin.member.email)).body).toEqual({
      sso: 'optional',
      environments: [{ id, name }],
    });
    expect((await waysOf('nobody@NORTHWIND.test')).body).toMatchObject({ sso: 'optional' });
    expect((await waysOf('anna@northwind.test.evil.test')).body).toMatchObject({ sso: 'off' });
    expect((await waysOf('no address')).body).toMatchObject({ sso: 'off' });
  });

  // Nobody is signed in from a page of somebody else.
  test('[LNK-09] and only to pages of ours', async () => {
    await allow('optional');
    const body = { email: 'anna@northwind.test', environmentId: world.vendor.environment.id };
    const foreign = caller(world.api, { ...pageHeaders(world.api), origin: 'https://evil.example' });

    expect((await foreign('POST', '/dashboard/api/sign-in/ways', { email: body.email })).status).toBe(403);
    expect((await foreign('POST', '/dashboard/api/sign-in/sso', body)).status).toBe(403);
  });
});

describe('nobody is let in', () => {
  const refusals = async () => (await audits('staff.sign_in_refused')).map(({ after }) => after);

  // What vouches for a member is an organization that an admin has named.
  test("[IDB-04] through another organization's connection, with a member's own address", async () => {
    await allow('optional');
    const other = await aSignInCustomer(world, { verifiedDomain: 'acme.test' });
    await asSystem(world.api, (tx) =>
      tx
        .updateTable('organizations')
        .set({ allowProfilesOutsideOrganization: true })
        .where('id', '=', other.organization.id)
        .execute(),
    );
    await aColleague('greta@guests.test', 'admin');
    const browser = aBrowser();
    const { url } = await asked({ browser });
    const crafted = new URL(url);
    crafted.searchParams.set('connection', other.connection.id);

    const { action, fields } = await chooseAtTestIdp(
      browser,
      await browser.get(crafted.href),
      'greta@guests.test',
    );
    const { end } = await followTo(browser, await browser.post(action, fields));

    expect(why(end)).toBe('changed');
    expect(await sessionOf(browser)).toBeUndefined();
    expect((await refusals()).at(-1)).toEqual({ by: 'sso', why: 'changed' });
  });

  // A guest of the provider is no colleague, though their address is a member's.
  test('[IDB-02] with an address outside the domains that were vouched for', async () => {
    await asSystem(world.api, (tx) =>
      tx
        .updateTable('organizations')
        .set({ allowProfilesOutsideOrganization: true })
        .where('id', '=', own.organization.id)
        .execute(),
    );
    await allow('optional');
    await aColleague('greta@guests.test', 'admin');

    const { end, browser } = await enter({ person: 'greta@guests.test' });

    expect(why(end)).toBe('no_member');
    expect(await sessionOf(browser)).toBeUndefined();
  });

  // The word of an admin was about this organization's domains of that day.
  test('[IDB-02] with an address in a domain that the organization no longer holds, or got later', async () => {
    await allow('optional');
    await aColleague('anna@northwind.test');
    const domains = (state: 'verified' | 'failed', domain: string) =>
      asSystem(world.api, (tx) =>
        tx
          .updateTable('organizationDomains')
          .set({ state, domain })
          .where('organizationId', '=', own.organization.id)
          .execute(),
      );
    const { browser, action, fields } = await asked({});
    await domains('failed', 'northwind.test');
    const lost = await followTo(browser, await browser.post(action, fields));
    await domains('verified', 'northwind-labs.test');
    await aColleague('zofia@northwind-labs.test', 'admin');
    const later = await asked({ person: 'zofia@northwind-labs.test' });
    const got = await followTo(later.browser, await later.browser.post(later.action, later.fields));
    await domains('verified', 'northwind.test');

    expect([why(lost.end), why(got.end)]).toEqual(['no_member', 'no_member']);
  });

  test('who is no member: no account is made, and it is told only to them', async () => {
    await allow('optional');
    const before = (await admin.ask('GET', '/members')).body.members as unknown[];

    const { end } = await enter({ email: 'malik@northwind.test' });

    expect(why(end)).toBe('no_member');
    expect((await admin.ask('GET', '/members')).body.members).toHaveLength(before.length);
    expect((await refusals()).at(-1)).toEqual({ by: 'sso', why: 'no_member' });
  });

  test('who was a member and is removed, though the provider still knows them', async () => {
    await allow('optional');
    const anna = await aColleague('anna@northwind.test');
    const { browser, action, fields } = await asked({});
    await admin.ask('POST', `/members/${anna.id}/remove`);

    const { end } = await followTo(browser, await browser.post(action, fields));

    expect(why(end)).toBe('no_member');
  });

  // A test proves a connection to those who set it up, and nobody to anybody.
  test('[IDB-06] with what a test sign-in leaves behind', async () => {
    await allow('optional');
    await aColleague('anna@northwind.test', 'admin');
    const { browser, action, fields } = await asked({});
    let at = await browser.post(action, fields);
    while (at.leadsTo && !at.leadsTo.pathname.startsWith('/dashboard'))
      at = await browser.get(at.leadsTo.href);
    await asSystem(world.api, (tx) => tx.updateTable('signIns').set({ isTest: true }).execute());

    const { end } = await followTo(browser, at);

    expect(why(end)).toBe('over');
  });

  // Of any code the first use is the last.
  test('[OIDC-02] by a callback that is played again', async () => {
    await allow('optional');
    await aColleague('anna@northwind.test');
    const { browser, action, fields } = await asked({});
    const cookie = browser.cookieOf(world.api.url);
    const { callback } = await followTo(browser, await browser.post(action, fields));
    expect(await sessionOf(browser)).toBeDefined();

    const again = await fetch(callback, { headers: { cookie }, redirect: 'manual' });

    expect(again.headers.get('location')).toContain('sso=over');
    expect(again.headers.get('set-cookie')).toBeNull();
  });

  // Who begins is who ends, in the product and in the dashboard.
  test('[SAML-16] in another browser than the one that began', async () => {
    await allow('optional');
    await aColleague('anna@northwind.test');
    const { browser, action, fields } = await asked({});
    let at = await browser.post(action, fields);
    while (at.leadsTo && !at.leadsTo.pathname.startsWith('/dashboard'))
      at = await browser.get(at.leadsTo.href);
    const victim = aBrowser();
    await asked({ browser: victim });

    expect(why(await victim.get(at.leadsTo?.href ?? ''))).toBe('over');
    expect(why(await aBrowser().get(at.leadsTo?.href ?? ''))).toBe('over');
    expect(await sessionOf(victim)).toBeUndefined();
  });

  // What vouches in one environment vouches in no other.
  test('[TEN-01] into another environment, where the same address is a member', async () => {
    await allow('optional');
    const email = 'zofia@northwind.test';
    await aColleague(email);
    const elsewhere = await aVendor(world.api);
    await asSystem(world.api, async (tx) => {
      const { member } = await aMember(world.api, elsewhere, 'admin');
      await tx.updateTable('members').set({ email }).where('id', '=', member.id).execute();
    });
    const browser = aBrowser();
    const started = await browser.call(startUrl(), { email, environmentId: elsewhere.environment.id });
    expect(started.status).toBe(409);
    const { url, action, fields } = await asked({ browser, email });
    let at = await browser.post(action, fields);
    while (at.leadsTo && !at.leadsTo.pathname.startsWith('/dashboard'))
      at = await browser.get(at.leadsTo.href);
    const turned = at.leadsTo?.href.replace(world.vendor.environment.id, elsewhere.environment.id) ?? '';
    const crafted = new URL(url);
    crafted.searchParams.set(
      'redirect_uri',
      membersCallbackUrl(world.api.deps.urls, elsewhere.environment.id),
    );

    expect(why(await browser.get(turned))).toBe('over');
    expect((await browser.get(crafted.href)).status).toBe(400);
    expect(await sessionOf(browser)).toBeUndefined();
  });

  test("with a code that an app of the vendor's was given", async () => {
    await allow('optional');
    await aColleague('anna@northwind.test', 'admin');
    const { browser, url } = await asked({});
    // Even one that was asked for with the secret of this very browser.
    const challenge = new URL(url).searchParams.get('code_challenge') ?? '';
    const query = { connection: own.connection.id, code_challenge: challenge, code_challenge_method: 'S256' };
    const ended = await signInAt(world, query, { person: 'anna@northwind.test', browser });
    const code = ended.leadsTo?.searchParams.get('code') ?? '';
    const callback = membersCallbackUrl(world.api.deps.urls, world.vendor.environment.id);

    expect(code).not.toBe('');
    expect(why(await browser.get(`${callback}?code=${code}`))).toBe('over');
  });

  test('when single sign-on was taken back while they were at the provider', async () => {
    await allow('optional');
    await aColleague('anna@northwind.test');
    const { browser, action, fields } = await asked({});
    await allow('off');

    const { end } = await followTo(browser, await browser.post(action, fields));

    expect(why(end)).toBe('changed');
  });
});

describe('who may change a connection does not become an admin by it', () => {
  test('a connection that has changed counts again only when an admin has looked', async () => {
    await allow('optional');
    await aColleague('anna@northwind.test', 'admin');
    const { browser, action, fields } = await asked({});
    const { environmentId, organizationId, id } = own.connection;
    await withTenant(world.api.db, { environmentId }, (tx) =>
      updateConnectionSettings(
        tx,
        { environmentId, organizationId },
        id,
        { attributeMapping: { email: 'email' } },
        new Date(),
      ),
    );

    const { end } = await followTo(browser, await browser.post(action, fields));
    const shown = (await admin.ask('GET', '/members-sso')).body;
    const email = 'anna@northwind.test';
    const started = await browser.call(startUrl(), { email, environmentId });

    expect(why(end)).toBe('changed');
    expect(shown).toMatchObject({ differs: true, current: { connections: [{ state: 'changed' }] } });
    expect(started.status).toBe(409);
    await allow('optional');
    expect((await enter()).end.leadsTo?.pathname).toBe('/dashboard/');
  });

  // The one that signed is named: a key that a program has added signs nobody in here.
  test('[MD-09] a key of the provider that was added since counts for apps, and for no member', async () => {
    await allow('optional');
    await aColleague('anna@northwind.test', 'admin');
    const { environmentId, organizationId, id } = own.connection;
    const now = world.api.deps.now();
    const [key] = await asSystem(world.api, (tx) =>
      tx.selectFrom('idpCertificates').selectAll().where('connectionId', '=', id).execute(),
    );
    if (key === undefined) throw new Error('no key');
    const { body } = await admin.ask('GET', '/members-sso');
    expect(body.differs).toBe(false);
    // The key of that day goes, the same one comes back by a program's hand.
    await asSystem(world.api, async (tx) => {
      await tx
        .updateTable('environments')
        .set({
          membersTrust: JSON.stringify({
            organizationId,
            domains: ['northwind.test'],
            connections: [{ id, settingsRevision: await revisionOf(id), certificates: [] }],
          }),
        })
        .where('id', '=', environmentId)
        .execute();
      await tx.updateTable('idpCertificates').set({ retiredAt: now }).where('id', '=', key.id).execute();
      const certificate = new X509Certificate(key.pem);
      await insertCertificates(tx, [
        {
          id: newId('saml_x509_cert_'),
          environmentId,
          organizationId,
          connectionId: id,
          pem: key.pem,
          fingerprint: key.fingerprint,
          spkiFingerprint: key.spkiFingerprint,
          subject: certificate.subject,
          keyBits: 2048,
          notBefore: key.notBefore,
          notAfter: key.notAfter,
          source: 'api',
          createdAt: now,
        },
      ]);
    });

    expect(why((await enter()).end)).toBe('changed');
    expect((await admin.ask('GET', '/members-sso')).body).toMatchObject({ differs: true });
  });

  test('where members come back to is no redirect URI of an app, as it is or by a pattern', async () => {
    const callback = membersCallbackUrl(world.api.deps.urls, world.vendor.environment.id);
    const { port } = new URL(callback);
    for (const uri of [callback, callback.replace(`:${port}`, ':*')]) {
      const byStaff = await admin.ask('POST', '/environment/redirect-uris', { uri });
      const byProgram = await world.vendor.call('POST', '/user_management/redirect_uris', { uri });
      expect([byStaff.status, byProgram.status]).toEqual([422, 400]);
    }
    // Nobody is led there without the secret of a browser, and nowhere while the rule is off.
    const plain = authorizeUrl(world, { redirect_uri: callback, connection: own.connection.id });
    const challenge = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' };
    const secret = authorizeUrl(world, {
      redirect_uri: callback,
      connection: own.connection.id,
      ...challenge,
    });
    expect((await aBrowser().get(secret)).status).toBe(400);
    await allow('optional');
    expect((await aBrowser().get(plain)).status).toBe(400);
    expect((await aBrowser().get(secret)).status).toBe(302);
  });

  const revisionOf = async (id: string) =>
    (
      await asSystem(world.api, (tx) =>
        tx
          .selectFrom('connections')
          .select('settingsRevision')
          .where('id', '=', id)
          .executeTakeFirstOrThrow(),
      )
    ).settingsRevision;
});

describe('the rule', () => {
  const codeMails = (email: string) => world.api.mailbox.list({ to: email }).length;
  const askCode = (email: string) =>
    caller(world.api, pageHeaders(world.api))('POST', '/dashboard/api/sign-in/code', { email });
  const asSsoStaff = async (browser: Browser): Promise<Staff['ask']> =>
    heldAgainstContract(async (method, path, body) => {
      const cookie = browser.cookieOf(world.api.url);
      return caller(world.api, { cookie, ...pageHeaders(world.api) })(method, path, body);
    });
  const require = async () => {
    await allow('optional');
    const anna = await aColleague('anna@northwind.test', 'admin');
    const ask = await asSsoStaff((await enter()).browser);
    const { body } = await ask('GET', '/members-sso');
    expect((await ask('PUT', '/members-sso', { rule: 'required', mark: body.candidate.mark })).status).toBe(
      200,
    );
    return { anna, ask };
  };

  test('is an admin’s, about the organization that holds their own domain, as it was shown to them', async () => {
    const viewer = await aStaff(world.api, world.vendor, 'developer');
    expect((await viewer.ask('PUT', '/members-sso', { rule: 'off' })).status).toBe(403);
    expect((await admin.ask('PUT', '/members-sso', { rule: 'optional', mark: 'other' })).body.code).toBe(
      'settings_changed',
    );

    expect((await allow('optional')).body).toMatchObject({
      rule: 'optional',
      current: {
        organization: { id: own.organization.id },
        domains: ['northwind.test'],
        connections: [{ id: own.connection.id, state: 'counts' }],
      },
      differs: false,
    });
    expect((await audits('member.sso_changed')).at(-1)).toMatchObject({
      actorId: admin.member.id,
      before: { rule: 'off' },
      after: { rule: 'optional', trust: { organizationId: own.organization.id } },
    });
  });

  test('needs a live connection', async () => {
    const elsewhere = await aVendor(world.api);
    const lonely = await aStaff(world.api, elsewhere, 'admin');

    expect((await lonely.ask('GET', '/members-sso')).body).toMatchObject({ candidate: null, rule: 'off' });
    expect((await lonely.ask('PUT', '/members-sso', { rule: 'optional' })).body.code).toBe('sso_not_ready');
  });

  test('requires single sign-on only for who has come in by it', async () => {
    expect((await allow('required')).body.code).toBe('sso_untried');
    expect((await admin.ask('GET', '/members-sso')).body).toMatchObject({ rule: 'off', mayRequire: false });
    await require();
    expect((await admin.ask('GET', '/members-sso')).body).toMatchObject({ rule: 'required' });
  });

  test('once required, codes are mailed to nobody but the last admin, and entered ones count no more', async () => {
    const support = await aColleague(`support-${newId('x_').slice(-6).toLowerCase()}@northwind.test`);
    const elsewhere = await aMember(world.api, await aVendor(world.api));
    await askCode(support.email);
    await expect.poll(() => codeMails(support.email)).toBe(1);
    const { anna, ask } = await require();
    const before = codeMails(anna.email);

    for (const { email } of [support, anna, admin.member, elsewhere.member]) await askCode(email);
    await expect.poll(() => codeMails(elsewhere.member.email)).toBe(1);
    const mails = [support, anna, admin.member].map(({ email }) => codeMails(email));
    const [{ id = '' } = {}] = world.api.mailbox.list({ to: support.email });
    const code = /\b\d{6}\b/.exec((await world.api.mailbox.get(id))?.text ?? '')?.[0];
    const body = { email: support.email, code };
    const entered = await caller(world.api, pageHeaders(world.api))('POST', '/dashboard/api/sign-in', body);
    await ask('POST', `/members/${admin.member.id}/remove`);
    await askCode(anna.email);

    await expect.poll(() => codeMails(anna.email)).toBe(before + 1);
    expect([mails, entered.status]).toEqual([[1, before, 0], 422]);
  });

  test('once required, a session that a code began elsewhere leads in here no more', async () => {
    await require();
    const elsewhere = await aVendor(world.api);
    const { member, call } = await aMember(world.api, elsewhere, 'viewer');
    await aColleague(member.email, 'admin');
    const path = `/dashboard/api/environments/${world.vendor.environment.id}/enter`;

    expect((await call('POST', path, {})).body.code).toBe('sso_needed');
  });

  test('while no connection counts, every admin may come in by a code, and nobody else', async () => {
    const { anna } = await require();
    const support = await aColleague(`support-${newId('x_').slice(-6).toLowerCase()}@northwind.test`);
    const set = (state: 'active' | 'inactive') =>
      asSystem(world.api, (tx) =>
        tx.updateTable('connections').set({ state }).where('id', '=', own.connection.id).execute(),
      );
    const before = codeMails(anna.email);
    await set('inactive');
    await askCode(anna.email);
    await askCode(support.email);
    await expect.poll(() => codeMails(anna.email)).toBe(before + 1);
    await set('active');

    expect(codeMails(support.email)).toBe(0);
  });
});
