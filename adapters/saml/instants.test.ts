import { expect, it } from 'vitest';
import { readInstant } from './instants.ts';

it.each([
  ['2026-11-25T12:00:00Z', '2026-11-25T12:00:00.000Z'],
  ['2026-11-25T12:00:00.5Z', '2026-11-25T12:00:00.500Z'],
  ['2026-11-25T12:00:00.123Z', '2026-11-25T12:00:00.123Z'],
  ['2026-11-25T12:00:00.1234Z', '2026-11-25T12:00:00.123Z'],
  ['2026-11-25T12:00:00.123456789012Z', '2026-11-25T12:00:00.123Z'],
])('%s is an instant of SAML, to the millisecond [SAML-14]', (text, instant) => {
  expect(readInstant(text)?.toISOString()).toBe(instant);
});

it.each([
  '',
  'yesterday',
  '2026-11-25',
  '2026-11-25T12:00:00',
  '2026-11-25T12:00:00+00:00',
  '2026-11-25 12:00:00Z',
  '2026-11-25T12:00Z',
  '2026-11-25T12:00:00.Z',
  '2026-11-25T12:00:00.1234567890123Z',
  '+002026-11-25T12:00:00Z',
  ' 2026-11-25T12:00:00Z',
  '2026-11-25T12:00:00Z ',
  '2026-11-25T12:00:00Z (UTC)',
  '2026-13-45T00:00:00Z',
])('"%s" is none, although Date takes some of them [SAML-14]', (text) => {
  expect(readInstant(text)).toBeUndefined();
});
