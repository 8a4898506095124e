import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { VueWrapper } from '@vue/test-utils';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { aConnection, anSsoState, aGuide, providersOffered } from '../../../test/support/setup-builders.ts';
import { buttonOf, pageOpener, sent, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Every search finds nobody; without one all are there. */
const findingNobody = {
  providers: (query: string) => ({ ...providersOffered(), ...(query === '' ? {} : { providers: [] }) }),
};

async function searchFor(page: VueWrapper, text: string): Promise<void> {
  await page.get('input[type=search]').setValue(text);
  vi.advanceTimersByTime(1000);
  await settle();
}

it('who searches for ADP is told why it cannot be, and chooses what leads on', async () => {
  const { page, fake } = await openPage('/sso/provider', findingNobody);

  await searchFor(page, 'adp workforce');
  expect(page.text()).toContain('ADP can’t be used to sign in here.');
  expect(page.text()).not.toContain('Use Custom OIDC');
  await buttonOf(page, 'Use Custom SAML').trigger('click');
  await settle();

  expect(sent(fake, 'POST', '/sso/provider')).toEqual([{ providerId: 'custom-saml' }]);
});

it('who pastes metadata into the search is told that nobody is called so, and no more', async () => {
  const { page, fake } = await openPage('/sso/provider', findingNobody);

  await searchFor(page, `${'x'.repeat(99)}😀<EntityDescriptor>`);

  const asked = fake.requests.filter(({ path }) => path === '/sso/providers').at(-1);
  expect(asked?.query.get('query')).toBe('x'.repeat(99));
  expect(page.text()).not.toContain('can’t be used');
});

it('who searches for nobody we know is offered the custom ways', async () => {
  const { page } = await openPage('/sso/provider', findingNobody);

  await searchFor(page, 'nobody of this name');

  expect(page.text()).toContain('Nothing called “nobody of this name”.');
  buttonOf(page, 'Use Custom SAML');
  buttonOf(page, 'Use Custom OIDC');
});

it('says of a connection that was only just added nothing that nobody has chosen', async () => {
  const { page } = await openPage('/sso/provider', {
    sso: anSsoState({ connection: aConnection({ providerId: null }), guide: aGuide('custom-saml') }),
  });

  expect(page.text()).not.toContain('Chosen now');
});
