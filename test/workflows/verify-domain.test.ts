import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { expect, it } from 'vitest';
import { domainSeen, stopDomain, type DomainInput } from '../../workflows/messages.ts';
import { fakeActivities } from '../support/fake-activities.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { runWorkflow } from '../support/workflow-run.ts';

const input: DomainInput = { v: 1, environmentId: 'env_1', organizationId: 'org_1', domainId: 'dom_1' };
const notYet = (nextRetryDelay: number) =>
  ApplicationFailure.create({
    type: 'NotYet',
    message: 'not_there',
    nextRetryDelay,
    category: ApplicationFailureCategory.BENIGN,
  });

await describeWithTemporal('the domain workflow', (temporal) => {
  it('polls by retries of one activity, which leave no events, and then watches daily', async () => {
    let looks = 0;
    const activities = fakeActivities({
      lookForRecord: () =>
        ++looks < 10 ? Promise.reject(notYet(10)) : Promise.resolve({ state: 'verified' }),
    });
    await runWorkflow(temporal(), { type: 'verifyDomain', input, activities }, async (handle) => {
      await expect.poll(() => looks).toBe(10);
      await expect.poll(async () => (await handle.fetchHistory()).events?.length ?? 0).toBeLessThan(16);
      await handle.signal(stopDomain);
      await handle.result();
    });
    expect(activities.named('expireDomain')).toHaveLength(0);
  });

  it('stops polling when the api has seen the record itself', async () => {
    const activities = fakeActivities({ lookForRecord: () => Promise.reject(notYet(3_600_000)) });
    await runWorkflow(temporal(), { type: 'verifyDomain', input, activities }, async (handle) => {
      await expect.poll(() => activities.named('lookForRecord').length).toBe(1);
      await handle.signal(domainSeen);
      await expect
        .poll(async () =>
          (await handle.fetchHistory()).events?.some((e) => e.timerStartedEventAttributes != null),
        )
        .toBe(true);
      await handle.signal(stopDomain);
      await handle.result();
    });
    expect(activities.named('expireDomain')).toHaveLength(0);
  });

  it('[DOM-07] ends its poll where the domain waits for staff, and its approval begins the daily looks', async () => {
    const activities = fakeActivities({ lookForRecord: () => Promise.resolve({ state: 'stopped' }) });
    await runWorkflow(temporal(), { type: 'verifyDomain', input, activities }, async (handle) => {
      await handle.result();
    });
    expect([activities.named('lookAgain').length, activities.named('expireDomain').length]).toEqual([0, 0]);

    const approved = fakeActivities({ lookAgain: () => Promise.resolve({ state: 'lapsed' }) });
    const watching = { ...input, watching: true };
    await runWorkflow(
      temporal(),
      { type: 'verifyDomain', input: watching, activities: approved, skipsTime: true },
      async (handle) => {
        await handle.result();
      },
    );
    expect([approved.named('lookForRecord').length, approved.named('lookAgain').length]).toEqual([0, 1]);
  });

  it('gives the domain up after 30 days', async () => {
    const activities = fakeActivities({ lookForRecord: () => Promise.reject(notYet(31 * 86_400_000)) });
    await runWorkflow(temporal(), { type: 'verifyDomain', input, activities }, async (handle) => {
      await handle.result();
    });
    expect(activities.named('expireDomain')).toHaveLength(1);
  });

  it('looks daily at a verified domain and ends when it has lapsed', async () => {
    let days = 0;
    const activities = fakeActivities({
      lookAgain: () => Promise.resolve({ state: ++days < 5 ? 'missing' : 'lapsed' }),
    });
    await runWorkflow(
      temporal(),
      { type: 'verifyDomain', input, activities, skipsTime: true },
      async (handle) => {
        await handle.result();
      },
    );
    expect(days).toBe(5);
  });
});
