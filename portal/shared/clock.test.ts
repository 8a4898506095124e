import { afterEach, expect, it, vi } from 'vitest';
import { createApiClient } from './api-client.ts';
import { currentTime, now } from './clock.ts';

const here = new Date('2026-03-02T12:00:00.400Z');

afterEach(async () => {
  await answeredAt(0);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** An answer that the server gave so long after the time it is here. */
async function answeredAt(aheadMs: number | undefined): Promise<void> {
  vi.useFakeTimers({ now: here, toFake: ['Date'] });
  const date: Record<string, string> =
    aheadMs === undefined ? {} : { date: new Date(here.getTime() + aheadMs).toUTCString() };
  vi.stubGlobal('fetch', async () => new Response('{}', { headers: date }));
  await createApiClient({ apiPath: '' }).get('/a');
}

it.each([
  ['three minutes behind', 180_000],
  ['an hour ahead', -3_600_000],
])(
  'a computer whose clock is %s reads deadlines by the time of the server, at once',
  async (_name, ahead) => {
    await answeredAt(ahead);

    expect(Math.abs(now.value.getTime() - here.getTime() - ahead)).toBeLessThan(1000);
    expect(Math.abs(currentTime().getTime() - here.getTime() - ahead)).toBeLessThan(1000);
  },
);

it('of clocks that agree, what whole seconds and the way make is no difference', async () => {
  await answeredAt(180_000);
  await answeredAt(-2000);

  expect(currentTime()).toEqual(here);
});

it('an answer without a time changes nothing', async () => {
  await answeredAt(180_000);
  const known = currentTime();
  await answeredAt(undefined);

  expect(currentTime()).toEqual(known);
});
