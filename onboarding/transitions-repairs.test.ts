import { describe, expect, it } from 'vitest';
import {
  anOnboarding,
  at,
  does,
  iso,
  perform,
  ssoUpTo,
  staff,
  start,
  startAct,
  tells,
} from '../test/support/onboarding-states.ts';
import { eventOfEntry } from './journey-events.ts';
import { fresh, type State } from './state.ts';
import { apply, report, tick } from './transitions.ts';
import { isOver, upcomingDeadline } from './transitions/deadlines.ts';
import { view } from './view.ts';

describe('a repair', () => {
  const repair = {
    troubleId: 'trouble_1',
    step: 'repair_sign_in',
    since: iso(at(40)),
    cause: 'signature_unknown_key',
  } as const;
  const link = {
    linkId: 'link_2',
    delivery: 'mail',
    contactId: 'contact_1',
    expiresAt: iso(at(70)),
  } as const;
  const health = { type: 'system', id: 'health' } as const;

  /** A run that a machine began, because a live connection needs a person. */
  const aRepairRun = () => {
    const blank = fresh({
      onboardingId: 'onb_2',
      environmentId: 'env_1',
      organizationId: 'org_1',
      number: 2,
      at: iso(at(41)),
    });
    const act = startAct(
      { sso: 'required' },
      { origin: 'repair', reminders: false, connectionLive: true, repair, link },
    );
    return apply(blank, does(act, health), at(41));
  };
  const isWell = (troubleId: string) => ({ ...tells({ kind: 'repaired', troubleId }), actor: health });

  it('is a run of its own where none is open: one step for the customer, mailed once, and no other news', () => {
    const s = aRepairRun();

    expect(view(s)).toMatchObject({
      state: 'in_progress',
      waitingFor: 'customer',
      stepsDone: 5,
      stepsTotal: 6,
      features: [{ feature: 'sso', state: 'repair' }],
    });
    expect(view(s).features[0]?.steps.at(-1)).toMatchObject({
      step: 'repair_sign_in',
      state: 'failed',
      cause: 'signature_unknown_key',
    });
    expect(s.entries.map(({ kind }) => kind)).toEqual(['started', 'repair_needed']);
    expect(s.effects.filter(({ kind }) => kind === 'send_notice')).toMatchObject([
      { notice: 'repair', subjectId: 'trouble_1' },
    ]);
    expect(upcomingDeadline(perform(s, at(41)), at(41))).toMatchObject({ what: 'closes', atMs: at(55) });
  });

  it('closes by itself when all is well again, with its links, and the run is over', () => {
    let s = perform(aRepairRun(), at(41));
    s = report(s, isWell('trouble_1'), at(42));

    expect(s.entries.map(({ kind, completes }) => [kind, completes])).toEqual([
      ['repaired', true],
      ['live', false],
    ]);
    expect(s.effects).toContainEqual(expect.objectContaining({ kind: 'close_links', outcome: 'completed' }));
    s = perform(s, at(42));
    expect(view(s)).toMatchObject({ state: 'live', waitingFor: null, features: [{ state: 'done' }] });
    expect(isOver(s, at(42))).toBe(true);
  });

  it('ends 14 days after the last act where nobody did anything, and what is wrong stays wrong', () => {
    const s = tick(perform(aRepairRun(), at(41)), at(55));

    expect(view(s)).toMatchObject({ state: 'closed', features: [{ state: 'repair' }] });
  });

  it('joins the open onboarding, takes it back from live, and counts once however often it is told', () => {
    let s = perform(
      anOnboarding({ sso: 'required', domain_verification: 'optional' }, { connectionLive: true }),
      start,
    );
    expect(view(s).state).toBe('live');
    s = apply(s, does({ kind: 'open_repair', repair }, health), at(41));
    s = apply(s, does({ kind: 'open_repair', repair }, health), at(41));

    expect(view(s)).toMatchObject({ state: 'in_progress', waitingFor: 'customer' });
    expect(s.effects.filter(({ kind }) => kind === 'send_notice')).toHaveLength(1);
    s = report(perform(s, at(41)), isWell('trouble_1'), at(42));
    expect(view(s).state).toBe('live');
    expect(s.entries.filter(({ kind }) => kind === 'live')).toEqual([]);
  });

  it('of two domains closes with the second, and brings a feature that the plan lacked with its steps done', () => {
    let s = perform(ssoUpTo('provider'), at(1));
    const lost = (troubleId: string) => ({
      troubleId,
      step: 'repair_domain' as const,
      since: iso(at(2)),
      cause: 'record_missing',
    });
    s = apply(s, does({ kind: 'open_repair', repair: lost('trouble_a') }, health), at(2));
    s = apply(s, does({ kind: 'open_repair', repair: lost('trouble_b') }, health), at(2));
    expect(view(s).features[1]).toMatchObject({ requirement: 'optional', state: 'repair' });

    s = report(s, isWell('trouble_a'), at(3));
    expect(view(s).features[1]?.state).toBe('repair');
    s = report(s, isWell('trouble_b'), at(3));
    expect(view(s).features[1]?.state).toBe('done');
    expect(view(s).features[0]?.state).toBe('in_progress');
  });

  it('is told to the vendor by an event of its own; going live again is not', () => {
    let s = aRepairRun();
    const told = [...s.entries];
    s = report(perform(s, at(41)), isWell('trouble_1'), at(42));

    expect([...told, ...s.entries].map((entry) => eventOfEntry(entry, 'repair')).filter(Boolean)).toEqual([
      'onboarding.repair_needed',
      'onboarding.step_completed',
    ]);
  });

  it('becomes part of a full onboarding by an invitation', () => {
    const again = { linkId: 'link_3', delivery: 'mail', contactId: 'contact_1' } as const;
    const invite = { kind: 'invite', ...again, expiresAt: iso(at(80)) } as const;
    const s = apply(perform(aRepairRun(), at(41)), does(invite, staff), at(42));

    expect([s.origin, s.invited, view(s).features[0]?.state]).toEqual(['invitation', true, 'repair']);
    expect(upcomingDeadline(s, at(42))?.what).not.toBe('closes');
  });
});

describe('[DOM-07] a domain that waits for the vendor’s word', () => {
  const proof = (kind: 'domain_failed', domainId: string, reason: string) =>
    tells({ kind, domainId, reason });
  const held = (domainId: string) => proof('domain_failed', domainId, 'domain_needs_approval');
  const added = (...ids: string[]) =>
    ids.reduce(
      (s, domainId) => apply(s, does({ kind: 'add_domain', domainId }), at(1)),
      perform(anOnboarding({ domain_verification: 'required' }), start),
    );
  const stepOf = (s: State) => view(s).features[0]?.steps.find(({ step }) => step === 'verify_domain');

  it('is waited for with the vendor, not with DNS, and nobody at the customer is reminded of it', () => {
    const waiting = report(added('dom_1'), held('dom_1'), at(2));

    expect(view(added('dom_1')).waitingFor).toBe('dns');
    expect(stepOf(waiting)).toMatchObject({ state: 'waiting', cause: 'domain_needs_approval' });
    expect(view(waiting).waitingFor).toBe('staff');
    expect(waiting.entries).toContainEqual(
      expect.objectContaining({ kind: 'domain_in_review', step: 'verify_domain' }),
    );
    const next = upcomingDeadline(waiting, at(2))?.what;
    expect(next).not.toMatch(/domain_unseen|half_done/);
  });

  it('approved, ends the step; refused, has the customer go on', () => {
    const waiting = report(added('dom_1'), held('dom_1'), at(2));

    const approved = report(waiting, tells({ kind: 'domain_verified', domainId: 'dom_1' }), at(3));
    expect(stepOf(approved)?.state).toBe('done');
    const refused = report(waiting, proof('domain_failed', 'dom_1', 'domain_refused'), at(3));
    expect(stepOf(refused)).toMatchObject({ state: 'failed', cause: 'domain_refused' });
    expect(view(refused).waitingFor).toBe('customer');
    expect(refused.entries.map(({ kind }) => kind)).toContain('domain_refused');
  });

  it('is not told as a record that never came where another organization has the name', () => {
    const contested = report(
      added('dom_1'),
      proof('domain_failed', 'dom_1', 'domain_verified_by_other_organization'),
      at(2),
    );

    expect(contested.entries.at(-1)?.kind).toBe('domain_contested');
  });

  it('leaves the step with DNS while another domain is looked for, and goes back there when it is removed', () => {
    const both = report(added('dom_1', 'dom_2'), held('dom_1'), at(2));
    expect(view(both).waitingFor).toBe('dns');

    const lost = report(both, proof('domain_failed', 'dom_2', 'domain_verification_period_expired'), at(3));
    expect(view(lost).waitingFor).toBe('staff');
    const removed = apply(lost, does({ kind: 'remove_domain', domainId: 'dom_1' }), at(4));
    expect([stepOf(removed)?.state, view(removed).waitingFor]).toEqual(['failed', 'customer']);
  });
});
