import * as wf from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { domainSeen, nudge, stopDomain, type DomainInput } from './messages.ts';

/**
 * Proves one domain: a single activity whose retries are the poll, for 30 days; then a look a day for as long as the
 * domain is held. The verdicts, their audit rows, and the signal to the onboarding are the activities' business.
 */

/** The retry policy only says "go on": each look names the delay to the next one itself. */
const poll = wf.proxyActivities<Pick<Activities, 'lookForRecord'>>({
  startToCloseTimeout: '20s',
  scheduleToCloseTimeout: '30 days',
  retry: { initialInterval: '1m', backoffCoefficient: 1 },
});
const act = wf.proxyActivities<Pick<Activities, 'expireDomain' | 'lookAgain'>>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '1m', maximumInterval: '1h' },
});

const newRunAtEvents = 1_000;

export async function verifyDomain(input: DomainInput): Promise<void> {
  const whose = {
    environmentId: input.environmentId,
    organizationId: input.organizationId,
    domainId: input.domainId,
  };
  let seen = input.watching === true;
  let stopped = false;
  wf.setHandler(domainSeen, () => {
    seen = true;
  });
  wf.setHandler(stopDomain, () => {
    stopped = true;
  });
  wf.setHandler(nudge, () => undefined);

  if (!seen) {
    const found = await lookUntil(whose, () => seen || stopped);
    if (stopped || found === 'stopped') return;
    if (found === 'expired') {
      await act.expireDomain.executeWithOptions({ summary: 'Give up after 30 days' }, [whose]);
      return;
    }
  }

  for (;;) {
    await wf.condition(() => stopped, '1 day', { summary: 'next daily look' });
    if (stopped) return;
    const { state } = await act.lookAgain.executeWithOptions({ summary: 'Daily look' }, [whose]);
    if (state === 'stopped' || state === 'lapsed') return;
    if (wf.workflowInfo().continueAsNewSuggested || wf.workflowInfo().historyLength > newRunAtEvents) {
      await wf.continueAsNew<typeof verifyDomain>({ ...input, watching: true });
    }
  }
}

/** Polls until the record is found, the 30 days are over, or somebody else has the answer. */
async function lookUntil(
  whose: Parameters<Activities['lookForRecord']>[0],
  isAnswered: () => boolean,
): Promise<'found' | 'stopped' | 'expired'> {
  const scope = new wf.CancellationScope();
  const looking = scope.run(() =>
    poll.lookForRecord.executeWithOptions(
      { activityId: `look:${whose.domainId}`, summary: 'Look for the record' },
      [whose],
    ),
  );
  const outcome = looking.then(
    ({ state }) => (state === 'stopped' ? ('stopped' as const) : ('found' as const)),
    // The last look before the limit fails with its own NotYet, early, not with a timeout.
    (error: unknown) => (wf.isCancellation(error) ? ('found' as const) : ('expired' as const)),
  );
  let polled: Awaited<typeof outcome> | undefined;
  void outcome.then((o) => {
    polled = o;
  });
  await wf.condition(() => polled !== undefined || isAnswered());
  if (polled === undefined) scope.cancel();
  return outcome;
}
