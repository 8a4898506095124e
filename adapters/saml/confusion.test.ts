import { describe, expect, it } from 'vitest';
import { acsUrl, aResponse, samlKeys, spEntityId, verdictOn } from '../../test/support/saml.ts';
import type { ResponsePlan } from '../../sandbox/test-idp/response.ts';

const keys = await samlKeys();

/** What is nearly ours: each spelling is another address. */
const nearly: readonly (readonly [string, (ours: string) => string])[] = [
  ['of another service', () => 'https://other.test/saml/acs'],
  ['of another connection', (ours) => ours.replace('conn_1', 'conn_2')],
  ['of another environment’s host', (ours) => ours.replace('vestibule.test', 'sandbox.vestibule.test')],
  ['over http', (ours) => ours.replace('https:', 'http:')],
  ['with a trailing slash', (ours) => `${ours}/`],
  ['with the default port', (ours) => ours.replace('vestibule.test', 'vestibule.test:443')],
  ['with another port', (ours) => ours.replace('vestibule.test', 'vestibule.test:8443')],
  ['with capitals in its host', (ours) => ours.replace('vestibule.test', 'Vestibule.test')],
  ['with capitals in its path', (ours) => ours.replace('/sso/', '/SSO/')],
  ['with a percent-encoded letter', (ours) => ours.replace('/sso/', '/%73so/')],
  ['with a query', (ours) => `${ours}?x=1`],
  ['with a fragment', (ours) => `${ours}#x`],
  ['with a dot segment', (ours) => ours.replace('/sso/', '/./sso/')],
  ['that ours begins', (ours) => ours.slice(0, -1)],
  ['that is empty', () => ''],
];

const places = [
  ['destination', acsUrl, 'destination_differs'],
  ['recipient', acsUrl, 'recipient_differs'],
  ['audience', spEntityId, 'audience_differs'],
] as const satisfies readonly (readonly [keyof ResponsePlan, string, string])[];

describe.each(places)('a signed response whose %s alone differs is refused', (place, ours, cause) => {
  it.each(nearly)('%s [SAML-13] [SAML-14]', (_name, change) => {
    const verdict = verdictOn(keys, aResponse(keys, { plan: { [place]: change(ours) } }));

    expect(verdict).toMatchObject({ ok: false, cause });
  });
});

it.each([
  ['in capitals', (issuer: string) => issuer.toUpperCase()],
  ['with a trailing slash', (issuer: string) => `${issuer}/`],
  ['of another tenant with the same key', (issuer: string) => issuer.replace('/saml', '/tenant-2/saml')],
  ['that is empty', () => ''],
])('an issuer %s is another issuer, whoever signed [SAML-12]', (_name, change) => {
  const verdict = verdictOn(keys, aResponse(keys, { plan: { issuer: change('https://idp.test/saml') } }));

  expect(verdict).toMatchObject({ ok: false, cause: 'issuer_differs' });
});
