import type { Effect, EffectOutcome, ReminderKind } from '../state.ts';
import { addEffect, type Draft, finish, note, setStep, system } from './draft.ts';

/** What an activity's answer does to an onboarding. */
export function takeOutcome(s: Draft, e: Effect, outcome: EffectOutcome): void {
  const { at } = outcome;
  if (outcome.status === 'settled') {
    if (e.kind === 'send_reminder') delete s.quietUntil;
    return;
  }
  switch (e.kind) {
    case 'record_progress':
      if (outcome.status === 'done') {
        s.projected = Math.max(s.projected, e.revision);
        s.entries = s.entries.filter((entry) => entry.number > e.upTo);
      }
      return;
    case 'send_invitation':
    case 'send_notice':
      if (outcome.status === 'done')
        note(s, at, 'notice_sent', system, undefined, {
          mail: e.kind === 'send_notice' ? e.notice : 'invitation',
        });
      else
        note(s, at, 'not_delivered', system, undefined, {
          mail: e.kind === 'send_notice' ? e.notice : 'invitation',
        });
      return;
    case 'send_reminder':
      takeReminderOutcome(s, e.reminder, outcome);
      return;
    case 'validate_connection':
      if (outcome.status === 'refused' && s.steps.go_live?.state !== 'done') {
        setStep(s, 'enter_metadata', at, { state: 'failed', cause: outcome.code });
        note(s, at, 'configuration_refused', system, 'enter_metadata', { code: outcome.code });
      }
      return;
    case 'activate_connection':
      if (outcome.status === 'done') {
        finish(s, 'go_live', system, at, {
          kind: 'connection_live',
          facts: { connection_id: e.connectionId },
        });
        addEffect(s, { kind: 'move_certificate_watch', connectionId: e.connectionId });
      } else {
        const code = outcome.status === 'refused' ? outcome.code : 'service_unavailable';
        setStep(s, 'go_live', at, { state: 'failed', cause: code });
        note(s, at, 'activation_refused', system, 'go_live', { code });
      }
      return;
    case 'open_step':
    case 'close_step':
    case 'move_certificate_watch':
    case 'close_links':
      return;
  }
}

function takeReminderOutcome(s: Draft, reminder: ReminderKind, outcome: EffectOutcome): void {
  if (outcome.status === 'not_now') {
    s.quietUntil = outcome.notBefore;
    delete s.reminders[reminder];
    return;
  }
  delete s.quietUntil;
  const sent = outcome.status === 'done';
  // The instant stays the workflow's own: an activity's clock that lags must not make the reminder due again.
  if (reminder !== 'manual') s.reminders[reminder] = { at: s.reminders[reminder]?.at ?? outcome.at, sent };
  note(s, outcome.at, sent ? 'reminded' : 'not_delivered', system, undefined, { mail: reminder });
}
