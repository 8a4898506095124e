/** The customer's audit log in all its states, held to what all screens of the customer's app are held to. */
import { expect, test } from 'vitest';
import { row, sceneWith, type SceneChange } from '../support/customer-scenes.ts';
import { aFakeAuditLog, anAuditEvent, anExport, type FakeAuditEvents } from '../support/fake-audit-events.ts';
import { createFakeSetupApi } from '../support/fake-setup-api.ts';
import { describeScreens, draw, tabTo, type Screen } from '../support/screens.ts';
import { aSession } from '../support/setup-builders.ts';

const scene =
  (log: Partial<FakeAuditEvents> = {}, change: SceneChange = {}) =>
  (): SceneChange => ({
    session: aSession({ features: ['audit_logs'] }),
    auditLog: aFakeAuditLog(log),
    ...change,
  });
const byOthers = [
  anAuditEvent(1_000, {
    id: 'audit_key',
    origin: 'setup',
    action: 'portal_link.created',
    targets: [],
    actor: { type: 'developer', id: 'api_key_1', name: null },
  }),
  anAuditEvent(2_000, {
    id: 'audit_link',
    origin: 'setup',
    action: 'log_stream.paused',
    targets: [],
    actor: { type: 'customer', id: 'link_01M8E6NEWZAGH701G3CQVKQ9M4', name: null },
  }),
  anAuditEvent(3_000, { id: 'audit_nurse', actor: { type: 'staff', id: 'n_1', name: 'Ruth Okafor' } }),
];
const broken = { status: 500, code: 'internal' } as const;
const press =
  (...names: string[]): NonNullable<Screen['reach']> =>
  async (page, say) => {
    for (const name of names) {
      await page
        .getByRole('button', { name: say(name), exact: true })
        .last()
        .click();
    }
  };
const exportCsv: NonNullable<Screen['reach']> = async (page, say) => {
  await press('Export')(page, say);
  await page.getByRole('dialog').getByRole('button').nth(1).click();
};

const screens: Screen[] = [
  row('log', '/audit-log', 'paused a log stream', scene()),
  row('log, of one action', '/audit-log?action=log_stream', 'Ledgerly Inc', scene()),
  row(
    'log, by one, about one, followed',
    '/audit-log?actor=user_7&target=doc_12&follow=on',
    'Only by',
    scene(),
  ),
  row('log, by a program, by a link, by a person of the product', '/audit-log', 'by a program', () =>
    scene({ events: byOthers })(),
  ),
  row(
    'log, days the wrong way round',
    '/audit-log?from=2026-11-27&until=2026-11-20',
    'The first day comes after the last.',
    scene({ events: [] }),
  ),
  row('log, none match', '/audit-log?action=nothing', 'None match.', scene()),
  row('log, empty', '/audit-log', 'No events yet', scene({ events: [] })),
  row('log, loading', '/audit-log', 'Loading', scene({}, { silent: 'GET /audit-events' })),
  row(
    'log, broken',
    '/audit-log',
    'Something broke on our side.',
    scene({}, { refusals: { 'GET /audit-events': broken } }),
  ),
  row(
    'log, outside the link',
    '/audit-log',
    'Your link does not cover this.',
    scene({}, { refusals: { 'GET /audit-events': { status: 403, code: 'outside_link' } } }),
  ),
  row('event', '/audit-log/audit_long', 'As your SIEM gets it', scene()),
  row('event of the set-up', '/audit-log/audit_staff', 'paused a log stream', scene()),
  row('event, not yet sealed', '/audit-log/audit_system', 'Not yet sealed.', scene()),
  row(
    'event, broken',
    '/audit-log/audit_x',
    'Something broke',
    scene({}, { refusals: { 'GET /audit-events/audit_x': broken } }),
  ),
  row('about to export', '/audit-log', 'of three months at most', scene(), press('Export')),
  row(
    'export, too long',
    '/audit-log?from=2026-01-01&until=2026-10-01',
    'Three months at most.',
    scene(),
    exportCsv,
  ),
  row(
    'export, written',
    '/audit-log',
    'Written so far',
    scene({ exported: anExport({ state: 'pending', url: null, urlUntil: null, rows: 4_000 }) }),
    exportCsv,
  ),
  row('export, ready', '/audit-log', 'The link works 10 minutes.', scene(), exportCsv),
  row(
    'export, too large',
    '/audit-log',
    'Choose fewer days.',
    scene({ exported: anExport({ state: 'error', errorCause: 'too_large', url: null, urlUntil: null }) }),
    exportCsv,
  ),
  row(
    'export, refused',
    '/audit-log',
    'Something broke',
    scene({}, { refusals: { 'POST /audit-exports': broken } }),
    exportCsv,
  ),
];

await describeScreens('the screens of the audit log', screens, (visit) => {
  test('narrowing, opening an event, going back, following and exporting need no mouse', async () => {
    const { visitor, portal } = visit();
    const { page } = visitor;
    const { keyboard } = page;
    const fake = createFakeSetupApi(scene()());
    await draw(visitor, portal, { ...row('', '/audit-log', 'Budget 2027'), scene: () => sceneWith(fake) });

    await tabTo(page, 'Action');
    await keyboard.type('document');
    await keyboard.press('Enter');
    await page.getByText('Legal').waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?action=document');
    await keyboard.press('Tab');
    await page.getByRole('row', { name: /Budget 2027/ }).focus();
    await keyboard.press('Enter');
    await page
      .getByRole('heading', { level: 1, name: 'document.shared' })
      .and(page.locator(':focus'))
      .waitFor();
    await tabTo(page, 'Back to the log');
    await keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'What happened' }).waitFor();
    expect(new URL(page.url()).search).toBe('?action=document');

    await tabTo(page, 'Action');
    await keyboard.press('Control+A');
    await keyboard.type('paused a log stream');
    await keyboard.press('Enter');
    await page.getByText('log_stream.paused').waitFor();
    expect(new URL(page.url()).search).toBe('?action=log_stream.paused');
    await keyboard.press('Control+A');
    await keyboard.type('document');
    await keyboard.press('Enter');
    await page.getByText('Budget 2027').waitFor();

    await tabTo(page, 'Follow');
    await keyboard.press('Space');
    fake.setup.auditLog.events.unshift(
      anAuditEvent(1_000, {
        id: 'audit_new',
        targets: [{ type: 'document', id: 'doc_99', name: 'Just now' }],
      }),
    );
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await page.getByText('Just now').first().waitFor();

    await tabTo(page, 'Export');
    await keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, /^CSV/);
    await keyboard.press('ArrowDown');
    await tabTo(page, 'Export JSON');
    await keyboard.press('Enter');
    await page.getByText('The link works 10 minutes.').waitFor();
    const asked = fake.requests.find(({ method }) => method === 'POST');
    expect(asked?.body).toMatchObject({ format: 'json', action: 'document' });
  });

  test('calls nobody by an id that means nothing to them, and the customer’s own staff by their names', async () => {
    const { visitor, portal } = visit();
    const { page } = visitor;
    const fake = createFakeSetupApi(scene({ events: byOthers })());
    await draw(visitor, portal, { ...row('', '/audit-log', 'Ruth Okafor'), scene: () => sceneWith(fake) });

    const shown = await page.locator('main').innerText();
    expect(shown).toContain('Ledgerly Inc., by a program');
    expect(shown).toContain('Link …VKQ9M4');
    expect(shown).not.toMatch(/api_key_|link_/);
  });
});
