/** The screens of members and of what they did, in all their states. */
import { expect, test } from 'vitest';
import { allowed } from '../support/fake-members-sso.ts';
import { describeScreens, draw, tabTo, type Screen } from '../support/screens.ts';
import { api, broken, listRows, press, row, type Change } from '../support/staff-scenes.ts';

/** The first button that a row of the page's table has: its name holds a value, so that no catalogue knows it whole. */
const pressFirstInTable: Screen['reach'] = async (page) => await page.locator('tbody button').first().click();

/** Members come in by single sign-on, and this has become of what an admin vouched for. */
const ssoIs = (rule: 'optional' | 'required', more: object = {}): Change => ({
  arrange: ({ sso }) => {
    sso.shown = { ...sso.shown, mayRequire: rule === 'required' };
    sso.shown = { ...allowed(sso, rule), ...more };
  },
});

const screens: Screen[] = [
  row('members', '/members', 'Kim Vale'),
  row('members, loading', '/members', 'Loading', { silent: `GET ${api}/members` }),
  row('members, broken', '/members', 'Something broke on our side.', broken(`${api}/members`)),
  row('members, to a viewer', '/members', 'only admins see', { role: 'viewer' }),
  row(
    'members, somebody who left',
    '/members',
    'among your former members',
    {},
    press('Erase somebody who left'),
  ),
  row('members, a new one', '/members', 'Everything, members and keys too.', {}, press('Invite a member')),
  row('members, not mailed', '/members', 'the mail could not be sent', {}, async (page, say) => {
    await press('Invite a member')?.(page, say);
    await page.locator('input[type=email]').fill('bounce@vendor.example');
    await press('Add and send invitation')?.(page, say);
  }),
  row('members, one', '/members', 'this browser', {}, pressFirstInTable),
  row('members, about to leave', '/members', 'An admin can invite you again.', {}, async (page, say) => {
    await pressFirstInTable?.(page, say);
    await press('Leave')?.(page, say);
  }),
  ...listRows(
    'audit log',
    '/audit-log',
    `${api}/audit-log`,
    'changed settings',
    'Nothing has been done here yet.',
  ),
  row('audit log, of one thing', '/audit-log?about=connection', 'Every act'),
  row('audit log, nothing matches', '/audit-log?about=branding', 'No act matches.'),
  row(
    'audit log, verifying',
    '/audit-log',
    'Reading the signed checkpoints.',
    {
      silent: `POST ${api}/audit-log/verify`,
    },
    press('Verify the log'),
  ),
  row(
    'audit log, as it was written',
    '/audit-log',
    'The log is as it was written.',
    {},
    press('Verify the log'),
  ),
  row(
    'audit log, a row changed',
    '/audit-log',
    'The log was changed.',
    {
      arrange: ({ verification }) =>
        (verification.verdict = {
          state: 'broken',
          rows: 812,
          removedByRetention: 310,
          notYetSealed: 0,
          problem: 'changed',
          organization: { id: 'org_1', name: 'Acme Corporation' },
          number: 412,
          rowId: 'audit_38',
        }),
    },
    press('Verify the log'),
  ),
  row(
    'audit log, not verified',
    '/audit-log',
    'Something broke on our side.',
    { arrange: ({ refuse }) => refuse('POST', `${api}/audit-log/verify`, 500, 'internal') },
    press('Verify the log'),
  ),
  row('audit log, an act', '/audit-log/audit_39', 'What changed'),
  row('audit log, an act that names a person', '/audit-log/audit_38', 'Who it names'),
  row('audit log, an act erased', '/audit-log/audit_33', 'erased'),
  row('audit log, no such act', '/audit-log/audit_0', 'This no longer exists.'),
  row('members, no organization of their own', '/members', 'the domain of your address', { isEmpty: true }),
  row('members, its organization not live', '/members', 'has no live connection yet', {
    arrange: ({ sso }) => sso.shown.candidate?.connections.splice(0),
  }),
  row('members, single sign-on chosen', '/members', 'You confirm this', {}, press('Set up single sign-on')),
  row('members, single sign-on required', '/members', 'Single sign-on only', ssoIs('required')),
  row(
    'members, single sign-on to be required',
    '/members',
    'Codes are refused.',
    ssoIs('required'),
    press('Change'),
  ),
  row(
    'members, single sign-on changed',
    '/members',
    'Something has changed since an admin looked.',
    ssoIs('optional', {
      differs: true,
      current: {
        organization: null,
        domains: ['vendor.example'],
        connections: [
          { id: 'conn_own', name: 'Okta of Vendor', state: 'changed' },
          { id: 'conn_old', name: 'ADFS', state: 'away' },
        ],
      },
    }),
  ),
  row('members, single sign-on loading', '/members', 'Loading', { silent: `GET ${api}/members-sso` }),
  row(
    'members, single sign-on broken',
    '/members',
    'Something broke on our side.',
    broken(`${api}/members-sso`),
  ),
  row(
    'members, single sign-on changed meanwhile',
    '/members',
    'Somebody changed this meanwhile.',
    { arrange: ({ refuse }) => refuse('PUT', `${api}/members-sso`, 409, 'settings_changed') },
    async (page, say) => {
      await press('Set up single sign-on')?.(page, say);
      await press('Save')?.(page, say);
    },
  ),
];

await describeScreens('the screens of members and their audit log', screens, (visit) => {
  test('narrowing the audit log, opening an act, going back and verifying need no mouse', async () => {
    const { visitor, portal } = visit();
    const { page } = visitor;
    const { keyboard } = page;
    const shows = (search: string) =>
      expect.poll(() => new URL(page.url()).search, { timeout: 30_000 }).toBe(search);
    await draw(visitor, portal, row('', '/audit-log', 'Kim Vale'));

    await tabTo(page, /^What it was about/);
    const focused = page.locator('select:focus');
    while ((await focused.inputValue()) !== 'connection') await keyboard.press('ArrowDown');
    await shows('?about=connection');
    await tabTo(page, 'Only Acme Corporation');
    await keyboard.press('Enter');
    await shows('?about=connection&organization=org_1');
    const act = page.getByRole('table').getByRole('row').nth(1);
    await act.focus();
    await keyboard.press('Enter');
    await page.getByRole('heading', { level: 1 }).and(page.locator(':focus')).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/\/audit-log\/audit_\d+$/);

    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor();
    await shows('?about=connection&organization=org_1');
    await tabTo(page, 'Clear filters');
    await keyboard.press('Enter');
    await shows('');
    await page.evaluate('document.activeElement?.blur()');
    await tabTo(page, 'Verify the log');
    await keyboard.press('Enter');
    await page.getByText('The log is as it was written.').waitFor();
  }, 240_000);
});
