import { expect, it, vi } from 'vitest';
import { aRolesState, aSource, fakeRoles, somePeople } from '../../../test/support/fake-roles.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { aSession, aView } from '../../../test/support/setup-builders.ts';
import { pageOpener, settle } from '../testing/open-page.ts';

const groups = ['Sales', 'Support'].map((label) => aSource(label, 4));

/** Groups that give no role are found by their names, as by the server. */
const openPage = pageOpener(() => {
  const setup = createFakeSetupApi({ session: aSession({ features: ['directory_sync'] }) });
  const answer = fakeRoles({
    state: aRolesState(),
    others: groups,
    next: null,
    people: somePeople,
    refusals: {},
    preview: { tallies: [], changed: 0, stay: 0, orphaned: null },
    result: { status: 'applied', view: aView() },
  });
  return {
    requests: setup.requests,
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const { pathname, search } = new URL(String(input), 'http://fake.test');
      const below = pathname.replace(/^.*\/api(?=\/)/, '');
      const method = init?.method ?? 'GET';
      if (below === '/directory/roles/sources') {
        const wanted = (new URLSearchParams(search).get('search') ?? '').toLowerCase();
        // Unsearched, only the last fits on the first page.
        const sources =
          wanted === ''
            ? groups.slice(1)
            : groups.filter(({ label }) => label.toLowerCase().includes(wanted));
        return Response.json({ sources, next: null });
      }
      const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
      const reply = answer(method, below, body);
      return reply === undefined
        ? setup.fetch(input, init)
        : Response.json(reply.body, { status: reply.status });
    },
  };
});

it('finds a group that gives a role, too, and keeps one in sight that was chosen under another search', async () => {
  const { page } = await openPage('/directory/roles');
  const search = page.find('input[type=search]');
  const find = async (text: string) => {
    await search.setValue(text);
    await vi.waitFor(async () => {
      await settle();
      expect(page.find('[aria-labelledby=others]').text()).toMatch(
        text === 'engi' ? /No other group is called that/ : new RegExp(text, 'i'),
      );
    });
  };
  const giving = () => page.find('[aria-labelledby=giving]').text();

  await find('engi');
  expect(giving()).toContain('Engineering');
  expect(giving()).not.toContain('IT');

  await find('sales');
  await page.find('[aria-labelledby=others] select').setValue('editor');
  expect(page.find('[aria-labelledby=others]').text()).toContain('Sales');
  await search.setValue('');
  await vi.waitFor(async () => {
    await settle();
    expect(page.find('[aria-labelledby=others]').text()).not.toContain('Sales');
  });
  expect(giving()).toContain('Sales');
});
