import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPayloadCodec } from '../../adapters/payload-codec.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aVendor, caller, type Vendor } from '../support/builders.ts';
import { aStaff, auditOf, type Staff } from '../support/staff.ts';

/** [TMP-01] the codec server of the engine's own UI. */
const ui = 'http://127.0.0.1:8';
let api: TestApi;
let vendor: Vendor;
let staff: Staff;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  staff = await aStaff(api, vendor, 'viewer');
});
afterAll(() => api.close());

async function anEncoded(value: unknown) {
  const plain = defaultPayloadConverter.toPayload(value);
  const [payload = {}] = await createPayloadCodec(api.deps.secrets).encode(plain ? [plain] : []);
  return asJson(payload);
}
const base64 = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('base64');
const asJson = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [key, base64(value)])),
  data: base64(data),
});

test('a member’s browser gets payloads decoded, and who decoded what is kept', async () => {
  const payload = await anEncoded({ kind: 'remind' });

  const reply = await caller(api, { origin: ui, cookie: staff.cookie, 'x-namespace': 'default' })(
    'POST',
    '/dashboard/codec/decode',
    { payloads: [payload] },
  );

  expect(reply.status).toBe(200);
  expect(reply.headers.get('access-control-allow-origin')).toBe(ui);
  expect(reply.headers.get('access-control-allow-credentials')).toBe('true');
  const [decoded] = reply.body.payloads;
  expect(JSON.parse(Buffer.from(decoded.data, 'base64').toString())).toEqual({ kind: 'remind' });
  const [row] = await auditOf(api, staff);
  expect(row).toMatchObject({ action: 'workflow.payloads_decoded', after: { namespace: 'default' } });
  expect(row?.after?.payloads).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
});

test('without a session nothing is decoded, and the UI may read why', async () => {
  const reply = await caller(api, { origin: ui })('POST', '/dashboard/codec/decode', { payloads: [] });

  expect([reply.status, reply.body.code]).toEqual([401, 'unauthorized']);
  expect(reply.headers.get('access-control-allow-origin')).toBe(ui);
});

// [API-06] exact origins only.
test.each(['https://evil.example', 'http://127.0.0.1:80', 'null', undefined])(
  'the origin %s is let in neither by the preflight nor by the request',
  async (origin) => {
    const headers = { cookie: staff.cookie, ...(origin === undefined ? {} : { origin }) };
    for (const method of ['OPTIONS', 'POST']) {
      const reply = await caller(api, headers)(
        method,
        '/dashboard/codec/decode',
        method === 'POST' ? { payloads: [] } : undefined,
      );
      expect(reply.status).toBe(403);
      expect(reply.headers.get('access-control-allow-origin')).toBeNull();
    }
  },
);

test('the preflight allows the UI what it sends', async () => {
  const reply = await caller(api, { origin: ui })('OPTIONS', '/dashboard/codec/decode');

  expect(reply.status).toBe(204);
  expect(reply.headers.get('access-control-allow-methods')).toBe('POST');
  expect(reply.headers.get('access-control-allow-headers')).toContain('x-namespace');
});

test('nothing is encoded for anybody', async () => {
  const reply = await caller(api, { origin: ui, cookie: staff.cookie })('POST', '/dashboard/codec/encode', {
    payloads: [],
  });

  expect([reply.status, reply.body.code]).toEqual([403, 'request_refused']);
});
