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

describe('choosing a provider', () => {
  it('shows the fact a suggestion rests on and chooses nothing by itself', async () => {
    const { page, fake } = await openPage('/sso/provider', { sso: nothingChosen() });

    expect(page.text()).toContain('Suggested: Microsoft Entra ID');
    expect(page.text()).toContain('because acme.com’s mail is hosted by Microsoft');
    expect(sent(fake, 'POST', '/sso/provider')).toEqual([]);
  });

  it('takes the suggestion with one press and opens the guide', async () => {
    const { page, fake } = await openPage('/sso/provider', { sso: nothingChosen() });
    fake.setup.sso = anSsoState();

    await buttonOf(page, 'Use this').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/provider')).toEqual([{ providerId: 'microsoft-entra-id' }]);
    expect(page.get('h1').text()).toBe('Create the enterprise app');
  });

  it('recognises a pasted metadata address and keeps it for later', async () => {
    const { page, fake } = await openPage('/sso/provider', { sso: nothingChosen() });
    const url = 'https://acme.okta.com/app/exk1a2b3c4d5e6f7g8h9/sso/saml/metadata';

    await page.get('input[type=url]').setValue(url);
    expect(page.text()).toContain('This is Okta’s address.');
    await buttonOf(page, 'Use Okta').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/provider')).toEqual([{ providerId: 'okta' }]);
    expect(sent(fake, 'PUT', '/sso/drafts')).toContainEqual({ way: 'metadata_url', metadataUrl: url });
  });

  it('offers the custom way when nothing is called like that', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { page } = await openPage('/sso/provider', {
      sso: nothingChosen(),
      providers: (query) => (query === '' ? providersOffered() : { suggestion: null, providers: [] }),
    });

    await page.get('input[type=search]').setValue('Keycloq');
    vi.advanceTimersByTime(200);
    vi.useRealTimers();
    await settle();

    expect(page.text()).toContain('Nothing called “Keycloq”.');
    expect(buttonOf(page, 'Use Custom SAML').exists()).toBe(true);
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
