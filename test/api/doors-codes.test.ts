import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMailer } from '../../adapters/mailer.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { axeViolations, describeWithBrowser } from '../support/browser.ts';
import { anOrganization, asSystem, aVendor, caller, type Reply, type Vendor } from '../support/builders.ts';
import { codeMailedTo } from '../support/live-customer.ts';

/** `link_confirmation: email_code`: a link opens after a code that was mailed to its contact. */

let api: TestApi;
let vendor: Vendor;
let organizationId: string;
let contact: string;
let link: string;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

let customers = 0;
beforeEach(async () => {
  // Each test has an hour of its own: limits count by source and address.
  api.pass(3_600_000);
  vendor = await aVendor(api, { linkConfirmation: 'email_code' });
  organizationId = (await anOrganization(vendor)).id;
  contact = `anna${(customers += 1)}@acme.com`;
  link = (await invite([contact])).body.link;
});

const invite = (contacts: string[]) =>
  vendor.call('POST', '/onboardings', {
    organization: organizationId,
    contacts,
    delivery: 'copy',
    features: [{ feature: 'sso' }],
  });
const press = (values: Record<string, string> = {}, address = link) =>
  caller(api, { accept: 'text/html' })('POST', new URL(address).pathname, new URLSearchParams(values));
const enter = (code: string) => press({ code });
const other = (code: string) => (code === '111111' ? '222222' : '111111');
const mailedCode = async () => {
  await press();
  return codeMailedTo(api, contact);
};
const mails = () => api.mailbox.list({ to: contact });
const opened = ({ status, headers }: Reply) => [status, headers.get('set-cookie') !== null];
const sessions = () =>
  asSystem(api, (tx) =>
    tx.selectFrom('portalSessions').select('id').where('organizationId', '=', organizationId).execute(),
  );

describe('[LNK-05] a link that asks for a code', () => {
  test('opens no session with its button: the contact is mailed a code, shown masked, and kept as a digest', async () => {
    const reply = await press();
    const code = await codeMailedTo(api, contact);

    expect(opened(reply)).toEqual([200, false]);
    expect(reply.text).toContain('We sent a six-digit code to a•••@acme.com. It works for 10 minutes.');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(await sessions()).toEqual([]);
    const rows = await asSystem(api, (tx) => tx.selectFrom('actCodes').selectAll().execute());
    expect(JSON.stringify(rows)).not.toContain(code);
    expect(api.logged()).not.toContain(code);
  });

  test('says before it is pressed that a code will be mailed, and that forwarding it is no way', async () => {
    const page = await caller(api, { accept: 'text/html' })('GET', new URL(link).pathname);

    expect(page.text).toContain('the mailbox this link was sent to: it gets a code when you start');
    expect(page.text).toContain('a forwarded link asks for a code from this mailbox.');
    expect(mails()).toEqual([]);
  });

  test('opens with the code, typed as people type it, and the code works once', async () => {
    const code = await mailedCode();

    expect(opened(await enter(` ${code.slice(0, 3)} ${code.slice(3)} `))).toEqual([303, true]);
    expect(await sessions()).toHaveLength(1);
    const again = await enter(code);
    expect(opened(again)).toEqual([422, false]);
    expect(again.text).toContain('That code no longer works.');
  });

  test('opens once when the code is sent many times at the same moment', async () => {
    const code = await mailedCode();

    const replies = await Promise.all(Array.from({ length: 6 }, () => enter(code)));

    expect(replies.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(await sessions()).toHaveLength(1);
  });

  test('takes the code of its own link only', async () => {
    const code = await mailedCode();
    const elsewhere = await anOrganization(vendor, { name: 'Other' });
    const { body } = await vendor.call('POST', '/onboardings', {
      organization: elsewhere.id,
      contacts: [contact],
      delivery: 'copy',
      features: [{ feature: 'sso' }],
    });

    expect(opened(await press({ code }, body.link))).toEqual([422, false]);
  });

  test('a button pressed again, by a mail scanner perhaps, makes nobody’s code void and mails no second one', async () => {
    const code = await mailedCode();
    api.pass(2 * 60_000);
    await press();

    expect(mails()).toHaveLength(1);
    expect((await enter(code)).status).toBe(303);
  });

  test('sends a new code when it is asked for, after a minute, and the newest one counts', async () => {
    const first = await mailedCode();
    const early = await press({ again: '1' });
    expect([early.status, mails().length]).toEqual([422, 1]);
    expect(early.text).toMatch(/ask again in \d+ seconds/);
    api.pass(61_000);

    expect((await press({ again: '1' })).status).toBe(200);
    const second = await codeMailedTo(api, contact, 1);

    if (first !== second) expect((await enter(first)).status).toBe(422);
    expect((await enter(second)).status).toBe(303);
  });

  test('lives for ten minutes', async () => {
    const code = await mailedCode();
    api.pass(10 * 60_000 + 1_000);

    expect((await enter(code)).text).toContain('That code no longer works.');
  });

  test('what is no code costs no try; a wrong one says how many are left', async () => {
    const code = await mailedCode();

    for (const nonsense of ['', '12345', 'abcdef', '１２３４５６']) {
      expect((await enter(nonsense)).text).toContain('A code has six digits.');
    }
    expect((await enter(other(code))).text).toContain('That code doesn’t match. 4 tries left.');
    expect((await enter(code)).status).toBe(303);
  });

  test('five wrong ones block the codes of the link for a quarter of an hour, the right one too', async () => {
    const code = await mailedCode();
    for (let tries = 0; tries < 4; tries += 1) await enter(other(code));

    const fifth = await enter(other(code));

    expect([fifth.status, fifth.headers.get('retry-after')]).toEqual([429, '900']);
    expect(fifth.text).toContain('takes no code for 15 minutes');
    expect((await enter(code)).status).toBe(429);
    api.pass(14 * 60_000);
    expect([(await press({ again: '1' })).status, mails().length]).toEqual([429, 1]);
    api.pass(61_000);
    expect([(await press()).status, mails().length]).toEqual([200, 2]);
    expect((await enter(await codeMailedTo(api, contact, 1))).status).toBe(303);
  });

  test('a new code buys no new tries', async () => {
    const code = await mailedCode();
    for (let tries = 0; tries < 3; tries += 1) await enter(other(code));
    api.pass(61_000);
    await press({ again: '1' });
    const second = await codeMailedTo(api, contact, 1);

    expect((await enter(other(second))).text).toContain('1 try left');
    expect((await enter(other(second))).status).toBe(429);
  });

  test('an address that takes no mail is named, masked, with whom to ask', async () => {
    link = (await invite(['bounce+anna@acme.com'])).body.link;

    const reply = await press();

    expect(opened(reply)).toEqual([409, false]);
    expect(reply.text).toContain('The mail server of b•••@acme.com does not take our mail.');
  });

  test('a dead link asks for nothing, and a code for it says no more than the page of a dead link', async () => {
    const dead = `${link.slice(0, -4)}0000`;

    const [plain, withCode] = [await press({}, dead), await press({ code: '123456' }, dead)];

    expect([plain.status, withCode.status]).toEqual([404, 404]);
    expect(plain.text).toContain('This link no longer works');
    expect(withCode.text).toContain('This link no longer works');
  });

  test('[LNK-09] a form of another site opens nothing and has nobody mailed', async () => {
    const { pathname } = new URL(link);
    const headers = { accept: 'text/html', origin: 'https://elsewhere.test' };
    const reply = await caller(api, headers)('POST', pathname, new URLSearchParams());

    expect([reply.status, mails()]).toEqual([403, []]);
  });

  test('a portal link is never mailed and opens as ever', async () => {
    const { body } = await vendor.call('POST', '/portal/generate_link', { organization: organizationId });

    expect((await press({}, body.link)).status).toBe(303);
  });

  test('a link without a contact is not made; one whose contact has gone says whom to ask', async () => {
    const made = await invite([]);
    expect([made.status, made.body.code]).toEqual([409, 'no_contact']);
    await asSystem(api, (tx) =>
      tx.updateTable('links').set({ contactId: null }).where('organizationId', '=', organizationId).execute(),
    );

    const reply = await press();

    expect(reply.status).toBe(409);
    expect(reply.text).toContain('Ask Northwind to send the link to yours.');
  });

  test('[MAIL-05] a mail server that is away is said so, and the code that nobody got does not stand in the way', async () => {
    const { mailer } = api.deps;
    api.deps.mailer = createMailer({
      smtpUrl: 'smtp://127.0.0.1:9',
      requireTls: false,
      now: api.deps.now,
      from: { address: 'no-reply@vestibule.test' },
    });
    const away = await press();
    api.deps.mailer = mailer;

    expect(opened(away)).toEqual([503, false]);
    expect(away.text).toContain('Try again in a moment.');
    expect((await press()).status).toBe(200);
    expect((await enter(await codeMailedTo(api, contact))).status).toBe(303);
  });

  test('leaves its trace: sent, refused, confirmed, opened', async () => {
    const code = await mailedCode();
    await enter(other(code));
    await enter(code);

    const rows = await asSystem(api, (tx) =>
      tx
        .selectFrom('auditEvents')
        .select('action')
        .where('organizationId', '=', organizationId)
        .where('action', 'like', 'link.%')
        .orderBy('id')
        .execute(),
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'link.code_sent',
      'link.code_refused',
      'link.confirmed',
      'link.opened',
    ]);
  });
});

await describeWithBrowser('the page of the code in a browser', (browser) => {
  const press = async (page: Page, name: string) => page.getByRole('button', { name }).click();
  const states: Record<string, (page: Page) => Promise<void>> = {
    mailed: async () => undefined,
    wrong: async (page) => {
      const code = await codeMailedTo(api, contact);
      await page.getByLabel('Code').fill(other(code));
      await press(page, 'Continue');
      await page.getByText('4 tries left').waitFor();
    },
    'asked again too soon': async (page) => {
      await press(page, 'Send a new code');
      await page.getByText('The last code is less than a minute old').waitFor();
    },
    blocked: async (page) => {
      const code = await codeMailedTo(api, contact);
      for (let tries = 0; tries < 5; tries += 1) {
        await page.getByLabel('Code').fill(other(code));
        await press(page, 'Continue');
      }
      await page.getByText('Too many wrong codes').waitFor();
    },
    ended: async (page) => {
      const code = await codeMailedTo(api, contact);
      api.pass(10 * 60_000 + 1_000);
      await page.getByLabel('Code').fill(code);
      await press(page, 'Continue');
      await page.getByText('That code no longer works').waitFor();
    },
  };
  const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
    [390, 1440].map((width) => ({ colorScheme, viewport: { width, height: 844 } })),
  );

  test.each(Object.keys(states))('is accessible and fits: %s', async (state) => {
    const page = await (await browser().newContext({ javaScriptEnabled: false })).newPage();
    await page.goto(link);
    await press(page, 'Start set-up');
    await states[state]?.(page);
    const markup = await page.content();
    await page.context().close();

    for (const { colorScheme, viewport } of looks) {
      const shown = await (await browser().newContext({ colorScheme, viewport })).newPage();
      await shown.route(link, (route) => route.fulfill({ body: markup, contentType: 'text/html' }));
      await shown.goto(link);
      expect(await axeViolations(shown)).toEqual([]);
      expect(await shown.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        viewport.width,
      );
      await shown.context().close();
    }
  });

  test('is done by keyboard alone, and without script', async () => {
    const page = await (await browser().newContext({ javaScriptEnabled: false })).newPage();
    await page.goto(link);
    await page.getByRole('button', { name: 'Start set-up' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Check your e-mail' }).waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('code');
    await page.keyboard.type(other(await codeMailedTo(api, contact)));
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await page.keyboard.type(await codeMailedTo(api, contact));
    await page.keyboard.press('Enter');

    await page.waitForURL(/\/home$/);
    await page.context().close();
  });
});

test('[RATE] one contact gets ten codes an hour, whatever they open', async () => {
  const strict = await startTestApi({ rateLimitFactor: 1 });
  try {
    const owner = await aVendor(strict, { linkConfirmation: 'email_code' });
    const statuses = [];
    for (let links = 0; links < 11; links += 1) {
      const organization = await anOrganization(owner);
      const { body } = await owner.call('POST', '/onboardings', {
        organization: organization.id,
        contacts: ['ann@acme.com'],
        delivery: 'copy',
        features: [{ feature: 'sso' }],
      });
      const opening = caller(strict, { accept: 'text/html' });
      const reply = await opening('POST', new URL(body.link).pathname, new URLSearchParams());
      statuses.push(reply.status);
    }

    expect(statuses).toEqual([...Array<number>(10).fill(200), 429]);
  } finally {
    await strict.close();
  }
});
