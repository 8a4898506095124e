import * as wf from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { nextThresholdAt, thresholdAt } from '../onboarding/certificate-thresholds.ts';
import { certificatesChanged, stopCertificateWatch, type CertificateInput } from './messages.ts';
import { untilNamed } from './until-named.ts';

/**
 * Sleeps to the next threshold of a live connection's signing certificate, announces it once, and refreshes the
 * metadata where a URL is known, whether or not mail goes out. What it finds at each wake is read afresh: a refresh may have replaced the key.
 */

const act = wf.proxyActivities<Pick<Activities, 'lookAtCertificates' | 'retireUnusedCertificates'>>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '5s', maximumInterval: '1h' },
});
/** Gives up soon and comes again in an hour: what sign-ins depend on does not wait for a mail server. */
const telling = wf.proxyActivities<Pick<Activities, 'announceCertificate' | 'announceSignedLess'>>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumAttempts: 3 },
});
const fetching = wf.proxyActivities<Pick<Activities, 'refreshMetadata'>>({
  startToCloseTimeout: '45s',
  scheduleToCloseTimeout: '2 days',
  retry: { initialInterval: '1m', maximumInterval: '1h', maximumAttempts: 8 },
});

const newRunAtEvents = 1_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;

export async function watchCertificate(input: CertificateInput): Promise<void> {
  const whose = {
    environmentId: input.environmentId,
    organizationId: input.organizationId,
    connectionId: input.connectionId,
  };
  const announced: Record<string, number | string> = { ...input.announced };
  let changed = false;
  let stopped = false;
  /** However wrong the row's own clock is, a URL is fetched at most once an hour. */
  let mayRefreshAt = 0;
  /** The same for what may go: an activity whose clock lags finds nothing to do. */
  let mayRetireAt = 0;
  /** When what could not be told is tried again; the activities tell nobody twice. */
  let mayTellAt = 0;
  /** The day that was told last; the activity tells no day twice. */
  let toldLessOn: string | undefined;
  wf.setHandler(certificatesChanged, () => {
    changed = true;
  });
  wf.setHandler(stopCertificateWatch, () => {
    stopped = true;
  });

  /** Whether it was told. */
  async function tell(announce: () => Promise<void>): Promise<boolean> {
    if (Date.now() < mayTellAt) return false;
    try {
      await announce();
      return true;
    } catch (error) {
      if (wf.isCancellation(error)) throw error;
      mayTellAt = Date.now() + hourMs;
      return false;
    }
  }

  for (;;) {
    changed = false;
    const reading = await act.lookAtCertificates.executeWithOptions({ summary: 'Look at the certificates' }, [
      whose,
    ]);
    if (reading.state === 'gone') return;
    const { signedLessAt } = reading;
    if (signedLessAt != null && signedLessAt.slice(0, 10) !== toldLessOn) {
      const isTold = await tell(() =>
        telling.announceSignedLess.executeWithOptions({ summary: 'Announce less signed' }, [
          { ...whose, at: signedLessAt },
        ]),
      );
      if (isTold) toldLessOn = signedLessAt.slice(0, 10);
    }
    const refreshAt =
      reading.refreshAt === null ? undefined : Math.max(Date.parse(reading.refreshAt), mayRefreshAt);
    if (refreshAt !== undefined && refreshAt <= Date.now()) {
      await refresh(whose);
      mayRefreshAt = Date.now() + hourMs;
      continue;
    }
    const retirementAt =
      reading.retirementAt == null ? undefined : Math.max(Date.parse(reading.retirementAt), mayRetireAt);
    if (retirementAt !== undefined && retirementAt <= Date.now()) {
      await act.retireUnusedCertificates.executeWithOptions({ summary: 'Retire what is unused' }, [whose]);
      mayRetireAt = Date.now() + hourMs;
      continue;
    }
    const wakeAt = [refreshAt, retirementAt];
    const { fingerprint, notices } = reading;
    if (fingerprint !== null && notices != null) {
      if (notices.due !== null && announced[fingerprint] !== notices.due) {
        const isTold = await tell(() =>
          telling.announceCertificate.executeWithOptions({ summary: `Announce ${notices.due}` }, [
            { ...whose, fingerprint },
          ]),
        );
        if (isTold) announced[fingerprint] = notices.due;
      }
      wakeAt.push(Date.parse(notices.nextLookAt));
    } else if (notices === undefined && reading.fingerprint !== null && reading.endsAt !== null) {
      // What was read before notices were counted by calendar, in histories that are replayed.
      const endsAtMs = Date.parse(reading.endsAt);
      const days = thresholdAt(endsAtMs, Date.now());
      const { fingerprint } = reading;
      if (days !== undefined && announced[fingerprint] !== days) {
        const isTold = await tell(() =>
          telling.announceCertificate.executeWithOptions({ summary: `Announce ${days} days` }, [
            { ...whose, fingerprint, days },
          ]),
        );
        if (isTold) announced[fingerprint] = days;
      }
      wakeAt.push(nextThresholdAt(endsAtMs, Date.now()));
    }
    if (mayTellAt > Date.now()) wakeAt.push(mayTellAt);
    const wake = Math.min(...wakeAt.filter((at) => at !== undefined));
    wf.setCurrentDetails(`Certificate ends ${reading.endsAt ?? 'never'}; next look ${nameInstant(wake)}.`);
    if (wf.workflowInfo().continueAsNewSuggested || wf.workflowInfo().historyLength > newRunAtEvents) {
      await wf.continueAsNew<typeof watchCertificate>({ ...input, announced });
    }
    if (Number.isFinite(wake)) {
      await wf.condition(() => changed || stopped, untilNamed(wake, minuteMs), {
        summary: 'next threshold',
      });
    } else {
      await wf.condition(() => changed || stopped);
    }
    if (stopped) return;
  }
}

/** A metadata URL that stays unreachable keeps the last good state; the row says since when, and the next wake tries again. */
async function refresh(whose: Parameters<Activities['refreshMetadata']>[0]): Promise<void> {
  try {
    await fetching.refreshMetadata.executeWithOptions({ summary: 'Refresh the metadata' }, [whose]);
  } catch (error) {
    if (wf.isCancellation(error)) throw error;
    wf.log.warn('metadata refresh gave up', { connection: whose.connectionId, error });
  }
}

function nameInstant(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : 'on change';
}
