import type { ReportedFact } from '../commands.ts';
import { heldByAnother, needsApproval, refusedByStaff } from '../domain-holding.ts';
import type { TimelineKind } from '../state.ts';
import { stepsOf } from '../steps.ts';
import { addEffect, awaitProofs, type Draft, finish, finishSteps, note, reopen, setStep } from './draft.ts';
import { closeRepair, dropRenewal, proveCertificate } from './repairs.ts';

/** What a fact that a machine reports does to an onboarding. One that no longer fits changes nothing. */
export function takeFact(s: Draft, f: ReportedFact, at: string): void {
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
      domainFailed(s, f, at);
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

/** A proof came to nothing, or waits for the vendor's word [DOM-07]: the step is then the vendor's to end, not DNS's. */
function domainFailed(s: Draft, f: Extract<ReportedFact, { kind: 'domain_failed' }>, at: string): void {
  const known = s.domains.find((d) => d.id === f.domainId);
  if (known?.state !== 'waiting' && known?.state !== 'in_review') return;
  const state = f.reason === needsApproval ? 'in_review' : 'failed';
  s.domains = s.domains.map((d) => (d.id === f.domainId ? { ...d, state, since: at } : d));
  const kind = entryOfEnd[f.reason] ?? 'domain_failed';
  note(s, at, kind, f.actor, 'verify_domain', { domain_id: f.domainId, reason: f.reason });
  awaitProofs(s, at, f.reason);
}

/** What the timeline calls an end that is not the clock's: nobody is told of thirty days who found the record today. */
const entryOfEnd: Readonly<Record<string, TimelineKind>> = {
  [needsApproval]: 'domain_in_review',
  [refusedByStaff]: 'domain_refused',
  [heldByAnother]: 'domain_contested',
};
