import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { CertificateReading } from '../../activities/index.ts';
import {
  certificatesChanged,
  stopCertificateWatch,
  type CertificateInput,
} from '../../workflows/messages.ts';
import { fakeActivities } from '../support/fake-activities.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { runWorkflow } from '../support/workflow-run.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const input: CertificateInput = {
  v: 1,
  environmentId: 'env_1',
  organizationId: 'org_1',
  connectionId: 'conn_1',
};
const live = (more: Partial<CertificateReading>): CertificateReading => ({
  state: 'live',
  fingerprint: 'ab',
  endsAt: null,
  refreshAt: null,
  ...more,
});

await describeWithTemporal('the certificate watch', (temporal) => {
  it('[MD-05] [REL-19] announces a year of thresholds in seconds, each exactly once, and weekly after the end', async () => {
    const endsAt = new Date(Date.now() + 365 * dayMs).toISOString();
    const activities = fakeActivities({ lookAtCertificates: () => Promise.resolve(live({ endsAt })) });
    await runWorkflow(
      temporal(),
      { type: 'watchCertificate', input, activities, skipsTime: true },
      async (handle) => {
        await expect.poll(() => activities.named('announceCertificate').length).toBeGreaterThanOrEqual(10);
        await handle.signal(stopCertificateWatch);
        await handle.terminate();
      },
    );
    const days = activities.named('announceCertificate').map((told) => (told as { days: number }).days);
    expect(days.slice(0, 10)).toEqual([90, 60, 30, 14, 7, 1, 0, -7, -14, -21]);
  });

  it('a provider that signs less is announced once a day, however often the watch is woken', async () => {
    const less = { at: '2026-11-25T10:00:00.000Z' };
    const activities = fakeActivities({
      lookAtCertificates: () => Promise.resolve(live({ signedLessAt: less.at })),
    });
    await runWorkflow(temporal(), { type: 'watchCertificate', input, activities }, async (handle) => {
      await expect.poll(() => activities.named('announceSignedLess').length).toBe(1);
      less.at = '2026-11-25T11:00:00.000Z';
      await handle.signal(certificatesChanged);
      await expect.poll(() => activities.named('lookAtCertificates').length).toBe(2);
      less.at = '2026-11-26T09:00:00.000Z';
      await handle.signal(certificatesChanged);
      await expect.poll(() => activities.named('announceSignedLess').length).toBe(2);
      await handle.signal(stopCertificateWatch);
      await handle.result();
    });
  });

  it('announces what is due on the calendars of its readers, once for the same notices, and looks when the next are due', async () => {
    const looks: NonNullable<CertificateReading['notices']>[] = ['30 in UTC', '30 in UTC', '14 in UTC'].map(
      (due) => ({ due, nextLookAt: new Date(Date.now() + 900 * dayMs).toISOString() }),
    );
    const activities = fakeActivities({
      lookAtCertificates: () =>
        Promise.resolve(
          live({ endsAt: new Date(Date.now() + 5 * dayMs).toISOString(), notices: looks.shift() ?? null }),
        ),
    });
    await runWorkflow(temporal(), { type: 'watchCertificate', input, activities }, async (handle) => {
      for (const count of [1, 2, 3]) {
        await expect.poll(() => activities.named('lookAtCertificates').length).toBe(count);
        await handle.signal(certificatesChanged);
      }
      await handle.signal(stopCertificateWatch);
      await handle.result();
    });
    expect(activities.named('announceCertificate')).toEqual([
      expect.objectContaining({ fingerprint: 'ab' }),
      expect.objectContaining({ fingerprint: 'ab' }),
    ]);
    expect(activities.named('announceCertificate')[0]).not.toHaveProperty('days');
  });

  it('does not look in a circle where the clock of its activities lags', async () => {
    const activities = fakeActivities({
      lookAtCertificates: () =>
        Promise.resolve(
          live({
            endsAt: new Date(Date.now() + 5 * dayMs).toISOString(),
            notices: { due: null, nextLookAt: new Date(Date.now() - 1).toISOString() },
          }),
        ),
    });
    await runWorkflow(temporal(), { type: 'watchCertificate', input, activities }, async (handle) => {
      await pause(1_000);
      await handle.terminate();
    });
    expect(activities.named('lookAtCertificates')).toHaveLength(1);
  });

  it('[MD-08] fetches a metadata URL on time while the mail server is away, and announces then what was due', async () => {
    const reading = live({
      notices: { due: '30 in UTC', nextLookAt: new Date(Date.now() + 20 * dayMs).toISOString() },
      refreshAt: new Date(Date.now() + 2 * hourMs).toISOString(),
    });
    let told = 0;
    const activities = fakeActivities({
      lookAtCertificates: () => Promise.resolve({ ...reading }),
      refreshMetadata: () => {
        reading.refreshAt = null;
        return Promise.resolve();
      },
      announceCertificate: () => {
        if (reading.refreshAt !== null) return Promise.reject(new Error('the mail server is away'));
        told += 1;
        return Promise.resolve();
      },
    });
    await runWorkflow(
      temporal(),
      { type: 'watchCertificate', input, activities, skipsTime: true },
      async (handle) => {
        await expect.poll(() => told).toBe(1);
        await handle.signal(stopCertificateWatch);
        await handle.result();
      },
    );
    expect(activities.named('refreshMetadata')).toHaveLength(1);
    expect(told).toBe(1);
  });

  it('takes the new certificate as its clock when one was renewed', async () => {
    const ends = { at: new Date(Date.now() + 5 * dayMs).toISOString(), fingerprint: 'old' };
    const activities = fakeActivities({
      lookAtCertificates: () => Promise.resolve(live({ endsAt: ends.at, fingerprint: ends.fingerprint })),
    });
    await runWorkflow(temporal(), { type: 'watchCertificate', input, activities }, async (handle) => {
      await expect.poll(() => activities.named('announceCertificate').length).toBe(1);
      Object.assign(ends, { at: new Date(Date.now() + 700 * dayMs).toISOString(), fingerprint: 'new' });
      await handle.signal(certificatesChanged);
      await expect.poll(() => activities.named('lookAtCertificates').length).toBe(2);
      await handle.signal(stopCertificateWatch);
      await handle.result();
    });
    expect(activities.named('announceCertificate')).toEqual([
      expect.objectContaining({ days: 7, fingerprint: 'old' }),
    ]);
  });

  it('[MD-08] fetches a metadata URL daily, at most once an hour, and survives one that is gone', async () => {
    const activities = fakeActivities({
      // A row whose clock never moves: the workflow itself must not fetch in a loop.
      lookAtCertificates: () =>
        Promise.resolve(
          live({
            endsAt: new Date(Date.now() + 900 * dayMs).toISOString(),
            refreshAt: new Date(0).toISOString(),
          }),
        ),
      refreshMetadata: () => Promise.reject(new Error('gone')),
    });
    await runWorkflow(temporal(), { type: 'watchCertificate', input, activities }, async (handle) => {
      await expect.poll(() => activities.named('refreshMetadata').length).toBe(1);
      await handle.terminate();
    });
  });

  it('ends when the connection is gone', async () => {
    await runWorkflow(temporal(), { type: 'watchCertificate', input }, async (handle) => {
      await handle.result();
    });
  });
});
