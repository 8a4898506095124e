import { sql } from 'kysely';
import { request, type Dispatcher } from 'undici';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { eventually } from '../support/eventually.ts';
import { anInvited } from '../support/visitor.ts';

/** A program that is told to end [REL-22]. It may drain for longer than a test may take: nothing here waits for the cut. */
const drainMs = 3_600_000;

let api: TestApi;
let vendor: Vendor;
let organizationId: string;
let leaving: Awaited<ReturnType<TestApi['another']>>;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
  leaving = await api.another();
});

test('what is under way is answered, and the client is told to ask elsewhere', async () => {
  const row = await holdRow(organizationId);
  const asked = ask(`/organizations/${organizationId}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${vendor.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Renamed' }),
  });
  await eventually(async () => expect(await row.isWaitedFor()).toBe(true));

  const closed = leaving.close(drainMs);
  await eventually(async () => expect(await isReachable(leaving.url)).toBe(false));
  await row.letGo();
  const answer = await asked;

  expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close']);
  expect(await answer.body.json()).toMatchObject({ name: 'Renamed' });
  await closed;
});

test('pages that listen for changes hold nothing up: their stream ends', async () => {
  const visitor = await anInvited(api, vendor, organizationId);
  const address = `/setup/${vendor.environment.handle}/api/live?session=${encodeURIComponent(visitor.handle)}`;
  const live = await ask(address, { headers: { cookie: visitor.cookie } });
  expect(live.statusCode).toBe(200);

  const heard = live.body.text();
  await leaving.close(drainMs);

  await heard;
});

/** As a balancer does: to this process, under the name of the product. */
const ask = (
  path: string,
  {
    headers,
    ...more
  }: Omit<Dispatcher.RequestOptions, 'method' | 'origin' | 'path'> & { method?: Dispatcher.HttpMethod },
) => request(`${leaving.url}${path}`, { ...more, headers: { ...headers, host: new URL(api.url).host } });

/** A transaction that keeps the row of an organization for itself until it is told to let go. */
async function holdRow(id: string) {
  let letGo = (): void => undefined;
  const told = new Promise<void>((resolve) => (letGo = resolve));
  let held = (_: string): void => undefined;
  const holder = new Promise<string>((resolve) => (held = resolve));
  const holding = asSystem(api, async (tx) => {
    const { rows } = await sql<{ xid: string }>`
      select pg_current_xact_id()::xid::text as xid from organizations where id = ${id} for update`.execute(
      tx,
    );
    held(rows[0]?.xid ?? '');
    await told;
  });
  onTestFinished(() => (letGo(), holding));
  const xid = await holder;
  return {
    letGo: () => (letGo(), holding),
    async isWaitedFor(): Promise<boolean> {
      const { rows } = await asSystem(api, (tx) =>
        sql`select from pg_locks where not granted and transactionid = ${xid}::xid`.execute(tx),
      );
      return rows.length > 0;
    },
  };
}

const isReachable = (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    () => true,
    () => false,
  );
