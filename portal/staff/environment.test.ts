import { afterEach, expect, it, vi } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { createFakeDashboard } from '../../test/support/fake-dashboard-api.ts';
import { pageMounter } from './mount-page.ts';

const mountPage = pageMounter(createFakeDashboard);

type Mounted = Awaited<ReturnType<typeof mountPage>>;
let app: Mounted | undefined;
let acceptAgain = () => false;
const open = async (...given: Parameters<typeof mountPage>) => (app = await mountPage(...given));
afterEach(() => {
  app?.unmount();
  app = undefined;
});

const check = async ({ find }: Mounted, label: string) => {
  document.getElementById(find('label', label).getAttribute('for') ?? '')?.click();
  await Promise.resolve();
};

it('S15 saves what was changed and nothing else, and says how much that is', async () => {
  const page = await open('/environment');
  const { fill, press, words, sent } = page;
  expect(words()).not.toContain('Discard');

  await fill('A set-up link lasts (days)', '14');
  await check(page, 'Ask for a code by e-mail when a link is opened');
  await eventually(() => expect(words()).toContain('2 changes'));
  await press('Save', 'button');

  expect(sent()).toEqual([
    {
      method: 'PATCH',
      path: '/dashboard/api/environment',
      body: {
        before: { linkDays: 30, linkConfirmation: 'none' },
        after: { linkDays: 14, linkConfirmation: 'email_code' },
      },
    },
  ]);
  await eventually(() => expect(words()).not.toContain('Discard'));
});

it('S15 says whom directories keep out, and how many may leave one unasked', async () => {
  const page = await open('/environment');
  const { fill, press, words, sent } = page;

  await fill('Or this part of a directory (percent)', '101');
  await press('Save', 'button');
  expect(words()).toContain('A whole number from 0 to 100.');
  expect(sent()).toEqual([]);

  await fill('Or this part of a directory (percent)', '5');
  await check(page, 'Everybody but its members');
  await press('Save', 'button');

  expect(sent()).toMatchObject([
    {
      body: {
        before: { directoryPolicy: 'removed', removalGuardPercent: 10 },
        after: { directoryPolicy: 'members_only', removalGuardPercent: 5 },
      },
    },
  ]);
});

it('S15 sends nothing that is wrong, and discards what was typed', async () => {
  const { fill, press, words, sent, find } = await open('/environment');

  await fill('A set-up link lasts (days)', '31');
  await fill('Label of DNS records', '-Northwind');
  await press('Save', 'button');
  expect(words()).toContain('A link lasts a whole number of days, from 1 to 30.');
  expect(words()).toContain('no - at either end');
  expect(sent()).toEqual([]);

  await press('Discard', 'button');
  expect(words()).not.toContain('A link lasts a whole number');
  const field = document.getElementById(find('label', 'A set-up link lasts').getAttribute('for') ?? '');
  expect(field).toHaveProperty('value', '30');
});

it('S15 keeps one’s own entry beside what somebody else has saved, and saving again decides', async () => {
  const { fake, fill, press, words, sent } = await open('/environment');

  await fill('A set-up link lasts (days)', '14');
  fake.environment.settings.linkDays = 7;
  fake.environment.settings.name = 'Renamed meanwhile';
  await press('Save', 'button');

  expect(words()).toContain('Somebody else has just changed: A set-up link lasts (days).');
  expect(words()).toContain('Somebody else has saved: 7');
  await press('Save', 'button');
  expect(sent().at(-1)?.body).toEqual({ before: { linkDays: 7 }, after: { linkDays: 14 } });
  expect(fake.environment.settings).toMatchObject({ linkDays: 14, name: 'Renamed meanwhile' });
  expect(words()).not.toContain('Somebody else');
});

it('S15 asks before what was changed is lost', async () => {
  const { fill, press, words, router } = await open('/environment');

  await fill('Name', 'Ours');
  await press('Members', 'nav a');
  expect(words()).toContain('Leave without saving?');
  expect(router.currentRoute.value.path).toBe('/environment');
  await press('Leave', '[role="alertdialog"] button, [role="dialog"] button');

  await eventually(() => expect(router.currentRoute.value.path).toBe('/members'));
});

it('S15 shows everything to those who may not change it, and says who may', async () => {
  const { words, page } = await open('/environment', { role: 'viewer' });

  expect(words()).toContain('Needs admin');
  expect(words()).toContain('Needs developer or admin');
  expect(page.find('form fieldset').attributes('disabled')).toBeDefined();
});

it('S15 shows what a reminder says to those who may not change when it goes out', async () => {
  const { page, press } = await open('/environment', { role: 'support' });
  const dayOf = page
    .findAll('form input[inputmode="numeric"]')
    .filter((day) => day.attributes('readonly') === '');
  expect(dayOf.length).toBe(6);

  const preview = page.get('button[aria-label="Preview: Half done"]');
  expect(preview.element.closest('fieldset:disabled')).toBeNull();
  await press('Preview: Half done');

  await eventually(() =>
    expect(page.find('iframe').exists() || document.querySelector('iframe') !== null).toBe(true),
  );
});

it('S15 adds a redirect URI, makes it the default, and takes a removal back', async () => {
  const { fake, fill, press, words } = await open('/environment', { role: 'developer' });

  await fill('New redirect URI', 'app.northwind.example');
  await press('Add redirect URI');
  expect(words()).toContain('Write an address that begins with https.');
  await fill('New redirect URI', 'https://app.northwind.example/sso/callback');
  await press('Add redirect URI');
  expect(words()).toContain('This address is in the list.');
  await fill('New redirect URI', 'https://new.northwind.example/cb');
  await press('Add redirect URI');
  await press('Make default: https://new.northwind.example/cb');
  expect(fake.environment.redirectUris.find(({ isDefault }) => isDefault)?.uri).toBe(
    'https://new.northwind.example/cb',
  );

  await press('Remove http://localhost:3000/callback');
  expect(fake.environment.redirectUris).toHaveLength(3);
  await press('Add it again');
  expect(fake.environment.redirectUris.at(-1)?.uri).toBe('http://localhost:3000/callback');
});

it('S15 defines an attribute once, changes it, and removes it only after asking', async () => {
  const { fake, fill, press, words } = await open('/environment');

  await press('Add attribute');
  await fill('Name for customers', 'Region');
  await press('Save', '[role="dialog"] button');
  expect(words()).toContain('beginning with a letter');
  await fill('Key', 'cost_center');
  await press('Save', '[role="dialog"] button');
  expect(words()).toContain('There is an attribute with this key.');
  await fill('Key', 'region');
  await press('Save', '[role="dialog"] button');
  expect(fake.environment.customAttributes.at(-1)).toEqual({
    key: 'region',
    label: 'Region',
    isRequired: false,
  });

  await press('Remove Region');
  expect(fake.environment.customAttributes).toHaveLength(3);
  await press('Remove', '[role="dialog"] button');
  await eventually(() => expect(fake.environment.customAttributes).toHaveLength(2));
});

it('S15 shows the secret of mail notices once', async () => {
  const { press, words } = await open('/environment', { isEmpty: true });

  await press('Make secret');
  expect(words()).not.toContain('vb_mail_only_for_the_fake');
  await press('Show');
  expect(words()).toContain('vb_mail_only_for_the_fake');
  await press('I have pasted it');
  expect(words()).not.toContain('vb_mail_only_for_the_fake');
  expect(words()).toContain('Notices are accepted.');
});

it('S15 keeps the client at Google and never shows its secret again', async () => {
  const { press, fill, words } = await open('/environment', { isEmpty: true });
  expect(words()).toContain('No client is kept: service accounts only.');

  await press('Set the client');
  await press('Save the client', '[role="dialog"] button');
  expect(words()).toContain('Paste the client secret.');
  await fill('Client ID', '1048576-northwind.apps.googleusercontent.com');
  await fill('Client secret', 'GOCSPX-planted');
  await press('Save the client', '[role="dialog"] button');

  await eventually(() => expect(words()).toContain('1048576-northwind.apps.googleusercontent.com'));
  expect(words()).not.toContain('GOCSPX-planted');
  await press('Remove the client');
  await press('Remove the client', '[role="dialog"] button');
  await eventually(() => expect(words()).toContain('No client is kept: service accounts only.'));
});

it('[UI-03] S15 shows a reminder in a frame that may run nothing', async () => {
  const { press, words } = await open('/environment');

  await press('Preview: Link not opened');

  expect(words()).toContain('Northwind set-up is waiting for you');
  expect(document.querySelector('[role="dialog"] iframe')?.getAttribute('sandbox')).toBe('');
});

it('the menu of environments leads to the others of this person', async () => {
  const assign = vi.spyOn(location, 'assign').mockImplementation(() => undefined);
  const { find, sent } = await open('/onboardings');
  const menu = find('header button', 'Sandbox');
  menu.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  await eventually(() => find('[role="menuitem"]', 'Production'));
  find('[role="menuitem"]', 'Production').click();

  await eventually(() => expect(sent().at(-1)?.path).toBe('/dashboard/api/environments/env_2/enter'));
  await eventually(() => expect(assign).toHaveBeenCalledWith('/dashboard/onboardings'));
  assign.mockRestore();
});

it('the menu of environments says when its list is not to be had, and asks again in place', async () => {
  const { find, words } = await open('/onboardings', {
    arrange: (fake) => {
      fake.refuse('GET', '/dashboard/api/environments', 500, 'internal');
      acceptAgain = () => fake.accept('GET', '/dashboard/api/environments');
    },
  });
  find('header button', 'Sandbox').dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }),
  );
  await eventually(() => find('[role="menuitem"]', 'Try again'));
  expect(words()).toContain('New environment');

  acceptAgain();
  find('[role="menuitem"]', 'Try again').click();

  await eventually(() => find('[role="menuitem"]', 'Production'));
  expect(words()).not.toContain('Try again');
});

it('a new environment tells its first key once, and leads there when it was kept', async () => {
  const assign = vi.spyOn(location, 'assign').mockImplementation(() => undefined);
  const { find, press, sent, words } = await open('/onboardings');
  find('header button', 'Sandbox').dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }),
  );
  await eventually(() => find('[role="menuitem"]', 'New environment'));
  find('[role="menuitem"]', 'New environment').click();
  await eventually(() => expect(words()).toContain('Make environment'));
  await press('Make environment');

  expect(sent().at(-1)?.body).toEqual({ name: 'Production', kind: 'production' });
  expect(words()).toContain('Its links begin with /setup/northwind.');
  await press('Go to Production');
  expect(sent().at(-1)?.path).toBe('/dashboard/api/environments');
  await press('I have pasted it');
  await press('Go to Production');
  await eventually(() => expect(sent().at(-1)?.path).toBe('/dashboard/api/environments/env_new/enter'));
  assign.mockRestore();
});

it('S16 makes a key for some parts and addresses with an end, and none for no part', async () => {
  const page = await open('/api-keys');
  const { press, fill, words, sent } = page;

  await press('New key');
  await fill('Name', 'Sign-in service');
  await check(page, 'Some parts');
  await eventually(() => expect(words()).toContain('Exchanging the code of a sign-in'));
  await check(page, 'Onboardings');
  await press('Make key');
  expect(words()).toContain('Choose at least one part.');
  await check(page, 'Signing in');
  await fill('Only from these addresses', '203.0.113.0/24, 2001:db8::1 ');
  await fill('Ends', '90');
  await press('Make key');

  expect(sent().at(-1)?.body).toMatchObject({
    name: 'Sign-in service',
    scopes: ['sign_in'],
    addresses: ['203.0.113.0/24', '2001:db8::1'],
  });
  expect(words()).toContain('only from 203.0.113.0/24, 2001:db8::1');
  expect(words()).toContain('Key “Sign-in service”');
});

it('S16 turns a key over: the new secret once, the old key ends when it was said', async () => {
  const { press, fill, words, sent } = await open('/api-keys');

  await press('Rotate Made at the first start');
  await fill('The old key ends', '72');
  await press('Make new secret');

  expect(sent().at(-1)).toMatchObject({
    path: '/dashboard/api/api-keys/key_1/rotate',
    body: { overlapHours: 72 },
  });
  expect(words()).not.toContain('sk_test_only_for_the_fake');
  await press('Show');
  expect(words()).toContain('sk_test_only_for_the_fake');
});
