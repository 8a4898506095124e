/**
 * Every page of the portal and of the dashboard as a vendor with an ugly colour and a customer with long names would see
 * them: nothing is wider than the window, and everything can be read in both schemes.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brandColours } from '../../adapters/brand-colours.ts';
import { brandStylesheet } from '../../onboarding/branding.ts';
import { axeViolations, bringAxe, describeWithBrowser } from '../support/browser.ts';
import { customerPagesWithData } from '../support/customer-pages-with-data.ts';
import { sceneWith } from '../support/customer-scenes.ts';
import { everyMail } from '../support/every-mail.ts';
import { createFakeDashboard } from '../support/fake-dashboard-api.ts';
import { createFakeSetupApi } from '../support/fake-setup-api.ts';
import { whatIsTooWide } from '../support/screens.ts';
import { live } from '../support/setup-states.ts';
import { anSsoState } from '../support/setup-builders.ts';
import { servePortal, type PortalServer, type Scene } from '../support/serve-portal.ts';

const customerPages = [
  '/home',
  '/sso/provider',
  '/sso/guide',
  '/sso/metadata',
  '/sso/attributes',
  '/sso/test',
  '/sso/go-live',
  '/sso/connection',
  '/sso/draft',
  '/sso/domains',
  '/sso/renewal',
  '/directory',
  '/directory/provider',
  '/directory/state',
  '/directory/watch',
  '/directory/requests',
  '/directory/attributes',
  '/directory/tokens',
  '/directory/test',
  '/log-streams/new',
  '/log-streams',
  '/domains',
  '/audit-log',
  '/finished',
  '/nowhere',
];
const staffPages = [
  '/onboardings',
  '/onboardings/onb_1',
  '/onboardings/onb_cancelled',
  ...['workflow', 'mail', 'links', 'people'].map((tab) => `/onboardings/onb_1?tab=${tab}`),
  '/organizations',
  '/organizations/org_1',
  '/connections/conn_1',
  '/attempts',
  '/attempts/att_0',
  '/attempts?organization=org_1&connection=conn_1',
  '/events',
  '/events?organization=org_1',
  '/events/event_01JD4K0000000000000000002',
  '/events/event_01JD4K0000000000000000004',
  '/domains',
  '/domains/dom_1',
  '/domains/dom_4',
  '/expiring',
  '/expiring?organization=org_2',
  '/guide-reports',
  '/environment',
  '/api-keys',
  '/webhooks',
  '/webhooks/we_1',
  '/webhooks/we_3',
  '/log-streams',
  '/log-streams?organization=org_1',
  '/log-streams/log_stream_3',
  '/log-streams/log_stream_4',
  '/log-streams/log_stream_6',
  '/branding',
  '/roles',
  '/members',
  '/audit-log',
  '/audit-log?organization=org_1',
  '/audit-log/audit_39',
  '/audit-log/audit_38',
  '/directory-requests',
  '/directory-requests/directory_request_2',
  '/directory-requests?directory=directory_1',
  '/directories/directory_1',
  '/directories/directory_2',
  '/directory-users/directory_user_1',
  '/first-run',
  '/sandbox/mailbox',
  '/sandbox/mailbox/sbm_2',
  '/sandbox/dns',
  '/sandbox/test-idp',
  '/sandbox/test-directory',
  '/sandbox/test-sink',
  '/nowhere',
];
/** Where a dialog is opened from, and by which button. */
const customerDialogs = [
  ['/sso/connection', 'Reset'],
  ['/sso/connection', 'Switch off'],
  ['/sso/connection', 'Delete'],
] as const;
const staffDialogs = [
  ['/onboardings', 'Keys'],
  ['/organizations', 'New organization'],
  ['/roles', 'New role'],
  ['/members', 'Erase somebody who left'],
  ['/log-streams/log_stream_1', 'Pause'],
  ['/webhooks/we_1', /^Open /],
  ['/sandbox/test-directory', 'Add somebody'],
  ['/sandbox/test-directory', 'Add a group'],
  ['/sandbox/test-idp', 'Add a person'],
  ['/onboardings/onb_1', 'Fresh link'],
  ['/onboardings/onb_1', 'Extend link'],
  ['/onboardings/onb_1', 'Cancel onboarding'],
  ['/onboardings/onb_1', 'Change'],
  ['/organizations/org_1', 'Invite an IT admin'],
  ['/organizations/org_1', 'Add a contact'],
  ['/organizations/org_1', 'Erase a person'],
  ['/organizations/org_1', 'Delete organization'],
  ['/domains/dom_3', 'Verify by hand'],
  ['/api-keys', 'New key'],
  ['/environment', 'Add attribute'],
  ['/webhooks', 'New endpoint'],
  ['/webhooks/we_1', 'Edit'],
  ['/webhooks/we_1', 'New secret'],
  ['/webhooks/we_1', 'Send test event'],
  ['/webhooks/we_1', 'Replay a period'],
  ['/webhooks/we_2', 'Delete'],
  ['/members', 'Invite a member'],
  ['/members', 'Set up single sign-on'],
] as const;
const colours = ['#ffff00', '#0a0a0a'] as const;

/** 80 characters, without a place to break at. */
const word = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
const address = `${'a'.repeat(60)}@${'b'.repeat(11)}.example`;
const domain = `${'c'.repeat(63)}.acme.example`;
const longer: Readonly<Record<string, string>> = {
  name: word,
  organizationName: word,
  productName: word,
  vendorName: word,
  sourceName: word,
  email: address,
  contact: address,
  owner: address,
  to: address,
  domain,
  unicode: domain,
};

/** A copy in which every name is as long as one may be. */
function withLongNames<Value>(value: Value): Value {
  const made = JSON.stringify(value, function (this: object, key, inner: unknown) {
    // A field of a form is known by its name and called by its label.
    const isKnownBy = key === 'name' && 'label' in this;
    return typeof inner === 'string' && inner !== '' && !isKnownBy ? (longer[key] ?? inner) : inner;
  });
  return made === undefined ? value : (JSON.parse(made) as Value);
}

function crammed(scene: Scene): Scene {
  return {
    ...scene,
    boot: withLongNames(scene.boot),
    answer: (method, path, body) => {
      const answer = scene.answer?.(method, path, body);
      return answer && { ...answer, body: withLongNames(answer.body) };
    },
  };
}

/** Names that people and companies may have, or that somebody tries out. */
const names = {
  'eighty characters': word,
  markup: '<b>Acme</b><script>document.title="run"</script><img src=x onerror=alert(1)></td></table>',
  'right-to-left writing': '\u202eشركة الأمثلة المحدودة للتجارة العامة والمقاولات\u2066 (الشرق الأوسط)',
  emoji: '👩🏽‍💻🏳️‍🌈'.repeat(12),
};
const mailBrand = {
  logoUrl: null,
  button: null,
  supportAddress: address,
  asksForCode: false,
  origins: ['https://setup.vendor.test'],
};

/** Run in a mail: what stands in it that no mail of ours is written with. */
const whatBrokeOut = `[
  ...[...document.querySelectorAll('script, img, iframe, form, b, object, embed, link, style')].map((one) => one.outerHTML),
  ...(document.title === 'run' ? ['a script ran'] : []),
  ...[...document.querySelectorAll('*')].flatMap((one) => [...one.attributes].filter(({ name }) => name.startsWith('on')).map(({ name }) => name)),
  ...(document.querySelectorAll('body > table').length === 1 ? [] : ['the table was closed']),
  ...[...document.querySelectorAll('p, h1, td')].filter(({ textContent }) => /[\\u202a-\\u202e\\u2066-\\u2069]/.test(textContent)).map(() => 'a mark that turns the text'),
]`;

/** Run on a dialog: what of it is wider than it, or beside the window. */
const whatLeavesTheDialog = `(() => {
  const dialog = [...document.querySelectorAll('[role=dialog], [role=alertdialog]')].at(-1);
  const { left, right } = dialog.getBoundingClientRect();
  const found = left < -1 || right > innerWidth + 1 ? ['the dialog is beside the window'] : [];
  if (dialog.scrollWidth > dialog.clientWidth) found.push('the dialog scrolls sideways');
  const scrolls = (one) => one !== dialog && ['auto', 'scroll', 'hidden'].includes(getComputedStyle(one).overflowX);
  const isHeld = (one) => { for (let at = one.parentElement; at !== null && at !== dialog; at = at.parentElement) if (scrolls(at)) return true; return false; };
  for (const one of dialog.querySelectorAll('*')) {
    const box = one.getBoundingClientRect();
    if (box.width > 1 && (box.right > right + 1 || box.left < left - 1) && !isHeld(one)) found.push(one.outerHTML.slice(0, 160));
  }
  return found.slice(0, 5);
})()`;

function staffScene(): Scene {
  const fake = createFakeDashboard({ now: new Date() });
  const { environment, member, handle } = fake.data.session;
  return {
    entry: 'staff',
    boot: {
      app: 'staff',
      basePath: '/dashboard',
      apiPath: '/dashboard/api',
      locale: 'en',
      environment,
      sessionHandle: handle,
      member: { email: member.email, role: member.role },
    },
    answer: (method, path, body) => fake.handle(method, path, body),
  };
}

await describeWithBrowser('an ugly colour and names of 80 characters', (browser) => {
  let portal: PortalServer;
  let page: Page;
  beforeAll(async () => {
    portal = await servePortal();
    const context = await browser().newContext({ reducedMotion: 'reduce' });
    await bringAxe(context);
    page = await context.newPage();
  });
  afterAll(async () => await portal.close());

  /** What is wrong with one page, in words. */
  async function faultsOf(scene: Scene, path: string): Promise<string[]> {
    portal.show(scene);
    await page.goto(`${portal.origin}${scene.boot.basePath}${path}`);
    await page.locator('h1').first().waitFor();
    await page.getByText('Loading').first().waitFor({ state: 'detached' });
    // A page that draws only an error proves nothing about its data.
    const broken = await page.getByText(/^(Try again|This no longer exists\.)$/).count();
    const faults = broken === 0 ? [] : [`${path} shows an error`];
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate<string[]>(whatIsTooWide);
      faults.push(...wide.map((one) => `${path} at ${width}: ${one}`));
    }
    for (const colour of scene.entry === 'customer' ? colours : []) {
      const sheet = JSON.stringify(brandStylesheet(brandColours(colour)));
      await page.evaluate(
        `(() => { const own = new CSSStyleSheet(); own.replaceSync(${sheet}); document.adoptedStyleSheets = [own]; })()`,
      );
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const unreadable = await axeViolations(page, ['color-contrast']);
        faults.push(...unreadable.map((one) => `${path}, ${colour}, ${colorScheme}: ${one}`));
      }
    }
    return faults;
  }

  /** The dialog that a button opens, in words about what of it is too wide. */
  async function faultsOfDialog(scene: Scene, path: string, button: string | RegExp): Promise<string[]> {
    const faults: string[] = [];
    // Opened once: style sheets alone say where a dialog stands, so it is as wide as one opened at the other width. What a
    // phone has no place for is opened wide, and is to hold on a phone, too.
    await page.setViewportSize({ width: button === 'Keys' ? 1440 : 390, height: 900 });
    portal.show(scene);
    await page.goto(`${portal.origin}${scene.boot.basePath}${path}`);
    const asked = page.getByRole('button', { name: button, exact: true });
    await asked.first().click();
    const dialog = page.getByRole('dialog').last();
    await dialog.waitFor();
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate<string[]>(whatLeavesTheDialog);
      faults.push(...wide.map((one) => `${path}, ${String(button)} at ${width}: ${one}`));
    }
    return faults;
  }

  test('leave every page of the portal readable and within its window', async () => {
    const faults: string[] = [];
    for (const path of customerPages)
      faults.push(...(await faultsOf(crammed(sceneWith(createFakeSetupApi())), path)));
    expect(faults).toEqual([]);
  });

  test('leave it so with all on the page that it can hold', async () => {
    const faults: string[] = [];
    for (const [path, scene] of customerPagesWithData)
      faults.push(...(await faultsOf(crammed(scene()), path)));
    expect(faults).toEqual([]);
  }, 240_000);

  test('leave the dialogs of portal and dashboard within their frame and its window', async () => {
    const faults: string[] = [];
    for (const [path, button] of customerDialogs) {
      const scene = crammed(sceneWith(createFakeSetupApi({ sso: anSsoState({ connection: live() }) })));
      faults.push(...(await faultsOfDialog(scene, path, button)));
    }
    for (const [path, button] of staffDialogs)
      faults.push(...(await faultsOfDialog(crammed(staffScene()), path, button)));
    expect(faults).toEqual([]);
  }, 240_000);

  test.each(Object.entries(names))(
    '[MAIL-04] of %s leave every mail within a phone, and nothing of theirs breaks out',
    async (_kind, name) => {
      await page.setViewportSize({ width: 390, height: 900 });
      // Away from the portal, whose content policy a mail program does not have.
      await page.goto('about:blank');
      const brand = { ...mailBrand, product: name, vendor: name };
      const faults: string[] = [];
      for (const [kind, write] of Object.entries(everyMail(brand, name))) {
        const { html, subject } = write(name);
        await page.setContent(html, { waitUntil: 'domcontentloaded' });
        const wide = await page.evaluate<string[]>(whatIsTooWide);
        const strange = await page.evaluate<string[]>(whatBrokeOut);
        faults.push(...[...wide, ...strange].map((one) => `${kind}: ${one}`));
        if (/[\r\n]/.test(subject)) faults.push(`${kind}: a subject of two lines`);
      }
      expect(faults).toEqual([]);
    },
    120_000,
  );

  test('leave every page of the dashboard within its window', async () => {
    const faults: string[] = [];
    for (const path of staffPages) faults.push(...(await faultsOf(crammed(staffScene()), path)));
    expect(faults).toEqual([]);
  });
});
