import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import {
  anAdminOfStreams,
  behindOf,
  codeOf,
  readLog,
  someEvents,
  startStream,
  type StreamWanted,
} from './streams-by-requests.ts';

/** The whole way of an audit event on the built product: from the vendor's backend, over seal, wake and pump, to the test sink. */

await describeWithTemporal('audit events and log streams', (temporal) => {
  let product: TestProduct;
  beforeAll(async () => {
    product = await startTestProduct(temporal());
  });
  afterAll(() => product.stop());

  it('every event that is recorded arrives at every destination, once and in the order of the log [REL-13]', async () => {
    const { organizationId, setup } = await anAdminOfStreams(product);
    const { addresses, credentials } = await product.call('GET', '/sandbox/test-sink');
    const codeIn = async (mark: string) => {
      const { records } = await product.call('GET', `/sandbox/test-sink?find=${mark}`);
      return codeOf(records[0].text);
    };
    const wanted: StreamWanted[] = [
      {
        destinationId: 'splunk',
        secrets: { token: credentials.splunkToken },
        settings: { url: addresses.splunk, acknowledgement: 'on' },
      },
      {
        destinationId: 'datadog',
        secrets: { apiKey: credentials.datadogKey },
        settings: { site: addresses.datadog },
      },
      { destinationId: 'https', settings: { url: addresses.https, format: 'ndjson' }, secrets: {} },
    ];
    for (const stream of wanted) await startStream(setup, stream, codeIn);

    const singles = Array.from({ length: 40 }, (_, index) => `single-${index}`);
    const batched = Array.from({ length: 1_500 }, (_, index) => `batched-${index}`);
    await product.call('POST', '/audit_logs/events/batch', {
      events: someEvents(organizationId, batched.slice(0, 1_000)),
    });
    await Promise.all(
      someEvents(organizationId, singles).map((event) => product.call('POST', '/audit_logs/events', event)),
    );
    await product.call('POST', '/audit_logs/events/batch', {
      events: someEvents(organizationId, batched.slice(1_000)),
    });
    await eventually(
      async () => {
        expect((await readLog(product.databaseUrl, organizationId)).unsealed).toBe(0);
        expect(await behindOf(setup)).toEqual({ splunk: 0, datadog: 0, https: 0 });
      },
      { everyMs: 300 },
    );

    const { numbers, invoices } = await readLog(product.databaseUrl, organizationId);
    expect([...invoices.keys()].toSorted()).toEqual([...singles, ...batched].toSorted());
    const { receivers } = await product.call('GET', '/sandbox/test-sink');
    for (const { destinationId: receiver } of wanted) {
      const { tallies, badSignatures, refused } = receivers.find(
        (one: { receiver: string }) => one.receiver === receiver,
      );
      const last = numbers.at(-1) ?? 0;
      expect(tallies, receiver).toMatchObject([
        { organizationId, last, missing: 0, duplicates: 0, outOfOrder: 0 },
      ]);
      const [{ first, count }] = tallies;
      expect(first, receiver).toBeLessThanOrEqual(Math.min(...invoices.values()));
      expect(count, receiver).toBe(numbers.filter((number) => number >= first).length);
      expect([badSignatures, receiver]).toEqual([0, receiver]);
      expect(refused, receiver).toBeLessThanOrEqual(1);
    }
    const { records } = await product.call('GET', '/sandbox/test-sink?find=invoice.paid');
    expect(records[0].text).toContain('203.0.113.7');
  });
});
