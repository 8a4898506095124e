/**
 * Every page of the portal and of the dashboard as a vendor with an ugly colour and a customer with long names would see
 * them: nothing is wider than the window, and everything can be read in both schemes.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brandColours } from '../../adapters/brand-colours.ts';
import { brandStylesheet } from '../../onboarding/branding.ts';
import { axeViolations, describeWithBrowser } from '../support/browser.ts';
import { sceneWith } from '../support/customer-scenes.ts';
import { createFakeDashboard } from '../support/fake-dashboard-api.ts';
import { createFakeSetupApi } from '../support/fake-setup-api.ts';
import { whatIsTooWide } from '../support/screens.ts';
import { servePortal, type PortalServer, type Scene } from '../support/serve-portal.ts';

const customerPages = [
  ...[
    '/home',
    '/sso/provider',
    '/sso/guide',
    '/sso/metadata',
    '/sso/attributes',
    '/sso/test',
    '/sso/go-live',
  ],
  ...['/sso/connection', '/sso/draft', '/sso/domains', '/sso/renewal', '/directory', '/directory/provider'],
  ...[
    '/directory/state',
    '/log-streams',
    '/domains',
    '/domains/dom_1',
    '/audit-log',
    '/finished',
    '/nowhere',
  ],
];
const staffPages = [
  ...['/onboardings', '/onboardings/onb_1', '/organizations', '/organizations/org_1', '/connections/conn_1'],
  ...['/attempts', '/attempts/att_0', '/events', '/domains', '/domains/dom_1', '/expiring', '/guide-reports'],
  ...[
    '/environment',
    '/api-keys',
    '/webhooks',
    '/webhooks/we_1',
    '/log-streams',
    '/log-streams/log_stream_1',
  ],
  ...['/branding', '/roles', '/members', '/audit-log', '/audit-log/audit_39', '/directory-requests'],
  ...['/first-run', '/sandbox/mailbox', '/sandbox/dns', '/sandbox/test-idp'],
];
const colours = ['#ffff00', '#0a0a0a'] as const;

/** 80 characters, without a place to break at. */
const word = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
const address = `${'a'.repeat(60)}@${'b'.repeat(11)}.example`;
const domain = `${'c'.repeat(63)}.acme.example`;
const longer: Readonly<Record<string, string>> = {
  ...{ name: word, organizationName: word, productName: word, vendorName: word, sourceName: word },
  ...{ email: address, contact: address, owner: address, to: address },
  ...{ domain, unicode: domain },
};

/** A copy in which every name is as long as one may be. */
function withLongNames<Value>(value: Value): Value {
  const made = JSON.stringify(value, (key, inner: unknown) =>
    typeof inner === 'string' && inner !== '' ? (longer[key] ?? inner) : inner,
  );
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

function staffScene(): Scene {
  const fake = createFakeDashboard({ now: new Date() });
  const { environment, member, handle } = fake.data.session;
  return {
    entry: 'staff',
    boot: {
      ...{ app: 'staff', basePath: '/dashboard', apiPath: '/dashboard/api', locale: 'en', environment },
      ...{ sessionHandle: handle, member: { email: member.email, role: member.role } },
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
    page = await context.newPage();
  });
  afterAll(async () => await portal.close());

  /** What is wrong with one page, in words. */
  async function faultsOf(scene: Scene, path: string): Promise<string[]> {
    portal.show(scene);
    await page.goto(`${portal.origin}${scene.boot.basePath}${path}`);
    await page.locator('h1').first().waitFor();
    await page.getByText('Loading').first().waitFor({ state: 'detached' });
    const faults: string[] = [];
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

  test('leave every page of the portal readable and within its window', async () => {
    const faults: string[] = [];
    for (const path of customerPages)
      faults.push(...(await faultsOf(crammed(sceneWith(createFakeSetupApi())), path)));
    expect(faults).toEqual([]);
  });

  test('leave every page of the dashboard within its window', async () => {
    const faults: string[] = [];
    for (const path of staffPages) faults.push(...(await faultsOf(crammed(staffScene()), path)));
    expect(faults).toEqual([]);
  });
});
