/** The screens of a customer's connection, from its first test to its end, in all their states. */
import { press, row } from '../support/customer-scenes.ts';
import { describeScreens, type Screen } from '../support/screens.ts';
import { aFailedAttempt, aPassedAttempt } from '../support/attempt-builders.ts';
import { aDomainDetail } from '../support/domain-builders.ts';
import {
  aCertificate,
  aCodeAsked,
  aConnection,
  aDeleted,
  aDraft,
  aFormer,
  aGuide,
  anSsoState,
  at,
  aTrouble,
  aView,
  identityProvider,
  openIdProvider,
} from '../support/setup-builders.ts';
import { configured, day, live, minute, running, tested } from '../support/setup-states.ts';

const edited = (draft = {}) =>
  anSsoState({
    connection: aConnection({ chip: 'not_tested', identityProvider: identityProvider() }),
    serving: live(),
    draft: aDraft(draft),
  });

const testedDraft = { testedAt: at(-5 * minute), testedEmail: 'a•••@acme.com' };

const weakerAttempt = () =>
  aFailedAttempt('signed_less', {
    expected: 'both',
    received: 'assertion',
    signed: 'assertion',
    encrypted: false,
  });

const screens: Screen[] = [
  row('draft, changed', '/sso/draft', 'Test the draft first', () => ({ sso: edited() })),
  row('draft, tested', '/sso/draft', 'Switch to draft', () => ({ sso: edited(testedDraft) })),
  row('draft, nothing changed', '/sso/draft', 'Nothing differs', () => ({
    sso: edited({ differences: [] }),
  })),
  row('draft, of somebody else', '/sso/draft', 'Take over draft', () => ({
    sso: anSsoState({ connection: live(), draft: aDraft({ isMine: false, heldBy: 'b•••@acme.com' }) }),
  })),
  row('draft, none', '/sso/draft', 'There is no draft', () => ({ sso: anSsoState({ connection: live() }) })),
  row('draft, to be discarded', '/sso/draft', 'Discard this draft?', () => ({ sso: edited() }), press(0)),
  row('draft, its metadata', '/sso/metadata', 'You are editing a draft.', () => ({ sso: edited() })),
  row('code, mailed', '/sso/draft', 'we just mailed to', () => ({ sso: edited(testedDraft) }), press(0)),
  row(
    'code, recipient to be picked',
    '/sso/draft',
    'Send the code',
    () => ({
      sso: edited(testedDraft),
      code: aCodeAsked({
        state: 'choice',
        to: null,
        recipients: [
          { id: 'con_1', address: 'a•••@acme.com' },
          { id: 'con_2', address: 'b•••@acme.com' },
        ],
      }),
    }),
    press(0),
  ),
  row(
    'code, vouched too long ago',
    '/sso/draft',
    'press the button again',
    () => ({ sso: edited(testedDraft), code: aCodeAsked({ state: 'open_again', to: null }) }),
    press(0),
  ),
  row('connection, switched', '/sso/connection', 'Switch back', () => ({
    sso: anSsoState({ connection: live(), formers: [aFormer()] }),
  })),
  row(
    'connection, to be replaced',
    '/sso/connection',
    'Replace this connection?',
    () => ({ sso: anSsoState({ connection: live() }) }),
    press(1),
  ),
  row(
    'connection, to be reset',
    '/sso/connection',
    '412 people',
    () => ({ sso: anSsoState({ connection: live() }) }),
    press(2),
  ),
  row(
    'connection, to be deleted',
    '/sso/connection',
    'For 30 days it can be brought back',
    () => ({ sso: anSsoState({ connection: live() }) }),
    press(4),
  ),
  row('connection, was deleted', '/sso/provider', 'was deleted', () => ({
    sso: anSsoState({ connection: null, guide: null, view: aView(), deleted: [aDeleted()] }),
  })),
  row('connection, another was deleted', '/sso/connection', 'was deleted', () => ({
    sso: anSsoState({ connection: live(), deleted: [aDeleted({ wasLive: false })] }),
  })),
  row('connection, beside another', '/sso/connection', 'Single sign-on is not live yet', () => ({
    sso: anSsoState({
      connection: aConnection({ isAdditional: true, name: 'Okta', providerId: 'okta' }),
      guide: aGuide('okta'),
    }),
  })),
  row('connection by OpenID Connect', '/sso/connection', 'Ask people to sign in afresh', () => ({
    sso: anSsoState({
      connection: live({
        protocol: 'oidc',
        identityProvider: null,
        openIdProvider: openIdProvider(),
        options: { ...aConnection().options, offered: ['forceAuthn'] },
      }),
    }),
  })),
  row('draft, of another protocol', '/sso/draft', 'OpenID Connect', () => ({
    sso: edited({
      differences: [
        { field: 'provider', before: ['Okta'], after: ['Microsoft Entra ID'] },
        { field: 'protocol', before: ['saml'], after: ['oidc'] },
        { field: 'issuer', before: [], after: ['https://login.microsoftonline.com/4f1c/v2.0'] },
        { field: 'clientSecret', before: [], after: ['another_secret'] },
        { field: 'forceAuthn', before: [], after: ['on'] },
      ],
    }),
  })),
  row('weaker answers, side by side', '/sso/attempts/att_2/form', 'Only if somebody changed this', () => ({
    sso: anSsoState({ connection: live({ accepted: { signed: 'both', encrypted: true } }) }),
    attempts: [weakerAttempt()],
  })),
  row(
    'weaker answers, nothing to accept',
    '/sso/attempts/att_2/form',
    'There is nothing to accept here',
    () => ({
      sso: anSsoState({ connection: live({ accepted: { signed: 'assertion', encrypted: false } }) }),
      attempts: [weakerAttempt()],
    }),
  ),
  row(
    'weaker answers, the code',
    '/sso/attempts/att_2/form',
    'we just mailed to',
    () => ({
      sso: anSsoState({ connection: live({ accepted: { signed: 'both', encrypted: false } }) }),
      attempts: [weakerAttempt()],
    }),
    press(0),
  ),
  row('attempt, weaker than before', '/sso/attempts/att_2', 'Compare both forms', () => ({
    sso: anSsoState({ connection: live() }),
    attempts: [weakerAttempt()],
  })),
  row('connection, was reset', '/sso/provider', 'Bring it back', () => ({
    sso: anSsoState({ connection: aConnection(), formers: [aFormer({ reason: 'reset' })] }),
  })),
  row('test, too early', '/sso/test', 'We need your provider’s side first'),
  row('test, ready', '/sso/test', 'Start test', () => ({ sso: configured() })),
  row('test, passed before', '/sso/test', 'The last test worked', () => ({
    sso: anSsoState({ connection: tested() }),
    attempts: [aPassedAttempt(), aFailedAttempt()],
  })),
  row('test, waiting', '/sso/test?attempt=att_9', 'This page updates itself', () => ({
    sso: configured(),
    attempts: [running(1000)],
  })),
  row('test, waiting long', '/sso/test?attempt=att_9', 'No answer yet.', () => ({
    sso: configured(),
    attempts: [running(95_000)],
  })),
  row('test, passed', '/sso/test?attempt=att_1', 'Your signing certificate ends on', () => ({
    sso: anSsoState({
      connection: tested({
        identityProvider: { ...identityProvider(), certificates: [aCertificate({ notAfter: at(40 * day) })] },
      }),
    }),
    attempts: [aPassedAttempt()],
  })),
  row('test, failed', '/sso/test?attempt=att_2', 'Nothing is live and nobody is affected.', () => ({
    sso: configured(),
    attempts: [aFailedAttempt()],
  })),
  row('test, timed out', '/sso/test?attempt=att_2', 'No answer came within 5 minutes', () => ({
    sso: configured(),
    attempts: [
      aFailedAttempt('timed_out', {}, { chip: 'timed_out', checks: [], responseXml: null, endedAt: null }),
    ],
  })),
  row(
    'test, a repair to confirm',
    '/sso/test?attempt=att_2',
    '…77BE',
    () => ({
      sso: configured(),
      attempts: [aFailedAttempt('signature_unknown_key', { received: aCertificate().fingerprint })],
      repair: { repair: 'trust_new_certificate', before: ['…77BE'], after: ['…A41C'], result: null },
    }),
    async (page, say) => await page.getByRole('button', { name: say('Trust the new certificate') }).click(),
  ),
  row('attempt', '/sso/attempts/att_2', 'another', () => ({
    sso: anSsoState({ connection: live() }),
    attempts: [aFailedAttempt()],
  })),
  row('go live, ready', '/sso/go-live', 'Test passed', () => ({
    sso: anSsoState({ connection: tested() }),
    domains: [aDomainDetail({ chip: 'verified', state: 'verified', verifiedAt: at(-day) })],
  })),
  row('go live, beside another', '/sso/go-live', 'Live beside it: Okta', () => ({
    sso: anSsoState({
      connection: tested({ id: 'conn_2', isAdditional: true }),
      beside: { own: null, others: [{ name: 'Okta', domains: null }] },
    }),
  })),
  row('go live, untested', '/sso/go-live', 'Not ready to go live yet', () => ({ sso: configured() })),
  row('go live, changed since the test', '/sso/go-live', 'Test the new settings first', () => ({
    sso: anSsoState({ connection: tested({ changedSinceTest: true }) }),
  })),
  row('go live, domain missing', '/sso/go-live', 'One verified domain is needed first', () => ({
    sso: anSsoState({ connection: tested() }),
    domains: [aDomainDetail()],
    policy: 'required',
  })),
  row('go live, switching on', '/sso/go-live', 'Switching on', () => ({
    sso: anSsoState({ connection: tested(), view: aView({ go_live: 'waiting' }) }),
  })),
  row('connection, live', '/sso/connection', 'Single sign-on is live', () => ({
    sso: anSsoState({ connection: live() }),
    attempts: [aPassedAttempt(), aFailedAttempt()],
    perDay: [
      { day: '2026-11-23', worked: 12, failed: 1 },
      { day: '2026-11-24', worked: 9, failed: 4 },
    ],
  })),
  row('connection, without sign-ins', '/sso/connection', 'No sign-ins yet.', () => ({
    sso: anSsoState({ connection: live() }),
  })),
  row('connection, failing', '/sso/connection', '14 sign-ins failed lately.', () => ({
    sso: anSsoState({
      connection: live({
        chip: 'failing',
        recentFailures: 14,
        topCause: 'signature_unknown_key',
        troubles: [
          aTrouble(),
          aTrouble({ id: 'trouble_2', kind: 'metadata_failing', step: 'repair_metadata', cause: 'gone' }),
        ],
      }),
    }),
  })),
  row('connection, off', '/sso/connection', 'Single sign-on is switched off', () => ({
    sso: anSsoState({ connection: live({ chip: 'off' }) }),
  })),
  row('connection, not live', '/sso/connection', 'Single sign-on is not live yet'),
];

await describeScreens('the screens of a connection', screens);
