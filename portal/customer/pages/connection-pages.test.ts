import { describe, expect, it } from 'vitest';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { aConnectionAtHome, aSecondAtHome } from '../../../test/support/setup-states.ts';
import { aFailedAttempt } from '../../../test/support/attempt-builders.ts';
import { aDomainDetail } from '../../../test/support/domain-builders.ts';
import {
  aConnection,
  aDeleted,
  aGuide,
  aHome,
  anSsoState,
  at,
  identityProvider,
} from '../../../test/support/setup-builders.ts';
import { connectionHeaders, selectConnection } from '../selected-connection.ts';
import { buttonOf, pageOpener, sent, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);
const day = 86_400_000;
const live = (change = {}) =>
  aConnection({
    chip: 'live',
    identityProvider: identityProvider(),
    testedAt: at(-2 * day),
    activatedAt: at(-2 * day),
    accepted: { signed: 'both', encrypted: false },
    ...change,
  });
const dialog = () => document.querySelector('[role=dialog], [role=alertdialog]');
function dialogButton(words: string): HTMLButtonElement {
  const found = [...(dialog()?.querySelectorAll('button') ?? [])].find(
    (button) => button.textContent?.trim() === words,
  );
  if (found === undefined) throw new Error(`no “${words}” in: ${dialog()?.textContent}`);
  return found;
}
async function typeCode(code: string): Promise<void> {
  const field = dialog()?.querySelector('input');
  if (!(field instanceof HTMLInputElement)) throw new Error('no field for a code');
  field.value = code;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  dialogButton('Continue').click();
  await settle();
}
const verified = (domain: string) =>
  aDomainDetail({ id: domain, domain, unicode: domain, chip: 'verified', state: 'verified' });

describe('deleting a connection', () => {
  it('says what it means for people now, and asks for the code', async () => {
    const { page, fake } = await openPage('/sso/connection', { sso: anSsoState({ connection: live() }) });

    await buttonOf(page, 'Delete').trigger('click');
    await settle();
    expect(dialog()?.textContent).toContain('Sign-in stops now for the 412 people who used it this month.');
    expect(document.activeElement?.textContent?.trim()).toBe('Cancel');
    dialogButton('Delete').click();
    await settle();
    expect(document.activeElement).toBe(dialog()?.querySelector('input'));
    await typeCode('123456');

    expect(sent(fake, 'POST', '/codes')).toEqual([{ act: 'delete', subject: live().id, contactId: null }]);
    expect(sent(fake, 'POST', '/sso/delete')).toEqual([{ code: '123456' }]);
  });

  it('is undone where it was done, and leads to what is live again', async () => {
    const sso = anSsoState({ connection: null, guide: null, deleted: [aDeleted()] });
    const { page, fake } = await openPage('/sso/provider', { sso });
    expect(page.text()).toContain('People can sign in through it again at once.');

    Object.assign(sso, anSsoState({ connection: live() }));
    await buttonOf(page, 'Bring it back').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/deleted/conn_9/bring-back')).toEqual([{}]);
    expect(page.get('h1').text()).toBe('Single sign-on is live');
    selectConnection(null);
  });
});

describe('several identity providers', () => {
  it('stand on home with their state, and one more can be added', async () => {
    const { page, fake } = await openPage('/home', {
      home: aHome({
        mayAddConnection: true,
        connections: [aConnectionAtHome({ domains: ['acme.com'] }), aSecondAtHome({ name: 'Entra' })],
      }),
    });
    expect(page.get('ul[aria-label="Identity providers"]').text()).toContain('OktaLiveacme.com');
    expect(buttonOf(page, 'Entra').attributes('href')).toBe('/sso/of/conn_2');

    await buttonOf(page, 'Add another identity provider').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/connections')).toEqual([{ name: 'Another identity provider' }]);
    expect(connectionHeaders()).toEqual({ 'x-vestibule-connection': 'conn_2' });
  });

  it('each is what the pages are about once it was opened, until home is seen again', async () => {
    await openPage('/sso/of/conn_7', { sso: anSsoState({ connection: live() }) });
    expect(connectionHeaders()).toEqual({ 'x-vestibule-connection': 'conn_7' });

    await openPage('/home');
    expect(connectionHeaders()).toEqual({});
  });

  it('a further one has steps of its own', async () => {
    const { page } = await openPage('/sso/connection', {
      sso: anSsoState({
        connection: aConnection({
          isAdditional: true,
          providerId: 'okta',
          identityProvider: identityProvider(),
        }),
        guide: aGuide('okta'),
      }),
    });

    expect(buttonOf(page, 'Go on with the set-up').attributes('href')).toBe('/sso/test');
  });
});

describe('whose addresses may use a connection', () => {
  it('is every verified domain at first; some can be chosen, live with the code', async () => {
    const { page, fake } = await openPage('/sso/domains', {
      sso: anSsoState({ connection: live() }),
      domains: [
        verified('acme.com'),
        verified('acme.co.uk'),
        aDomainDetail({ id: 'd3', unicode: 'acme.org' }),
      ],
    });
    expect(page.text()).toContain('Domains count once they are verified.');
    expect(buttonOf(page, 'Continue').attributes('href')).toBe('/sso/connection');

    await page.get('input[value=some]').setValue(true);
    expect(page.find('input[name="acme.org"]').exists()).toBe(false);
    await page.get('input[name="acme.com"]').setValue(true);
    await buttonOf(page, 'Save').trigger('click');
    await settle();
    expect(sent(fake, 'PUT', '/sso/domains')).toEqual([]);
    await typeCode('123456');

    expect(sent(fake, 'POST', '/codes')[0]).toMatchObject({ act: 'choose_domains', subject: live().id });
    expect(sent(fake, 'PUT', '/sso/domains')).toEqual([{ chosen: ['acme.com'], code: '123456' }]);
  });

  it('needs one domain, and no code before it is live', async () => {
    const { page, fake } = await openPage('/sso/domains', {
      sso: anSsoState({ connection: aConnection({ identityProvider: identityProvider() }) }),
      domains: [verified('acme.com')],
    });

    await page.get('input[value=some]').setValue(true);
    await buttonOf(page, 'Save').trigger('click');
    expect(page.text()).toContain('Choose at least one domain.');
    await page.get('input[name="acme.com"]').setValue(true);
    await buttonOf(page, 'Save').trigger('click');
    await settle();

    expect(sent(fake, 'PUT', '/sso/domains')).toEqual([{ chosen: ['acme.com'] }]);
  });
});

describe('a weaker form of the provider’s answers', () => {
  const weaker = (change = {}) =>
    aFailedAttempt(
      'signed_less',
      { expected: 'both', received: 'assertion', signed: 'assertion', encrypted: false },
      change,
    );

  it('is shown beside the old one, and accepted with the code', async () => {
    const { page, fake } = await openPage('/sso/attempts/att_2/form', {
      sso: anSsoState({ connection: live() }),
      attempts: [weaker({ origin: 'test' })],
    });
    const [before, after] = page.findAll('main section').map((side) => side.text());
    expect(before).toContain('Response and assertion');
    expect(after).toContain('The assertion alone');

    await buttonOf(page, 'Accept the weaker form').trigger('click');
    await settle();
    await typeCode('123456');

    expect(sent(fake, 'POST', '/codes')[0]).toMatchObject({ act: 'accept_form', subject: 'att_2' });
    expect(sent(fake, 'POST', '/sso/accepted-form')).toEqual([{ attemptId: 'att_2', code: '123456' }]);
  });

  it('of a sign-in nobody has tested is tested first', async () => {
    const { page } = await openPage('/sso/attempts/att_2', {
      sso: anSsoState({ connection: live() }),
      attempts: [weaker({ origin: 'app' })],
    });

    expect(buttonOf(page, 'Test the new form').attributes('href')).toBe('/sso/test');
    expect(page.text()).not.toContain('Compare both forms');
  });

  it('offers nothing where it was accepted already', async () => {
    const { page } = await openPage('/sso/attempts/att_2/form', {
      sso: anSsoState({ connection: live({ accepted: { signed: 'assertion', encrypted: false } }) }),
      attempts: [weaker({ origin: 'test' })],
    });

    expect(page.text()).toContain('There is nothing to accept here');
    expect(page.text()).not.toContain('Accept the weaker form');
  });
});
