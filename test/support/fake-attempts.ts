/** Sign-in attempts, as the dashboard lists them and shows them one by one. */
import type { z } from 'zod';
import type { attemptDetail } from '../../api/contract/shared.ts';
import type { SignInCause } from '../../onboarding/sign-in-causes.ts';
import { hour, minute, timesAround, type World } from './fake-world.ts';

type Attempt = z.infer<typeof attemptDetail>;

export function fakeAttempts(world: World) {
  const { ago, some } = timesAround(world);

  const causes: (SignInCause | null)[] = [
    'audience_differs',
    'audience_differs',
    null,
    'signature_unknown_key',
    null,
    null,
    'email_missing',
    null,
    'timed_out',
    null,
    null,
    null,
  ];

  const attemptDetails: Attempt[] = some(causes.map((cause, at) => attempt(cause, at)));

  function attempt(cause: SignInCause | null, at: number): Attempt {
    const startedAt = ago(at * 9 * hour + 62 * minute);
    const isAway = cause === 'timed_out';
    const after = (ms: number) => new Date(Date.parse(startedAt) + ms).toISOString();
    const names = [
      'document',
      'structure',
      'keys',
      'signature',
      'status',
      'issuer',
      'destination',
      'audience',
    ];
    const isAudience = cause === 'audience_differs';
    const isOpenId = cause === 'email_missing';
    return {
      id: `att_${at}`,
      reference: `4K2M-7${at}`,
      origin: at % 3 === 0 ? 'test' : at % 5 === 0 ? 'provider' : 'app',
      chip: isAway ? 'timed_out' : cause === null ? 'success' : 'failed',
      cause,
      facts: {},
      email: isAway ? null : `a.${['berg', 'osei', 'wojcik'][at % 3]}@acme.example`,
      startedAt,
      endedAt: isAway ? null : after(2140),
      durationMs: isAway ? null : 2140 + at * 13,
      connectionId: 'conn_1',
      organizationId: 'org_1',
      organizationName: at % 4 === 3 ? 'Globex' : 'Acme Corporation',
      providerName: at % 4 === 3 ? 'Okta' : 'Microsoft Entra ID',
      checks: isAway ? [] : names.map((check) => ({ check, passed: !(isAudience && check === 'audience') })),
      profile:
        cause === null
          ? {
              idpId: '5f0b7a1e-9c1d-4d1c-a8b4-2d2f0c4f8e11',
              email: 'a.berg@acme.example',
              firstName: 'Anna',
              lastName: 'Berg',
              name: null,
              custom: [],
              groups: ['Engineering', 'IT'],
              sources: {
                id: '@name_id',
                email: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
              },
              received: [
                {
                  name: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
                  values: ['a.berg@acme.example'],
                },
                { name: 'groups', values: ['Engineering', 'IT'] },
              ],
            }
          : null,
      signed: isAway || isOpenId ? null : 'assertion',
      signedBy: isAway ? null : isOpenId ? 'key-2026-11' : '9f2c4e…a41c',
      advice: isAudience
        ? {
            headline: 'Entra sent a different audience than we expect',
            explanation: 'The audience says for whom an answer is made. There is an extra slash at the end.',
            fixWhere: '**Basic SAML Configuration** → **Identifier (Entity ID)**',
            fixWhat: 'Replace the value with ours, save, and test again.',
            copyValue: 'https://auth.northwind.example/sso/saml/conn_1',
            expected: 'https://auth.northwind.example/sso/saml/conn_1',
            received: 'https://auth.northwind.example/sso/saml/conn_1/',
            repair: null,
          }
        : null,
      requestXml:
        '<samlp:AuthnRequest ID="_a1" Version="2.0" AssertionConsumerServiceURL="https://auth.northwind.example/sso/saml/conn_1/acs"/>',
      trail: [
        {
          kind: 'token_response' as const,
          at: after(1210),
          text: '{\n  "status": 200,\n  "id_token": "(taken out)"\n}',
        },
      ],
      responseXml: isAway
        ? null
        : '<samlp:Response ID="_r1" InResponseTo="_a1" Version="2.0">\n  <saml:Issuer>https://sts.windows.net/…/</saml:Issuer>\n</samlp:Response>',
      timeline: [
        { at: startedAt, what: 'asked' },
        { at: after(14), what: 'sent' },
        ...(isAway
          ? []
          : [
              { at: after(2098), what: 'received' },
              { at: after(2131), what: 'checked' },
            ]),
        ...(cause === null
          ? [
              { at: after(2133), what: 'profile' },
              { at: after(2140), what: 'handed_over' },
            ]
          : []),
      ],
    };
  }

  const attempts = attemptDetails.map(
    ({
      checks: _c,
      profile: _p,
      signed: _s,
      signedBy: _b,
      advice: _a,
      requestXml: _q,
      responseXml: _r,
      trail: _w,
      timeline: _t,
      ...row
    }) => row,
  );

  return { attempts, attemptDetails };
}
