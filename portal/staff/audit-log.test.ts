import { afterEach, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { createFakeDashboard } from '../../test/support/fake-dashboard-api.ts';
import { changesOf } from './audit-changes.ts';
import { dayAfter, startOfDay } from '../shared/days.ts';
import { pageMounter } from './mount-page.ts';

const mountPage = pageMounter(createFakeDashboard);
let app: Awaited<ReturnType<typeof mountPage>> | undefined;
const open = async (...given: Parameters<typeof mountPage>) => (app = await mountPage(...given));
afterEach(() => {
  app?.unmount();
  app = undefined;
});

it('S14 says who did what to what, and narrows by thing and by act in the address', async () => {
  const { fake, fill, router, words } = await open('/audit-log');
  expect(words()).toContain('changed a member’s role');

  await fill('What it was about', 'connection');
  expect(router.currentRoute.value.fullPath).toBe('/audit-log?about=connection');
  expect(fake.requests.at(-1)?.path).toBe('/dashboard/api/audit-log?action=connection');
  await fill('Which act', 'connection.settings_changed');
  expect(fake.requests.at(-1)?.path).toBe('/dashboard/api/audit-log?action=connection.settings_changed');
});

it('S14 says that two days are the wrong way round, not only that none match', async () => {
  const { words } = await open('/audit-log?from=2026-11-27&until=2026-11-20', { isEmpty: true });

  await eventually(() => expect(words()).toContain('The first day comes after the last.'));
});

it('S14 shows the vendor’s events beside ours, by their own names, and narrows to either', async () => {
  const { fake, fill, words } = await open('/audit-log');
  expect(words()).toContain('document.shared');

  await fill('Whose log', 'vendor');
  expect(fake.requests.at(-1)?.path).toBe('/dashboard/api/audit-log?origin=vendor');
  expect(words()).not.toContain('changed a member’s role');
  await fill('Action', 'document.shared');
  await eventually(() => expect(words()).toContain('document.shared'));
});

it('S14 says of a vendor’s event what it was done to, and what else it says', async () => {
  const { words } = await open('/audit-log/audit_31');

  expect(words()).toMatch(/document\s*Budget 2027 · doc_12 · pages: 12/);
  expect(words()).toMatch(/reason\s*review/);
  expect(words()).toMatch(/role\s*owner/);
});

it('S14 has a file of an organization written, and says which to choose before', async () => {
  const without = await open('/audit-log');
  expect(without.words()).toContain('Choose an organization in the list first');
  without.unmount();
  const { fake, press } = await open('/audit-log?organization=org_1&action=x');

  await press('Export');
  await eventually(() => expect(document.body.textContent).toContain('of three months at most'));
  const start = [...document.querySelectorAll('button')].find(({ textContent }) =>
    textContent?.includes('Export CSV'),
  );
  start?.click();
  await eventually(() => expect(document.body.textContent).toContain('The link works 10 minutes.'));
  expect(fake.requests.find(({ method }) => method === 'POST')?.path).toBe(
    '/dashboard/api/organizations/org_1/audit-exports',
  );
});

it('S14 forgets an act when another thing is chosen', async () => {
  const { fake, fill } = await open('/audit-log?about=connection&act=connection.settings_changed');

  await fill('What it was about', 'member');

  expect(fake.requests.at(-1)?.path).toBe('/dashboard/api/audit-log?action=member');
});

it('S14 takes days of the reader’s calendar, both ends included', async () => {
  const { fake, fill } = await open('/audit-log');

  await fill('From', '2026-11-20');
  await fill('To', '2026-11-21');

  const query = new URL(fake.requests.at(-1)?.path ?? '', 'http://staff.test').searchParams;
  expect(query.get('from')).toBe(new Date(2026, 10, 20).toISOString());
  expect(query.get('until')).toBe(new Date(2026, 10, 22).toISOString());
});

it('what is no day narrows nothing', () => {
  expect([startOfDay('soon'), dayAfter(''), startOfDay('2026-13-01')]).toEqual(['', '', '']);
});

it('S14 verifies part after part, says how far it is, and then what came of it', async () => {
  const { fake, press, words } = await open('/audit-log');

  await press('Verify the log');

  await eventually(() => expect(words()).toContain('The log is as it was written.'));
  expect(words()).toContain('2,600 rows in 12 chains match their hashes');
  expect(words()).toContain('310 older rows were removed by retention');
  expect(words()).toContain('1 row is not yet sealed');
  expect(fake.requests.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([
    {},
    { goOn: 'first' },
    { goOn: 'second' },
  ]);
});

it.each([
  ['changed', 'Row 412 of Acme Corporation’s chain is not what was sealed.'],
  ['reordered', 'Row 412 of Acme Corporation’s chain stands in another’s place.'],
  ['missing', 'Row 412 of Acme Corporation’s chain is missing'],
  ['replaced', 'Row 412 of Acme Corporation’s chain is whole, but not the one'],
  ['forged_checkpoint', 'A checkpoint of Acme Corporation’s chain does not carry our signature.'],
  ['unknown_key', 'The log could not be checked.'],
] as const)('S14 names the first bad row: %s', async (problem, said) => {
  const { press, words } = await open('/audit-log', {
    arrange: ({ verification }) =>
      (verification.verdict = {
        state: 'broken',
        rows: 812,
        removedByRetention: 0,
        notYetSealed: 0,
        problem,
        organization: { id: 'org_1', name: 'Acme Corporation' },
        number: 412,
        rowId: 'audit_38',
      }),
  });

  await press('Verify the log');

  await eventually(() => expect(words()).toContain(said));
  expect(words().includes('Open the row')).toBe(!['forged_checkpoint', 'unknown_key'].includes(problem));
});

it('S14 lets viewers read, and says who may verify', async () => {
  const { words, find } = await open('/audit-log', { role: 'viewer' });

  expect(words()).toContain('Needs admin');
  expect(find('button', 'Verify the log').getAttribute('aria-disabled')).toBe('true');
});

it('S14 shows before and after side by side, what differs first', async () => {
  const { page, words } = await open('/audit-log/audit_39');

  const rows = page
    .findAll('.data-table tbody tr')
    .map((row) => row.findAll('th, td').map((cell) => cell.text()));
  expect(rows).toEqual([
    ['linkDays', '30', '14'],
    ['domainPolicy', 'optional', 'required'],
    ['name', 'Sandbox', 'Sandbox'],
  ]);
  expect(words()).toContain('Not yet sealed.');
});

it('a side that does not speak of a value is told from one that says null', () => {
  expect(changesOf({ before: { a: null }, after: { a: 'x', b: [1] } })).toEqual([
    { id: 'a', before: 'null', after: 'x', isChanged: true },
    { id: 'b', before: undefined, after: '[1]', isChanged: true },
  ]);
  expect(changesOf({ before: null, after: null })).toEqual([]);
});

it('[AUD-04] S14 says that a person was erased', async () => {
  const { words } = await open('/audit-log/audit_33');

  expect(words()).toMatch(/Contact\s*erased/);
  expect(words()).toContain('org_erased');
});
