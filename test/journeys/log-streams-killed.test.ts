import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startKillablePostgres } from '../support/killable-postgres.ts';
import { startOutsideSinks } from '../support/outside-sink.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { findBrokenRecords } from '../support/whole-records.ts';
import {
  anAdminOfStreams,
  behindOf,
  codeOf,
  readLog,
  someEvents,
  startStream,
} from './streams-by-requests.ts';

/**
 * kill -9 while events flow: of the program, which is api and worker in one process, of Postgres under it, and of both.
 * The sinks live in the test, so what they have got survives. `KILLED_EVENTS=100000 npx vitest run
 * test/journeys/log-streams-killed.test.ts` does it at that size with api and worker as programs of their own, each killed
 * alone, and says what came of it.
 */

const largeSize = Number(process.env['KILLED_EVENTS'] ?? 0);
const isLarge = largeSize > 0;
const journeyMs = isLarge ? 3_600_000 : 500_000;
const settling = { everyMs: 300, withinMs: isLarge ? 1_200_000 : 200_000 };
const batchSize = isLarge ? 250 : 60;
const batches = isLarge ? Math.ceil(largeSize / batchSize) : 30;
const organizationsMade = 2 * batches;
/** What one pump has under way at most; a pump that dies repeats no more than that. */
const batchAtMost = 1_000;
const kills = isLarge ? 5 : 4;

const streamNames = ['splunk', 's3', 'https'] as const;
const hookNames = ['first', 'second'] as const;

await describeWithTemporal('log streams and webhooks, killed in the middle', (temporal) => {
  let product: TestProduct;
  let postgres: Awaited<ReturnType<typeof startKillablePostgres>>;
  let sinks: Awaited<ReturnType<typeof startOutsideSinks<(typeof streamNames | typeof hookNames)[number]>>>;
  // All of it anew for a second try: what the first one sent is in the sinks and in the log.
  beforeEach(async () => {
    [postgres, sinks] = await Promise.all([
      startKillablePostgres(),
      startOutsideSinks([...streamNames, ...hookNames], 100),
    ]);
    product = await startTestProduct(temporal(), { DATABASE_URL: postgres.url }, { apart: isLarge });
  }, journeyMs);
  afterEach(async () => {
    await product.stop();
    await Promise.all([postgres.stop(), sinks.close()]);
  });

  /** As a careful backend does it: again, until it was answered. What was answered once is recorded once. */
  const insist = (method: string, route: string, body: object) =>
    eventually(() => product.call(method, route, body));

  it(
    'lose nothing and keep their order: what arrived is what is stored, signed, and little of it twice [REL-01] [REL-06] [REL-11] [REL-13] [REL-29]',
    async () => {
      const { organizationId, setup } = await anAdminOfStreams(product);
      const credentialsOf = (name: (typeof streamNames)[number]) => sinks.sinkOf(name).credentials;
      const wanted = {
        splunk: {
          destinationId: 'splunk',
          settings: {
            url: `${sinks.urlOf('splunk')}/splunk/services/collector/event`,
            acknowledgement: 'on',
          },
          secrets: { token: credentialsOf('splunk').splunkToken },
        },
        s3: {
          destinationId: 's3-compatible',
          settings: {
            endpoint: `${sinks.urlOf('s3')}/s3`,
            region: 'us-east-1',
            bucket: 'acme-logs',
            accessKeyId: credentialsOf('s3').accessKeyId,
          },
          secrets: { secretAccessKey: credentialsOf('s3').secretAccessKey },
        },
        https: {
          destinationId: 'https',
          settings: { url: `${sinks.urlOf('https')}/https`, format: 'array' },
          secrets: {},
        },
      } as const;
      for (const name of streamNames) {
        await startStream(setup, wanted[name], (mark) =>
          Promise.resolve(codeOf(sinks.sinkOf(name).read({ find: mark }).records[0]?.text ?? '')),
        );
      }
      for (const name of hookNames) {
        const { secret } = await product.call('POST', '/webhook_endpoints', {
          endpoint_url: `${sinks.urlOf(name)}/https`,
          events: ['organization.created'],
        });
        sinks.sinkOf(name).setSigningSecret(secret);
      }

      const names = Array.from({ length: batches * batchSize }, (_, index) => `invoice-${index}`);
      let sent = 0;
      const flow = (async () => {
        for (let batch = 0; batch < batches; batch += 1) {
          const some = names.slice(batch * batchSize, (batch + 1) * batchSize);
          await insist('POST', '/audit_logs/events/batch', { events: someEvents(organizationId, some) });
          for (let made = 0; made < organizationsMade / batches; made += 1)
            await insist('POST', '/organizations', { name: `Customer ${batch}.${made}` });
          sent = batch + 1;
        }
      })();
      const after = (share: number) =>
        eventually(() => expect(sent).toBeGreaterThanOrEqual(share * batches), {
          everyMs: 5,
          withinMs: journeyMs / 2,
        });
      const startedAt = performance.now();
      await after(1 / 6);
      await product.crash('worker');
      await after(5 / 12);
      await postgres.crash();
      await after(2 / 3);
      await postgres.crash();
      await product.crash();
      if (isLarge) {
        await after(11 / 12);
        await product.crash('api');
      }
      await flow;
      const sentAllMs = performance.now() - startedAt;
      await eventually(async () => {
        expect((await readLog(postgres.url, organizationId)).unsealed).toBe(0);
        expect(await behindOf(setup)).toEqual({ splunk: 0, 's3-compatible': 0, https: 0 });
      }, settling);
      const { numbers, invoices } = await readLog(postgres.url, organizationId);
      expect(invoices.size).toBe(names.length);
      expect(names.filter((name) => !invoices.has(name))).toEqual([]);
      for (const name of streamNames) {
        const { receivers } = sinks.sinkOf(name).read();
        const [got] = receivers.filter(({ records }) => records > 0);
        const [tally] = got?.tallies ?? [];
        expect(tally, name).toMatchObject({
          organizationId,
          last: numbers.at(-1),
          missing: 0,
          outOfOrder: 0,
        });
        const first = tally?.first ?? 0;
        expect(first, name).toBeLessThan(Math.min(...invoices.values()));
        expect(tally?.count, name).toBe(numbers.filter((number) => number >= first).length);
        expect(tally?.duplicates, name).toBeLessThanOrEqual(kills * batchAtMost);
        expect(got?.badSignatures, name).toBe(0);
        report(
          `${name}: ${tally?.count} of ${numbers.filter((number) => number >= first).length} stored, ${tally?.duplicates} twice, ` +
            `${tally?.outOfOrder} out of order, ${got?.badSignatures} bad signatures`,
        );
      }

      const stored = await eventIds(product);
      expect(stored.length).toBeGreaterThanOrEqual(organizationsMade);
      for (const name of hookNames) {
        await eventually(() => expect(new Set(sinks.idsOf(name)), name).toEqual(new Set(stored)), settling);
        const { receivers, arrivals } = sinks.sinkOf(name).read();
        expect(receivers.reduce((sum, { badSignatures }) => sum + badSignatures, 0)).toBe(0);
        expect(arrivals.map(({ signature }) => signature)).not.toContain(null);
        const ids = sinks.idsOf(name);
        report(
          `webhook ${name}: ${new Set(ids).size} of ${stored.length}, ${ids.length - stored.length} twice`,
        );
      }
      await eventually(async () => expect(await findBrokenRecords(postgres.url)).toEqual([]), settling);
      const seconds = (ms: number) => (ms / 1_000).toFixed(0);
      report(
        `sent in ${seconds(sentAllMs)} s, all arrived after ${seconds(performance.now() - startedAt)} s`,
      );
    },
    journeyMs,
  );
});

/** The figures of a large run are what it is for. */
function report(line: string): void {
  if (isLarge) process.stdout.write(`${line}\n`);
}

/** Of all organizations that were made since the endpoints were there. */
async function eventIds(product: TestProduct): Promise<string[]> {
  const ids: string[] = [];
  for (let after = ''; ;) {
    const query = `events=organization.created&limit=100${after && `&after=${after}`}`;
    const { data } = await product.call('GET', `/events?${query}`);
    const page = data as { id: string; data: { name: string } }[];
    ids.push(...page.filter(({ data: { name } }) => name.startsWith('Customer ')).map(({ id }) => id));
    if (page.length < 100) return ids;
    after = page.at(-1)?.id ?? '';
  }
}
