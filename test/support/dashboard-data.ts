/** One vendor's world as the dashboard shows it: customers in every state, told in the contract's shapes. */
import type { z } from 'zod';
import type { apiKeyView } from '../../api/contract/dashboard-keys.ts';
import type * as dashboard from '../../api/contract/dashboard.ts';
import type * as sandbox from '../../api/contract/sandbox.ts';
import type { attemptDetail, onboardingView } from '../../api/contract/shared.ts';
import { holderIn, type Mode } from '../../onboarding/modes.ts';
import { isRepairStep, stepNames, stepRules } from '../../onboarding/steps.ts';
import type { SignInCause } from '../../onboarding/sign-in-causes.ts';
import { fakeDirectories } from './fake-directories.ts';

type View = z.infer<typeof onboardingView>;
type Attempt = z.infer<typeof attemptDetail>;
type OnboardingRow = dashboard.OnboardingList['onboardings'][number];
type Options = {
  role: 'admin' | 'developer' | 'support' | 'viewer';
  isEmpty: boolean;
  temporalAway: boolean;
};

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export type DashboardData = ReturnType<typeof createDashboardData>;

export function createDashboardData(now: Date, { role, isEmpty, temporalAway }: Options) {
  const ago = (ms: number) => new Date(now.getTime() - ms).toISOString();
  const ahead = (ms: number) => new Date(now.getTime() + ms).toISOString();
  const some = <Item>(items: Item[]): Item[] => (isEmpty ? [] : items);

  const session: dashboard.StaffSession = {
    handle: 'sess_staff',
    member: { id: 'mem_1', email: 'kim@vendor.example', name: 'Kim Larsen', role },
    environment: {
      handle: 'northwind',
      vendorName: 'Northwind Cloud',
      productName: 'Northwind',
      supportEmail: 'help@northwind.example',
      supportHours: 'weekdays 9–18 CET',
      intro: null,
      kind: 'sandbox',
      id: 'env_1',
      name: 'Sandbox',
      clientId: 'client_01JD4K0000000000000000',
      linkDays: 30,
      onboardingTemplate: {
        mode: 'self_service',
        features: [
          { feature: 'sso', requirement: 'required' },
          { feature: 'domain_verification', requirement: 'optional' },
        ],
      },
    },
    endsAt: ahead(8 * hour),
    urls: {
      api: 'http://127.0.0.1:7233',
      portal: 'http://127.0.0.1:7233',
      testIdp: 'http://localhost:7233/test-idp',
      temporal: 'http://127.0.0.1:8233',
      example: null,
    },
    sandbox: true,
    temporalAway,
  };

  const view: View = viewOf({ failed: 'test_sign_in', since: ago(62 * minute) });

  /** A view in which all steps before `failed` are done. */
  function viewOf({ failed, since }: { failed: (typeof stepNames)[number]; since: string }): View {
    const stepsOf = (feature: 'sso' | 'domain_verification') =>
      stepNames
        .filter((step) => stepRules[step].feature === feature && !isRepairStep(step))
        .map((step) => ({
          step,
          state:
            step === failed
              ? ('failed' as const)
              : step === 'go_live'
                ? ('blocked' as const)
                : step === 'verify_domain'
                  ? ('waiting' as const)
                  : ('done' as const),
          holder: 'customer' as const,
          since,
          ...(step === failed ? { cause: 'audience_differs' } : {}),
          ...(step === 'go_live' ? { cause: 'test_sign_in' } : {}),
        }));
    return {
      revision: 12,
      state: 'in_progress',
      paused: false,
      stalledSince: null,
      waitingFor: 'customer',
      waitingSince: since,
      next: { what: 'test_failed_twice', at: ahead(15 * hour) },
      features: [
        { feature: 'sso', requirement: 'required', state: 'in_progress', steps: stepsOf('sso') },
        {
          feature: 'domain_verification',
          requirement: 'optional',
          state: 'waiting',
          steps: stepsOf('domain_verification'),
        },
      ],
      stepsDone: 4,
      stepsTotal: 7,
      liveAt: null,
    };
  }

  const contact = 'anna.berg@acme.example';
  const links: dashboard.OrganizationDetail['links'] = some([
    link({
      id: 'lnk_2',
      state: 'opened',
      contact,
      openedTimes: 4,
      fetchedTimes: 2,
      lastOpenedAt: ago(50 * minute),
      createdAt: ago(9 * day),
      expiresAt: ahead(21 * day),
    }),
    link({
      id: 'lnk_1',
      state: 'replaced',
      contact: 'it@acme.example',
      openedTimes: 0,
      fetchedTimes: 1,
      lastOpenedAt: null,
      createdAt: ago(12 * day),
      expiresAt: ahead(18 * day),
    }),
    link({
      id: 'lnk_3',
      kind: 'colleague',
      state: 'sent',
      contact: 'dns-team@acme.example',
      openedTimes: 0,
      fetchedTimes: 0,
      lastOpenedAt: null,
      createdAt: ago(3 * hour),
      expiresAt: ahead(6 * day),
      features: ['domain_verification'],
    }),
  ]);
  function link(of: Partial<dashboard.OrganizationDetail['links'][number]> & { id: string }) {
    return {
      kind: 'main' as const,
      state: 'sent',
      delivery: 'mail' as const,
      contact: null,
      features: ['sso', 'domain_verification'],
      openedTimes: 0,
      fetchedTimes: 0,
      lastOpenedAt: null,
      createdAt: ago(day),
      expiresAt: ahead(29 * day),
      ...of,
    };
  }

  const guideReports = some<z.infer<typeof dashboard.guideReportRow>>([
    {
      id: 'guide_report_1',
      providerId: 'okta',
      providerName: 'Okta',
      way: 'SAML',
      stepId: 'attributes',
      stepTitle: 'Send the attributes',
      note: 'The tab is called Authentication now.',
      organizationId: 'org_1',
      organizationName: 'Acme Corporation',
      connectionId: 'conn_1',
      checkedOn: '2026-10-12',
      checkedNowOn: '2026-10-12',
      createdAt: ago(2 * hour),
      seenAt: null,
    },
    {
      id: 'guide_report_2',
      providerId: 'rippling',
      providerName: 'Rippling',
      way: null,
      stepId: 'access',
      stepTitle: 'Let the people in',
      note: '',
      organizationId: 'org_2',
      organizationName: 'Globex',
      connectionId: 'conn_2',
      checkedOn: '2026-06-01',
      checkedNowOn: '2026-10-12',
      createdAt: ago(9 * day),
      seenAt: ago(8 * day),
    },
  ]);

  const domains = some<z.infer<typeof dashboard.domainRow>>([
    {
      id: 'dom_1',
      domain: 'acme.example',
      unicode: 'acme.example',
      chip: 'not_right',
      state: 'pending',
      strategy: 'dns',
      record: {
        type: 'TXT',
        name: '_northwind-challenge.acme.example',
        host: '_northwind-challenge',
        value: 'northwind-verify=8c1f0a54d1e24f0bb2a7',
      },
      since: ago(3 * hour),
      verifiedAt: null,
      expiresAt: ahead(29 * day),
      lastLookedAt: ago(40_000),
      nextLookAt: ahead(50_000),
      verdict: {
        kind: 'domain_twice',
        facts: { name: '_northwind-challenge.acme.example.acme.example', host: '_northwind-challenge' },
        answers: [
          {
            server: 'ns1, ns2.cloudflare.example',
            name: '_northwind-challenge.acme.example',
            answer: [],
            meaning: 'not_there',
          },
          {
            server: 'ns1.cloudflare.example',
            name: '_northwind-challenge.acme.example.acme.example',
            answer: ['northwind-verify=8c1f0a54d1e24f0bb2a7'],
            meaning: 'domain_twice',
          },
        ],
      },
      organizationId: 'org_1',
      organizationName: 'Acme Corporation',
    },
    {
      id: 'dom_2',
      domain: 'globex.example',
      unicode: 'globex.example',
      chip: 'verified',
      state: 'verified',
      strategy: 'dns',
      record: {
        type: 'TXT',
        name: '_northwind-challenge.globex.example',
        host: '_northwind-challenge',
        value: 'northwind-verify=11aa',
      },
      since: ago(30 * day),
      verifiedAt: ago(30 * day),
      expiresAt: null,
      lastLookedAt: ago(5 * hour),
      nextLookAt: ahead(19 * hour),
      verdict: {
        kind: 'found',
        facts: {},
        answers: [
          {
            server: 'ns1, ns2.hetzner.example',
            name: '_northwind-challenge.globex.example',
            answer: ['northwind-verify=11aa'],
            meaning: 'found',
          },
        ],
      },
      organizationId: 'org_2',
      organizationName: 'Globex',
    },
    {
      id: 'dom_3',
      domain: 'xn--mnchen-3ya.example',
      unicode: 'münchen.example',
      chip: 'waiting',
      state: 'pending',
      strategy: 'dns',
      record: {
        type: 'TXT',
        name: '_northwind-challenge.xn--mnchen-3ya.example',
        host: '_northwind-challenge',
        value: 'northwind-verify=77de',
      },
      since: ago(20 * minute),
      verifiedAt: null,
      expiresAt: ahead(30 * day),
      lastLookedAt: null,
      nextLookAt: ahead(minute),
      verdict: null,
      organizationId: 'org_3',
      organizationName: 'Stadtwerke München Beteiligungs- und Verwaltungsgesellschaft mbH & Co. KG',
    },
    {
      id: 'dom_4',
      domain: 'initech.example',
      unicode: 'initech.example',
      chip: 'verified',
      state: 'verified',
      strategy: 'manual',
      record: null,
      since: ago(80 * day),
      verifiedAt: ago(80 * day),
      expiresAt: null,
      lastLookedAt: null,
      nextLookAt: null,
      verdict: null,
      organizationId: 'org_4',
      organizationName: 'Initech',
    },
    {
      id: 'dom_5',
      domain: 'initech.example',
      unicode: 'initech.example',
      chip: 'conflict',
      state: 'conflict',
      strategy: 'dns',
      record: {
        type: 'TXT',
        name: '_northwind-challenge.initech.example',
        host: '_northwind-challenge',
        value: 'northwind-verify=19ab',
      },
      since: ago(3 * 60 * minute),
      verifiedAt: null,
      expiresAt: null,
      lastLookedAt: ago(3 * 60 * minute),
      nextLookAt: null,
      verdict: { kind: 'found', facts: {}, answers: [] },
      organizationId: 'org_5',
      organizationName: 'Umbrella Health',
    },
  ]);

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
              sources: { email: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress' },
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

  const connectionView: dashboard.OrganizationDetail['connections'][number] = {
    id: 'conn_1',
    name: 'Acme Corporation SAML',
    chip: 'not_tested',
    state: 'validating',
    connectionType: 'EntraIDSAML',
    providerId: 'microsoft-entra-id',
    providerName: 'Microsoft Entra ID',
    entityId: 'https://auth.northwind.example/sso/saml/conn_1',
    acsUrl: 'https://auth.northwind.example/sso/saml/conn_1/acs',
    metadataUrl: 'https://auth.northwind.example/sso/saml/conn_1/metadata',
    protocol: 'saml',
    redirectUri: 'https://auth.northwind.test/sso/oidc/conn_1/callback',
    ...{ oidcIssuer: null, oidcClientId: null, oidcSecretEndsOn: null },
    idpEntityId: 'https://sts.windows.net/6a1f0000-0000-4000-8000-000000000000/',
    idpSsoUrl: 'https://login.microsoftonline.com/6a1f0000-0000-4000-8000-000000000000/saml2',
    idpMetadataUrl:
      'https://login.microsoftonline.com/6a1f0000-0000-4000-8000-000000000000/federationmetadata/2007-06/federationmetadata.xml?appid=51',
    certificates: [
      {
        id: 'crt_1',
        subject: 'CN=Microsoft Azure Federated SSO Certificate',
        fingerprint: '9F:2C:4E:11:0A:7D:83:5B:66:C0:12:FE:9A:34:77:5D:1E:A0:40:B2:A4:1C',
        keyBits: 2048,
        notBefore: ago(100 * day),
        notAfter: ahead(465 * day),
        source: 'metadata',
        retiredAt: null,
      },
    ],
    attributeMapping: {
      email: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
      groups: 'groups',
    },
    signedFloor: 'one',
    testedAt: null,
    activatedAt: null,
    signInUrl: 'https://auth.northwind.example/sso/saml/conn_1/login',
    createdAt: ago(8 * day),
  };
  const connection: z.infer<typeof dashboard.connectionDetail> = {
    ...connectionView,
    chip: 'live',
    state: 'active',
    testedAt: ago(6 * day),
    activatedAt: ago(5 * day),
    organization: { id: 'org_1', name: 'Acme Corporation' },
    attempts: attempts.slice(0, 8),
    perDay: Array.from({ length: 30 }, (_day, at) => ({
      day: ago((29 - at) * day).slice(0, 10),
      worked: at < 24 ? 12 + ((at * 7) % 9) : 4 + (at % 3),
      failed: at < 24 ? (at % 4 === 0 ? 1 : 0) : 9 + (at % 4),
    })),
    options: {
      signRequests: true,
      encryptAssertions: false,
      forceAuthn: false,
      allowIdpInitiated: false,
      singleLogout: false,
    },
    rawSettings: {
      wantAssertionsSigned: true,
      allowIdpInitiated: false,
      nameIdFormat: 'emailAddress',
      settingsRevision: 7,
    },
    recentFailures: 12,
    topCause: 'audience_differs',
    troubles: [],
    domains: domains
      .filter(({ organizationId }) => organizationId === 'org_1')
      .map(({ id, unicode, chip }) => ({ id, unicode, chip })),
    draft: {
      heldBy: 'a•••@acme.com',
      startedAt: ago(2 * day),
      changedAt: ago(3 * hour),
      testedAt: null,
      differences: [
        {
          field: 'ssoUrl',
          before: ['https://login.microsoftonline.com/4f1c/saml2'],
          after: ['https://login.microsoftonline.com/77be/saml2'],
        },
        { field: 'certificates', before: ['9F:2C:4E:11:A4:1C'], after: ['3F:9A:11:C0:77:BE'] },
        { field: 'signRequests', before: [], after: ['on'] },
      ],
    },
    formers: [
      {
        ...{ id: 'former_1', reason: 'switched', wasLive: true, providerName: 'Okta' },
        ...{ endedAt: ago(6 * day), keptUntil: ahead(24 * day) },
      },
      {
        ...{ id: 'former_2', reason: 'reset', wasLive: true, providerName: 'Custom SAML' },
        ...{ endedAt: ago(20 * day), keptUntil: ahead(10 * day) },
      },
    ],
  };

  const organizationNames = [
    'Acme Corporation',
    'Globex',
    'Stadtwerke München Beteiligungs- und Verwaltungsgesellschaft mbH & Co. KG',
    'Initech',
    'Umbrella Health',
    'Hooli',
  ];
  const organizations: dashboard.OrganizationList['organizations'] = some(
    organizationNames.map((name, at) => ({
      id: `org_${at + 1}`,
      name,
      externalId: at % 2 === 0 ? `crm-${4100 + at}` : null,
      domains: domains
        .filter(({ organizationId }) => organizationId === `org_${at + 1}`)
        .map(({ unicode, chip }) => ({ domain: unicode, chip })),
      features: [
        {
          feature: 'sso' as const,
          state: ['in_progress', 'done', 'not_started', 'done', 'repair', 'not_started'][at] ?? 'done',
        },
        {
          feature: 'domain_verification' as const,
          state: ['waiting', 'done', 'waiting', 'done', 'done', 'skipped'][at] ?? 'done',
        },
      ],
      onboarding:
        at === 5
          ? null
          : {
              id: `onb_${at + 1}`,
              state: ['in_progress', 'live', 'opened', 'live', 'in_progress'][at] ?? 'live',
              stepsDone: [4, 7, 1, 7, 5][at] ?? 7,
              stepsTotal: 7,
            },
      lastSignInAt: [null, ago(4 * minute), null, ago(2 * day), ago(9 * day), null][at] ?? null,
      endsSoonest:
        [ahead(21 * day), ahead(465 * day), null, ahead(40 * day), ahead(13 * day), null][at] ?? null,
      createdAt: ago((at + 1) * 9 * day),
    })),
  );

  const organization: dashboard.OrganizationDetail = {
    id: 'org_1',
    name: 'Acme Corporation',
    externalId: 'crm-4100',
    createdAt: ago(9 * day),
    domains: domains
      .filter(({ organizationId }) => organizationId === 'org_1')
      .map(({ organizationId: _id, organizationName: _name, ...domain }) => domain),
    connections: some([connectionView]),
    directories: fakeDirectories(now, isEmpty).lines,
    contacts: some([
      { id: 'con_1', email: contact, lastOpenedAt: ago(50 * minute), bounced: false },
      { id: 'con_2', email: 'it@acme.example', lastOpenedAt: null, bounced: true },
    ]),
    links,
    onboarding: isEmpty ? null : { id: 'onb_1', number: 2, view, sentence: '' },
    onboardings: some([
      { id: 'onb_1', number: 2, state: 'in_progress', createdAt: ago(9 * day) },
      { id: 'onb_0', number: 1, state: 'cancelled', createdAt: ago(60 * day) },
    ]),
    troubles: [],
    recentAttempts: attempts.slice(0, 5),
  };

  const rows: [string, OnboardingRow['state'], string | null, OnboardingRow['waitingFor'], number, number][] =
    [
      ['Globex', 'in_progress', 'verify_domain', 'staff', 11 * minute, 2],
      ['Acme Corporation', 'in_progress', 'test_sign_in', 'customer', 62 * minute, 9],
      [
        'Stadtwerke München Beteiligungs- und Verwaltungsgesellschaft mbH & Co. KG',
        'opened',
        'choose_provider',
        'customer',
        9 * day,
        16,
      ],
      ['Umbrella Health', 'in_progress', 'verify_domain', 'dns', 5 * hour, 3],
      ['Vandelay Industries', 'invited', 'choose_provider', 'customer', 2 * day, 2],
      ['Wayne Enterprises', 'in_progress', 'verify_domain', 'colleague', 26 * hour, 6],
      ['Initech', 'live', null, null, 0, 12],
      ['Massive Dynamic', 'cancelled', null, null, 0, 30],
    ];
  const board: dashboard.OnboardingList = {
    onboardings: some(
      rows.map(([organizationName, state, stage, waitingFor, waited, age], at) => ({
        id: state === 'cancelled' ? 'onb_cancelled' : `onb_${at + 1}`,
        organizationId: `org_${at + 1}`,
        organizationName,
        number: 1,
        state,
        stage,
        needsRepair: false,
        waitingFor,
        waitingSince: waitingFor === null ? null : ago(waited),
        stalledSince: waited > 7 * day ? ago(2 * day) : null,
        providerName:
          ['Okta', 'Microsoft Entra ID', null, 'Google Workspace', null, 'Okta', 'Custom SAML', null][at] ??
          null,
        lastActAt: ago(waited === 0 ? 5 * day : waited),
        createdAt: ago(age * day),
        stepsDone: [6, 4, 0, 5, 0, 5, 7, 2][at] ?? 0,
        stepsTotal: 7,
      })),
    ),
    counts: isEmpty
      ? { ours: 0, stalled: 0, moving: 0, live: 0, all: 0 }
      : { ours: 1, stalled: 1, moving: 5, live: 1, all: 8 },
    stages: some([
      { stage: 'choose_provider', count: 7, medianAgeMs: 3 * day },
      { stage: 'configure_provider', count: 2, medianAgeMs: 5 * hour },
      { stage: 'test_sign_in', count: 4, medianAgeMs: 2 * hour },
      { stage: 'go_live', count: 1, medianAgeMs: 30 * minute },
      { stage: 'verify_domain', count: 11, medianAgeMs: 26 * hour },
    ]),
    next: null,
  };
  const isInView = (wanted: string) => (row: OnboardingRow) =>
    wanted === 'all' ||
    (wanted === 'ours' && row.waitingFor === 'staff') ||
    (wanted === 'stalled' && row.stalledSince !== null) ||
    (wanted === 'moving' && ['invited', 'opened', 'in_progress'].includes(row.state)) ||
    (wanted === 'live' && row.state === 'live');

  type Actor = dashboard.OnboardingDetail['timeline'][number]['actor'];
  const customer: Actor = { type: 'customer', id: 'con_1', name: contact };
  const us: Actor = { type: 'system', id: 'system', name: null };
  const staff: Actor = { type: 'staff', id: 'mem_1', name: 'Kim Larsen' };
  const entries: [
    number,
    string,
    Actor,
    dashboard.OnboardingDetail['timeline'][number]['step'],
    Record<string, string>,
  ][] = [
    [9 * day, 'started', staff, null, {}],
    [9 * day, 'invited', staff, null, {}],
    [6 * day, 'reminded', us, null, { mail: 'not_opened_3' }],
    [5 * day, 'opened', customer, null, {}],
    [
      5 * day - 2 * minute,
      'provider_chosen',
      customer,
      'choose_provider',
      { provider: 'microsoft-entra-id', provider_name: 'Microsoft Entra ID' },
    ],
    [5 * hour, 'step_completed', customer, 'configure_provider', {}],
    [4 * hour, 'domain_added', customer, 'add_domain', { domain: 'acme.example' }],
    [74 * minute, 'step_completed', customer, 'enter_metadata', {}],
    [
      70 * minute,
      'test_failed',
      { type: 'provider', id: 'att_3', name: null },
      'test_sign_in',
      { cause: 'audience_differs' },
    ],
    [
      66 * minute,
      'test_failed',
      { type: 'provider', id: 'att_2', name: null },
      'test_sign_in',
      { cause: 'audience_differs' },
    ],
    [
      62 * minute,
      'test_failed',
      { type: 'provider', id: 'att_1', name: null },
      'test_sign_in',
      { cause: 'audience_differs' },
    ],
  ];
  const onboarding: dashboard.OnboardingDetail = {
    id: 'onb_1',
    number: 2,
    origin: 'invitation',
    organization: { id: 'org_1', name: 'Acme Corporation' },
    view,
    stuck: { step: 'test_sign_in', failures: 3, lastFailureAt: ago(62 * minute), cause: 'audience_differs' },
    upcoming: [
      { what: 'test_failed_twice', at: ahead(15 * hour) },
      { what: 'stalled', at: ahead(6 * day) },
      { what: 'link_ends', at: ahead(21 * day) },
    ],
    troubles: [],
    timeline: entries.map(([before, kind, actor, step, facts], at) => ({
      number: at + 1,
      at: ago(before),
      kind,
      actor,
      step,
      facts,
    })),
    links,
    mails: [
      {
        id: 'mail_1',
        kind: 'invitation',
        to: 'it@acme.example',
        subject: 'Connect Acme Corporation to Northwind',
        state: 'bounced',
        serverAnswer: '550 5.1.1 user unknown',
        heldUntil: null,
        createdAt: ago(12 * day),
        sentAt: ago(12 * day),
      },
      {
        id: 'mail_2',
        kind: 'fresh_link',
        to: contact,
        subject: 'Your fresh link for Northwind',
        state: 'delivered',
        serverAnswer: null,
        heldUntil: null,
        createdAt: ago(9 * day),
        sentAt: ago(9 * day),
      },
      {
        id: 'mail_3',
        kind: 'reminder_not_opened_3',
        to: contact,
        subject: 'Northwind set-up is waiting for you',
        state: 'sent',
        serverAnswer: null,
        heldUntil: null,
        createdAt: ago(6 * day),
        sentAt: ago(6 * day),
      },
    ],
    people: [
      { id: 'con_1', email: contact, role: 'contact', lastOpenedAt: ago(50 * minute) },
      { id: 'con_3', email: 'dns-team@acme.example', role: 'colleague', lastOpenedAt: null },
    ],
    undoCancelUntil: null,
    temporalAway,
    queuedCommands: temporalAway ? 2 : 0,
  };
  const cancelledOnboarding: dashboard.OnboardingDetail = {
    ...onboarding,
    id: 'onb_cancelled',
    number: 1,
    organization: { id: 'org_8', name: 'Massive Dynamic' },
    view: { ...view, state: 'cancelled', waitingFor: null, waitingSince: null, next: null },
    stuck: { step: null, failures: 0, lastFailureAt: null, cause: null },
    upcoming: [{ what: 'cancel_final', at: ahead(6 * day) }],
    undoCancelUntil: ahead(6 * day),
    mails: [],
    links: [],
    people: [],
  };

  const workflow: dashboard.WorkflowView = {
    available: !temporalAway,
    currentDetails: 'Waiting for the customer: test_sign_in, 3 failures',
    status: 'RUNNING',
    runs: [
      { runId: 'run-a', startedAt: ago(9 * day), closedAt: ago(4 * day), status: 'CONTINUED_AS_NEW' },
      { runId: 'run-b', startedAt: ago(4 * day), closedAt: null, status: 'RUNNING' },
    ],
    pending: [
      {
        activity: 'send_notice',
        attempt: 3,
        lastFailure: 'the mail server did not take the mail: ECONNREFUSED',
        nextAttemptAt: ahead(2 * minute),
      },
    ],
    folded: [
      { at: ago(9 * day), kind: 'started', title: 'start', tries: 1, durationMs: 40, eventIds: [1, 2, 3, 4] },
      {
        at: ago(9 * day - 1000),
        kind: 'effect',
        title: 'send_invitation',
        tries: 3,
        durationMs: 41_000,
        eventIds: [7, 8, 9],
      },
      {
        at: ago(6 * day),
        kind: 'timer',
        title: 'not_opened_3',
        tries: 1,
        durationMs: 3 * day,
        eventIds: [12, 30],
      },
      {
        at: ago(6 * day - 1000),
        kind: 'effect',
        title: 'send_reminder',
        tries: 1,
        durationMs: 310,
        eventIds: [31, 32, 33],
      },
      {
        at: ago(4 * day),
        kind: 'continued',
        title: 'in the next run',
        tries: 1,
        durationMs: null,
        eventIds: [90],
      },
      {
        at: ago(74 * minute),
        kind: 'command',
        title: 'save_metadata',
        tries: 1,
        durationMs: 22,
        eventIds: [4, 5],
      },
      { at: ago(70 * minute), kind: 'fact', title: 'test_failed', tries: 1, durationMs: null, eventIds: [9] },
      {
        at: ago(62 * minute),
        kind: 'failed',
        title: 'send_notice',
        tries: 3,
        durationMs: 125_000,
        eventIds: [14, 15, 16],
      },
    ],
    temporalUrl: 'http://127.0.0.1:8233/namespaces/vestibule/workflows/onb',
  };

  const mails: z.infer<typeof sandbox.sandboxMailDetail>[] = some([
    mail({ id: 'sbm_2', at: ago(9 * day), to: contact, subject: 'Your fresh link for Northwind' }),
    mail({
      id: 'sbm_1',
      at: ago(12 * day),
      to: 'it@acme.example',
      subject: 'Connect Acme Corporation to Northwind',
    }),
  ]);
  function mail(of: { id: string; at: string; to: string; subject: string }) {
    const door = 'http://127.0.0.1:7233/setup/northwind/lnk_example';
    return {
      ...of,
      from: 'Northwind <setup@northwind.example>',
      text: `Here is a new link; older ones no longer work.\nEverything done so far is kept.\n\n${door}\n`,
      html: `<!doctype html><body style="font-family:sans-serif;padding:24px"><h1 style="font-size:20px">${of.subject}</h1><p>Here is a new link; older ones no longer work. Everything done so far is kept.</p><p><a href="${door}">Open your set-up</a></p></body>`,
      headers: [
        { name: 'Message-ID', value: `<${of.id}@northwind.example>` },
        { name: 'Auto-Submitted', value: 'auto-generated' },
      ],
      links: [door],
    };
  }

  const records: z.infer<typeof sandbox.sandboxRecord>[] = some([
    {
      id: 'rec_1',
      name: '_northwind-challenge.acme.test',
      type: 'TXT',
      value: 'northwind-verify=8c1f0a54d1e24f0bb2a7',
      server: null,
      createdAt: ago(20 * minute),
    },
    {
      id: 'rec_2',
      name: '_northwind-challenge.globex.test',
      type: 'TXT',
      value: 'northwind-verify=11aa',
      server: 1,
      createdAt: ago(3 * minute),
    },
  ]);

  const testIdp: z.infer<typeof sandbox.testIdpState> = {
    entityId: 'http://localhost:7233/test-idp/saml',
    ssoUrl: 'http://localhost:7233/test-idp/saml/sso',
    sloUrl: 'http://localhost:7233/test-idp/saml/slo',
    metadataUrl: 'http://localhost:7233/test-idp/saml/metadata',
    startUrl: 'http://localhost:7233/test-idp/start',
    issuer: 'http://localhost:7233/test-idp/oidc',
    discoveryUrl: 'http://localhost:7233/test-idp/oidc/.well-known/openid-configuration',
    clientsUrl: 'http://localhost:7233/test-idp/clients',
    people: some<sandbox.TestPerson>([
      {
        id: 'tp-anna',
        email: 'anna@people.test',
        firstName: 'Anna',
        lastName: 'Berg',
        groups: ['Everyone', 'Admins'],
        attributes: { department: 'Operations', title: 'Head of IT' },
      },
      {
        id: 'tp-zofia',
        email: 'zofia@people.test',
        firstName: 'Zofia',
        lastName: 'Wójcik',
        groups: ['Everyone'],
        attributes: {},
      },
      { id: 'tp-noor', email: null, firstName: 'Noor', lastName: 'Haddad', groups: [], attributes: {} },
    ]),
    fault: isEmpty ? null : 'wrong_audience',
    rollover: isEmpty ? 'one_key' : 'next_signs',
    faults: [
      { id: 'expired', protocol: 'saml', group: 'time', expected: 'expired' },
      { id: 'clock_ahead', protocol: 'saml', group: 'time', expected: 'not_yet_valid' },
      { id: 'wrong_audience', protocol: 'saml', group: 'identity', expected: 'audience_differs' },
      { id: 'wrong_recipient', protocol: 'saml', group: 'identity', expected: 'recipient_differs' },
      { id: 'wrong_issuer', protocol: 'saml', group: 'identity', expected: 'issuer_differs' },
      { id: 'unsigned', protocol: 'saml', group: 'signature', expected: 'signature_missing' },
      {
        ...{ id: 'signed_response_only', protocol: 'saml', group: 'signature', expected: 'ok' },
        also: { when: 'after_passed_test', expected: 'signed_less' },
      },
      { id: 'other_key', protocol: 'saml', group: 'signature', expected: 'signature_unknown_key' },
      { id: 'missing_email', protocol: 'saml', group: 'attributes', expected: 'email_missing' },
    ],
  };

  const keys: z.infer<typeof apiKeyView>[] = some([
    {
      id: 'key_1',
      name: 'Made at the first start',
      suffix: 'x4Tq',
      scopes: ['full'],
      replacedBy: null,
      createdAt: ago(12 * day),
      lastUsedAt: ago(3 * minute),
      expiresAt: null,
      revokedAt: null,
    },
    {
      id: 'key_2',
      name: 'Staging backend',
      suffix: 'Lm20',
      scopes: ['onboarding', 'connections', 'sign_in'],
      replacedBy: null,
      createdAt: ago(8 * day),
      lastUsedAt: null,
      expiresAt: ahead(80 * day),
      revokedAt: null,
    },
    {
      ...{ id: 'key_4', name: 'Production backend', suffix: 'k3Fd', scopes: ['read'] },
      createdAt: ago(40 * day),
      lastUsedAt: ago(2 * minute),
      expiresAt: ahead(day),
      revokedAt: null,
      replacedBy: 'key_2',
    },
    {
      id: 'key_3',
      name: 'Old laptop',
      suffix: 'aa9c',
      scopes: ['full'],
      replacedBy: null,
      createdAt: ago(90 * day),
      lastUsedAt: ago(70 * day),
      expiresAt: null,
      revokedAt: ago(60 * day),
    },
  ]);

  const firstRun: dashboard.FirstRun = {
    apiKeyShown: 'sk_test_only_for_the_fake_000000000000x4Tq',
    steps: [
      { step: 'key', doneAt: ago(6 * minute) },
      { step: 'onboarding_created', doneAt: null },
      { step: 'link_opened', doneAt: null },
      { step: 'signed_in', doneAt: null },
      { step: 'live', doneAt: null },
    ],
    commands: {
      curl: 'curl http://127.0.0.1:7233/onboardings \\\n  -H "Authorization: Bearer sk_test_only_for_the_fake_000000000000x4Tq" \\\n  -d \'{"organization":{"name":"Acme"}}\'',
      node: "import { WorkOS } from '@workos-inc/node';",
      python: 'import workos',
    },
    link: null,
    events: [],
    skipped: false,
  };

  const invitation = (delivery: 'mail' | 'copy'): dashboard.InvitationResult => ({
    status: temporalAway ? 'queued' : 'applied',
    view,
    onboardingId: 'onb_1',
    link:
      delivery === 'copy'
        ? 'http://127.0.0.1:7233/setup/northwind/lnk_only_for_the_fake_0123456789abcdef'
        : null,
    text:
      delivery === 'copy'
        ? 'Northwind asks you to connect Acme Corporation: single sign-on and your domain. About ten minutes, in any order.\nThis link works until 25 Dec 2026; opening does not spend it.'
        : null,
    replaced: { sentAt: ago(9 * day), to: contact },
  });

  /** Lets the onboarding be worked on in another mode: what staff hold stands open again. */
  function lead(mode: Mode): void {
    const steps = onboarding.view.features.flatMap((feature) => feature.steps);
    for (const step of steps) step.holder = holderIn(mode, step.step);
    const ours = steps.find(({ step, holder }) => step === 'enter_metadata' && holder === 'staff');
    if (ours !== undefined) Object.assign(ours, { state: 'open' });
    Object.assign(onboarding.view, { mode, waitingFor: ours === undefined ? 'customer' : 'staff' });
  }

  return {
    lead,
    session,
    firstRun,
    organizations,
    organization,
    board,
    isInView,
    onboarding,
    cancelledOnboarding,
    workflow,
    connection,
    attempts,
    attemptDetails,
    domains,
    guideReports,
    keys,
    mails,
    records,
    testIdp,
    invitation,
  };
}
