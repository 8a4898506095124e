import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { anSsoState, at, metadataUrl } from '../../../test/support/setup-builders.ts';
import { findGuide } from '../../../onboarding/providers/sign-in/index.ts';
import { buttonOf, pageOpener, sent, settle } from '../testing/open-page.ts';

/** Somebody else changes the connection while this page is open. */

const openPage = pageOpener(createFakeSetupApi);
type Fake = Awaited<ReturnType<typeof openPage>>['fake'];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const refusal = { status: 409, code: 'settings_changed' } as const;
const by = 'b•••@acme.com';

/** What the colleague did reaches the page with the refusal of its next act. */
function changedBy(fake: Fake, action: string, change: object = {}): void {
  fake.setup.sso = anSsoState({ mark: 'conn_1:2', changed: { action, by, at: at(-60_000) }, ...change });
}

async function typeAndSave({ page }: Awaited<ReturnType<typeof openPage>>): Promise<void> {
  await page.get('input[type=url]').setValue(metadataUrl);
  vi.advanceTimersByTime(400);
  await settle();
  await buttonOf(page, 'Save and continue').trigger('click');
  await settle();
}

describe('somebody else changes the connection meanwhile', () => {
  it('what they saved is told in words, and what was typed here stays until it is saved or left', async () => {
    const opened = await openPage('/sso/metadata', { refusals: { 'POST /sso/metadata': refusal } });
    const { page, fake } = opened;
    changedBy(fake, 'connection.settings_changed');

    await typeAndSave(opened);

    expect(page.text()).toContain('b•••@acme.com saved the provider’s settings');
    expect(page.text()).toContain('What you typed is still here and not saved.');
    expect((page.get('input[type=url]').element as HTMLInputElement).value).toBe(metadataUrl);
    fake.setup.refusals = {};
    fake.setup.sso = anSsoState({ mark: 'conn_1:2' });
    await buttonOf(page, 'Show theirs').trigger('click');
    await settle();
    expect(page.text()).not.toContain('b•••@acme.com');
    expect((page.get('input[type=url]').element as HTMLInputElement).value).toBe(metadataUrl);
    await buttonOf(page, 'Save and continue').trigger('click');
    await settle();
    expect(sent(fake, 'POST', '/sso/metadata')).toHaveLength(2);
  });

  it('the guide in front stays until the person goes on with the other one', async () => {
    const okta = findGuide('okta') ?? null;
    const opened = await openPage('/sso/metadata', { refusals: { 'POST /sso/metadata': refusal } });
    const { page, fake } = opened;
    const heading = page.get('h1').text();
    changedBy(fake, 'connection.provider_changed', { guide: JSON.parse(JSON.stringify(okta)) });

    await typeAndSave(opened);

    expect(page.text()).toContain('b•••@acme.com chose another provider');
    expect(page.text()).toContain('now it is Okta. This page still shows');
    expect(page.get('h1').text()).toBe(heading);
    await buttonOf(page, 'Go on with Okta').trigger('click');
    await settle();
    expect(page.text()).not.toContain('chose another provider');
    expect(page.get('h1').text()).not.toBe(heading);
  });

  it('of somebody else who fills in the same page it is told', async () => {
    const { page } = await openPage('/sso/metadata', {
      sso: anSsoState({ typing: { by, at: at(-60_000) } }),
    });

    expect(page.text()).toContain('b•••@acme.com is filling in this page, too');
  });

  it('only the fields that changed are kept as a draft', async () => {
    const { page, fake } = await openPage('/sso/metadata');
    await page.get('input[type=url]').setValue('https://b.example/m');
    vi.advanceTimersByTime(800);
    await settle();

    expect(sent(fake, 'PUT', '/sso/drafts')).toContainEqual({
      way: 'metadata_url',
      metadataUrl: 'https://b.example/m',
    });
  });
});
