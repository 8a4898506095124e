import type { Actor, Repair } from '../commands.ts';
import { type OfferedFeature, stepRules, stepsOf } from '../steps.ts';
import { isLive } from '../view.ts';
import { addEffect, type Draft, finish, note, openRound, reopen, setStep } from './draft.ts';

/** Steps that open again after going live: repairs, each for one trouble, and certificates that are renewed. */

/** Opens the step of a repair and has its contact mailed, once for each trouble. */
export function openRepair(s: Draft, repair: Repair, actor: Actor, at: string): void {
  const repairs = s.repairs ?? [];
  if (repairs.some(({ troubleId }) => troubleId === repair.troubleId)) return;
  s.repairs = [...repairs, repair];
  coverLive(s, stepRules[repair.step].feature, at);
  const before = s.steps[repair.step] ?? { state: 'done', since: at, round: 0, failures: 0 };
  s.steps[repair.step] = before;
  const cause = repair.cause ?? undefined;
  setStep(s, repair.step, at, { state: 'failed', ...(cause === undefined ? {} : { cause }) });
  if (before.state === 'done') openRound(s, repair.step, at);
  if (s.phase === 'live') s.phase = 'open';
  // Nobody was waited for before: reminders and the end of a quiet run count from here.
  s.lastActAt = at;
  note(s, at, 'repair_needed', actor, repair.step, {
    trouble_id: repair.troubleId,
    since: repair.since,
    ...(cause === undefined ? {} : { cause }),
  });
  if (s.link?.contactId != null)
    addEffect(s, { kind: 'send_notice', notice: 'repair', subjectId: repair.troubleId });
}

/** The step closes with the last of its troubles. */
export function closeRepair(s: Draft, troubleId: string, actor: Actor, at: string): void {
  const repair = s.repairs?.find((one) => one.troubleId === troubleId);
  if (repair === undefined) return;
  s.repairs = s.repairs?.filter((one) => one !== repair) ?? [];
  const facts = { trouble_id: troubleId };
  if (s.repairs.some(({ step }) => step === repair.step)) note(s, at, 'repaired', actor, repair.step, facts);
  else finish(s, repair.step, actor, at, { kind: 'repaired', facts });
}

/** A feature that is live already joins the plan with its steps done, if it was not there. */
function coverLive(s: Draft, feature: OfferedFeature, at: string): void {
  s.skipped = s.skipped.filter((f) => f !== feature);
  if ((s.plan[feature] ?? 'off') !== 'off') return;
  s.plan = { ...s.plan, [feature]: 'optional' };
  for (const step of stepsOf(feature)) s.steps[step] = { state: 'done', since: at, round: 0, failures: 0 };
}

/** What is done of the second step is of the certificate before: each is to be proven for itself. */
export function giveCertificate(s: Draft, connectionId: string, actor: Actor, at: string): void {
  s.renewing = [...(s.renewing ?? []).filter((id) => id !== connectionId), connectionId];
  finish(s, 'give_certificate', actor, at, {
    kind: 'certificate_given',
    facts: { connection_id: connectionId },
  });
  reopen(s, ['prove_certificate'], at);
  if (s.phase === 'live' && !isLive(s)) s.phase = 'open';
}

/** The step closes with the last connection that was waited for. */
export function proveCertificate(s: Draft, connectionId: string, actor: Actor, at: string): void {
  if (s.renewing?.includes(connectionId) !== true) return;
  s.renewing = s.renewing.filter((id) => id !== connectionId);
  const news = { kind: 'certificate_proven' as const, facts: { connection_id: connectionId } };
  if (s.renewing.length === 0) finish(s, 'prove_certificate', actor, at, news);
  else note(s, at, news.kind, actor, 'prove_certificate', news.facts);
}

/** A connection that is gone proves nothing any more; nobody is to wait for it. */
export function dropRenewal(s: Draft, connectionId: string, actor: Actor, at: string): void {
  const step = s.steps.prove_certificate;
  if (step === undefined || s.renewing?.includes(connectionId) !== true) return;
  s.renewing = s.renewing.filter((id) => id !== connectionId);
  if (s.renewing.length === 0) {
    setStep(s, 'prove_certificate', at, { state: 'done' });
    addEffect(s, {
      kind: 'close_step',
      step: 'prove_certificate',
      round: step.round,
      at,
      outcome: 'withdrawn',
    });
  }
  if (s.connectionId !== connectionId)
    note(s, at, 'connection_gone', actor, undefined, { connection_id: connectionId });
}
