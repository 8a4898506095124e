import type { Activities } from '../../activities/index.ts';
import type { EffectOutcome } from '../../onboarding/state.ts';

/** Activities that do nothing but answer and remember: the workflow's outside world in workflow tests. */
export type FakeActivities = Activities & {
  /** Names of the activities performed, in order, each with its input. */
  calls: { name: keyof Activities; input: unknown }[];
  named(name: keyof Activities): unknown[];
};

/** Every activity succeeds unless `answers` says otherwise. */
export function fakeActivities(answers: Partial<Activities> = {}): FakeActivities {
  const calls: FakeActivities['calls'] = [];
  const done = (): Promise<EffectOutcome> =>
    Promise.resolve({ status: 'done', at: new Date().toISOString() });
  const usual: Activities = {
    sendInvitation: done,
    sendReminder: done,
    sendNotice: done,
    openPortalStep: done,
    closePortalStep: done,
    recordProgress: done,
    validateConnection: done,
    activateConnection: done,
    moveCertificateWatch: done,
    closeLinks: done,
    lookForRecord: () => Promise.resolve({ state: 'verified' }),
    expireDomain: () => Promise.resolve(),
    lookAgain: () => Promise.resolve({ state: 'present' }),
    lookAtCertificates: () =>
      Promise.resolve({ state: 'gone', fingerprint: null, endsAt: null, refreshAt: null }),
    refreshMetadata: () => Promise.resolve(),
    retireUnusedCertificates: () => Promise.resolve(),
    announceCertificate: () => Promise.resolve(),
    lookAtAgeing: () => Promise.resolve({ state: 'gone' }),
    announceAgeing: () => Promise.resolve(),
    announceSignedLess: () => Promise.resolve(),
    pumpLogStream: () => Promise.resolve({ state: 'gone' }),
    pumpWebhooks: () => Promise.resolve({ state: 'gone' }),
    lookAtDirectory: () => Promise.resolve({ state: 'gone' }),
    runDirectory: () => Promise.resolve({ state: 'done' }),
    readDirectoryFiles: () => Promise.resolve({ state: 'done' }),
    writeAuditExport: () => Promise.resolve(),
    failAuditExport: () => Promise.resolve(),
    sweep: () => Promise.resolve({}),
  };
  const given = { ...usual, ...answers };
  const remembered = Object.fromEntries(
    Object.entries(given).map(([name, activity]) => [
      name,
      (input: never) => {
        calls.push({ name: name as keyof Activities, input });
        return (activity as (input: never) => Promise<unknown>)(input);
      },
    ]),
  ) as Activities;
  return { ...remembered, calls, named: (name) => calls.filter((c) => c.name === name).map((c) => c.input) };
}
