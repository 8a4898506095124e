import { expect, test } from 'vitest';
import { retiresAt, type TrustedCertificate } from './certificate-retirement.ts';

const day = (date: number) => new Date(Date.UTC(2026, 11, date, 10, 14));
const old: TrustedCertificate = {
  source: 'metadata',
  createdAt: day(1),
  notAfter: day(20),
  firstUsedAt: day(1),
  lastUsedAt: day(8),
};
const renewal: TrustedCertificate = {
  source: 'renewal',
  createdAt: day(5),
  notAfter: day(31),
  firstUsedAt: day(9),
  lastUsedAt: day(9),
};

test('the old certificate goes seven days after the new one began to sign', () => {
  expect(retiresAt(old, [old, renewal])).toEqual(day(16));
});

test.each([
  ['nothing replaces it', [old]],
  ['the new one has signed nothing yet', [old, { ...renewal, firstUsedAt: null, lastUsedAt: null }]],
  ['the other was given together with it', [old, { ...renewal, createdAt: day(1) }]],
  ['the other is no renewal', [old, { ...renewal, source: 'metadata' }]],
  ['it lasts longer than the other', [old, { ...renewal, notAfter: day(19) }]],
])('it stays where %s', (_why, trusted) => {
  expect(retiresAt(old, trusted)).toBeUndefined();
});

test('it stays as long as the provider signs with it now and then', () => {
  expect(retiresAt({ ...old, lastUsedAt: day(14) }, [old, renewal])).toEqual(day(21));
});

test('the renewal itself stays', () => {
  expect(retiresAt(renewal, [old, renewal])).toBeUndefined();
});
