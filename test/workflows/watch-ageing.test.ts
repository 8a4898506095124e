import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { moveConnection, updateConnection, updateConnectionSettings, withTenant } from '../../db/index.ts';
import { ageingChanged, type AgeingInput } from '../../workflows/messages.ts';
import { aConnection, now } from '../db/builders.ts';
import { anInvited, dayMs, openActivityWorld, type ActivityWorld } from '../support/activity-builders.ts';
import { fakeActivities } from '../support/fake-activities.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { runWorkflow } from '../support/workflow-run.ts';

let world: ActivityWorld;
beforeAll(async () => {
  world = await openActivityWorld();
});
afterAll(() => world.close());

await describeWithTemporal('the watch over something that ends', (temporal) => {
  it('[REL-19] mails every threshold of a client secret exactly once over four months, on real activities', async () => {
    world.clock.at = now;
    const { customer, contact } = await anInvited(world);
    const { id } = await aConnection(world, customer);
    await withTenant(world.app, customer, async (tx) => {
      const oidcSecretEndsOn = new Date(now.getTime() + 91 * dayMs).toISOString().slice(0, 10);
      await updateConnectionSettings(tx, customer, id, { oidcSecretEndsOn }, now);
      await updateConnection(tx, customer, id, { name: 'Okta' }, now);
      await moveConnection(tx, customer, id, { from: ['draft'], to: 'active', now });
    });
    const input: AgeingInput = { v: 1, ...customer, kind: 'client_secret', subjectId: id };
    // The server skips the workflow's sleep; what the activities take for now follows it to the instant they named.
    let wokenAt = now;
    const activities = fakeActivities({
      async lookAtAgeing(subject) {
        world.clock.at = wokenAt;
        const reading = await world.activities.lookAtAgeing(subject);
        if (reading.state === 'ageing') wokenAt = new Date(reading.nextLookAt);
        return reading;
      },
      announceAgeing: (subject) => world.activities.announceAgeing(subject),
    });

    await runWorkflow(
      temporal(),
      { type: 'watchAgeing', input, activities, skipsTime: true },
      async (handle) => {
        await expect.poll(async () => (await world.mailTo(contact.email)).length).toBeGreaterThanOrEqual(10);
        await handle.terminate();
      },
    );

    const subjects = (await world.mailTo(contact.email)).map(({ subject }) => subject);
    expect(subjects.slice(0, 10)).toEqual([
      ...[90, 60, 30, 14, 7].map((days) => expect.stringContaining(`ends in ${days} days`)),
      expect.stringContaining('ends in 1 day'),
      expect.stringContaining('ends today'),
      ...[1, 2, 3].map(() => expect.stringContaining('has ended')),
    ]);
  });

  it('does not look in a circle where the clock of its activities lags', async () => {
    const activities = fakeActivities({
      lookAtAgeing: () =>
        Promise.resolve({
          state: 'ageing',
          endsOn: '2026-12-24',
          due: null,
          nextLookAt: new Date(Date.now() - 1).toISOString(),
        }),
    });
    const input = {
      v: 1,
      environmentId: 'env_1',
      organizationId: 'org_1',
      kind: 'scim_token',
      subjectId: 't',
    };

    await runWorkflow(temporal(), { type: 'watchAgeing', input, activities }, async (handle) => {
      await pause(1_000);
      await handle.terminate();
    });

    expect(activities.named('lookAtAgeing')).toHaveLength(1);
  });

  it('looks again when it is told of a change, and ends with its thing', async () => {
    const nextLookAt = new Date(Date.now() + 30 * dayMs).toISOString();
    let isGone = false;
    const activities = fakeActivities({
      lookAtAgeing: () =>
        Promise.resolve(
          isGone
            ? { state: 'gone' }
            : { state: 'ageing', endsOn: '2026-12-24', due: '30 in UTC', nextLookAt },
        ),
    });
    const input = {
      v: 1,
      environmentId: 'env_1',
      organizationId: 'org_1',
      kind: 'signing_key',
      subjectId: 'k',
    };

    await runWorkflow(temporal(), { type: 'watchAgeing', input, activities }, async (handle) => {
      await expect.poll(() => activities.named('announceAgeing').length).toBe(1);
      await handle.signal(ageingChanged);
      await expect.poll(() => activities.named('lookAtAgeing').length).toBe(2);
      isGone = true;
      await handle.signal(ageingChanged);
      await handle.result();
    });
    expect(activities.named('announceAgeing')).toHaveLength(1);
  });
});
