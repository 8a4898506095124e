/** The history behind an onboarding, as staff read it. */
import type * as dashboard from '../../api/contract/dashboard.ts';
import { day, minute, timesAround, type World } from './fake-world.ts';

export function fakeWorkflow(world: World): dashboard.WorkflowView {
  const { ago, ahead } = timesAround(world);

  return {
    available: !world.temporalAway,
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
}
