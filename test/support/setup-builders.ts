import { fillGuide, findGuide } from '../../onboarding/providers/sign-in/index.ts';
import type { GuideValues } from '../../onboarding/providers/sign-in/provider.ts';
import { holderIn, type Mode } from '../../onboarding/modes.ts';
import type { FeatureView, OnboardingView, StepView } from '../../onboarding/view.ts';
import {
  isRepairStep,
  offeredFeatures,
  stepNames,
  stepRules,
  stepsOf,
  type StepName,
} from '../../onboarding/steps.ts';
import type { z } from 'zod';
import type { CodeAsked, DraftView, Home, SetupSession } from '../../api/contract/setup.ts';
import type {
  attributesState,
  FormerView,
  ProviderList,
  SsoState,
} from '../../api/contract/setup-connections.ts';
import type { MetadataCheck, OidcCheck, RenewalState } from '../../api/contract/setup-provider-settings.ts';
import type { TimelineItem } from '../../api/contract/shared.ts';

/**
 * What the portal's JSON endpoints answer, built for tests of the customer app: sensible by default, changed where a
 * test cares. Times lie relative to the moment of building.
 */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** ISO instant, `ms` from now; negative lies behind. */
export function at(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

export const connectionId = 'conn_01KB00000000000000000000CN';
export const ourValues: Required<GuideValues> = {
  SP_ENTITY_ID: `https://auth.ledgerly.example/sso/saml/${connectionId}`,
  ACS_URL: `https://auth.ledgerly.example/sso/saml/${connectionId}/acs`,
  SP_METADATA_URL: `https://auth.ledgerly.example/sso/saml/${connectionId}/metadata`,
  LOGIN_URL: `https://auth.ledgerly.example/sso/saml/${connectionId}/login`,
  REDIRECT_URI: `https://auth.ledgerly.example/sso/oidc/${connectionId}/callback`,
  PRODUCT: 'Ledgerly',
  TEST_IDP_METADATA_URL: 'https://auth.ledgerly.example/test-idp/saml/metadata',
  TEST_IDP_DISCOVERY_URL: 'https://auth.ledgerly.example/test-idp/oidc/.well-known/openid-configuration',
  CLIENT_CERTIFICATE: '-----BEGIN CERTIFICATE-----\nMIIEBTCCAm2gAwIBAgIUPg\n-----END CERTIFICATE-----\n',
  TEST_IDP_CLIENTS_URL: 'https://auth.ledgerly.example/test-idp/oidc/clients',
};

export function aSession(change: Partial<SetupSession> = {}): SetupSession {
  return {
    handle: 'ses_1',
    organization: { id: 'org_01KB0000000000000000000RG1', name: 'Acme Industries' },
    brand: {
      handle: 'acme',
      vendorName: 'Ledgerly Inc.',
      productName: 'Ledgerly',
      supportEmail: 'help@ledgerly.example',
      supportHours: 'weekdays 9–18 CET',
      intro: null,
      kind: 'production',
    },
    contact: 'a•••@acme.com',
    features: ['sso', 'domain_verification'],
    intent: null,
    isStaff: false,
    linkEndsAt: at(29 * day),
    opensOnce: false,
    idleEndsAt: at(hour),
    endsAt: at(11 * hour),
    readOnly: false,
    returnUrl: 'https://app.ledgerly.example/settings',
    successUrl: 'https://app.ledgerly.example/done',
    ...change,
  };
}

type Progress = Partial<Record<StepName, StepView['state'] | { state: StepView['state']; cause: string }>>;

/** The same as another mode has it: what staff hold is theirs. */
export function ledBy(mode: Mode, view: OnboardingView): OnboardingView {
  const held = ({ steps, ...feature }: FeatureView): FeatureView => ({
    ...feature,
    steps: steps.map((step) => ({ ...step, holder: holderIn(mode, step.step) })),
  });
  return { ...view, mode, features: view.features.map(held) };
}

/** A journey with these steps in these states; what follows an open step is blocked by it. */
export function aView(steps: Progress = {}, change: Partial<OnboardingView> = {}): OnboardingView {
  const stateOf = (step: StepName): { state: StepView['state']; cause?: string } => {
    const given = steps[step];
    if (typeof given === 'object') return given;
    if (given !== undefined) return { state: given };
    const missing = stepRules[step].needs.find((need) => stateOf(need).state !== 'done');
    return missing === undefined ? { state: 'open' } : { state: 'blocked', cause: missing };
  };
  const hasDirectory = stepsOf('directory_sync').some((step) => steps[step] !== undefined);
  const covered = offeredFeatures.filter((feature) => feature !== 'directory_sync' || hasDirectory);
  const shown = stepNames.filter(
    (step) => covered.includes(stepRules[step].feature) && (!isRepairStep(step) || steps[step] !== undefined),
  );
  const views = shown.map((step): StepView & { of: string } => ({
    of: stepRules[step].feature,
    step,
    holder: 'customer',
    since: at(-2 * hour),
    ...stateOf(step),
  }));
  const features = covered.map((feature) => {
    const mine = views.filter(({ of }) => of === feature).map(({ of: _of, ...view }) => view);
    const states = mine.map(({ state }) => state);
    const isAiling = mine.some(({ step, state: one }) => isRepairStep(step) && one !== 'done');
    const state = isAiling
      ? ('repair' as const)
      : states.every((one) => one === 'done')
        ? ('done' as const)
        : states.every((one) => one === 'skipped')
          ? ('skipped' as const)
          : states.some((one) => one === 'done' || one === 'waiting' || one === 'failed')
            ? states.some((one) => one === 'open' || one === 'failed')
              ? ('in_progress' as const)
              : ('waiting' as const)
            : ('not_started' as const);
    return {
      feature,
      requirement: feature === 'sso' ? ('required' as const) : ('optional' as const),
      state,
      steps: mine,
    };
  });
  return {
    revision: 12,
    state: 'in_progress',
    paused: false,
    stalledSince: null,
    waitingFor: 'customer',
    waitingSince: at(-2 * hour),
    next: null,
    features,
    stepsDone: views.filter(({ state }) => state === 'done').length,
    stepsTotal: views.length,
    liveAt: null,
    ...change,
  };
}

function aTimelineItem(change: Partial<TimelineItem> = {}): TimelineItem {
  return {
    number: 1,
    at: at(-3 * day),
    kind: 'opened',
    actor: { type: 'customer', id: 'con_1', name: 'a•••@acme.com' },
    step: null,
    facts: {},
    ...change,
  };
}

export function aTimeline(): TimelineItem[] {
  const system = { type: 'system', id: 'system', name: null };
  return [
    aTimelineItem({
      number: 1,
      at: at(-4 * day),
      kind: 'invited',
      actor: { type: 'staff', id: 'mem_1', name: 'Ledgerly Inc.' },
    }),
    aTimelineItem({ number: 2, at: at(-3 * day), kind: 'opened' }),
    aTimelineItem({
      number: 3,
      at: at(-3 * day + 5 * minute),
      kind: 'provider_chosen',
      step: 'choose_provider',
      facts: { provider: 'microsoft-entra-id', provider_name: 'Microsoft Entra ID' },
    }),
    aTimelineItem({
      number: 4,
      at: at(-3 * day + 9 * minute),
      kind: 'step_completed',
      step: 'enter_metadata',
    }),
    aTimelineItem({
      number: 5,
      at: at(-3 * day + 12 * minute),
      kind: 'test_failed',
      actor: { type: 'provider', id: 'x', name: null },
      step: 'test_sign_in',
      facts: { cause: 'audience_differs' },
    }),
    aTimelineItem({
      number: 6,
      at: at(-20 * hour),
      kind: 'domain_verified',
      actor: system,
      step: 'verify_domain',
      facts: { domain_id: 'dom_1', domain: 'acme.com' },
    }),
  ];
}

export function aHome(change: Partial<Home> = {}): Home {
  return {
    view: aView(),
    allDone: false,
    staffBesideSince: null,
    nextStep: { feature: 'sso', step: 'choose_provider' },
    stepNotes: [],
    sinceYouWereHere: [],
    timeline: [],
    connection: null,
    directory: null,
    logStreams: [],
    connections: [],
    signInStopped: null,
    mayAddConnection: false,
    draft: null,
    domains: [],
    troubles: [],
    people: [{ name: 'a•••@acme.com', role: 'it_contact', since: at(-3 * day) }],
    temporalAway: false,
    ...change,
  };
}

export function providersOffered(): ProviderList {
  const ways = (id: string) => [
    { id, label: 'SAML', gain: 'Recommended: new certificates are noticed, and there is no secret to keep.' },
    { id: `${id}-oidc`, label: 'OpenID Connect', gain: 'A secret has to be kept and replaced.' },
  ];
  const named = (id: string, name: string, mark: string) => ({
    id,
    name,
    mark,
    matchedName: null,
    ways: id.startsWith('custom') ? [] : ways(id),
  });
  return {
    suggestion: {
      providerId: 'microsoft-entra-id',
      name: 'Microsoft Entra ID',
      reason: 'mail_host',
      evidence: { seen: 'acme-com.mail.protection.outlook.com', mailHost: 'Microsoft', domain: 'acme.com' },
    },
    providers: [
      named('microsoft-entra-id', 'Microsoft Entra ID', 'En'),
      named('okta', 'Okta', 'Ok'),
      named('google-workspace', 'Google Workspace', 'Go'),
      named('custom-saml', 'Custom SAML', 'SA'),
      named('custom-oidc', 'Custom OIDC', 'OI'),
    ],
  };
}

type Certificate = NonNullable<
  NonNullable<SsoState['connection']>['identityProvider']
>['certificates'][number];

export function aCertificate(change: Partial<Certificate> = {}): Certificate {
  return {
    id: 'cert_1',
    subject: 'CN=Microsoft Azure Federated SSO Certificate',
    fingerprint:
      '3F:9A:11:C0:72:5D:E8:04:BB:61:2F:93:A7:0C:D4:5E:88:19:6B:F2:0D:37:C1:4A:90:E5:7E:2B:66:D8:A4:1C',
    keyBits: 2048,
    notBefore: at(-30 * day),
    notAfter: at(465 * day),
    source: 'metadata',
    retiredAt: null,
    ...change,
  };
}

export const metadataUrl =
  'https://login.microsoftonline.com/4f1c7a10-0000-4000-8000-000000000000/federationmetadata/2007-06/federationmetadata.xml?appid=9d2e5b30-0000-4000-8000-000000000000';

export function identityProvider(): NonNullable<NonNullable<SsoState['connection']>['identityProvider']> {
  return {
    entityId: 'https://sts.windows.net/4f1c7a10-0000-4000-8000-000000000000/',
    ssoUrl: 'https://login.microsoftonline.com/4f1c7a10-0000-4000-8000-000000000000/saml2',
    metadataUrl,
    metadataKey: null,
    certificates: [aCertificate()],
  };
}

export function aConnection(
  change: Partial<NonNullable<SsoState['connection']>> = {},
): NonNullable<SsoState['connection']> {
  return {
    id: connectionId,
    name: 'Microsoft Entra ID',
    chip: 'draft',
    state: 'draft',
    providerId: 'microsoft-entra-id',
    protocol: 'saml',
    serviceProvider: {
      entityId: ourValues.SP_ENTITY_ID,
      acsUrl: ourValues.ACS_URL,
      metadataUrl: ourValues.SP_METADATA_URL,
      loginUrl: ourValues.LOGIN_URL,
      redirectUri: ourValues.REDIRECT_URI,
      jwksUrl: ourValues.REDIRECT_URI.replace(/callback$/, 'jwks'),
    },
    identityProvider: null,
    openIdProvider: null,
    attributeMapping: {},
    options: {
      offered: ['signRequests', 'encryptAssertions', 'forceAuthn', 'allowIdpInitiated'],
      signRequests: false,
      encryptAssertions: false,
      forceAuthn: false,
      allowIdpInitiated: false,
      singleLogout: false,
      idpSloUrl: null,
      signingCertificate: null,
      encryptionCertificates: [],
    },
    testedAt: null,
    testedEmail: null,
    changedSinceTest: false,
    activatedAt: null,
    isAdditional: false,
    accepted: null,
    recentFailures: 0,
    topCause: null,
    troubles: [],
    ...change,
  };
}

export function aDraft(change: Partial<DraftView> = {}): DraftView {
  return {
    id: 'rev_1',
    isMine: true,
    heldBy: 'a•••@acme.com',
    startedAt: at(-3 * day),
    changedAt: at(-2 * hour),
    testedAt: null,
    testedEmail: null,
    differences: [
      { field: 'certificates', before: [`${'0'.repeat(60)}a41c`], after: [`${'0'.repeat(60)}77be`] },
    ],
    ...change,
  };
}

/** A connection that was deleted and can be brought back. */
export function aDeleted(change: Partial<SsoState['deleted'][number]> = {}): SsoState['deleted'][number] {
  return {
    id: 'conn_9',
    providerName: 'Okta',
    wasLive: true,
    deletedAt: at(-5 * minute),
    keptUntil: at(30 * day),
    ...change,
  };
}

export function aFormer(change: Partial<FormerView> = {}): FormerView {
  return {
    id: 'former_1',
    reason: 'switched',
    wasLive: true,
    providerName: 'Okta',
    endedAt: at(-5 * minute),
    keptUntil: at(30 * day),
    ...change,
  };
}

export function aCodeAsked(change: Partial<CodeAsked> = {}): CodeAsked {
  return {
    state: 'mailed',
    to: 'a•••@acme.com',
    recipients: [],
    expiresAt: at(10 * minute),
    againAt: at(48_000),
    ...change,
  };
}

/** The guide as the api sends it: every value filled in. */
export function aGuide(id = 'microsoft-entra-id'): NonNullable<SsoState['guide']> {
  const guide = findGuide(id);
  if (guide === undefined) throw new Error(`no guide ${id}`);
  return JSON.parse(JSON.stringify(fillGuide(guide, ourValues)));
}

export function anSsoState(change: Partial<SsoState> = {}): SsoState {
  return {
    view: aView({ choose_provider: 'done' }),
    connection: aConnection(),
    serving: null,
    draft: null,
    beside: { own: null, others: [] },
    formers: [],
    deleted: [],
    hasRoles: true,
    guide: aGuide(),
    mark: `${connectionId}:1`,
    changed: null,
    typing: null,
    progress: { copied: {}, doneSteps: [], currentStep: null },
    drafts: {
      way: null,
      metadataUrl: '',
      metadataText: '',
      entityId: '',
      ssoUrl: '',
      certificate: '',
      signingCertificate: '',
      discoveryUrl: '',
      clientId: '',
      secretEndsOn: '',
    },
    ...change,
  };
}

/** What the renewal page says of a certificate that ends in two weeks, without a metadata address. */
export function aRenewalState(change: Partial<RenewalState> = {}): RenewalState {
  return {
    certificates: [aTrustedCertificate()],
    graceEndsAt: at(44 * day),
    metadata: null,
    lastTest: null,
    ...change,
  };
}

export function aTrustedCertificate(
  change: Partial<RenewalState['certificates'][number]> = {},
): RenewalState['certificates'][number] {
  const { retiredAt: _retired, ...certificate } = aCertificate();
  return {
    ...certificate,
    notAfter: at(14 * day),
    trustedAt: at(-300 * day),
    firstUsedAt: at(-300 * day),
    lastUsedAt: at(-5 * minute),
    retiresAt: null,
    ...change,
  };
}

export function anOidcCheck(change: Partial<OidcCheck> = {}): OidcCheck {
  return {
    canSave: true,
    needsAccepting: false,
    findings: [],
    summary: {
      issuer: 'https://idp.acme.example',
      tokenAlg: 'RS256',
      clientAuth: 'client_secret_basic',
    },
    elapsedMs: 400,
    ...change,
  };
}

/** A provider of OpenID Connect as it was saved. */
export function openIdProvider(): NonNullable<NonNullable<SsoState['connection']>['openIdProvider']> {
  return {
    issuer: 'https://idp.acme.example',
    discoveryUrl: 'https://idp.acme.example/.well-known/openid-configuration',
    clientId: 'the client',
    clientAuth: 'client_secret_basic',
    tokenAlg: 'RS256',
    hasSecret: true,
    secretSetAt: '2026-10-03T09:00:00.000Z',
    secretEndsOn: '2027-05-31',
  };
}

export function aMetadataCheck(change: Partial<MetadataCheck> = {}): MetadataCheck {
  const { id: _id, source: _source, retiredAt: _retired, ...certificate } = aCertificate();
  return {
    canSave: true,
    needsAccepting: false,
    findings: [{ severity: 'ok', code: 'shape_right', field: 'url', facts: {}, repair: null }],
    entities: [],
    summary: {
      entityId: identityProvider().entityId,
      ssoUrl: identityProvider().ssoUrl,
      certificates: [certificate],
      providerId: 'microsoft-entra-id',
      providerName: 'Microsoft Entra ID',
    },
    elapsedMs: 412,
    ...change,
  };
}

type AttributeField = z.infer<typeof attributesState>['fields'][number];

export function anAttributeField(change: Partial<AttributeField> = {}): AttributeField {
  return {
    field: 'id',
    label: null,
    attribute: 'id',
    isDefault: true,
    required: true,
    lastValue: null,
    ...change,
  };
}

/** What is wrong with the live connection: its sign-ins fail. */
export function aTrouble(change: Partial<Home['troubles'][number]> = {}): Home['troubles'][number] {
  return {
    id: 'trouble_1',
    kind: 'sign_ins_failing',
    feature: 'sso',
    step: 'repair_sign_in',
    subjectId: connectionId,
    subject: 'Microsoft Entra ID',
    since: at(-2 * hour),
    cause: 'signature_unknown_key',
    endedAt: null,
    ...change,
  };
}

/** Everything that leads to live is done. */
export const everyStepDone = {
  choose_provider: 'done',
  configure_provider: 'done',
  enter_metadata: 'done',
  test_sign_in: 'done',
  go_live: 'done',
  add_domain: 'done',
  verify_domain: 'done',
} as const;
