import * as wf from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { refuse } from '../onboarding/refusals.ts';
import { fresh, type Effect, type EffectOutcome, type State } from '../onboarding/state.ts';
import { apply, report, settle, tick } from '../onboarding/transitions.ts';
import { isBegunOnly, isOver, shownDeadline } from '../onboarding/transitions/deadlines.ts';
import { customersNextStep, isFinished, view, waitingOn, type OnboardingView } from '../onboarding/view.ts';
import { applyCommand, nudge, progress, reportFact, type OnboardingInput } from './messages.ts';

/**
 * The journey of one organization: a shell around `onboarding/transitions.ts`. Handlers are synchronous and only
 * change the state; the loop performs the effects the state asks for, sleeps until its next deadline, and starts a
 * new run early. Nothing is decided here.
 */

/** A mail waits for its turn and for the mail server as long as its link may live. */
const mails = wf.proxyActivities<Pick<Activities, 'sendInvitation' | 'sendReminder' | 'sendNotice'>>({
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '30 days',
  retry: { initialInterval: '2s', maximumInterval: '15m', nonRetryableErrorTypes: ['Permanent'] },
});
const checks = wf.proxyActivities<Pick<Activities, 'validateConnection' | 'activateConnection'>>({
  startToCloseTimeout: '60s',
  scheduleToCloseTimeout: '10m',
  retry: { initialInterval: '1s', maximumInterval: '1m', nonRetryableErrorTypes: ['Permanent'] },
});
/** Our own database and engine: these must win, however long it takes. */
const records = wf.proxyActivities<
  Pick<
    Activities,
    'openPortalStep' | 'closePortalStep' | 'recordProgress' | 'moveCertificateWatch' | 'closeLinks'
  >
>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

const maxRunning = 50;
const newRunAtEvents = 1_500;
const newRunDespiteEffectsAtEvents = 4_000;

export async function onboardCustomer(input: OnboardingInput): Promise<OnboardingView> {
  let s: State = input.resume ?? fresh({ ...input, at: new Date(Date.now()).toISOString() });
  let poked = false;
  const running = new Set<string>();
  let alarm: { due: string; scope: wf.CancellationScope } | undefined;

  const shown = () => view(s, nextOf(s));
  const perform = async (effect: Effect) => {
    running.add(effect.id);
    const outcome = await outcomeOf(effect, s);
    running.delete(effect.id);
    s = settle(s, effect.id, outcome);
    poked = true;
  };
  const arm = (due: string | undefined) => {
    if (alarm?.due === due) return;
    alarm?.scope.cancel();
    alarm = undefined;
    if (due === undefined) return;
    const scope = new wf.CancellationScope();
    const mine = (alarm = { due, scope });
    void scope
      .run(() => wf.sleep(Math.max(1, Date.parse(due) - Date.now()), { summary: 'next deadline' }))
      .then(
        () => {
          if (alarm === mine) alarm = undefined;
          poked = true;
        },
        () => undefined,
      );
  };

  wf.setHandler(
    applyCommand,
    (command) => {
      s = apply(s, command, Date.now());
      poked = true;
      return shown();
    },
    {
      validator: (command) => {
        const why = s.seen.some(([key]) => key === command.key)
          ? undefined
          : refuse(s, command, command.actor);
        if (why !== undefined) throw wf.ApplicationFailure.nonRetryable(why, 'Refused');
      },
    },
  );
  wf.setHandler(reportFact, (fact) => {
    s = report(s, fact, Date.now());
    poked = true;
  });
  wf.setHandler(nudge, () => {
    poked = true;
  });
  wf.setHandler(progress, shown);

  for (;;) {
    poked = false;
    s = tick(s, Date.now());
    for (const effect of s.effects) {
      if (!running.has(effect.id) && running.size < maxRunning) void perform(effect);
    }
    wf.setCurrentDetails(details(s));
    const isWaitedFor = isOver(s, Date.now()) && isBegunOnly(s) && wf.patched('waits-for-its-act');
    if (isOver(s, Date.now()) && !isWaitedFor && running.size === 0) return shown();
    if (wantsNewRun(running.size) && wf.allHandlersFinished()) {
      await wf.continueAsNew<typeof onboardCustomer>({ ...input, resume: s });
    }
    arm(s.nextDueAt);
    // Both halves: a condition is looked at before even a synchronous update counts as finished.
    await wf.condition(() => poked && wf.allHandlersFinished());
  }
}

/** The effect's outcome. An activity that gave up is an outcome too: it must never end somebody's onboarding. */
async function outcomeOf(effect: Effect, s: State): Promise<EffectOutcome> {
  try {
    return await run(effect, s);
  } catch (error) {
    if (wf.isCancellation(error)) throw error;
    wf.log.warn('effect gave up', { effect: effect.id, error });
    return { status: 'gave_up', at: new Date(Date.now()).toISOString() };
  }
}

function run(effect: Effect, s: State): Promise<EffectOutcome> {
  const whose = {
    effectId: effect.id,
    onboardingId: s.onboardingId,
    environmentId: s.environmentId,
    organizationId: s.organizationId,
  };
  const named = (summary: string) => ({ activityId: effect.id, summary });
  switch (effect.kind) {
    case 'send_invitation':
      return mails.sendInvitation.executeWithOptions(
        named(effect.fresh ? 'Send a fresh link' : 'Send invitation'),
        [{ ...whose, linkId: effect.linkId, contactId: effect.contactId, fresh: effect.fresh }],
      );
    case 'send_reminder':
      return mails.sendReminder.executeWithOptions(named(`Send reminder ${effect.reminder}`), [
        { ...whose, reminder: effect.reminder, step: customersNextStep(s) ?? waitingOn(s)?.step ?? null },
      ]);
    case 'send_notice':
      return mails.sendNotice.executeWithOptions(named(`Send notice ${effect.notice}`), [
        { ...whose, notice: effect.notice, subjectId: effect.subjectId, revision: s.revision },
      ]);
    case 'open_step':
      return records.openPortalStep.executeWithOptions(named(`Open step ${effect.step}`), [
        { ...whose, step: effect.step, round: effect.round, at: effect.at },
      ]);
    case 'close_step':
      return records.closePortalStep.executeWithOptions(named(`Close step ${effect.step}`), [
        { ...whose, step: effect.step, round: effect.round, at: effect.at, outcome: effect.outcome },
      ]);
    case 'record_progress':
      return records.recordProgress.executeWithOptions(named(`Record progress ${s.revision}`), [
        {
          ...whose,
          origin: s.origin,
          view: view(s, nextOf(s)),
          entries: s.entries,
          isOpen: isOpen(s),
          state: { ...s, entries: [] },
        },
      ]);
    case 'validate_connection':
      return checks.validateConnection.executeWithOptions(named('Validate connection'), [
        { ...whose, connectionId: effect.connectionId, settingsRevision: effect.settingsRevision },
      ]);
    case 'activate_connection':
      return checks.activateConnection.executeWithOptions(named('Switch connection on'), [
        { ...whose, connectionId: effect.connectionId },
      ]);
    case 'move_certificate_watch':
      return records.moveCertificateWatch.executeWithOptions(named('Watch the certificate'), [
        { ...whose, connectionId: effect.connectionId },
      ]);
    case 'close_links':
      return records.closeLinks.executeWithOptions(named('Close links'), [
        { ...whose, outcome: effect.outcome },
      ]);
  }
}

function nextOf(s: State): OnboardingView['next'] {
  const upcoming = shownDeadline(s, Date.now());
  return upcoming === undefined ? null : { what: upcoming.what, at: new Date(upcoming.atMs).toISOString() };
}

/** An organization has one open onboarding. A live one stays open for its optional features; a cancelled one makes room. */
function isOpen(s: State): boolean {
  return s.phase === 'open' || (s.phase === 'live' && !isFinished(s));
}

function details(s: State): string {
  const waiting = waitingOn(s);
  const held =
    waiting === undefined ? 'nobody' : `${waiting.who} since ${waiting.since} (${waiting.step ?? 'no step'})`;
  return `**${s.phase}**, revision ${s.revision}. Waiting for ${held}. Next deadline: ${s.nextDueAt ?? 'none'}.`;
}

function wantsNewRun(running: number): boolean {
  const info = wf.workflowInfo();
  const wanted =
    info.continueAsNewSuggested ||
    info.historyLength > newRunAtEvents ||
    info.targetWorkerDeploymentVersionChanged === true;
  return wanted && (running === 0 || info.historyLength > newRunDespiteEffectsAtEvents);
}
