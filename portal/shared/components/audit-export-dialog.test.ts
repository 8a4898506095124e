import { flushPromises } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApiClient } from '../api-client.ts';
import { render } from '../testing/render.ts';
import AuditExportDialog from './AuditExportDialog.vue';

const startedAt = new Date('2026-11-27T10:00:00Z');
const minuteMs = 60_000;
const button = (name: string) =>
  [...document.querySelectorAll('button, a')].find(({ textContent }) => textContent?.trim() === name);

/** The dialog after *Export*, with a file of so many rows. */
async function written(rows: number): Promise<void> {
  const view = {
    id: 'audit_log_export_1',
    state: 'ready',
    errorCause: null,
    format: 'csv',
    rows,
    bytes: 90,
    url: 'https://api.test/file',
    urlUntil: new Date(startedAt.getTime() + 10 * minuteMs).toISOString(),
  };
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json(view)));
  const none = { actor: '', action: '', target: '', from: '', until: '' };
  await render(AuditExportDialog, {
    props: { at: '/audit-exports', filters: none, days: none },
    api: createApiClient({ apiPath: '' }),
  });
  await flushPromises();
  (button('Export CSV') as HTMLElement).click();
  await flushPromises();
}

describe('a file of the audit log', () => {
  beforeEach(
    () => void vi.useFakeTimers({ now: startedAt, toFake: ['Date', 'setInterval', 'clearInterval'] }),
  );
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('says how long its link works, and that it has ended when it has', async () => {
    await written(12);
    expect(document.body.textContent).toContain('Ready: 12 rows, 1 KB. The link works 10 minutes.');
    expect(button('Download')).toBeDefined();

    await vi.advanceTimersByTimeAsync(10 * minuteMs);

    expect(document.body.textContent).toContain('The link has ended; the file is kept for a day.');
    expect(document.body.textContent).not.toContain('The link works 10 minutes.');
    expect(button('Download')).toBeUndefined();
    expect(button('A new link')).toBeDefined();
  });

  it('that is still being written is found again by whoever closes the dialog and comes back', async () => {
    const pending = {
      id: 'audit_log_export_1',
      state: 'pending',
      errorCause: null,
      format: 'csv',
      rows: 7,
      bytes: 0,
      url: null,
      urlUntil: null,
    };
    const asked: string[] = [];
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url);
      return Promise.resolve(Response.json({ ...pending, rows: 9 }));
    });
    const none = { actor: '', action: '', target: '', from: '', until: '' };
    await render(AuditExportDialog, {
      props: { at: '/audit-exports', filters: none, days: none, made: pending },
      api: createApiClient({ apiPath: '' }),
    });
    await flushPromises();

    expect(asked).toEqual([expect.stringContaining('/audit-exports/audit_log_export_1')]);
    expect(document.body.textContent).toContain('Written so far: 9 rows. You can close this');
    expect(button('Export CSV')).toBeUndefined();
  });

  it('of nothing says that nothing matches, and offers other days instead of an empty file', async () => {
    await written(0);

    expect(document.body.textContent).toContain('No event of these days matches.');
    expect(button('Download')).toBeUndefined();
    (button('Other days') as HTMLElement).click();
    await flushPromises();
    expect(button('Export CSV')).toBeDefined();
  });
});
