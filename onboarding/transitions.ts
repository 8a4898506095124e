import type { Actor, Command, FeaturePlan, IssuedLink, Repair, ReportedFact } from './commands.ts';
import { usualMode } from './modes.ts';
import {
  cancelUndoMs,
  pendingReminders,
  portalRunClosesAfterMs,
  stalledAfterMs,
  takenOverForMs,
} from './reminders.ts';
import type { Effect, EffectOutcome, ReminderKind, State, StepRecord, TimelineEntry } from './state.ts';
import {
  offeredFeatures,
  stepNames,
  stepRules,
  stepsOf,
  tailoredFeatures,
  type OfferedFeature,
  type Requirement,
  type StepName,
} from './steps.ts';
import {
  blockedBy,
  customersSince,
  holderOf,
  isFinished,
  isLive,
  waitingOn,
  type WaitingFor,
} from './view.ts';

/**
 * The transitions of one onboarding: every function takes a state and gives a new one, changes nothing in place and
 * knows no clock but `at`. `apply` takes a person's command, `report` a machine's fact, `settle` an activity's
 * answer, and `tick` the passing of time. What must happen outside comes back as `effects` with stable ids.
 */

const system: Actor = { type: 'system', id: 'onboarding' };
const keepSeenMs = 14 * 86_400_000;

type Draft = State;
type NewEffect = Effect extends infer E ? (E extends { id: string } ? Omit<E, 'id'> : never) : never;

/** Applies a command once: a key that was seen before changes nothing. Assumes `refuse` was asked. */
export function apply(s: State, command: Command, nowMs: number): State {
  if (isSeen(s, command.key)) return s;
  const at = instant(nowMs);
  const next = remember(clone(s), command.key, at);
  if (command.actor.type === 'customer' || command.actor.type === 'colleague') {
    next.lastActAt = at;
    delete next.stalledSince;
  }
  if (command.actor.type === 'staff') staffActed(next, at);
  act(next, command, at);
  passTurn(next, s, command.actor, at);
  return conclude(next, at);
}

/** Applies a fact once. A fact that no longer fits the state changes nothing but the list of seen keys. */
export function report(s: State, fact: ReportedFact, nowMs: number): State {
  if (isSeen(s, fact.key)) return s;
  const at = instant(nowMs);
  const next = remember(clone(s), fact.key, at);
  const before = next.lastEntry;
  if (s.phase === 'open' || s.phase === 'live') takeFact(next, fact, at);
  if (next.lastEntry === before) return next;
  passTurn(next, s, fact.actor, at);
  return conclude(next, at);
}

/** Takes the outcome of an effect; one that is unknown was settled before. */
export function settle(s: State, effectId: string, outcome: EffectOutcome): State {
  const effect = s.effects.find((e) => e.id === effectId);
  if (effect === undefined) return s;
  const next = clone(s);
  next.effects = next.effects.filter((e) => e.id !== effectId);
  const before = next.lastEntry;
  takeOutcome(next, effect, outcome);
  passTurn(next, s, system, outcome.at);
  return next.lastEntry === before && next.quietUntil === s.quietUntil
    ? requestProjection(next)
    : conclude(next, outcome.at);
}

/** Lets time pass: performs every deadline that is due and names the next one. `nextDueAt` is absent or later than now. */
export function tick(s: State, nowMs: number): State {
  const next = clone(s);
  const at = instant(nowMs);
  const before = next.lastEntry;
  passTime(next, nowMs, at);
  returnSteps(next, s, nowMs, at);
  const settled = next.lastEntry === before ? next : conclude(next, at);
  const upcoming = upcomingDeadline(settled, nowMs);
  if (upcoming === undefined) delete settled.nextDueAt;
  else settled.nextDueAt = instant(upcoming.atMs);
  return settled;
}

/** The next thing that happens by itself, for the page's *Next* and for the one alarm. */
export function upcomingDeadline(s: State, nowMs: number): { what: string; atMs: number } | undefined {
  const quiet = s.quietUntil === undefined ? 0 : Date.parse(s.quietUntil);
  const candidates = [
    ...pendingReminders(s).map((r) => ({ what: r.kind, atMs: Math.max(r.dueAt, quiet) })),
    ...otherDeadlines(s),
  ].filter(({ atMs }) => atMs > nowMs);
  return candidates.sort((a, b) => a.atMs - b.atMs)[0];
}

/** What a provider is to begin with begins in the customer's console. */
const isTheirTurn = (who: WaitingFor | undefined) => who === 'customer' || who === 'provider';

function otherDeadlines(s: State): { what: string; atMs: number }[] {
  const found: { what: string; atMs: number }[] = [];
  const open = s.phase === 'open' || s.phase === 'live';
  if (open && s.link !== undefined && !s.link.ended)
    found.push({ what: 'link_ends', atMs: Date.parse(s.link.expiresAt) });
  if (
    s.phase === 'open' &&
    s.stalledSince === undefined &&
    s.origin === 'invitation' &&
    isTheirTurn(waitingOn(s)?.who)
  ) {
    found.push({ what: 'stalled', atMs: Date.parse(customersSince(s)) + stalledAfterMs });
  }
  if (open)
    for (const step of takenOverSteps(s)) found.push({ what: 'step_returns', atMs: returnsAt(s, step) });
  if (open && s.origin !== 'invitation') {
    found.push({ what: 'closes', atMs: Date.parse(s.lastActAt) + portalRunClosesAfterMs });
  }
  if (s.phase === 'cancelled' && s.endedAt !== undefined) {
    found.push({ what: 'cancel_final', atMs: Date.parse(s.endedAt) + cancelUndoMs });
  }
  return found;
}

/** Whether the workflow has nothing left to wait for. A cancelled run waits until it can no longer be undone. */
export function isOver(s: State, nowMs: number): boolean {
  if (s.effects.length > 0) return false;
  if (s.phase === 'closed') return true;
  if (s.phase === 'live') return isFinished(s);
  return s.phase === 'cancelled' && s.endedAt !== undefined && Date.parse(s.endedAt) + cancelUndoMs <= nowMs;
}

function act(s: Draft, c: Command, at: string): void {
  switch (c.kind) {
    case 'start':
      s.origin = c.origin;
      s.domainPolicy = c.domainPolicy;
      s.remindersOn = c.reminders;
      if (c.reminderDays !== undefined) s.reminderDays = c.reminderDays;
      s.startedAt = at;
      if (c.mode !== undefined) s.mode = c.mode;
      if (c.order !== undefined) s.order = c.order;
      note(s, at, 'started', c.actor);
      if (c.link !== undefined) takeLink(s, c.link, at);
      if (c.repair !== undefined) openRepair(s, c.repair, c.actor, at);
      openPlan(s, c.plan, at);
      if (c.domainVerified) finishSteps(s, ['add_domain', 'verify_domain'], c.actor, at);
      if (c.connectionLive) finishSteps(s, stepsOf('sso'), c.actor, at);
      if (c.directory !== undefined) {
        s.directory = { id: c.directory.id };
        finishSteps(s, ['choose_directory', 'connect_directory', 'receive_people'], c.actor, at);
        if (c.directory.rolesAssigned) finishSteps(s, ['assign_roles'], c.actor, at);
      }
      if (c.stream !== undefined) {
        s.stream = { id: c.stream.id };
        finishSteps(s, stepsOf('log_streams'), c.actor, at);
      }
      return;
    case 'join':
      s.remindersOn = c.reminders;
      if (c.reminderDays !== undefined) s.reminderDays = c.reminderDays;
      note(s, at, 'joined', c.actor);
      openPlan(s, c.plan, at);
      arrange(s, c, at);
      return;
    case 'tailor':
      for (const feature of offeredFeatures) {
        const wanted = c.plan?.[feature];
        if (wanted !== undefined) setRequirement(s, feature, wanted, c.actor, at);
      }
      arrange(s, c, at);
      if (c.reminders !== undefined && c.reminders !== s.remindersOn) {
        s.remindersOn = c.reminders;
        note(s, at, 'reminders_changed', c.actor, undefined, { on: c.reminders });
      }
      // What had arrived is on its way again, when more is required of it.
      if (s.phase === 'live' && !isLive(s)) s.phase = 'open';
      return;
    case 'take_back_step':
      if (holderOf(s, c.step) === 'customer') return;
      giveToCustomer(s, c.step);
      note(s, at, 'step_taken_back', c.actor, c.step);
      return;
    case 'take_over_step':
      if (holderOf(s, c.step) === 'staff') return;
      s.takenOver = { ...s.takenOver, [c.step]: { at, lastActAt: at } };
      note(s, at, 'handed_over', c.actor, c.step);
      return;
    case 'hand_back_step':
      giveToCustomer(s, c.step);
      note(s, at, 'handed_back', c.actor, c.step);
      tellOfTurn(s, c.step);
      return;
    case 'invite':
    case 'fresh_link':
      issueLink(s, c, at);
      return;
    case 'open_link':
      if (s.openedAt === undefined) {
        s.openedAt = at;
        note(s, at, 'opened', c.actor);
      }
      return;
    case 'choose_provider':
      s.connectionId = c.connectionId;
      s.provider = { id: c.providerId, chosenBy: isOfVendor(c.actor) ? 'vendor' : 'customer' };
      finish(s, 'choose_provider', c.actor, at, {
        kind: 'provider_chosen',
        facts: { provider: c.providerId },
      });
      reopen(s, ['configure_provider', 'enter_metadata', 'test_sign_in', 'go_live'], at);
      return;
    case 'finish_configuration':
      finish(s, 'configure_provider', c.actor, at);
      return;
    case 'save_metadata':
      s.connectionId = c.connectionId;
      finish(s, 'configure_provider', c.actor, at);
      reopen(s, ['test_sign_in', 'go_live'], at);
      finish(s, 'enter_metadata', c.actor, at);
      addEffect(s, {
        kind: 'validate_connection',
        connectionId: c.connectionId,
        settingsRevision: c.settingsRevision,
      });
      return;
    case 'go_live':
      setStep(s, 'go_live', at, { state: 'waiting' });
      addEffect(s, { kind: 'activate_connection', connectionId: c.connectionId });
      return;
    case 'reset_connection':
      // What had arrived is on its way again; that it was live once stays known.
      if (s.phase === 'live') s.phase = 'open';
      delete s.connectionId;
      delete s.provider;
      note(s, at, 'connection_reset', c.actor, undefined, { connection_id: c.connectionId });
      reopen(s, stepsOf('sso'), at);
      return;
    case 'bring_back_connection':
      s.connectionId = c.connectionId;
      note(s, at, 'connection_brought_back', c.actor, undefined, { connection_id: c.connectionId });
      finishSteps(s, stepsOf('sso'), c.actor, at);
      return;
    case 'choose_directory':
      s.directory = {
        id: c.directoryId,
        provider: { id: c.providerId, chosenBy: isOfVendor(c.actor) ? 'vendor' : 'customer' },
      };
      finish(s, 'choose_directory', c.actor, at, {
        kind: 'directory_chosen',
        facts: { directory_id: c.directoryId, provider: c.providerId },
      });
      reopen(s, ['connect_directory', 'receive_people', 'assign_roles'], at);
      return;
    case 'finish_directory_connection':
      finish(s, 'connect_directory', c.actor, at);
      if (s.steps.receive_people?.state !== 'done') setStep(s, 'receive_people', at, { state: 'waiting' });
      return;
    case 'assign_roles':
      finish(s, 'assign_roles', c.actor, at);
      return;
    case 'reset_directory':
      if (s.phase === 'live') s.phase = 'open';
      delete s.directory;
      note(s, at, 'directory_reset', c.actor, undefined, { directory_id: c.directoryId });
      reopen(s, stepsOf('directory_sync'), at);
      return;
    case 'bring_back_directory':
      s.directory = { id: c.directoryId };
      note(s, at, 'directory_brought_back', c.actor, undefined, { directory_id: c.directoryId });
      finishSteps(s, stepsOf('directory_sync'), c.actor, at);
      return;
    case 'choose_destination':
      // One that stands beside a stream that sends is no news of the journey.
      if (isStreaming(s) && s.stream?.id !== c.streamId) return;
      s.stream = {
        id: c.streamId,
        provider: { id: c.destinationId, chosenBy: isOfVendor(c.actor) ? 'vendor' : 'customer' },
      };
      finish(s, 'choose_destination', c.actor, at, {
        kind: 'destination_chosen',
        facts: { stream_id: c.streamId, provider: c.destinationId },
      });
      reopen(s, ['configure_stream', 'prove_stream', 'start_stream'], at);
      return;
    case 'save_stream':
      if (s.stream?.id !== c.streamId) return;
      // Other settings have to be proven anew, unless records are taken already.
      if (!isStreaming(s)) reopen(s, ['prove_stream'], at);
      finish(s, 'configure_stream', c.actor, at);
      return;
    case 'prove_stream':
      if (s.stream?.id !== c.streamId) return;
      finish(s, 'prove_stream', c.actor, at, { kind: 'stream_proven', facts: { stream_id: c.streamId } });
      return;
    case 'start_stream':
      if (s.stream?.id !== c.streamId) return;
      finish(s, 'start_stream', c.actor, at, { kind: 'stream_started', facts: { stream_id: c.streamId } });
      return;
    case 'remove_stream':
      note(s, at, 'stream_removed', c.actor, undefined, { stream_id: c.streamId });
      if (s.stream?.id !== c.streamId) return;
      if (c.nextId !== undefined) {
        s.stream = { id: c.nextId };
        return;
      }
      if (s.phase === 'live') s.phase = 'open';
      delete s.stream;
      reopen(s, stepsOf('log_streams'), at);
      return;
    case 'add_domain':
      s.domains = [
        ...s.domains.filter((d) => d.id !== c.domainId),
        { id: c.domainId, state: 'waiting', since: at },
      ];
      finish(s, 'add_domain', c.actor, at, { kind: 'domain_added', facts: { domain_id: c.domainId } });
      if (s.steps.verify_domain?.state !== 'done') setStep(s, 'verify_domain', at, { state: 'waiting' });
      return;
    case 'remove_domain':
      s.domains = s.domains.filter((d) => d.id !== c.domainId);
      note(s, at, 'domain_removed', c.actor, undefined, { domain_id: c.domainId });
      if (s.domains.length === 0) reopen(s, ['add_domain', 'verify_domain'], at);
      return;
    case 'give_certificate':
      giveCertificate(s, c.connectionId, c.actor, at);
      return;
    case 'skip_feature':
      s.skipped = [...s.skipped.filter((f) => f !== c.feature), c.feature];
      note(s, at, 'feature_skipped', c.actor, undefined, { feature: c.feature });
      return;
    case 'take_back_skip':
      s.skipped = s.skipped.filter((f) => f !== c.feature);
      note(s, at, 'skip_taken_back', c.actor, undefined, { feature: c.feature });
      return;
    case 'open_repair':
      if (c.link !== undefined) takeLink(s, c.link, at);
      openRepair(s, c.repair, c.actor, at);
      return;
    case 'remind':
      note(s, at, 'reminder_due', c.actor);
      addEffect(s, { kind: 'send_reminder', reminder: 'manual' });
      return;
    case 'cancel':
      s.phase = 'cancelled';
      s.endedAt = at;
      note(s, at, 'cancelled', c.actor);
      addEffect(s, { kind: 'close_links', outcome: 'revoked' });
      return;
    case 'undo_cancel':
      s.phase = 'open';
      delete s.endedAt;
      if (s.link !== undefined) s.link = { ...s.link, ended: true };
      note(s, at, 'cancel_undone', c.actor);
      return;
  }
}

function takeFact(s: Draft, f: ReportedFact, at: string): void {
  switch (f.kind) {
    case 'test_passed':
      if (s.connectionId !== f.connectionId || s.steps.test_sign_in === undefined) return;
      if (s.steps.test_sign_in.state === 'done') return;
      finish(s, 'test_sign_in', f.actor, at, { kind: 'test_passed', facts: { attempt_id: f.attemptId } });
      return;
    case 'test_failed': {
      const step = s.steps.test_sign_in;
      if (s.connectionId !== f.connectionId || step === undefined || step.state === 'done') return;
      setStep(s, 'test_sign_in', at, { state: 'failed', failures: step.failures + 1, cause: f.cause });
      note(s, at, 'test_failed', f.actor, 'test_sign_in', { cause: f.cause, attempt_id: f.attemptId });
      return;
    }
    case 'connection_live':
      if (s.steps.go_live === undefined || s.steps.go_live.state === 'done') return;
      s.connectionId = f.connectionId;
      finishSteps(
        s,
        stepsOf('sso').filter((step) => step !== 'go_live'),
        f.actor,
        at,
      );
      finish(s, 'go_live', f.actor, at, {
        kind: 'connection_live',
        facts: { connection_id: f.connectionId },
      });
      return;
    case 'certificate_proven':
      proveCertificate(s, f.connectionId, f.actor, at);
      return;
    case 'connection_gone':
      dropRenewal(s, f.connectionId, f.actor, at);
      if (s.connectionId !== f.connectionId || s.phase !== 'open') return;
      delete s.connectionId;
      delete s.provider;
      note(s, at, 'connection_gone', f.actor, undefined, { connection_id: f.connectionId });
      reopen(s, stepsOf('sso'), at);
      return;
    case 'directory_linked': {
      if (s.steps.receive_people === undefined || s.steps.receive_people.state === 'done') return;
      if (s.directory?.id !== f.directoryId) s.directory = { id: f.directoryId };
      finishSteps(s, ['choose_directory', 'connect_directory'], f.actor, at);
      finish(s, 'receive_people', f.actor, at, {
        kind: 'directory_linked',
        facts: { directory_id: f.directoryId },
      });
      if (!f.hasRoles) finish(s, 'assign_roles', f.actor, at);
      if (s.link?.contactId != null)
        addEffect(s, { kind: 'send_notice', notice: 'directory_linked', subjectId: f.directoryId });
      return;
    }
    case 'directory_gone':
      if (s.directory?.id !== f.directoryId || s.phase !== 'open') return;
      delete s.directory;
      note(s, at, 'directory_gone', f.actor, undefined, { directory_id: f.directoryId });
      reopen(s, stepsOf('directory_sync'), at);
      return;
    case 'domain_verified': {
      if (s.domains.some((d) => d.id === f.domainId && d.state === 'verified')) return;
      const invitee = s.link?.contactId ?? null;
      s.domains = [
        ...s.domains.filter((d) => d.id !== f.domainId),
        { id: f.domainId, state: 'verified', since: at },
      ];
      finish(s, 'add_domain', f.actor, at);
      finish(s, 'verify_domain', f.actor, at, { kind: 'domain_verified', facts: { domain_id: f.domainId } });
      if (invitee !== null)
        addEffect(s, { kind: 'send_notice', notice: 'domain_verified', subjectId: f.domainId });
      return;
    }
    case 'domain_failed':
      if (!s.domains.some((d) => d.id === f.domainId && d.state === 'waiting')) return;
      s.domains = s.domains.map((d) => (d.id === f.domainId ? { ...d, state: 'failed', since: at } : d));
      note(s, at, 'domain_failed', f.actor, 'verify_domain', { domain_id: f.domainId, reason: f.reason });
      if (!s.domains.some((d) => d.state !== 'failed'))
        setStep(s, 'verify_domain', at, { state: 'failed', cause: f.reason });
      return;
    case 'repaired':
      closeRepair(s, f.troubleId, f.actor, at);
      return;
    case 'mail_bounced':
      note(s, at, 'not_delivered', f.actor, undefined, { mail: f.mail });
      return;
    case 'link_ended':
      if (s.link?.id !== f.linkId || s.link.ended) return;
      s.link = { ...s.link, ended: true };
      note(s, at, 'link_ended', f.actor, undefined, { link_id: f.linkId });
      return;
  }
}

function takeOutcome(s: Draft, e: Effect, outcome: EffectOutcome): void {
  const { at } = outcome;
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

function passTime(s: Draft, nowMs: number, at: string): void {
  const due = otherDeadlines(s).filter(({ atMs }) => atMs <= nowMs);
  if (due.some(({ what }) => what === 'link_ends') && s.link !== undefined) {
    s.link = { ...s.link, ended: true };
    note(s, at, 'link_ended', system, undefined, { link_id: s.link.id });
    if (s.phase === 'live') s.phase = 'closed';
  }
  if (due.some(({ what }) => what === 'stalled')) {
    s.stalledSince = at;
    note(s, at, 'stalled', system, waitingOn(s)?.step);
  }
  if (due.some(({ what }) => what === 'closes')) {
    s.phase = 'closed';
    s.endedAt = at;
    note(s, at, 'closed', system);
    addEffect(s, { kind: 'close_links', outcome: 'revoked' });
    return;
  }
  remindIfDue(s, nowMs, at);
}

/** Reminders that fell due together collapse into the last one: nobody gets five mails after an outage. */
function remindIfDue(s: Draft, nowMs: number, at: string): void {
  if (s.effects.some((e) => e.kind === 'send_reminder')) return;
  if (s.quietUntil !== undefined && Date.parse(s.quietUntil) > nowMs) return;
  const due = pendingReminders(s).filter(({ dueAt }) => dueAt <= nowMs);
  const last = due.at(-1);
  if (last === undefined) return;
  for (const { kind } of due) s.reminders[kind] = { at, sent: false };
  addEffect(s, { kind: 'send_reminder', reminder: last.kind });
}

function issueLink(s: Draft, c: Extract<Command, { kind: 'invite' | 'fresh_link' }>, at: string): void {
  // An invitation that joins makes a quiet run a full one.
  s.origin = 'invitation';
  s.invited = true;
  takeLink(s, c, at);
  const kind = c.kind === 'fresh_link' ? 'link_replaced' : c.delivery === 'copy' ? 'link_copied' : 'invited';
  note(s, at, kind, c.actor, undefined, { link_id: c.linkId });
  if (c.delivery === 'mail' && c.contactId !== null) {
    addEffect(s, {
      kind: 'send_invitation',
      linkId: c.linkId,
      contactId: c.contactId,
      fresh: c.kind === 'fresh_link',
    });
  }
}

function takeLink(s: Draft, { linkId, contactId, delivery, expiresAt }: IssuedLink, at: string): void {
  s.link = { id: linkId, contactId, delivery, issuedAt: at, expiresAt, ended: false };
}

/** What is done of the second step is of the certificate before: each is to be proven for itself. */
function giveCertificate(s: Draft, connectionId: string, actor: Actor, at: string): void {
  s.renewing = [...(s.renewing ?? []).filter((id) => id !== connectionId), connectionId];
  finish(s, 'give_certificate', actor, at, {
    kind: 'certificate_given',
    facts: { connection_id: connectionId },
  });
  reopen(s, ['prove_certificate'], at);
  if (s.phase === 'live' && !isLive(s)) s.phase = 'open';
}

/** The step closes with the last connection that was waited for. */
function proveCertificate(s: Draft, connectionId: string, actor: Actor, at: string): void {
  if (s.renewing?.includes(connectionId) !== true) return;
  s.renewing = s.renewing.filter((id) => id !== connectionId);
  const news = { kind: 'certificate_proven' as const, facts: { connection_id: connectionId } };
  if (s.renewing.length === 0) finish(s, 'prove_certificate', actor, at, news);
  else note(s, at, news.kind, actor, 'prove_certificate', news.facts);
}

/** A connection that is gone proves nothing any more; nobody is to wait for it. */
function dropRenewal(s: Draft, connectionId: string, actor: Actor, at: string): void {
  const step = s.steps.prove_certificate;
  if (step === undefined || s.renewing?.includes(connectionId) !== true) return;
  s.renewing = s.renewing.filter((id) => id !== connectionId);
  if (s.renewing.length === 0) {
    setStep(s, 'prove_certificate', at, { state: 'done' });
    addEffect(s, {
      ...{ kind: 'close_step', step: 'prove_certificate', round: step.round, at },
      outcome: 'withdrawn',
    });
  }
  if (s.connectionId !== connectionId)
    note(s, at, 'connection_gone', actor, undefined, { connection_id: connectionId });
}

/** Opens the step of a repair and has its contact mailed, once for each trouble. */
function openRepair(s: Draft, repair: Repair, actor: Actor, at: string): void {
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

/** A feature that is live already joins the plan with its steps done, if it was not there. */
function coverLive(s: Draft, feature: OfferedFeature, at: string): void {
  s.skipped = s.skipped.filter((f) => f !== feature);
  if ((s.plan[feature] ?? 'off') !== 'off') return;
  s.plan = { ...s.plan, [feature]: 'optional' };
  for (const step of stepsOf(feature)) s.steps[step] = { state: 'done', since: at, round: 0, failures: 0 };
}

/** The step closes with the last of its troubles. */
function closeRepair(s: Draft, troubleId: string, actor: Actor, at: string): void {
  const repair = s.repairs?.find((one) => one.troubleId === troubleId);
  if (repair === undefined) return;
  s.repairs = s.repairs?.filter((one) => one !== repair) ?? [];
  const facts = { trouble_id: troubleId };
  if (s.repairs.some(({ step }) => step === repair.step)) note(s, at, 'repaired', actor, repair.step, facts);
  else finish(s, repair.step, actor, at, { kind: 'repaired', facts });
}

/** Adds the features of a plan; one that is there already keeps its steps and may only become more required. */
function openPlan(s: Draft, plan: FeaturePlan, at: string): void {
  for (const feature of offeredFeatures) {
    const wanted = plan[feature] ?? 'off';
    const had = s.plan[feature] ?? 'off';
    if (wanted === 'off' || had === 'required') continue;
    s.plan = { ...s.plan, [feature]: wanted };
    if (had !== 'off') continue;
    for (const step of stepsOf(feature)) {
      s.steps[step] = { state: 'open', since: at, round: 0, failures: 0 };
      openRound(s, step, at);
    }
  }
}

/** Mode and order, as far as the command names them. */
function arrange(s: Draft, c: Extract<Command, { kind: 'join' | 'tailor' }>, at: string): void {
  const { mode, order, actor } = c;
  const before = s.mode ?? usualMode;
  if (mode !== undefined && mode !== before) {
    s.mode = mode;
    s.modeSince = at;
    delete s.takenBack;
    delete s.takenOver;
    note(s, at, 'mode_changed', actor, undefined, { mode, before });
  }
  if (order !== undefined && order.join() !== (s.order ?? usualOrderBeside(order)).join()) {
    s.order = order;
    note(s, at, 'order_changed', actor, undefined, { order: order.join(',') });
  }
}

/** Runs from before a feature was offered say of their order what they said then when they are replayed. */
const usualOrderBeside = (order: readonly OfferedFeature[]): readonly OfferedFeature[] =>
  tailoredFeatures.filter((feature) => !isOfferedLater(feature) || order.includes(feature));

const isOfferedLater = (feature: OfferedFeature) => feature === 'directory_sync' || feature === 'log_streams';

/** Makes a feature required, optional, or no part of it. What was done of it stays done, for when it is taken in again. */
function setRequirement(
  s: Draft,
  feature: OfferedFeature,
  wanted: Requirement,
  actor: Actor,
  at: string,
): void {
  const before = s.plan[feature] ?? 'off';
  if (before === wanted) return;
  s.plan = { ...s.plan, [feature]: wanted };
  if (wanted !== 'optional') s.skipped = s.skipped.filter((f) => f !== feature);
  note(s, at, 'requirement_changed', actor, undefined, { feature, requirement: wanted, before });
  for (const step of stepsOf(feature)) {
    const record = s.steps[step];
    if (wanted === 'off' && record !== undefined && record.state !== 'done') {
      addEffect(s, { kind: 'close_step', step, round: record.round, at, outcome: 'withdrawn' });
    }
    if (before !== 'off' || record?.state === 'done') continue;
    s.steps[step] = record ?? { state: 'open', since: at, round: 0, failures: 0 };
    openRound(s, step, at);
  }
}

/** A step is the customer's from now on, whatever made it staff's. */
function giveToCustomer(s: Draft, step: StepName): void {
  leaveAlone(s, step);
  if (holderOf(s, step) !== 'customer') s.takenBack = [...(s.takenBack ?? []), step];
}

/** Staff no longer hold what they took over; what the mode gives them stays. */
function leaveAlone(s: Draft, step: StepName): void {
  if (s.takenOver?.[step] === undefined) return;
  const { [step]: _left, ...others } = s.takenOver;
  s.takenOver = others;
}

const takenOverSteps = ({ takenOver = {} }: State) =>
  stepNames.filter((step) => takenOver[step] !== undefined);
const returnsAt = ({ takenOver }: State, step: StepName) =>
  Date.parse(takenOver?.[step]?.lastActAt ?? '') + takenOverForMs;

/** Whatever staff do here, they are not idle. */
function staffActed(s: Draft, at: string): void {
  for (const step of takenOverSteps(s)) {
    const since = s.takenOver?.[step]?.at ?? at;
    s.takenOver = { ...s.takenOver, [step]: { at: since, lastActAt: at } };
  }
}

/** Steps that staff took over and left alone go back by themselves, as if they had been handed back. */
function returnSteps(s: Draft, before: State, nowMs: number, at: string): void {
  if (s.phase !== 'open' && s.phase !== 'live') return;
  const due = takenOverSteps(s).filter((step) => returnsAt(s, step) <= nowMs);
  if (due.length === 0) return;
  for (const step of due) {
    giveToCustomer(s, step);
    note(s, at, 'handed_back', system, step);
    tellOfTurn(s, step);
  }
  passTurn(s, before, system, at);
}

/** Mails the customer that a step is theirs to do, if they can do it now. */
function tellOfTurn(s: Draft, step: StepName): void {
  if (!s.invited || s.link?.contactId == null || blockedBy(s, step) !== undefined) return;
  addEffect(s, { kind: 'send_notice', notice: 'your_turn', subjectId: step });
}

/**
 * Tells that the turn has passed to staff or back to the customer. Back again, the customer is mailed unless it was
 * their own doing, and the days until a reminder count anew.
 */
function passTurn(s: Draft, before: State, by: Actor, at: string): void {
  if (s.phase !== 'open') return;
  const was = waitingOn(before)?.who;
  const now = waitingOn(s);
  if (now === undefined || was === undefined || was === now.who) return;
  // Who took over or handed back this very step has said so already.
  const isTold = s.entries.some(
    ({ number, kind }) => number > before.lastEntry && (kind === 'handed_over' || kind === 'handed_back'),
  );
  if (now.who === 'staff' && !isTold) note(s, at, 'handed_over', by, now.step);
  if (was !== 'staff' || now.who !== 'customer') return;
  s.handedBackAt = at;
  if (isTold || by.type === 'customer' || by.type === 'colleague') return;
  note(s, at, 'handed_back', by, now.step);
  if (now.step !== undefined) tellOfTurn(s, now.step);
}

const isStreaming = (s: State) => s.steps.start_stream?.state === 'done';

const isOfVendor = ({ type }: Actor) => type === 'staff' || type === 'developer';

function openRound(s: Draft, step: StepName, at: string): void {
  const record = s.steps[step];
  if (record === undefined) return;
  s.steps[step] = { ...record, round: record.round + 1 };
  addEffect(s, { kind: 'open_step', step, round: record.round + 1, at });
}

function setStep(s: Draft, step: StepName, at: string, change: Partial<StepRecord>): void {
  const record = s.steps[step];
  if (record === undefined) return;
  const { cause: _gone, ...kept } = record;
  const since =
    change.state !== undefined && change.state === record.state && change.state !== 'failed'
      ? record.since
      : at;
  s.steps[step] = { ...kept, ...change, since };
}

/**
 * Finishes a step with one entry. A step that is done already gets the entry only where it has news of its own
 * (another provider, a second domain).
 */
function finish(
  s: Draft,
  step: StepName,
  actor: Actor,
  at: string,
  news?: { kind: TimelineEntry['kind']; facts: NonNullable<TimelineEntry['facts']> },
): void {
  const record = s.steps[step];
  if (record === undefined || record.state === 'done') {
    if (news !== undefined) note(s, at, news.kind, actor, step, news.facts);
    return;
  }
  setStep(s, step, at, { state: 'done', failures: 0 });
  leaveAlone(s, step);
  addEffect(s, { kind: 'close_step', step, round: record.round, at, outcome: 'done' });
  note(s, at, news?.kind ?? 'step_completed', actor, step, news?.facts, true);
}

function finishSteps(s: Draft, steps: readonly StepName[], actor: Actor, at: string): void {
  for (const step of steps) finish(s, step, actor, at);
}

/** Opens done or failed steps again, because something before them changed. */
function reopen(s: Draft, steps: readonly StepName[], at: string): void {
  for (const step of steps) {
    const record = s.steps[step];
    if (record === undefined || record.state === 'open') continue;
    if (record.state !== 'done')
      addEffect(s, { kind: 'close_step', step, round: record.round, at, outcome: 'withdrawn' });
    setStep(s, step, at, { state: 'open', failures: 0 });
    openRound(s, step, at);
    note(s, at, 'step_reopened', system, step);
  }
}

/** What follows from any change: going live, finishing, and one projection at a time. */
function conclude(s: Draft, at: string): State {
  if (s.phase === 'open' && isLive(s)) {
    const isFirstTime = s.liveAt === undefined;
    s.phase = 'live';
    if (isFirstTime) {
      s.liveAt = at;
      note(s, at, 'live', system);
    }
    if (isFirstTime && s.origin === 'invitation' && s.link?.contactId != null) {
      addEffect(s, { kind: 'send_notice', notice: 'live', subjectId: s.connectionId ?? s.organizationId });
    }
  }
  if (s.phase === 'live' && isFinished(s) && s.link !== undefined && !s.link.ended) {
    s.link = { ...s.link, ended: true };
    addEffect(s, { kind: 'close_links', outcome: 'completed' });
  }
  s.revision += 1;
  return requestProjection(s);
}

/** At most one projection runs at a time, so that the read model and its events never move backwards. */
function requestProjection(s: Draft): State {
  const running = s.effects.some((e) => e.kind === 'record_progress');
  if (!running && s.revision > s.projected) {
    addEffect(s, { kind: 'record_progress', revision: s.revision, upTo: s.lastEntry });
  }
  return s;
}

function note(
  s: Draft,
  at: string,
  kind: TimelineEntry['kind'],
  actor: Actor,
  step?: StepName,
  facts?: TimelineEntry['facts'],
  completes = false,
): void {
  s.lastEntry += 1;
  const entry: TimelineEntry = { number: s.lastEntry, at, kind, actor, completes };
  if (step !== undefined) entry.step = step;
  if (facts !== undefined) entry.facts = facts;
  s.entries = [...s.entries, entry];
}

function addEffect(s: Draft, effect: NewEffect): void {
  s.lastEffect += 1;
  s.effects = [...s.effects, { ...effect, id: `${s.onboardingId}:${s.lastEffect}:${effect.kind}` }];
}

function isSeen(s: State, key: string): boolean {
  return s.seen.some(([seen]) => seen === key);
}

/** Remembers a key as long as any client may still repeat it (two weeks). */
function remember(s: Draft, key: string, at: string): Draft {
  const oldest = instant(Date.parse(at) - keepSeenMs);
  s.seen = [...s.seen.filter(([, seenAt]) => seenAt > oldest), [key, at]];
  return s;
}

/** A copy whose own fields may be replaced; the nested values are never changed in place. */
function clone(s: State): Draft {
  return { ...s, steps: { ...s.steps }, reminders: { ...s.reminders } };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
