import type { Actor, Command, IssuedLink } from '../commands.ts';
import type { State } from '../state.ts';
import { offeredFeatures, stepsFrom, stepsOf } from '../steps.ts';
import { holderOf, isLive } from '../view.ts';
import { addEffect, awaitProofs, type Draft, finish, finishSteps, note, reopen, setStep } from './draft.ts';
import { arrange, openPlan, setRequirement } from './plan.ts';
import { giveCertificate, openRepair } from './repairs.ts';
import { giveToCustomer, tellOfTurn } from './turns.ts';

/** What a person's command does to an onboarding. Assumes that `refuse` was asked. */
export function act(s: Draft, c: Command, at: string): void {
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
    case 'reset_step':
      // What had arrived is on its way again; that it was live once stays known.
      if (s.phase === 'live') s.phase = 'open';
      if (c.step === 'choose_provider') {
        delete s.connectionId;
        delete s.provider;
      }
      note(s, at, 'step_reset', c.actor, c.step);
      reopen(s, stepsFrom(c.step), at);
      return;
    case 'extend_link':
      if (s.link === undefined) return;
      s.link = { ...s.link, expiresAt: c.expiresAt };
      note(s, at, 'link_extended', c.actor, undefined, { link_id: c.linkId });
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
      if (c.keepsSource !== true) delete s.directory;
      note(s, at, 'directory_reset', c.actor, undefined, { directory_id: c.directoryId });
      reopen(s, c.keepsSource === true ? stepsFrom('connect_directory') : stepsOf('directory_sync'), at);
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
    case 'bring_back_stream':
      note(s, at, 'stream_brought_back', c.actor, undefined, { stream_id: c.streamId });
      // One that sends meanwhile keeps its place in the journey.
      if (isStreaming(s)) return;
      s.stream = { id: c.streamId };
      finishSteps(s, stepsOf('log_streams'), c.actor, at);
      return;
    case 'add_domain':
      s.domains = [
        ...s.domains.filter((d) => d.id !== c.domainId),
        { id: c.domainId, state: 'waiting', since: at },
      ];
      finish(s, 'add_domain', c.actor, at, { kind: 'domain_added', facts: { domain_id: c.domainId } });
      if (s.steps.verify_domain?.state !== 'done') setStep(s, 'verify_domain', at, { state: 'waiting' });
      return;
    case 'remove_domain': {
      const wasInReview = s.domains.some((d) => d.id === c.domainId && d.state === 'in_review');
      s.domains = s.domains.filter((d) => d.id !== c.domainId);
      note(s, at, 'domain_removed', c.actor, undefined, { domain_id: c.domainId });
      if (s.domains.length === 0) reopen(s, ['add_domain', 'verify_domain'], at);
      else if (wasInReview) awaitProofs(s, at);
      if (c.isReset === true && s.phase === 'live' && !isLive(s)) s.phase = 'open';
      return;
    }
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

const isStreaming = (s: State) => s.steps.start_stream?.state === 'done';

const isOfVendor = ({ type }: Actor) => type === 'staff' || type === 'developer';
