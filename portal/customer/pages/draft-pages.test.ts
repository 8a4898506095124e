import { describe, expect, it } from 'vitest';
import {
  aCodeAsked,
  aConnection,
  aDraft,
  aFormer,
  aHome,
  anSsoState,
  at,
  identityProvider,
  openIdProvider,
} from '../../../test/support/setup-builders.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { buttonOf, pageOpener, sent, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);

const day = 86_400_000;
const live = (change = {}) =>
  aConnection({
    chip: 'live',
    identityProvider: identityProvider(),
    testedAt: at(-2 * day),
    testedEmail: 'a•••@acme.com',
    activatedAt: at(-2 * day),
    ...change,
  });
const edited = (draft = {}) =>
  anSsoState({
    connection: aConnection({ chip: 'not_tested', identityProvider: identityProvider() }),
    serving: live(),
    draft: aDraft(draft),
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

describe('where there is no draft', () => {
  it.each([
    ['live', 'Sign-in uses the current settings.', 'See the live connection', '/sso/connection'],
    ['off', 'Single sign-on is switched off.', 'See the connection', '/sso/connection'],
    ['draft', 'Single sign-on is not live', 'Go on with the set-up', '/sso'],
  ] as const)('the page of a connection that is %s says what is there', async (chip, text, act, to) => {
    const { page } = await openPage('/sso/draft', { sso: anSsoState({ connection: live({ chip }) }) });

    expect(page.text()).toContain(text);
    expect(buttonOf(page, act).attributes('href')).toBe(to);
  });
});

describe('changing what is live', () => {
  it('starts a draft beside it', async () => {
    const { page, fake } = await openPage('/sso/connection', { sso: anSsoState({ connection: live() }) });

    await buttonOf(page, 'Edit as draft').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/draft')).toEqual([{}]);
    expect(page.get('h1').text()).toBe('There is no draft');
  });

  it('says before it is replaced that the current one works until the switch', async () => {
    const { page, fake } = await openPage('/sso/connection', { sso: anSsoState({ connection: live() }) });

    await buttonOf(page, 'Replace').trigger('click');
    await settle();
    expect(dialog()?.textContent).toContain('Entity ID and Reply URL stay the same.');
    dialogButton('Start a draft').click();
    await settle();

    expect(sent(fake, 'POST', '/sso/draft')).toEqual([{}]);
  });

  it('says before a reset how many people it stops, and then asks for the code', async () => {
    const { page, fake } = await openPage('/sso/connection', { sso: anSsoState({ connection: live() }) });

    await buttonOf(page, 'Reset').trigger('click');
    await settle();
    expect(dialog()?.textContent).toContain('Sign-in stops now for the 412 people who used it this month.');
    expect(document.activeElement?.textContent?.trim()).toBe('Cancel');
    dialogButton('Reset').click();
    await settle();
    await typeCode('123456');

    expect(sent(fake, 'POST', '/codes')).toEqual([{ act: 'reset', subject: live().id, contactId: null }]);
    expect(sent(fake, 'POST', '/sso/reset')).toEqual([{ code: '123456' }]);
  });

  it('can be switched back for thirty days', async () => {
    const { page, fake } = await openPage('/sso/connection', {
      sso: anSsoState({ connection: live(), formers: [aFormer()] }),
    });
    expect(page.text()).toContain('Switched 5 min ago.');

    await buttonOf(page, 'Switch back').trigger('click');
    await settle();
    await typeCode('123456');

    expect(sent(fake, 'POST', '/sso/formers/former_1/bring-back')).toEqual([{ code: '123456' }]);
  });
});

describe('a draft', () => {
  it('shows what changes, and is tested before anything else', async () => {
    const { page } = await openPage('/sso/draft', { sso: edited() });

    expect(page.text()).toContain('Sign-in keeps using the current settings.');
    expect(page.get('main dl').text()).toContain('…a41c→…77be');
    expect(buttonOf(page, 'Test draft').attributes('href')).toBe('/sso/test');
    expect(page.text()).not.toContain('Switch to draft');
  });

  it('says names and days, never the words of machines', async () => {
    const { page } = await openPage('/sso/draft', {
      sso: edited({
        differences: [
          { field: 'provider', before: ['Okta'], after: ['Microsoft Entra ID'] },
          { field: 'protocol', before: ['saml'], after: ['oidc'] },
          { field: 'clientAuth', before: [], after: ['client_secret_post'] },
          { field: 'clientSecret', before: ['secret_in_use'], after: ['another_secret'] },
          { field: 'secretEndsOn', before: [], after: ['2027-05-31'] },
          { field: 'forceAuthn', before: [], after: ['on'] },
        ],
      }),
    });

    expect(page.findAll('main dl > div').map((row) => row.text())).toEqual([
      'ProviderOkta→Microsoft Entra ID',
      'ProtocolSAML 2.0→OpenID Connect',
      'How we prove ourselvesnothing→with the client secret, in the body',
      'Client secretthe one in use→another one',
      'End of the client secretnothing→31 May 2027',
      'Ask people to sign in afreshoff→on',
    ]);
  });

  it('of OpenID Connect asks for a fresh sign-in by its own words, and for nothing of SAML', async () => {
    const { page, fake } = await openPage('/sso/draft', {
      sso: anSsoState({
        connection: aConnection({
          protocol: 'oidc',
          openIdProvider: openIdProvider(),
          options: { ...aConnection().options, offered: ['forceAuthn'] },
        }),
        serving: live(),
        draft: aDraft(),
      }),
    });
    expect(page.text()).toContain('(auth_time)');
    expect(page.text()).not.toContain('Sign our requests');

    await page.get('input[name=forceAuthn]').setValue(true);
    await buttonOf(page, 'Save settings').trigger('click');
    await page.get('form').trigger('submit');
    await settle();

    expect(sent(fake, 'PUT', '/sso/options')[0]).toEqual({ forceAuthn: true });
  });

  it('is where the settings of a live connection lead', async () => {
    const { page, fake } = await openPage('/sso/connection', { sso: anSsoState({ connection: live() }) });

    await buttonOf(page, 'Change them in a draft').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/draft')).toEqual([{}]);
  });

  it('is switched to with the code once it was tested', async () => {
    const { page, fake } = await openPage('/sso/draft', {
      sso: edited({ testedAt: at(-60_000), testedEmail: 'a•••@acme.com' }),
    });

    await buttonOf(page, 'Switch to draft').trigger('click');
    await settle();
    expect(dialog()?.textContent).toContain('the code we just mailed to a•••@acme.com');
    await typeCode('123456');

    expect(sent(fake, 'POST', '/codes')).toEqual([
      { act: 'switch_draft', subject: 'rev_1', contactId: null },
    ]);
    expect(sent(fake, 'POST', '/sso/draft/switch')).toEqual([{ code: '123456' }]);
  });

  it('of somebody else is read-only until it is taken over', async () => {
    const { page, fake } = await openPage('/sso/draft', {
      sso: anSsoState({ connection: live(), draft: aDraft({ isMine: false, heldBy: 'b•••@acme.com' }) }),
    });
    expect(page.text()).toContain('b•••@acme.com has been editing this draft');
    expect(page.text()).not.toContain('Discard draft');

    await buttonOf(page, 'Take over draft').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/draft/take-over')).toEqual([{}]);
  });

  it('says on every page that edits it that sign-in is not touched', async () => {
    const { page } = await openPage('/sso/metadata', { sso: edited() });

    expect(page.text()).toContain('You are editing a draft.');
    expect(buttonOf(page, 'Back to the draft').attributes('href')).toBe('/sso/draft');
    expect(page.text()).not.toContain('These settings are in use');
  });

  it('waits on home with its age', async () => {
    const { page } = await openPage('/home', {
      home: aHome({
        draft: { isMine: true, heldBy: 'a•••@acme.com', startedAt: at(-3 * day), changedAt: at(0) },
      }),
    });

    expect(page.text()).toContain('A draft of single sign-on has been waiting since');
    expect(buttonOf(page, 'Open the draft').attributes('href')).toBe('/sso/draft');
  });
});

describe('the code', () => {
  const tested = { testedAt: at(-60_000), testedEmail: null };
  const openDialog = async (setup: Parameters<typeof createFakeSetupApi>[0]) => {
    const opened = await openPage('/sso/draft', { sso: edited(tested), ...setup });
    await buttonOf(opened.page, 'Switch to draft').trigger('click');
    await settle();
    return opened;
  };

  it('that is wrong says how many tries are left, in place', async () => {
    await openDialog({
      refusals: {
        'POST /sso/draft/switch': { status: 422, code: 'code_wrong', facts: { tries_left: 3 } },
      },
    });
    await typeCode('123456');

    expect(dialog()?.textContent).toContain('That code doesn’t match. 3 tries left.');
  });

  it('is sent again when its wait is over, and not before', async () => {
    await openDialog({});
    expect(dialog()?.textContent).toMatch(/A new code can be sent in 0:4\d\./);
    expect(dialog()?.textContent).not.toContain('Send a new code');
  });

  it('of a link without a contact goes to whom is picked', async () => {
    const { fake } = await openDialog({
      code: aCodeAsked({
        state: 'choice',
        to: null,
        recipients: [
          { id: 'con_1', address: 'a•••@acme.com' },
          { id: 'con_2', address: 'b•••@acme.com' },
        ],
      }),
    });

    dialogButton('Send the code').click();
    await settle();

    expect(sent(fake, 'POST', '/codes').at(-1)).toMatchObject({ contactId: 'con_1' });
  });

  it('is not asked where the vendor has just vouched', async () => {
    const { fake } = await openDialog({ code: aCodeAsked({ state: 'portal_link', to: null }) });

    expect(sent(fake, 'POST', '/sso/draft/switch')).toEqual([{}]);
  });

  it('is replaced by the way back to the product where the vouching is too old', async () => {
    await openDialog({ code: aCodeAsked({ state: 'open_again', to: null }) });

    expect(dialog()?.textContent).toContain('Go back to Ledgerly and press the button again.');
  });
});

it.each(['/sso/provider', '/sso/connection'])(
  'a connection that was reset is brought back by one press, at %s',
  async (path) => {
    const { page, fake } = await openPage(path, {
      sso: anSsoState({ connection: aConnection(), formers: [aFormer({ reason: 'reset' })] }),
    });
    expect(page.text()).toContain('Sign-in is stopped.');

    await buttonOf(page, 'Bring it back').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/formers/former_1/bring-back')).toEqual([{}]);
  },
);
