import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, caller, type Reply, type Vendor } from '../support/builders.ts';
import { openLink } from '../support/visitor.ts';

let api: TestApi;
let vendor: Vendor;
let organizationId: string;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
});

const stranger = () => caller(api, { accept: 'text/html' });
const form = (values: Record<string, string> = {}) => new URLSearchParams(values);

/** A setup link of an invitation that is copied: the path of its page. */
async function aSetupLink(
  contacts: string[] = ['anna@acme.com'],
): Promise<{ path: string; onboardingId: string }> {
  const { body } = await vendor.call('POST', '/onboardings', {
    organization: organizationId,
    contacts,
    delivery: 'copy',
    features: [{ feature: 'sso' }, { feature: 'domain_verification', requirement: 'optional' }],
  });
  return { path: new URL(body.link).pathname, onboardingId: body.id };
}

async function aPortalLink(body: object = {}): Promise<string> {
  const reply = await vendor.call('POST', '/portal/generate_link', { organization: organizationId, ...body });
  return new URL(reply.body.link).pathname;
}

const links = () =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('links')
      .selectAll()
      .where('organizationId', '=', organizationId)
      .orderBy('createdAt')
      .execute(),
  );
const sessions = () =>
  asSystem(api, (tx) =>
    tx.selectFrom('portalSessions').selectAll().where('organizationId', '=', organizationId).execute(),
  );
const audits = (action: string) =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('auditEvents')
      .selectAll()
      .where('organizationId', '=', organizationId)
      .where('action', '=', action)
      .execute(),
  );
const cookieOf = (reply: Reply) => (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '';

describe('the page of a setup link', () => {
  test('says who asks, for what, what it takes, and until when the link is good', async () => {
    const { path } = await aSetupLink();

    const reply = await stranger()('GET', path);

    expect(reply.status).toBe(200);
    expect(reply.text).toContain('Northwind asks you to connect Acme to Northwind Analytics');
    expect(reply.text).toContain('Single sign-on and Domain verification');
    expect(reply.text).toContain('Nothing changes for your users until you switch it on.');
    expect(reply.text).toContain('Start set-up');
    expect(reply.text).toMatch(/link good until \d+ \w+ \d{4}/);
  });

  test('of a repair asks nobody to connect what is live, and promises nothing about switching on', async () => {
    const { path } = await aSetupLink();
    await asSystem(api, (tx) =>
      tx
        .updateTable('onboardings')
        .set({ origin: 'repair' })
        .where('organizationId', '=', organizationId)
        .execute(),
    );

    const { text } = await stranger()('GET', path);

    expect(text).toContain('Northwind Analytics for Acme needs attention');
    expect(text).toContain('Opening it changes nothing.');
    expect(text).not.toContain('asks you to connect');
    expect(text).not.toContain('until you switch it on');
  });

  test('[LNK-04] changes nothing when it is fetched: no session, no opening, only a count of its own', async () => {
    const { path } = await aSetupLink();

    for (const method of ['GET', 'HEAD', 'GET'])
      await stranger()(method, path, undefined, { 'user-agent': 'Scanner' });

    const [link] = await links();
    expect(link).toMatchObject({ state: 'created', openedTimes: 0, fetchedTimes: 3, firstOpenedAt: null });
    expect(await sessions()).toEqual([]);
    expect(await audits('link.opened')).toEqual([]);
    expect((await audits('link.fetched')).map(({ userAgent }) => userAgent)).toEqual(
      Array(3).fill('Scanner'),
    );
  });

  test('[LNK-07] is not stored, not indexed, sends no referrer, and its token is in no log', async () => {
    const { path } = await aSetupLink();
    const token = path.split('/').at(-1) ?? '';

    const { headers, text } = await stranger()('GET', path);
    await stranger()('POST', path, form());

    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-robots-tag')).toBe('noindex');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(text).not.toMatch(/(src|href)="https?:/);
    expect(api.logged()).not.toContain(token);
  });

  test('escapes what people typed', async () => {
    const odd = await anOrganization(vendor, { name: 'A<b>&"Co' });
    organizationId = odd.id;
    const { path } = await aSetupLink();

    const { text } = await stranger()('GET', path);

    expect(text).toContain('A&lt;b&gt;&amp;&quot;Co');
    expect(text).not.toContain('A<b>');
  });

  test('[LNK-03] opens under no other handle than its own', async () => {
    const other = await aVendor(api);
    const { path } = await aSetupLink();

    const reply = await stranger()('GET', path.replace(vendor.environment.handle, other.environment.handle));

    expect(reply.status).toBe(404);
  });
});

describe('opening a setup link', () => {
  test('begins a session, leads to the set-up without the token, and can be done again', async () => {
    const { path } = await aSetupLink();

    const first = await stranger()('POST', path, form({ time_zone: 'Europe/Berlin' }));
    const second = await stranger()('POST', path, form());

    expect([first.status, second.status]).toEqual([303, 303]);
    expect(first.headers.get('location')).toBe(`${api.url}/setup/${vendor.environment.handle}/home`);
    expect(first.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax/);
    expect(cookieOf(first)).not.toBe(cookieOf(second));
    expect((await sessions()).map(({ timeZone }) => timeZone).sort()).toEqual(['Europe/Berlin', null]);
    expect(await links()).toMatchObject([{ state: 'opened', openedTimes: 2 }]);
    expect(await audits('link.opened')).toHaveLength(2);
  });

  test('[LNK-05] a scanner that presses the button leaves the link to the person', async () => {
    const { path } = await aSetupLink();
    for (let press = 0; press < 3; press += 1)
      await stranger()('POST', path, form(), { 'user-agent': 'Scanner' });

    const reply = await stranger()('POST', path, form());

    expect(reply.status).toBe(303);
    const home = await caller(api, { cookie: cookieOf(reply) })('GET', path.replace(/[^/]+$/, 'home'));
    expect(home.text).toContain('"sessionHandle":"session_');
  });

  test('works while Temporal is away: the command waits in the outbox', async () => {
    const { path } = await aSetupLink();

    const reply = await stranger()('POST', path, form());

    expect(reply.status).toBe(303);
    const waiting = await asSystem(api, (tx) =>
      tx.selectFrom('commands').selectAll().where('organizationId', '=', organizationId).execute(),
    );
    expect(waiting.map(({ body }) => Object(body).kind)).toContain('open_link');
  });

  test('[LNK-06] gives a new session whatever cookie the browser brought, and ends the one it had', async () => {
    const { path } = await aSetupLink();
    const first = await stranger()('POST', path, form());

    const second = await caller(api, { cookie: cookieOf(first) })('POST', path, form());

    expect(cookieOf(second)).not.toBe(cookieOf(first));
    expect((await sessions()).filter(({ endedAt }) => endedAt === null)).toHaveLength(1);
  });

  test('[LNK-09] is refused to a form of another site; our own and a browser that sends null pass', async () => {
    const { path } = await aSetupLink();
    const post = (headers: Record<string, string>) => stranger()('POST', path, form(), headers);

    expect((await post({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await post({ origin: 'null', 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(await sessions()).toEqual([]);
    expect((await post({ origin: 'null', 'sec-fetch-site': 'same-origin' })).status).toBe(303);
    expect((await post({ origin: api.url })).status).toBe(303);
  });

  test('greets who comes back with how far it is', async () => {
    const { path } = await aSetupLink();
    await stranger()('POST', path, form());

    const { text } = await stranger()('GET', path);

    expect(text).toContain('Continue setting up Acme');
    expect(text).toMatch(/0 of \d done/);
    expect(text).toContain('>Continue</button>');
  });

  test('opens the finished page, read-only, once its work is done, until its date', async () => {
    const { path } = await aSetupLink();
    await asSystem(api, (tx) =>
      tx
        .updateTable('links')
        .set({ state: 'completed', endedAt: api.deps.now(), tokenSealed: null })
        .where('organizationId', '=', organizationId)
        .execute(),
    );

    expect((await stranger()('GET', path)).text).toContain('See what was set up');
    const opened = await stranger()('POST', path, form());
    expect(opened.headers.get('location')).toMatch(/\/finished$/);
    const later = await openLink(api, vendor, `${api.deps.urls.portal}${path}`);
    expect(await later.ask('POST', '/sso/provider', { providerId: 'okta' })).toMatchObject({
      status: 403,
      body: { code: 'set_up_finished' },
    });

    await asSystem(api, (tx) =>
      tx
        .updateTable('links')
        .set({ expiresAt: new Date(0) })
        .where('organizationId', '=', organizationId)
        .execute(),
    );
    expect((await stranger()('POST', path, form())).status).toBe(404);
  });
});

describe('a portal link', () => {
  test('posts by itself, with a button for browsers without script', async () => {
    const path = await aPortalLink({ intent: 'sso' });

    const { status, text } = await stranger()('GET', path);

    expect(status).toBe(200);
    expect(text).toMatch(/<script nonce="[\w-]+">[^<]*requestSubmit\(\)/);
    expect(text).toContain('<button type="submit">Continue</button>');
  });

  test('[LNK-06] opens once: of 20 simultaneous exchanges exactly one wins', async () => {
    const path = await aPortalLink({ intent: 'domain_verification' });

    const replies = await Promise.all(Array.from({ length: 20 }, () => stranger()('POST', path, form())));

    const won = replies.filter(({ status }) => status === 303);
    expect(won).toHaveLength(1);
    expect(won[0]?.headers.get('location')).toMatch(/\/domains$/);
    expect(replies.filter(({ status }) => status === 404)).toHaveLength(19);
    expect(await sessions()).toHaveLength(1);
  });

  test('leads the browser that has spent it back into its session, and nobody else', async () => {
    const path = await aPortalLink();
    const opened = await stranger()('POST', path, form());

    const back = await caller(api, { cookie: cookieOf(opened) })('GET', path);

    expect(back.headers.get('location')).toMatch(/\/home$/);
    const other = await stranger()('GET', path);
    expect(other.status).toBe(404);
    expect(other.text).toContain('Go back to Northwind Analytics and press the button again.');
  });

  test('is dead after five minutes', async () => {
    const path = await aPortalLink();
    await asSystem(api, (tx) =>
      tx
        .updateTable('links')
        .set({ expiresAt: new Date(api.deps.now().getTime() - 1) })
        .where('organizationId', '=', organizationId)
        .execute(),
    );

    expect((await stranger()('POST', path, form())).status).toBe(404);
    expect(await sessions()).toEqual([]);
  });
});

describe('[LNK-03] a link that opens nothing', () => {
  const withoutToken = (text: string, token: string) => text.replaceAll(token, 'TOKEN');

  test('shows the same page whether it was revoked, replaced, expired, cut off or never was', async () => {
    const { path } = await aSetupLink();
    const token = path.split('/').at(-1) ?? '';
    const base = path.slice(0, -token.length);
    const invented = token.replace(/.{4}$/, '0000');
    const unknown = await stranger()('GET', base + invented);
    const cut = await stranger()('GET', path.slice(0, -9));
    const states = ['revoked', 'replaced', 'expired'] as const;
    const pages = [];
    for (const state of states) {
      await asSystem(api, (tx) =>
        tx
          .updateTable('links')
          .set({ state, endedAt: api.deps.now() })
          .where('organizationId', '=', organizationId)
          .execute(),
      );
      pages.push(await stranger()('GET', path));
    }

    const seen = [
      withoutToken(unknown.text, invented),
      withoutToken(cut.text, token.slice(0, -9)),
      ...pages.map(({ text }) => withoutToken(text, token)),
    ];
    expect(new Set(seen).size).toBe(1);
    expect(new Set([unknown, cut, ...pages].map(({ status }) => status))).toEqual(new Set([404]));
    expect(unknown.text).toContain('This link no longer works');
    expect(unknown.text).toContain('mailto:help@northwind.test');
    expect(unknown.text).not.toMatch(/type="(email|text)"/);
  });

  test('shows a page without a brand where even the handle is nobody’s', async () => {
    const reply = await stranger()('GET', '/setup/no-such-vendor/vb_setup_x');

    expect(reply.status).toBe(404);
    expect(reply.text).toContain('This link no longer works');
  });

  test.each(['/setup/%00/vb_setup_x', '/setup/a/%F0%9F', `/setup/a/${'x'.repeat(5_000)}`, '/setup/a'])(
    'answers %s with a page, not with an error of ours',
    async (path) => {
      expect((await stranger()('GET', path)).status).toBeLessThan(500);
    },
  );
});

describe('"Send me a fresh link"', () => {
  const press = (path: string) =>
    stranger()(
      'POST',
      `/setup/${vendor.environment.handle}/fresh-link`,
      form({ token: path.split('/').at(-1) ?? '' }),
    );
  const requests = () =>
    asSystem(api, (tx) =>
      tx.selectFrom('freshLinkRequests').selectAll().where('organizationId', '=', organizationId).execute(),
    );
  const end = (state: 'expired' | 'revoked') =>
    asSystem(api, (tx) =>
      tx
        .updateTable('links')
        .set({ state, endedAt: api.deps.now(), tokenSealed: null })
        .where('organizationId', '=', organizationId)
        .execute(),
    );
  const commands = () =>
    asSystem(api, (tx) =>
      tx
        .selectFrom('commands')
        .selectAll()
        .where('organizationId', '=', organizationId)
        .orderBy('createdAt')
        .execute(),
    );
  const kinds = async () => (await commands()).map(({ body }) => Object(body).kind);

  test('reads the same whatever comes of it', async () => {
    const { path } = await aSetupLink();
    const replies = [await press(path), await press(path), await press('/vb_setup_never'), await press('/')];
    await end('revoked');
    replies.push(await press(path));

    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(replies[0]?.text).toContain('If this was a valid link');
  });

  test('sends an active link again as it is: nothing is replaced and no session ends', async () => {
    const { path } = await aSetupLink();
    await stranger()('POST', path, form());

    await press(path);

    expect(await requests()).toMatchObject([{ outcome: 'sent_again' }]);
    expect(await links()).toHaveLength(1);
    expect((await sessions()).filter(({ endedAt }) => endedAt !== null)).toEqual([]);
    expect(await kinds()).toContain('remind');
  });

  test('mails at most once in ten minutes, however often and fast it is pressed', async () => {
    const { path } = await aSetupLink();

    await Promise.all(Array.from({ length: 8 }, () => press(path)));

    const outcomes = (await requests()).map(({ outcome }) => outcome).sort();
    expect(outcomes).toEqual(['sent_again', ...Array(7).fill('too_soon')]);
    expect((await kinds()).filter((kind) => kind === 'remind')).toHaveLength(1);
  });

  test('makes a new link only where the newest has expired, once', async () => {
    const { path } = await aSetupLink();
    await end('expired');

    await press(path);
    await press(path);

    expect((await requests()).map(({ outcome }) => outcome).sort()).toEqual(['replaced', 'too_soon']);
    expect((await links()).filter(({ endedAt }) => endedAt === null)).toHaveLength(1);
    expect((await kinds()).filter((kind) => kind === 'fresh_link')).toHaveLength(1);
  });

  test('is pressed, too, by whoever has only the session that the link opened, of this environment', async () => {
    const { path } = await aSetupLink();
    const cookie = cookieOf(await stranger()('POST', path, form()));
    const other = await aVendor(api);
    const pressAt = (handle: string) =>
      stranger()('POST', `/setup/${handle}/fresh-link`, form({ token: '' }), { cookie });

    await pressAt(other.environment.handle);
    expect(await requests()).toEqual([]);
    const { text } = await pressAt(vendor.environment.handle);

    expect(text).toContain('If this was a valid link');
    expect(await requests()).toMatchObject([{ outcome: 'sent_again' }]);
  });

  test('mails nothing where a person has revoked the link or cancelled the onboarding; staff see the request', async () => {
    const { path, onboardingId } = await aSetupLink();
    await end('revoked');
    await press(path);
    await vendor.call('POST', `/onboardings/${onboardingId}/cancel`, {});
    await press(path);

    expect((await requests()).map(({ outcome }) => outcome)).toEqual(['withheld', 'withheld']);
    expect(await kinds()).not.toContain('remind');
    expect(await kinds()).not.toContain('fresh_link');
    expect(await audits('fresh_link.requested')).toHaveLength(2);
  });

  test('cancelling an onboarding ends its links and sessions at once, with the engine away', async () => {
    const { path, onboardingId } = await aSetupLink();
    const opened = await stranger()('POST', path, form());
    const cookie = cookieOf(opened);

    await vendor.call('POST', `/onboardings/${onboardingId}/cancel`, {});

    expect((await stranger()('GET', path)).status).toBe(404);
    expect(await links()).toMatchObject([{ state: 'revoked', tokenSealed: null }]);
    expect(await sessions()).toMatchObject([{ endedAt: expect.any(Date) }]);
    const home = await stranger()('GET', `/setup/${vendor.environment.handle}/home`, undefined, { cookie });
    expect(home.text).not.toContain('sessionHandle');
    expect(await audits('link.revoked')).toHaveLength(1);
  });

  test('never mails an address that is typed', async () => {
    const { path } = await aSetupLink([]);

    await stranger()(
      'POST',
      `/setup/${vendor.environment.handle}/fresh-link`,
      form({ token: path.split('/').at(-1) ?? '', email: 'me@evil.example' }),
    );

    expect(await requests()).toMatchObject([{ outcome: 'withheld' }]);
  });
});

describe('the pages of the portal', () => {
  test.each([
    '/home',
    '/sso',
    '/sso/metadata',
    '/directory',
    '/directory/watch',
    '/domains',
    '/finished',
    '/some/thing/else',
  ])('answer %s with the app, a fresh nonce and no copy kept', async (path) => {
    const ask = () => stranger()('GET', `/setup/${vendor.environment.handle}${path}`);
    const [first, second] = [await ask(), await ask()];

    expect(first.status).toBe(200);
    expect(first.headers.get('cache-control')).toBe('no-store');
    const nonceOf = ({ text }: Reply) => /id="boot" nonce="([\w-]+)"/.exec(text)?.[1];
    expect(first.headers.get('content-security-policy')).toContain(`'nonce-${nonceOf(first)}'`);
    expect(nonceOf(first)).not.toBe(nonceOf(second));
    expect(first.text).toContain(`"basePath":"/setup/${vendor.environment.handle}"`);
    expect(first.text).not.toContain('sessionHandle');
  });

  test('tell the app whose session it is drawn for, and nothing that could end its script', async () => {
    organizationId = (await anOrganization(vendor, { name: 'x</script><b>' })).id;
    const opened = await stranger()(
      'POST',
      await aPortalLink({ return_url: 'https://app.example.com/back' }),
      form(),
    );

    const { text } = await caller(api, { cookie: cookieOf(opened) })(
      'GET',
      `/setup/${vendor.environment.handle}/home`,
    );

    expect(text).toContain('"sessionHandle":"session_');
    expect(text).toContain('"returnUrl":"https://app.example.com/back"');
    expect(text).not.toContain('x</script>');
  });

  test('a slash behind the handle leads to the address without it', async () => {
    const { status, headers } = await stranger()('GET', `/setup/${vendor.environment.handle}/`);

    expect(status).toBe(303);
    expect(headers.get('location')).toBe(`${api.url}/setup/${vendor.environment.handle}`);
  });

  test('are kept apart from the JSON below them, and assets are kept for ever', async () => {
    const json = await stranger()('GET', `/setup/${vendor.environment.handle}/api/nothing`);
    const asset = await stranger()('GET', '/assets/main-1a2b.js');
    const missing = await stranger()('GET', '/assets/../package.json');

    expect(json.headers.get('content-type')).toContain('application/problem+json');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(missing.status).toBe(404);
  });

  test('[LNK-08] say nothing of a session that another environment has open', async () => {
    const other = await aVendor(api);
    const opened = await stranger()('POST', await aPortalLink(), form());

    const { text } = await caller(api, { cookie: cookieOf(opened) })(
      'GET',
      `/setup/${other.environment.handle}/home`,
    );

    expect(text).not.toContain('sessionHandle');
  });
});
