import { expect, it } from 'vitest';
import { judgeMetadata } from './metadata-health.ts';

const now = new Date('2026-03-02T09:00:00Z');
const days = (count: number) => new Date(now.getTime() - count * 86_400_000);

it.each([
  ['answers', null, 'metadata_unreachable', undefined],
  ['is silent for a night', days(1), 'metadata_unreachable', undefined],
  ['is silent for two days', days(2), 'metadata_unreachable', 'gone'],
  ['shows a sign-in page for two days', days(3), 'metadata_login_page', 'gone'],
  ['answers with another entity', now, 'metadata_entity_differs', 'entity_differs'],
  ['leads sign-ins elsewhere', now, 'metadata_endpoint_differs', 'endpoint_differs'],
  ['is not signed by the agreed key', now, 'metadata_signature_refused', 'signature_refused'],
  ['names no key', now, 'metadata_no_signing_key', 'unusable'],
  ['fails as nobody has recorded', days(3), null, 'gone'],
] as const)(
  '[MD-08] a metadata URL that %s needs a person for: %s, %s: %s',
  (_what, failingSince, code, cause) => {
    expect(judgeMetadata({ failingSince, code }, now)).toBe(cause);
  },
);
