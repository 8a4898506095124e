import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { DomainView } from '../../../api/contract/shared.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { aDomainDetail } from '../../../test/support/domain-builders.ts';
import { aSession, aView, at } from '../../../test/support/setup-builders.ts';
import { buttonOf, pageOpener, pressContinueKey, sent, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);

const value = 'vestibule-verify=8c1f2a9d4e7b60315c8fd2e41a7b9036';

describe('a link for sign-in alone', () => {
  const session = aSession({ features: ['sso'] });
  const words = 'Your link shows domains, and can’t change them. Ask Ledgerly Inc.';

  it.each([
    ['/domains', []],
    ['/domains', [aDomainDetail()]],
    ['/domains/dom_1', [aDomainDetail()]],
    ['/sso/domains', []],
  ])('offers nothing at %s that it would refuse, and says who can (%#)', async (path, domains) => {
    const { page } = await openPage(path, { session, domains });

    expect(page.get('main').text()).toContain(words);
    expect(page.find('main input, main select, main [role=combobox]').exists()).toBe(false);
    const acts = page.findAll('main button, main a').map((one) => one.text());
    for (const refused of ['Add a domain', 'I’ve added it', 'Remove']) expect(acts).not.toContain(refused);
  });
});

describe('the list of domains', () => {
  it('adds a domain and opens its record', async () => {
    const { page, fake } = await openPage('/domains', { domains: [aDomainDetail()] });

    await page.get('main input').setValue(' acme.com ');
    await page.get('form').trigger('submit');
    await settle();

    expect(sent(fake, 'POST', '/domains')).toEqual([{ domain: 'acme.com' }]);
    expect(page.get('h1').text()).toBe('Prove that acme.com is yours');
  });

  it('is named once in the title of its tab, though page and area are named alike', async () => {
    await openPage('/domains', { domains: [aDomainDetail()] });

    expect(document.title).toBe('Domains · Acme');
  });

  it('begins with the domain that the vendor named, for the customer to change', async () => {
    const { page, fake } = await openPage('/domains', { hint: 'acme.example' });
    expect((page.get('main input').element as HTMLInputElement).value).toBe('acme.example');

    await page.get('main input').setValue('acme.org');
    await page.get('form').trigger('submit');
    await settle();

    expect(sent(fake, 'POST', '/domains')).toEqual([{ domain: 'acme.org' }]);
  });

  it('leads whoever sends it empty to the field, where what is wrong is read', async () => {
    const { page } = await openPage('/domains', {});

    await page.get('form').trigger('submit');
    await settle();

    expect(document.activeElement).toBe(page.get('main input').element);
  });

  it('refuses a public mail domain in words, at the field', async () => {
    const { page } = await openPage('/domains', {
      refusals: { 'POST /domains': { status: 422, code: 'domain_public_mail' } },
    });

    await page.get('main input').setValue('gmail.com');
    await page.get('form').trigger('submit');
    await settle();

    const field = page.get('main input');
    expect(field.attributes('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(field.element);
    expect(page.text()).toContain('This is a public mail domain. Use your company’s.');
  });
});

describe('a domain', () => {
  it('shows the one record to add, as its DNS host asks for it, and says that the page can be closed', async () => {
    const { page } = await openPage('/domains/dom_1', { domains: [aDomainDetail()] });

    expect(page.text()).toContain('Your DNS is at Cloudflare, from its name servers');
    expect(page.text()).toContain('_vestibule-challenge');
    expect(page.text()).toContain(value);
    expect(page.text()).toContain('Cloudflare adds .acme.com to the name by itself.');
    expect(page.text()).toContain('You can close this page.');
    expect(buttonOf(page, 'I’ve added it').exists()).toBe(true);
  });

  it('looks when asked, at most as often as all pages of the domain together may', async () => {
    // The page's own looks stand still; they have a test of their own.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { page, fake } = await openPage('/domains/dom_1', {
      domains: [aDomainDetail({ lastLookedAt: at(-2000) }, { mayCheckAt: at(8000) })],
    });

    await buttonOf(page, 'Check now').trigger('click');
    await pressContinueKey();
    expect(sent(fake, 'POST', '/domains/dom_1/check')).toEqual([]);
    expect(page.text()).toMatch(/again in [78] s/);

    fake.setup.domains = [aDomainDetail({ lastLookedAt: at(-12_000) })];
    const again = await openPage('/domains/dom_1', { domains: fake.setup.domains });
    await buttonOf(again.page, 'Check now').trigger('click');
    await settle();

    expect(sent(again.fake, 'POST', '/domains/dom_1/check')).toHaveLength(1);
  });

  it('looks by itself while the page is open', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { fake } = await openPage('/domains/dom_1', { domains: [aDomainDetail()] });

    vi.advanceTimersByTime(1000);
    vi.useRealTimers();
    await settle();

    expect(sent(fake, 'POST', '/domains/dom_1/check')).toHaveLength(1);
  });

  it('says in one sentence what is not right, and lists what each server answered', async () => {
    const { page } = await openPage('/domains/dom_1', {
      domains: [
        aDomainDetail({
          chip: 'not_right',
          verdict: {
            kind: 'domain_twice',
            facts: { name: '_vestibule-challenge.acme.com.acme.com', host: '_vestibule-challenge' },
            answers: [
              {
                server: 'ns1.example.net',
                name: '_vestibule-challenge.acme.com.acme.com',
                answer: [value],
                meaning: 'domain_twice',
              },
            ],
          },
        }),
      ],
    });

    expect(page.text()).toContain('The name has the domain twice.');
    expect(page.text()).toContain('In Cloudflare type only _vestibule-challenge into the name field');
    expect(page.get('table strong').text()).toBe('.acme.com');
    expect(page.get('table tbody td:last-child').text()).toBe('domain twice in the name');
  });

  it('a wrong value stands beside the expected one', async () => {
    const { page } = await openPage('/domains/dom_1', {
      domains: [
        aDomainDetail({
          chip: 'not_right',
          verdict: {
            kind: 'wrong_value',
            facts: {
              expected: value,
              received: [value.replace('vestibule-verify=', '')],
              slip: 'only_token',
            },
            answers: [],
          },
        }),
      ],
    });

    expect(page.text()).toContain('The part before the equals sign is missing.');
    expect(page.findAll('mark').map((mark) => mark.text())).toEqual(['vestibule-verify=']);
  });

  it('keeps the DNS host that somebody chose', async () => {
    const { page, fake } = await openPage('/domains/dom_1', { domains: [aDomainDetail()] });

    await page.get('main select').setValue('route53');
    await settle();

    expect(sent(fake, 'PUT', '/domains/dom_1/host')).toEqual([{ hostId: 'route53' }]);
  });

  it.each([
    ['verified', 'acme.com is verified', 'Leave the record in place'],
    ['lapsed', 'The record of acme.com has gone', 'people with these addresses may be refused'],
    ['conflict', 'Another organization claims acme.com, too', 'Ledgerly Inc. decides'],
    ['failed', 'No record for acme.com was found', 'Add it again to start over.'],
  ] as const)('%s: says so, and what follows', async (state, heading, words) => {
    const { page } = await openPage('/domains/dom_1', {
      domains: [aDomainDetail({ state, chip: state, verifiedAt: at(-86_400_000) })],
      result: { status: 'applied', view: aView() },
    });

    expect(page.get('h1').text()).toBe(heading);
    expect(page.text()).toContain(words);
  });

  it('one whose record has gone says until when sign-in goes on, also while the new record is looked for', async () => {
    const worksUntil = at(10 * 86_400_000);
    const textWith = async (change: Partial<DomainView>) =>
      (await openPage('/domains/dom_1', { domains: [aDomainDetail({ worksUntil, ...change })] })).page.text();

    expect(await textWith({ state: 'lapsed', chip: 'lapsed' })).toMatch(/can still sign in until \d/);
    expect(
      await textWith({
        state: 'lapsed',
        chip: 'lapsed',
        missingSince: at(-4 * 86_400_000),
        since: at(-1000),
      }),
    ).not.toMatch(/since \d\d:\d\d/);
    expect(await textWith({})).toMatch(/Until \d.*people with these addresses can sign in as before/);
    expect(await textWith({ state: 'lapsed', chip: 'lapsed', worksUntil: at(-1000) })).toContain(
      'people with these addresses may be refused',
    );
  });

  it('one whose record has gone offers a new record, for the old one is no longer looked for', async () => {
    const { page, fake } = await openPage('/domains/dom_1', {
      domains: [aDomainDetail({ state: 'lapsed', chip: 'lapsed', lastLookedAt: at(-86_400_000) })],
      result: { status: 'applied', view: aView() },
    });
    expect(page.text()).not.toContain('Check now');
    expect(page.text()).not.toContain('The record to add');

    await buttonOf(page, 'Start over').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/domains')).toEqual([{ domain: 'acme.com' }]);
  });

  it('[DOM-07] says that the proof was found and that the vendor looks at it, and asks for nothing', async () => {
    const { page } = await openPage('/domains/dom_1', {
      domains: [aDomainDetail({ state: 'conflict', chip: 'in_review' })],
    });

    expect(page.get('h1').text()).toBe('Ledgerly Inc. looks at acme.com');
    expect(page.text()).toContain('Your record was found.');
    expect(page.text()).not.toContain('nother organization');
    expect(page.findAll('button').map((button) => button.text())).not.toContain('Check now');
  });

  it('[DOM-07] says that the vendor has refused it, and whom to write to', async () => {
    const { page } = await openPage('/domains/dom_1', {
      domains: [aDomainDetail({ state: 'failed', chip: 'refused' })],
    });

    expect(page.get('h1').text()).toBe('acme.com was not approved');
    expect(page.text()).toContain('Ledgerly Inc. has decided that it does not count for you.');
    expect(page.text()).not.toContain('We looked for 30 days');
    expect(page.text()).not.toContain('Start over');
  });

  it('asks before it removes a domain', async () => {
    const { page, fake } = await openPage('/domains/dom_1', { domains: [aDomainDetail()] });

    await buttonOf(page, 'Remove').trigger('click');
    await settle();

    expect(document.querySelector('[role=dialog], [role=alertdialog]')?.textContent).toContain(
      'Remove acme.com?',
    );
    expect(fake.requests.some(({ method }) => method === 'DELETE')).toBe(false);
  });
});
