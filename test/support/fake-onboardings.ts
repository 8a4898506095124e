/** Onboardings as the board and their own page show them, and the workflow behind one. */
import type { z } from 'zod';
import type * as dashboard from '../../api/contract/dashboard.ts';
import type { onboardingView } from '../../api/contract/shared.ts';
import { isRepairStep, stepNames, stepRules } from '../../onboarding/steps.ts';
import { day, hour, minute, timesAround, type World } from './fake-world.ts';

type View = z.infer<typeof onboardingView>;
type OnboardingRow = dashboard.OnboardingList['onboardings'][number];

export function fakeOnboardings(world: World) {
  const { ago, ahead, some } = timesAround(world);

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
    counts: world.isEmpty
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
    stepNotes: [],
    undoCancelUntil: null,
    temporalAway: world.temporalAway,
    queuedCommands: world.temporalAway ? 2 : 0,
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

  return { view, contact, links, board, isInView, onboarding, cancelledOnboarding };
}
