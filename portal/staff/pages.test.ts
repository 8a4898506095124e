import { afterEach, expect, it, vi } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { createFakeDashboard } from '../../test/support/fake-dashboard-api.ts';
import { rehearsalUpTo } from '../../test/support/fake-sandbox.ts';
import { pageMounter } from './mount-page.ts';

const mountPage = pageMounter(createFakeDashboard);

type Mounted = Awaited<ReturnType<typeof mountPage>>;
let app: Mounted | undefined;
const open = async (...given: Parameters<typeof mountPage>) => (app = await mountPage(...given));
afterEach(() => {
  app?.unmount();
  app = undefined;
});

it('without a member every address leads to the sign-in, which remembers it', async () => {
  const { router } = await open('/onboardings/onb_1?tab=mail', { isSignedOut: true });

  expect(router.currentRoute.value.path).toBe('/sign-in');
  expect(router.currentRoute.value.query['to']).toBe('/onboardings/onb_1?tab=mail');
});

it('S1 says the same whether the address has access or not, then takes the code', async () => {
  const assign = vi.spyOn(location, 'assign').mockImplementation(() => undefined);
  const { fill, press, words, sent } = await open('/sign-in?to=%2F%2Fevil.example', { isSignedOut: true });

  await fill('E-mail', 'kim@vendor.example');
  await press('Continue');
  expect(words()).toContain('If this address has access, a code is on its way.');
  await fill('Six-digit code', '123456');
  await press('Sign in');

  expect(sent().at(-1)?.body).toEqual({ email: 'kim@vendor.example', code: '123456' });
  expect(assign).toHaveBeenCalledWith('/dashboard/');
  assign.mockRestore();
});

it('S1 leads to single sign-on where the domain has it, with the page that was wanted', async () => {
  const assign = vi.spyOn(location, 'assign').mockImplementation(() => undefined);
  const { fill, press, words, sent } = await open('/sign-in?to=%2Fmembers', {
    isSignedOut: true,
    arrange: ({ sso }) => {
      sso.ways = { sso: 'required', environments: [{ id: 'env_1', name: 'Sandbox' }] };
    },
  });

  await fill('E-mail', 'kim@vendor.example');
  await press('Continue');
  expect(words()).toContain('Your company lets its people in by single sign-on.');
  await press('Continue with single sign-on');

  expect(sent().at(-1)?.body).toEqual({
    email: 'kim@vendor.example',
    environmentId: 'env_1',
    to: '/members',
  });
  expect(assign).toHaveBeenCalledWith('https://api.vendor.example/sso/authorize');
  assign.mockRestore();
});

it('S18 saves the rule over what was shown, and offers to require it only to who has come in by it', async () => {
  const { press, words, sent, page } = await open('/members');

  await press('Set up single sign-on');
  expect(words()).toContain('To require it, come in by single sign-on once yourself.');
  expect(page.find('input[value=required]').exists()).toBe(false);
  await press('Save');

  expect(sent().at(-1)).toMatchObject({ method: 'PUT', body: { rule: 'optional', mark: 'the mark' } });
  expect(words()).toMatch(/Okta of Vendor\s*counts/);
});

it('the sidebar leads only to pages that exist, and to the sandbox only in one', async () => {
  const links = () => [...document.querySelectorAll('nav a')].map((link) => link.textContent?.trim());
  await open('/onboardings', { kind: 'production' });

  expect(links()).toEqual(
    expect.arrayContaining(['Onboardings', 'Organizations', 'Attempts', 'Domains', 'API keys']),
  );
  expect(links()).not.toContain('Mailbox');
});

it('S2 ticks only what happened, and keeps the key masked', async () => {
  const { words, page } = await open('/first-run');

  expect(page.findAll('ol > li').map((line) => line.text().includes('Not yet'))).toEqual([
    false,
    true,
    true,
    true,
    true,
  ]);
  expect(page.find('[aria-hidden="true"].sr-only, .sr-only').exists()).toBe(true);
  expect(words()).toContain('API key, hidden');
});

it('S3 searches in the address, after the typing', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { fill, router } = await open('/organizations');

  await fill('Name, domain or external id', 'glob');
  vi.advanceTimersByTime(250);
  vi.useRealTimers();
  await eventually(() => expect(router.currentRoute.value.fullPath).toBe('/organizations?search=glob'));
});

it('S1 asks for nothing that only members have, and does not say that a session ended', async () => {
  const { fake, words } = await open('/sign-in', { isSignedOut: true, isEarly: true });

  expect(fake.requests).toEqual([]);
  expect(words()).not.toContain('Your session ended');
});

it('S3 makes an organization and goes on to inviting', async () => {
  const { fill, press, sent, router, words } = await open('/organizations');

  await press('New organization');
  await fill('Name', 'Soylent');
  await fill('Domains', 'soylent.example\nsoylent.test');
  await press('Create organization');

  expect(sent()[0]?.body).toEqual({
    name: 'Soylent',
    domains: ['soylent.example', 'soylent.test'],
    contacts: [],
  });
  expect(router.currentRoute.value.fullPath).toBe('/organizations/org_1?invite=yes');
  expect(words()).toContain('Invite an IT admin to set up Soylent');
});

it('S3 says once that the server is broken, however many lists of the page it keeps away', async () => {
  const { words } = await open('/organizations', {
    arrange: ({ refuse }) => {
      refuse('GET', '/dashboard/api/organizations', 500, 'internal');
      refuse('GET', '/dashboard/api/deleted-organizations', 500, 'internal');
    },
  });

  expect(words().split('Something broke on our side.')).toHaveLength(2);
});

it('S3 names the domain that is refused at its field, and sends no more than are taken at once', async () => {
  const { fill, press, words, sent } = await open('/organizations');

  await press('New organization');
  await fill('Name', 'Soylent');
  await fill('IT contacts', Array.from({ length: 21 }, (_, n) => `it${n}@soylent.example`).join('\n'));
  await press('Create organization');
  expect(words()).toContain('At most 20 here.');
  expect(sent()).toEqual([]);
  await fill('IT contacts', '');
  await fill('Domains', 'soylent.example, gmail.com');
  await press('Create organization');

  await eventually(() => expect(words()).toContain('gmail.com: This is a public mail domain.'));
});

it('S3 keeps what was typed when the session ends, and goes on once signed in again', async () => {
  const { fill, press, words, fake, router, find } = await open('/organizations');

  await press('New organization');
  await fill('Name', 'Soylent');
  fake.refuse('POST', '/dashboard/api/organizations', 401, 'unauthorized');
  await press('Create organization');
  await eventually(() => expect(words()).toContain('what you typed stays here.'));
  expect(find('a', 'Sign in, in a new tab').getAttribute('href')).toBe('/dashboard/sign-in');
  expect(words()).toContain('Sign in again; you come back to this page.');

  fake.accept('POST', '/dashboard/api/organizations');
  await press('Create organization');
  await eventually(() => expect(router.currentRoute.value.fullPath).toBe('/organizations/org_1?invite=yes'));
  expect(words()).not.toContain('Your session ended.');
});

it('[UI-04] an act that matters leads to a fresh sign-in beside the page, and is done after it', async () => {
  const { fill, press, words, fake, find, sent } = await open('/api-keys');

  await press('New key');
  await fill('Name', 'Backend');
  fake.refuse('POST', '/dashboard/api/api-keys', 403, 'sign_in_again', { minutes: 15 });
  await press('Make key');
  await eventually(() => expect(words()).toContain('This takes a sign-in of the last 15 minutes.'));
  const way = find('a', 'Sign in again, in a new tab');
  expect([way.getAttribute('href'), way.getAttribute('target')]).toEqual([
    '/dashboard/sign-in?again=yes',
    '_blank',
  ]);

  fake.accept('POST', '/dashboard/api/api-keys');
  await press('Make key');
  await eventually(() => expect(words()).not.toContain('This takes a sign-in'));
  expect(sent().at(-1)?.body).toMatchObject({ name: 'Backend' });
});

it('[UI-04] the sign-in beside a page knows the address and leads back to the tab that waits', async () => {
  const assign = vi.spyOn(location, 'assign').mockImplementation(() => undefined);
  const { fill, press, words, sent, router } = await open('/sign-in?again=yes');

  expect(words()).toContain('Your other tab waits as it is.');
  await press('Continue');
  await fill('Six-digit code', '123456');
  await press('Sign in');

  expect(sent().at(-1)?.body).toEqual({ email: 'kim@vendor.example', code: '123456' });
  expect(assign).toHaveBeenCalledWith('/dashboard/sign-in?again=done');
  assign.mockRestore();
  await router.push('/sign-in?again=done');
  await eventually(() => expect(words()).toContain('Go back to your other tab and try once more.'));
});

it('[UI-04] single sign-on is asked to look at them anew, and what it refuses is told to who is in already', async () => {
  const assign = vi.spyOn(location, 'assign').mockImplementation(() => undefined);
  const { press, words, sent, router } = await open('/sign-in?again=yes', {
    arrange: ({ sso }) => {
      sso.ways = { sso: 'required', environments: [{ id: 'env_1', name: 'Sandbox' }] };
    },
  });

  await press('Continue');
  await press('Continue with single sign-on');
  expect(sent().at(-1)?.body).toMatchObject({ to: '/sign-in?again=done', again: true });
  assign.mockRestore();

  await router.push('/onboardings');
  await router.push('/sign-in?sso=refused');
  await eventually(() => expect(words()).toContain('Your company’s sign-in did not let you in.'));
});

it('S4 shows a copied link once, with a text to pass on', async () => {
  const { press, words, sent } = await open('/organizations/org_1?invite=yes');
  await press('Make a link to copy', '[role="dialog"] label');
  await press('Make link');

  expect(sent()[0]?.body).toMatchObject({ delivery: 'copy', email: null, lifeDays: 30 });
  expect(words()).toContain('Whoever has it can set up Acme Corporation. Opening does not spend it.');
  expect(words()).toContain('/setup/northwind/lnk_only_for_the_fake');
  await press('Done');
  expect(words()).not.toContain('lnk_only_for_the_fake');
});

it('S4 says when the list of providers is not to be had, and asks for it again', async () => {
  const { fake, press, words } = await open('/organizations/org_1?invite=yes', {
    arrange: ({ data, refuse }) => {
      data.organization.connections = [];
      refuse('GET', '/dashboard/api/providers', 503, 'service_unavailable');
    },
  });
  await eventually(() => expect(words()).toContain('A part of our service does not answer at the moment.'));

  fake.accept('GET', '/dashboard/api/providers');
  await press('Try again');
  await eventually(() => expect(words()).not.toContain('A part of our service'));
});

it('S4 says which link an invitation replaces before it is sent', async () => {
  const { words } = await open('/organizations/org_1?invite=yes');

  expect(words()).toMatch(/Replaces the link made .+ for anna\.berg@acme\.example\./);
});

it('S8 narrows the list in the address', async () => {
  const { fill, router, fake, page } = await open('/attempts');

  await fill('Outcome', 'failed');

  expect(router.currentRoute.value.fullPath).toBe('/attempts?state=failed');
  expect(fake.requests.at(-1)?.path).toBe('/dashboard/api/attempts?state=failed');
  expect(page.findAll('.data-table tbody tr').every((row) => !row.text().includes('Worked'))).toBe(true);
});

it('S8 opens the failing card in the words that the customer reads, with the difference marked', async () => {
  const { page, words } = await open('/attempts/att_0');

  expect(words()).toContain('Entra sent a different audience than we expect');
  expect(page.find('mark').text()).toBe('/');
  expect(words()).toContain('7 checks passed');
});

it('S8 calls the key of an ID token a key, and that of a SAML answer a certificate', async () => {
  expect((await open('/attempts/att_6')).words()).toContain(
    'The ID token is signed with the key key-2026-11',
  );
  expect((await open('/attempts/att_0')).words()).toContain('With the certificate 9f2c4e…a41c');
});

it('S8 says in words that the id came from the Name ID', async () => {
  expect((await open('/attempts/att_5')).words()).toContain('from the Name ID');
});

it('S10 tells what each server answered', async () => {
  const { page } = await open('/domains/dom_1');

  expect(
    page.findAll('.data-table tbody tr').map((row) => row.findAll('th, td').map((cell) => cell.text())),
  ).toEqual([
    ['ns1, ns2.cloudflare.example', 'not there yet', '_northwind-challenge.acme.example', 'nothing'],
    [
      'ns1.cloudflare.example',
      'domain twice in the name',
      '_northwind-challenge.acme.example.acme.example',
      'northwind-verify=8c1f0a54d1e24f0bb2a7',
    ],
  ]);
});

it('S10 gives a contested domain to its organization, with a reason, and says who loses it', async () => {
  const { press, fill, words, sent } = await open('/domains/dom_5');

  expect(words()).toContain('Umbrella Health has proved this domain, too, and Initech holds it.');
  await press('Give it to Umbrella Health');
  expect(words()).toContain('Initech loses it at once');
  const before = sent().length;
  await press('Give it to Umbrella Health', '[role="dialog"] button');
  expect(words()).toContain('Say in a few words why.');
  expect(sent()).toHaveLength(before);
  await fill('Why', 'They showed us the contract.');
  await press('Give it to Umbrella Health', '[role="dialog"] button');

  expect(sent().at(-1)).toMatchObject({
    path: '/dashboard/api/domains/dom_5/decide',
    body: { note: 'They showed us the contract.' },
  });
  expect(words()).not.toContain('Proved by two organizations');
});

it('[DOM-07] S10 says why a domain waits for staff, and approves or refuses it with a reason', async () => {
  const { press, fill, words, sent } = await open('/domains/dom_6');

  expect(words()).toContain('It is part of initech.example, which Initech holds.');
  await press('Approve for Umbrella Health');
  expect(words()).toContain('We look for the record once more.');
  await press('Cancel', '[role="dialog"] button');
  await press('Refuse');
  expect(words()).toContain('It does not count for Umbrella Health, and its contacts are mailed.');
  await fill('Why', 'Not a subsidiary of theirs.');
  await press('Refuse', '[role="dialog"] button');

  expect(sent().at(-1)).toMatchObject({
    path: '/dashboard/api/domains/dom_6/refuse',
    body: { note: 'Not a subsidiary of theirs.' },
  });
  expect(words()).toContain('Not approved');
  expect(words()).not.toContain('Waits for your approval');
});

it('S7 says what a draft changes, what most sign-ins failed for, and brings an old set-up back after asking', async () => {
  const { fake, press, words, sent } = await open('/connections/conn_1', {
    arrange: ({ data }) => (data.connection.chip = 'failing'),
  });

  expect(words()).toContain('12 sign-ins refused within a day');
  expect(words()).toContain('a•••@acme.com has been editing it since');
  expect(words()).toContain('https://login.microsoftonline.com/77be/saml2');
  await press('Bring back');
  expect(words()).toContain('switches to Okta as it was then, at once.');
  await press('Bring back', '[role="dialog"] button');

  expect(sent().at(-1)).toMatchObject({
    path: '/dashboard/api/connections/conn_1/formers/former_1/bring-back',
  });
  expect(words()).toContain('Brought back.');
  expect(fake.data.connection.formers).toHaveLength(1);
});

it('S7 verifies a domain by hand, with a reason', async () => {
  const { press, fill, words, sent } = await open('/connections/conn_1');

  await press('Verify by hand');
  expect(words()).toContain('It counts as verified by your word');
  await press('Verify by hand', '[role="dialog"] button');
  expect(words()).toContain('Say in a few words why.');
  await fill('Why', 'Their contract names it.');
  await press('Verify by hand', '[role="dialog"] button');

  expect(sent().at(-1)).toMatchObject({
    path: '/dashboard/api/domains/dom_1/verify',
    body: { note: 'Their contract names it.' },
  });
  expect(words()).not.toContain('Verify by hand');
});

it('lists what admins say about guides, new ones first of all, and marks one as seen', async () => {
  const { fake, press, words } = await open('/guide-reports');
  expect(words()).toContain('Okta · SAML');
  expect(words()).toContain('The tab is called Authentication now.');
  expect(words()).not.toContain('Rippling');

  await press('Mark as seen');

  expect(fake.requests).toContainEqual({
    method: 'POST',
    path: '/dashboard/api/guide-reports/guide_report_1/seen',
    body: {},
  });
});

it('S16 shows a new secret once, masked, and revokes only after asking', async () => {
  const { press, fill, words, sent } = await open('/api-keys');

  await press('New key');
  await fill('Name', 'CI');
  await press('Make key');
  expect(words()).not.toContain('sk_test_only_for_the_fake');
  await press('Show');
  expect(words()).toContain('sk_test_only_for_the_fake');
  await press('I have pasted it');
  expect(words()).not.toContain('sk_test_only_for_the_fake');

  await press('Revoke Staging backend');
  expect(sent()).toHaveLength(1);
  await press('Revoke', '[role="dialog"] button');
  await eventually(() => expect(sent().at(-1)?.path).toBe('/dashboard/api/api-keys/key_2/revoke'));
});

it('S17 says what becomes of a colour before it is saved, and saves all of the form', async () => {
  const { fill, press, words, sent } = await open('/branding');
  expect(words()).toContain('Buttons keep your colour with ink on it');

  await fill('Colour', '#D22F27');
  await eventually(() => expect(words()).toContain('Buttons use #14181b with white on it'));
  await fill('Product name', 'Nimbus');
  expect(words()).toContain('asks you to connect Acme to Nimbus');
  await press('Save');

  await eventually(() => expect(words()).toContain('Saved.'));
  expect(sent().at(-1)).toMatchObject({ path: '/dashboard/api/branding', body: { accent: '#D22F27' } });
});

it('S18 invites a member, tells when the mail went nowhere, and removes only after asking', async () => {
  const { press, fill, words, sent } = await open('/members');
  expect(words()).toContain('Kim Vale (you)');

  await press('Invite a member');
  await fill('E-mail', 'bounce@vendor.example');
  await press('Add and send invitation');
  expect(words()).toContain('bounce@vendor.example was added, but the mail could not be sent.');
  await press('Send the invitation again');
  await eventually(() => expect(words()).not.toContain('could not be sent'));

  await press('Change ada@vendor.example');
  await press('Remove');
  expect(sent().at(-1)?.path).toBe('/dashboard/api/members/member_4/invite');
  await press('Remove', '[role="dialog"] button');
  await eventually(() => expect(words()).toContain('ada@vendor.example was removed.'));
});

it('[UI-03] S19 shows a mail in a frame that may run nothing and know nothing', async () => {
  const { page, find } = await open('/sandbox/mailbox/sbm_2');
  const frame = page.find('iframe');

  expect(frame.attributes('sandbox')).toBe('');
  expect(frame.attributes('referrerpolicy')).toBe('no-referrer');
  expect(find('a', 'Open link as customer').getAttribute('href')).toContain('/setup/northwind/');
});

it('S20 says what should happen, takes one fault at a time and resets all, other pages’ included', async () => {
  const { fake, find, press, words } = await open('/sandbox/test-idp');
  expect(words()).toContain('A fault is on: Another audience.');
  expect(find('fieldset label', 'Nothing signed').textContent).toContain('Refused: not signed');

  find('fieldset label', 'Nothing signed').querySelector('input')?.click();
  await eventually(() => expect(fake.data.testIdp.fault).toBe('unsigned'));
  await eventually(() => expect(words()).toContain('A fault is on: Nothing signed.'));
  expect(words()).toContain('Sandbox DNS: 1 fault is on.');
  expect(words()).toContain('Test sink (log streams and webhooks): 1 fault is on.');
  await press('Reset all');

  expect(fake.data.testIdp).toMatchObject({ fault: null, rollover: 'one_key' });
  expect(words()).not.toMatch(/fault is on|faults are on/i);
});

it('the sandbox’s DNS says what a look makes of each fault, and takes any number of them', async () => {
  const { find, words } = await open('/sandbox/dns');
  expect(words()).toContain('1 fault is on.');
  expect(words()).toContain('The look finds a broken zone, and says so.');

  document.getElementById(find('label', 'Answer after two seconds').getAttribute('for') ?? '')?.click();

  await eventually(() => expect(words()).toContain('2 faults are on.'));
});

it('S20 says under which circumstance a fault meets another verdict', async () => {
  const { find } = await open('/sandbox/test-idp');

  expect(find('fieldset label', 'Only the response signed').textContent).toContain(
    'Works: an answer we must accept. After a test with everything signed: Refused: signed less',
  );
});

it('S20 rolls the signing key over in three acts', async () => {
  const { fake, press, words } = await open('/sandbox/test-idp');
  expect(words()).toContain('The signing key is being rolled over.');

  await press('Retire the first key');
  expect(fake.data.testIdp.rollover).toBe('one_key');
  await press('Publish a second key');
  await press('Sign with the second key');

  expect(fake.data.testIdp.rollover).toBe('next_signs');
  expect(words()).toContain('the second one signs');
});

it('S20 adds somebody, changes them and takes them away; addresses lie below .test and belong to one', async () => {
  const { fake, fill, press, words } = await open('/sandbox/test-idp');

  await press('Add a person');
  await fill('First name', 'Kim');
  await fill('Last name', 'Dahl');
  await fill('E-mail', 'kim@acme.com');
  await press('Save');
  expect(words()).toContain('Use an address below .test');
  await fill('E-mail', 'Anna@people.test');
  await press('Save');
  expect(words()).toContain('Somebody here already has this address.');
  await fill('E-mail', 'kim@guests.test');
  await fill('Department', 'North');
  await fill('Groups', 'Sales\n\n Leads ');
  await fill('Other attributes', 'costCenter: 4711');
  await press('Save');
  expect(words()).toContain('Write “costCenter: 4711” as a name');
  await fill('Other attributes', 'costCenter = 4711');
  await press('Save');
  expect(fake.data.testIdp.people.at(-1)).toMatchObject({
    email: 'kim@guests.test',
    groups: ['Sales', 'Leads'],
    attributes: { department: 'North', costCenter: '4711' },
  });

  await press('Change Noor Haddad');
  await fill('Job title', 'Temp');
  await press('Save');
  const noor = fake.data.testIdp.people.find(({ id }) => id === 'tp-noor');
  expect(noor).toMatchObject({ email: null, attributes: { title: 'Temp' } });

  await press('Remove Anna Berg');
  expect(fake.data.testIdp.people.map(({ firstName }) => firstName)).toEqual(['Zofia', 'Noor', 'Kim']);
});

it('S20 a rehearsal is begun by a press, and one that somebody else has begun meanwhile is shown', async () => {
  const { fake, press, words, sent } = await open('/sandbox/test-idp');
  fake.data.rehearsal = rehearsalUpTo(fake.data.rehearsal, 'domain');

  await press('Run a rehearsal');

  expect(sent().at(-1)).toMatchObject({ method: 'POST', path: '/sandbox/rehearsal' });
  expect(words()).toContain('One was running already. This is it.');
  expect(words()).toContain('Now: verifying the domain');
  expect(words()).toContain('by kim@northwind.example');
});

it('S20 a rehearsal that is being played is asked for again until it ends', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { fake, words } = await open('/sandbox/test-idp', {
    arrange: ({ data }) => (data.rehearsal = rehearsalUpTo(data.rehearsal, 'domain')),
  });
  expect(words()).toContain('Now: verifying the domain');
  const asked = () => fake.requests.filter(({ path }) => path.endsWith('/sandbox/rehearsal')).length;

  fake.data.rehearsal = rehearsalUpTo(fake.data.rehearsal, 'record', {
    reason: 'stopped',
    facts: {},
    shown: null,
  });
  vi.advanceTimersByTime(1_000);
  vi.useRealTimers();

  await eventually(() => expect(words()).toContain('The rehearsal stopped at: publishing the DNS record.'));
  expect(asked()).toBe(2);
});

it('the sandbox DNS publishes for one server or both, says which answer, and takes a removal back', async () => {
  const { fill, press, words, fake } = await open('/sandbox/dns');
  expect(words()).toContain('only ns1.sandbox-dns.test');

  await fill('Name', '_x.acme.com');
  await press('Publish');
  expect(words()).toContain('The name must end in .test.');
  await fill('Name', '_x.acme.test');
  await fill('Value', 'one');
  await fill('Answered by', '2');
  await press('Publish');
  expect(fake.data.records[0]).toMatchObject({ name: '_x.acme.test', value: 'one', server: 2 });

  await press('Remove _x.acme.test');
  expect(fake.data.records).toHaveLength(2);
  await press('Publish again');
  expect(fake.data.records[0]).toMatchObject({ name: '_x.acme.test', server: 2 });
});

it('? lists the keys, and they can be switched off', async () => {
  const { words, find } = await open('/onboardings');
  const key = () => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true }));
  key();
  await eventually(() => expect(words()).toContain('Go to onboardings'));

  const box = document.getElementById(find('label', 'Keys work').getAttribute('for') ?? '');
  box?.click();

  expect(localStorage.getItem('vestibule.shortcuts')).toBe('off');
  box?.click();
});

it.each([
  '/log-streams?view=nonsense',
  '/expiring?view=nonsense',
  '/domains?state=nonsense',
  '/guide-reports?state=nonsense',
  '/attempts?state=nonsense&cause=nonsense&origin=nonsense',
  '/directory-requests?outcome=nonsense&cause=nonsense&time=nonsense',
  '/audit-log?by=nonsense&origin=nonsense&about=nonsense',
])('%s is the list as if the unknown value was not there', async (address) => {
  const { page, sent } = await open(address);

  const selects = page.findAll('main select, select').map((field) => field.element as HTMLSelectElement);
  expect(selects.length).toBeGreaterThan(0);
  expect(selects.filter(({ selectedIndex }) => selectedIndex === -1)).toEqual([]);
  expect(JSON.stringify(sent())).not.toContain('nonsense');
});
