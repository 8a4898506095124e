import { randomBytes } from 'node:crypto';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
  encodeErrorToFailure,
  encodeToPayload,
  encodeToPayloads,
  loadDataConverter,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import { expect, it } from 'vitest';
import { createDataConverter } from './payload-codec.ts';
import { createSecrets } from './secrets.ts';

const oldKey = { id: 'k1', bytes: randomBytes(32) };
const newKey = { id: 'k2', bytes: randomBytes(32) };
const converterWith = (...keys: (typeof oldKey)[]) =>
  loadDataConverter(createDataConverter(createSecrets(keys)));

it.each([
  ['a small value', { contact: 'dana@corp.test' }],
  ['a value large enough to be deflated', { contact: 'dana@corp.test', text: 'x'.repeat(5000) }],
  ['undefined', undefined],
])('[TMP-01] %s comes back as it went, and is not readable on its way', async (_, value) => {
  const converter = converterWith(oldKey);

  const payload = await encodeToPayload(converter, value);

  expect(Buffer.from(payload.data ?? []).toString('latin1')).not.toContain('dana');
  expect(payload.data?.length).toBeLessThan(500);
  expect(Buffer.from(payload.metadata?.['encryption-key-id'] ?? []).toString()).toBe('k1');
  expect(await decodeArrayFromPayloads(converter, [payload])).toEqual([value]);
});

it('[TMP-01] the message and details of a failure are encrypted and come back', async () => {
  const converter = converterWith(oldKey);
  const thrown = ApplicationFailure.nonRetryable('no answer for dana@corp.test', 'mail_refused', {
    words: 'no such user dana',
  });

  const failure = await encodeErrorToFailure(converter, thrown);
  const back = await decodeOptionalFailureToOptionalError(converter, failure);

  expect(JSON.stringify(failure)).not.toContain('dana');
  expect(failure.stackTrace).toBe('');
  expect(back).toMatchObject({ message: thrown.message, type: 'mail_refused', details: thrown.details });
});

it('[SEC-02] a history written under an old key stays readable while that key is given', async () => {
  const payloads = await encodeToPayloads(converterWith(oldKey), 'onb_1', 2);

  expect(await decodeArrayFromPayloads(converterWith(newKey, oldKey), payloads)).toEqual(['onb_1', 2]);
  await expect(decodeArrayFromPayloads(converterWith(newKey), payloads)).rejects.toThrow('holds no key "k1"');
});

it('[TMP-01] a payload changed on its way does not decode', async () => {
  const converter = converterWith(oldKey);
  const payload = await encodeToPayload(converter, 'secret');
  const bytes = Buffer.from(payload.data ?? []);
  bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);

  await expect(decodeArrayFromPayloads(converter, [{ ...payload, data: bytes }])).rejects.toThrow(
    'does not open',
  );
});

it('a payload of somebody without the codec passes through', async () => {
  const plain = defaultPayloadConverter.toPayload('hello');

  expect(await decodeArrayFromPayloads(converterWith(oldKey), [plain])).toEqual(['hello']);
});
