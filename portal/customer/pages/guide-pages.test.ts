import { DOMWrapper, type VueWrapper } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import {
  aConnection,
  aGuide,
  aView,
  anSsoState,
  at,
  ourValues,
  providersOffered,
} from '../../../test/support/setup-builders.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { buttonOf, pageOpener, pressContinueKey, sent, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);

const nothingChosen = () => anSsoState({ connection: null, guide: null, view: aView() });

/** The tile of a provider: its letters are for the eye only. */
function tileOf(page: Pick<VueWrapper, 'findAll'>, name: string) {
  const found = page
    .findAll('button')
    .find((one) => one.find('bdi').exists() && one.get('bdi').text() === name);
  if (found === undefined) throw new Error(`no tile “${name}”`);
  return found;
}

describe('choosing a provider', () => {
  it('shows the fact a suggestion rests on and chooses nothing by itself', async () => {
    const { page, fake } = await openPage('/sso/provider', { sso: nothingChosen() });

    expect(page.text()).toContain('Suggested: Microsoft Entra ID');
    expect(page.text()).toContain('because acme.com’s mail is hosted by Microsoft');
    expect(sent(fake, 'POST', '/sso/provider')).toEqual([]);
  });

  it('asks SAML or OpenID Connect where there are both, the recommended one chosen already', async () => {
    const { page, fake } = await openPage('/sso/provider', { sso: nothingChosen() });
    fake.setup.sso = anSsoState();

    await buttonOf(page, 'Use this').trigger('click');
    await settle();
    const dialog = new DOMWrapper(document.querySelector('[role=dialog]'));
    expect(dialog.text()).toContain('How should Microsoft Entra ID connect?');
    expect(dialog.text()).toContain('Recommended: new certificates are noticed');
    expect(sent(fake, 'POST', '/sso/provider')).toEqual([]);
    await buttonOf(dialog, 'Use this way').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/provider')).toEqual([{ providerId: 'microsoft-entra-id' }]);
    expect(page.get('h1').text()).toBe('Create the enterprise app');
  });

  it('takes the other way when that is chosen', async () => {
    const { page, fake } = await openPage('/sso/provider', { sso: nothingChosen() });

    await tileOf(page, 'Okta').trigger('click');
    await settle();
    const dialog = new DOMWrapper(document.querySelector('[role=dialog]'));
    await dialog.get('input[value=okta-oidc]').setValue();
    await buttonOf(dialog, 'Use this way').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/provider')).toEqual([{ providerId: 'okta-oidc' }]);
  });

  it('asks nothing more of a provider with one way', async () => {
    const { page, fake } = await openPage('/sso/provider', { sso: nothingChosen() });

    await tileOf(page, 'Custom OIDC').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/provider')).toEqual([{ providerId: 'custom-oidc' }]);
  });

  it('helps somebody who does not know the name, by what they can look up', async () => {
    const { page } = await openPage('/sso/provider', { sso: nothingChosen() });

    expect(page.text()).toContain('What does the address bar say when you sign in at work?');
    await buttonOf(page, 'accounts.google.comUse Google Workspace').trigger('click');
    await settle();

    expect(document.querySelector('[role=dialog]')?.textContent).toContain('Google Workspace');
  });

  it('recognises a pasted metadata address and keeps it for later', async () => {
    const { page, fake } = await openPage('/sso/provider', { sso: nothingChosen() });
    const url = 'https://acme.okta.com/app/exk1a2b3c4d5e6f7g8h9/sso/saml/metadata';

    await page.get('textarea').setValue(url);
    expect(page.text()).toContain('This is Okta’s');
    expect(page.text()).toContain('Its address is at acme.okta.com.');
    await buttonOf(page, 'Use Okta').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/provider')).toEqual([{ providerId: 'okta' }]);
    expect(sent(fake, 'PUT', '/sso/drafts')).toContainEqual({ way: 'metadata_url', metadataUrl: url });
  });

  it('recognises pasted metadata by its issuer and keeps the document', async () => {
    const { page, fake } = await openPage('/sso/provider', { sso: nothingChosen() });
    const metadataText =
      '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="http://www.okta.com/exk1"/>';

    await page.get('textarea').setValue(metadataText);
    expect(page.text()).toContain('Its issuer is http://www.okta.com/exk1.');
    await buttonOf(page, 'Use Okta').trigger('click');
    await settle();

    expect(sent(fake, 'PUT', '/sso/drafts')).toContainEqual({ way: 'metadata_file', metadataText });
  });

  it.each([
    ['https://login.acme.com/oauth2/default/.well-known/openid-configuration', 'okta-oidc', 'Use Okta'],
    ['{"issuer":"https://acme.okta.com"}', 'okta-oidc', 'Use Okta'],
    ['https://idp.acme.com/.well-known/openid-configuration', 'custom-oidc', 'Use Custom OIDC'],
    ['https://idp.acme.com/metadata', 'custom-saml', 'Use Custom SAML'],
  ])('leads from %s to the guide %s', async (text, providerId, button) => {
    const { page, fake } = await openPage('/sso/provider', { sso: nothingChosen() });

    await page.get('textarea').setValue(text);
    await buttonOf(page, button).trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/provider')).toEqual([{ providerId }]);
  });

  it('keeps a pasted discovery address for the page that asks for it', async () => {
    const { page, fake } = await openPage('/sso/provider', { sso: nothingChosen() });
    const discoveryUrl = 'https://acme.okta.com/.well-known/openid-configuration';

    await page.get('textarea').setValue(discoveryUrl);
    await buttonOf(page, 'Use Okta').trigger('click');
    await settle();

    expect(sent(fake, 'PUT', '/sso/drafts')).toContainEqual({ discoveryUrl });
  });

  it('[MD-04] keeps nothing of a private key that is pasted', async () => {
    const { page, fake } = await openPage('/sso/provider', { sso: nothingChosen() });

    await page.get('textarea').setValue('-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----');

    expect(page.text()).toContain('private key');
    expect(fake.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('offers the custom ways when nothing is called like that', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { page } = await openPage('/sso/provider', {
      sso: nothingChosen(),
      providers: (query) => (query === '' ? providersOffered() : { suggestion: null, providers: [] }),
    });

    await page.get('input[type=search]').setValue('Keycloq');
    vi.advanceTimersByTime(250);
    vi.useRealTimers();
    await settle();

    expect(page.text()).toContain('Nothing called “Keycloq”.');
    expect(buttonOf(page, 'Use Custom SAML').exists()).toBe(true);
    expect(buttonOf(page, 'Use Custom OIDC').exists()).toBe(true);
  });
});

describe('a step of the guide', () => {
  it('fills in our values under the labels their console prints', async () => {
    const { page } = await openPage('/sso/guide/basic-saml');

    expect(page.text()).toContain('Step 2 of 5 · In Entra');
    expect(page.text()).toContain('Identifier (Entity ID)');
    expect(page.text()).toContain(ourValues.SP_ENTITY_ID);
    expect(page.findAll('strong').map((label) => label.text())).toContain('Default');
    expect(page.text()).not.toContain('**');
  });

  it('keeps the tick of a copied value for this person', async () => {
    vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText: async () => undefined } });
    const { page, fake } = await openPage('/sso/guide/basic-saml', {
      sso: anSsoState({
        progress: { copied: { 'create-app.PRODUCT': at(-9_000_000) }, doneSteps: [], currentStep: null },
      }),
    });

    await page.get('[aria-label="Copy Identifier (Entity ID)"]').trigger('click');
    await settle();

    const [kept] = sent(fake, 'PUT', '/sso/progress');
    expect(Object.keys((kept as { copied: object }).copied)).toEqual([
      'create-app.PRODUCT',
      'basic-saml.SP_ENTITY_ID',
    ]);
  });

  it('offers a part of a configuration file to copy as one, line by line, with our values in it', async () => {
    const writeText = vi.fn<(text: string) => Promise<void>>().mockResolvedValue();
    vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } });
    const { page, fake } = await openPage('/sso/guide/remote-sp', {
      sso: anSsoState({ guide: aGuide('simplesamlphp'), connection: aConnection() }),
    });

    await page.get('[aria-label="Copy metadata/saml20-sp-remote.php"]').trigger('click');
    await settle();

    const [[copied] = []] = writeText.mock.calls;
    expect(copied?.split('\n')[0]).toBe(`$metadata['${ourValues.SP_ENTITY_ID}'] = [`);
    expect(copied).toContain(`'Location' => '${ourValues.ACS_URL}',`);
    expect(page.get('.whitespace-pre-wrap').text()).toBe(copied);
    expect(Object.keys((sent(fake, 'PUT', '/sso/progress')[0] as { copied: object }).copied)).toEqual([
      'remote-sp.metadata/saml20-sp-remote.php',
    ]);
  });

  it('lets one value be copied for two fields', async () => {
    const { page } = await openPage('/sso/guide/create-client', {
      sso: anSsoState({ guide: aGuide('keycloak'), connection: aConnection() }),
    });

    for (const label of ['Valid redirect URIs', 'Master SAML Processing URL']) {
      expect(page.find(`[aria-label="Copy ${label}"]`).exists()).toBe(true);
    }
  });

  it('shows the older menu path where there is one', async () => {
    const { page } = await openPage('/sso/guide/attributes', {
      sso: anSsoState({ guide: aGuide('okta'), connection: aConnection({ providerId: 'okta' }) }),
    });

    await buttonOf(page, 'Looks different?').trigger('click');

    expect(page.text()).toContain('Older consoles ask for Attribute Statements');
  });

  it('tells the vendor that a screen changed, with a note, and goes nowhere', async () => {
    const { page, fake } = await openPage('/sso/guide/basic-saml');

    await buttonOf(page, 'This screen changed').trigger('click');
    await settle();
    const dialog = new DOMWrapper(document.querySelector('[role=dialog]'));
    await dialog.get('textarea').setValue('The card is called Basics now');
    await buttonOf(dialog, 'Tell them').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/guide-reports')).toEqual([
      { guide: 'sign_in', stepId: 'basic-saml', note: 'The card is called Basics now' },
    ]);
    expect(page.text()).toContain('Told. The vendor will compare this step');
    expect(page.get('h1').text()).toBe('Basic SAML Configuration');
  });

  it('goes on step by step, remembers the place, and ends at the metadata', async () => {
    const { page, fake } = await openPage('/sso/guide/assign');

    await buttonOf(page, 'Done, next').trigger('click');
    await settle();
    expect(page.get('h1').text()).toBe('Copy the metadata URL');
    expect(sent(fake, 'PUT', '/sso/progress')).toContainEqual({
      doneSteps: ['assign'],
      currentStep: 'metadata',
    });
    await buttonOf(page, 'Done, next').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/configuration-done')).toHaveLength(1);
    expect(page.get('h1').text()).toBe('Paste what Entra gave you');
  });

  it('opens at the place of the last visit', async () => {
    const { page } = await openPage('/sso/guide', {
      sso: anSsoState({ progress: { copied: {}, doneSteps: ['create-app'], currentStep: 'claims' } }),
    });

    expect(page.get('h1').text()).toBe('Check the claims');
  });

  it('Ctrl and Enter go on', async () => {
    const { page } = await openPage('/sso/guide/create-app');

    await pressContinueKey();

    expect(page.get('h1').text()).toBe('Basic SAML Configuration');
  });

  it('the rail says where we are, aloud too', async () => {
    const { page } = await openPage('/sso/guide/create-app', {
      sso: anSsoState({ view: aView({ choose_provider: 'done' }) }),
    });

    const current = page.get('#steps [aria-current=step]');
    expect(current.text()).toContain('Step 2 of 5, Set up in the console, Not started');
  });
});
