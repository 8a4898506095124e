import { pino } from 'pino';
import { expect, it } from 'vitest';
import { keepSchedules } from '../../relay/schedules.ts';
import { eventually } from '../support/eventually.ts';
import { describeWithTemporal } from '../support/temporal.ts';

const dayMs = 86_400_000;
const log = pino({ level: 'silent' });

await describeWithTemporal('the schedules of the sweeps', (temporal) => {
  it('make up for a round that was missed, however long the engine was away, also those of an older version', async () => {
    const { client } = temporal().environment;
    const catchupWindows = async () =>
      Promise.all(
        ['minute', 'hour', 'day'].map(async (kind) => {
          const { policies, state } = await client.schedule.getHandle(`sweep-${kind}`).describe();
          return [policies.catchupWindow, state.paused];
        }),
      );
    const wanted = [
      [60_000, false],
      [3_600_000, false],
      [dayMs, false],
    ];
    const first = keepSchedules({ client, log });
    await eventually(async () => expect(await catchupWindows()).toEqual(wanted));
    await first.stop();
    const day = client.schedule.getHandle('sweep-day');
    await day.pause('by an operator');
    await day.update((known) => ({ ...known, policies: { ...known.policies, catchupWindow: 60_000 } }));

    const second = keepSchedules({ client, log });

    await eventually(async () => expect((await catchupWindows())[2]).toEqual([dayMs, true]));
    await second.stop();
  });
});
