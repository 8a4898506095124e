import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clientAuthOf, pinnedAlgOf, readDiscoveryDocument } from '../../onboarding/oidc-discovery.ts';
import { detectFromUrl } from '../../onboarding/provider-detection.ts';

/**
 * Discovery documents of real providers, with the verdict owed to each [OIDC-04] [OIDC-05]. The collection lies beside
 * the repository where it is available; our own equivalents of every kind are in `onboarding/oidc-discovery.test.ts` and
 * always run.
 */
const collection = new URL('../../../shared/data/oidc-discovery/', import.meta.url);

/** File, address typed, what stops it (none: it is taken), what else is told, the guide that it belongs to. */
type Expected = readonly [
  file: string,
  typed: string,
  stops: readonly string[],
  notes?: readonly string[],
  guide?: string,
];

const wellKnown = '.well-known/openid-configuration';
const weak = ['weak_algorithms_offered'];

const documents: readonly Expected[] = [
  ['apple-no-userinfo', 'https://appleid.apple.com/', [], ['no_user_info']],
  ['auth0-trailing-slash', 'https://common.auth0.com/', [], weak, 'auth0'],
  ['cognito-placeholder-hosts', 'https://cognito-idp.region.amazonaws.com/REGION-CODE/', ['issuer_differs']],
  ['entra-common', 'https://login.microsoftonline.com/common/v2.0/', ['issuer_template']],
  ['entra-organizations', 'https://login.microsoftonline.com/organizations/v2.0/', ['issuer_template']],
  [
    'entra-v1-sts-issuer-relative-jwks',
    'https://login.windows.net/d062b2b0-9aca-4ff7-b32a-ba47231a4002/',
    ['issuer_differs', 'endpoint_refused'],
  ],
  ['facebook-no-code-no-token-endpoint', 'https://www.facebook.com/', ['no_code_flow', 'endpoint_missing']],
  ['google', 'https://accounts.google.com/', [], [], 'google-workspace'],
  ['keycloak-auth-path-https', 'https://sso.example.org/auth/realms/master/', [], weak, 'keycloak'],
  ['keycloak-auth-path-https', 'https://sso.example.org/realms/master/', ['issuer_differs']],
  ['keycloak-auth-path-https', 'https://sso.example.org/', ['issuer_differs']],
  ['keycloak-localhost-http', 'http://localhost:8080/realms/master/', ['endpoint_refused']],
  ['mojeid-trailing-slash-alg-none', 'https://mojeid.cz/oidc/', [], weak],
  [
    'okta-custom-server-not-oidc',
    'https://auth-js-test.okta.com/oauth2/aus8aus76q8iphupD0h7/',
    ['discovery_not_oidc'],
  ],
  ['okta-org-server', 'https://common.okta.com/', [], [], 'okta'],
  ['okta-org-server', 'https://common.okta.com/oauth2/default/', ['issuer_differs']],
  ['onelogin-oidc2', 'https://common.onelogin.com/oidc/2/', [], weak, 'onelogin'],
  ['vault-http-any-address', 'http://0.0.0.0:8200/v1/identity/oidc/provider/default/', ['endpoint_refused']],
];

describe.skipIf(!existsSync(collection))('discovery documents of real providers', () => {
  const cases = documents.map(([file, address, stops, notes = [], guide]) => {
    return { file, typed: `${address}${wellKnown}`, stops, notes, guide };
  });

  it.each(cases)('$file from $typed', ({ file, typed, stops, notes, guide }) => {
    const document: unknown = JSON.parse(readFileSync(new URL(`${file}.json`, collection), 'utf8'));

    const { remarks, server } = readDiscoveryDocument(document, { url: typed, allowsHttp: false });

    const codesOf = (wanted: string) =>
      remarks.filter(({ severity }) => severity === wanted).map(({ code }) => code);
    expect(new Set(codesOf('stop'))).toEqual(new Set(stops));
    expect(codesOf('ok')).toEqual(expect.arrayContaining([...notes]));
    if (guide !== undefined) expect(detectFromUrl(typed)?.guideId).toContain(guide);
    if (stops.length > 0) return;
    expect(server?.issuer).toBe((document as { issuer: string }).issuer);
    expect(server && pinnedAlgOf(server)).toBe('RS256');
    expect(server && clientAuthOf(server)).toMatch(/^client_secret_(basic|post)$/);
  });

  it('is each of the collection', () => {
    const index = readFileSync(new URL('INDEX.md', collection), 'utf8');
    const listed = [...index.matchAll(/^\| `([\w-]+)\.json` \|/gm)].map(([, file]) => file);

    expect(new Set(documents.map(([file]) => file))).toEqual(new Set(listed));
  });
});
