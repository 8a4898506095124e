/** One vendor's world as the dashboard shows it: customers in every state, told in the contract's shapes. */
import type * as dashboard from '../../api/contract/dashboard.ts';
import { holderIn, type Mode, type StepHolder } from '../../onboarding/modes.ts';
import { stepRules, tailoredFeatures, type StepName } from '../../onboarding/steps.ts';
import type { StepView } from '../../onboarding/view.ts';
import { fakeAttempts } from './fake-attempts.ts';
import { fakeConnection } from './fake-connection.ts';
import { fakeDirectories } from './fake-directories.ts';
import { fakeDomains } from './fake-domains.ts';
import { fakeGuideReports } from './fake-guide-reports.ts';
import { fakeKeys } from './fake-keys.ts';
import { fakeOnboardings } from './fake-onboardings.ts';
import { fakeSandbox } from './fake-sandbox.ts';
import { fakeStaffStreams, staffStreamsOf } from './fake-staff-streams.ts';
import { fakeWorkflow } from './fake-workflow.ts';
import { day, hour, minute, timesAround, type World } from './fake-world.ts';

type Options = Omit<World, 'now'> & { role: 'admin' | 'developer' | 'support' | 'viewer' };

export type DashboardData = ReturnType<typeof createDashboardData>;

export function createDashboardData(now: Date, { role, isEmpty, temporalAway }: Options) {
  const world = { now, isEmpty, temporalAway };
  const { ago, ahead, some } = timesAround(world);
  const domains = fakeDomains(world);
  const { attempts, attemptDetails } = fakeAttempts(world);
  const { connectionView, connection } = fakeConnection(world, attempts, domains);
  const onboardings = fakeOnboardings(world);
  const { view, contact, links, onboarding } = onboardings;

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
    logStreams: staffStreamsOf(fakeStaffStreams(now, isEmpty), 'org_1'),
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

  /** Puts one step into other hands. */
  function hold(step: string, holder: StepHolder): void {
    const steps = onboarding.view.features.flatMap((feature) => feature.steps);
    for (const one of steps) if (one.step === step) one.holder = holder;
  }

  /** Opens one step again. */
  function resetStep(step: string): void {
    const steps = onboarding.view.features.flatMap((feature) => feature.steps);
    for (const one of steps) if (one.step === step) one.state = 'open';
  }

  /** Lets the onboarding cover a directory, from which people come or not, domains and a log stream, all begun. */
  function beginAll({ havePeopleCome }: { havePeopleCome: boolean }): void {
    const begun: [StepName, StepView['state']][] = [
      ['choose_directory', 'done'],
      ['connect_directory', 'done'],
      ['receive_people', havePeopleCome ? 'done' : 'waiting'],
      ['add_domain', 'done'],
      ['choose_destination', 'done'],
    ];
    onboarding.view.features = tailoredFeatures.slice(1).map((feature) => ({
      feature,
      requirement: 'required',
      state: 'in_progress',
      steps: begun
        .filter(([step]) => stepRules[step].feature === feature)
        .map(([step, state]) => ({ step, state, holder: 'customer', since: ago(day) })),
    }));
  }

  return {
    lead,
    hold,
    resetStep,
    beginAll,
    session,
    firstRun,
    organizations,
    organization,
    board: onboardings.board,
    isInView: onboardings.isInView,
    onboarding,
    cancelledOnboarding: onboardings.cancelledOnboarding,
    workflow: fakeWorkflow(world),
    connection,
    attempts,
    attemptDetails,
    domains,
    guideReports: fakeGuideReports(world),
    keys: fakeKeys(world),
    ...fakeSandbox(world, contact),
    invitation,
  };
}
