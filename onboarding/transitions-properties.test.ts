import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  at,
  does,
  done,
  iso,
  kinds,
  perform,
  start,
  startAct,
  tells,
} from '../test/support/onboarding-states.ts';
import type { Act, Fact } from './commands.ts';
import { refuse } from './refusals.ts';
import { fresh } from './state.ts';
import { apply, report, tick } from './transitions.ts';
import { upcomingDeadline } from './transitions/deadlines.ts';
import { view } from './view.ts';

describe('properties', () => {
  const acts: Act[] = [
    startAct({ sso: 'required', domain_verification: 'optional' }),
    startAct({ sso: 'required', directory_sync: 'required' }),
    startAct({ certificate_renewal: 'required' }),
    { kind: 'join', plan: { directory_sync: 'optional' }, reminders: true },
    { kind: 'tailor', plan: { directory_sync: 'off' } },
    { kind: 'invite', linkId: 'link_1', delivery: 'mail', contactId: 'c', expiresAt: iso(at(30)) },
    { kind: 'fresh_link', linkId: 'link_2', delivery: 'mail', contactId: 'c', expiresAt: iso(at(60)) },
    { kind: 'open_link', linkId: 'link_1' },
    { kind: 'choose_provider', connectionId: 'conn_1', providerId: 'okta' },
    { kind: 'finish_configuration', connectionId: 'conn_1' },
    { kind: 'save_metadata', connectionId: 'conn_1', settingsRevision: 1 },
    { kind: 'go_live', connectionId: 'conn_1' },
    { kind: 'reset_connection', connectionId: 'conn_1' },
    { kind: 'bring_back_connection', connectionId: 'conn_1' },
    { kind: 'choose_directory', directoryId: 'directory_1', providerId: 'okta' },
    { kind: 'finish_directory_connection', directoryId: 'directory_1' },
    { kind: 'assign_roles', directoryId: 'directory_1' },
    { kind: 'reset_directory', directoryId: 'directory_1' },
    { kind: 'reset_directory', directoryId: 'directory_1', keepsSource: true },
    { kind: 'bring_back_directory', directoryId: 'directory_1' },
    { kind: 'remove_stream', streamId: 'als_1' },
    { kind: 'bring_back_stream', streamId: 'als_1' },
    { kind: 'give_certificate', connectionId: 'conn_1' },
    { kind: 'add_domain', domainId: 'dom_1' },
    { kind: 'remove_domain', domainId: 'dom_1' },
    { kind: 'remove_domain', domainId: 'dom_1', isReset: true },
    { kind: 'skip_feature', feature: 'domain_verification' },
    { kind: 'take_back_skip', feature: 'domain_verification' },
    { kind: 'remind' },
    { kind: 'cancel' },
    { kind: 'undo_cancel' },
  ];
  const facts: Fact[] = [
    { kind: 'test_passed', connectionId: 'conn_1', attemptId: 'a', settingsRevision: 1 },
    { kind: 'test_failed', connectionId: 'conn_1', attemptId: 'a', cause: 'expired' },
    { kind: 'connection_live', connectionId: 'conn_1' },
    { kind: 'connection_gone', connectionId: 'conn_1' },
    { kind: 'certificate_proven', connectionId: 'conn_1' },
    { kind: 'directory_linked', directoryId: 'directory_1', hasRoles: true },
    { kind: 'directory_linked', directoryId: 'directory_1', hasRoles: false },
    { kind: 'directory_gone', directoryId: 'directory_1' },
    { kind: 'domain_verified', domainId: 'dom_1' },
    { kind: 'domain_failed', domainId: 'dom_1', reason: 'expired' },
    { kind: 'link_ended', linkId: 'link_1' },
    { kind: 'mail_bounced', mail: 'invitation' },
  ];
  const move = fc.oneof(
    fc.constantFrom(...acts).map((act) => ({ act })),
    fc.constantFrom(...facts).map((fact) => ({ fact })),
    fc.constantFrom('work', 'give up').map((work) => ({ work })),
    fc.nat(10 * 24).map((hours) => ({ hours })),
  );

  it('hold in any order of events, with clocks that jump: the alarm lies ahead, entries are numbered without gaps, live means done', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
        let now = start;
        let s = fresh({
          onboardingId: 'onb_1',
          environmentId: 'env_1',
          organizationId: 'org_1',
          number: 1,
          at: iso(start),
        });
        for (const m of moves) {
          if ('act' in m && refuse(s, m.act) === undefined) s = apply(s, does(m.act), now);
          if ('fact' in m) s = report(s, tells(m.fact), now);
          if ('hours' in m) now += m.hours * 3_600_000;
          if ('work' in m)
            s = perform(s, now, () => (m.work === 'work' ? done(now) : { status: 'gave_up', at: iso(now) }));
          s = tick(s, now);

          expect(s.nextDueAt === undefined || Date.parse(s.nextDueAt) > now).toBe(true);
          const numbers = s.entries.map((e) => e.number);
          expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 1) + i));
          expect(s.effects.filter((e) => e.kind === 'record_progress').length).toBeLessThanOrEqual(1);
          expect(new Set(s.effects.map((e) => e.id)).size).toBe(s.effects.length);
          const required = view(s).features.filter((f) => f.requirement === 'required');
          if (s.phase === 'live' && s.connectionId !== undefined)
            expect(required.every((f) => f.state !== 'not_started')).toBe(true);
          const people = s.steps.receive_people?.state;
          if (people === 'waiting' || people === 'done')
            expect(s.steps.connect_directory?.state).toBe('done');
          if (s.steps.assign_roles?.state === 'done') expect(people).toBe('done');
          if (s.projected > s.revision) throw new Error('the read model is ahead of the state');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reach rest: a worker that never fails empties the effects', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        let s = fresh({
          onboardingId: 'onb_1',
          environmentId: 'env_1',
          organizationId: 'org_1',
          number: 1,
          at: iso(start),
        });
        for (const m of moves) {
          if ('act' in m && refuse(s, m.act) === undefined) s = apply(s, does(m.act), start);
          if ('fact' in m) s = report(s, tells(m.fact), start);
        }
        s = perform(s, start);
        expect(kinds(s)).toEqual([]);
        expect(s.projected).toBe(s.revision);
        expect(upcomingDeadline(s, start)?.atMs ?? start + 1).toBeGreaterThan(start);
      }),
      { numRuns: 200 },
    );
  });
});
