import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fillGuide } from '../../onboarding/providers/sign-in/index.ts';
import { simpleSamlPhp as guide } from '../../onboarding/providers/sign-in/simplesamlphp.ts';
import { launchBrowser } from '../support/browser.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { ourValues } from '../support/setup-builders.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { describeWithProgram } from './program.ts';
import { leadToLive, signInAsUser, type OurSide, type RealProvider } from './road.ts';
import { person, startSimpleSamlPhp, type SimpleSamlPhp } from './simplesamlphp.ts';

/**
 * SIMPLESAMLPHP_HOME=/usr/share/simplesamlphp npm run test:real -- simplesamlphp
 *
 * Version 1, whose pages lie in `www`, with PHP and openssl on the path; version 2 keeps its pages elsewhere.
 */
await describeWithTemporal('the road', (temporal) => {
  const program = { variable: 'SIMPLESAMLPHP_HOME', has: 'www/saml2/idp/metadata.php' };
  describeWithProgram('with SimpleSAMLphp', program, (home) => {
    let product: TestProduct;
    let browser: Browser;
    let simpleSamlPhp: SimpleSamlPhp;
    beforeAll(async () => {
      [product, browser, simpleSamlPhp] = await Promise.all([
        startTestProduct(temporal()),
        launchBrowser(),
        startSimpleSamlPhp(home),
      ]);
    });
    afterAll(async () => {
      await browser.close();
      await Promise.all([simpleSamlPhp.stop(), product.stop()]);
    });

    it('leads to live by the entry that the guide gives, and a user’s profile is theirs', async () => {
      const provider: RealProvider = {
        name: 'SimpleSAMLphp',
        signIn,
        async register(ours) {
          await simpleSamlPhp.appendRemoteSp(entryFor(ours));
          return { metadataUrl: simpleSamlPhp.metadataUrl };
        },
      };
      const live = await leadToLive(product, browser, provider, 'Initech');
      const page = await (await browser.newContext()).newPage();

      const profile = await signInAsUser(product, page, provider, live);

      expect(profile).toMatchObject({
        connectionType: 'SimpleSamlPhpSAML',
        idpId: person.uid,
        email: person.mail,
        firstName: person.givenName,
        lastName: person.sn,
      });
    });
  });
});

/** The guide's snippet for version 1, filled in as the portal fills it in. */
function entryFor({ spEntityId, acsUrl, metadataUrl }: OurSide): string {
  const filled = fillGuide(guide, {
    ...ourValues,
    SP_ENTITY_ID: spEntityId,
    ACS_URL: acsUrl,
    SP_METADATA_URL: metadataUrl,
  });
  const snippets = filled.steps.flatMap(({ blocks }) => blocks.filter((block) => block.kind === 'snippet'));
  return snippets.find(({ label }) => label.includes('1.x'))?.value ?? '';
}

async function signIn(page: Page): Promise<void> {
  await page.locator('#username').fill(person.username);
  await page.locator('#password').fill(person.password);
  await page.locator('#submit_button, #submit, button[type=submit]').first().click();
}
