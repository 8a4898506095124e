import { describe, expect, it } from 'vitest';
import type { Act, Command, Fact, FeaturePlan } from './commands.ts';
import { eventOfEntry } from './journey-events.ts';
import { refuse } from './refusals.ts';
import { fresh, type State } from './state.ts';
import { apply, report, settle, tick } from './transitions.ts';
import { isOver } from './transitions/deadlines.ts';
import { view, waitingOn } from './view.ts';

/** The road of directory sync through an onboarding, from choosing the source to roles, and off it again. */

const dayMs = 86_400_000;
const start = Date.parse('2026-03-02T09:00:00.000Z');
const at = (days: number) => start + days * dayMs;
const iso = (ms: number) => new Date(ms).toISOString();
const customer = { type: 'customer', id: 'link_1' } as const;
const staff = { type: 'staff', id: 'member_1' } as const;
let keys = 0;
const does = (act: Act, actor: Command['actor'] = customer): Command => ({
  key: `cmd_${++keys}`,
  actor,
  ...act,
});
const tells = (fact: Fact) => ({
  key: `cmd_${++keys}`,
  actor: { type: 'provider' as const, id: 'directory_1' },
  ...fact,
});

const startAct = (plan: FeaturePlan, more: object = {}): Act => ({
  kind: 'start',
  origin: 'invitation',
  plan,
  domainPolicy: 'optional',
  reminders: true,
  domainVerified: false,
  connectionLive: false,
  mode: 'self_service',
  ...more,
});
const blank = () =>
  fresh({
    onboardingId: 'onb_1',
    environmentId: 'env_1',
    organizationId: 'org_1',
    number: 1,
    at: iso(start),
  });
const perform = (s: State, ms: number): State => {
  let next = s;
  for (let round = 0; round < 50 && next.effects.length > 0; round += 1)
    for (const { id } of next.effects) next = settle(next, id, { status: 'done', at: iso(ms) });
  return next;
};
const anOnboarding = (plan: FeaturePlan = { directory_sync: 'required' }, more: object = {}): State => {
  const invite = { linkId: 'link_1', delivery: 'mail', contactId: 'contact_1' } as const;
  const begun = apply(blank(), does(startAct(plan, more), staff), start);
  const invited = apply(begun, does({ kind: 'invite', ...invite, expiresAt: iso(at(30)) }, staff), start);
  return perform(apply(invited, does({ kind: 'open_link', linkId: 'link_1' }), start), start);
};

const directoryId = 'directory_1';
const choose = { kind: 'choose_directory', directoryId, providerId: 'okta' } as const;
const connect = { kind: 'finish_directory_connection', directoryId } as const;
const assign = { kind: 'assign_roles', directoryId } as const;
const linked = (hasRoles: boolean) => ({ kind: 'directory_linked', directoryId, hasRoles }) as const;
const after = (s: State, ...acts: Act[]) => acts.reduce((state, act) => apply(state, does(act), at(1)), s);
const steps = (s: State) =>
  Object.fromEntries(
    view(s)
      .features.filter(({ feature }) => feature === 'directory_sync')
      .flatMap((feature) => feature.steps.map(({ step, state }) => [step, state])),
  );
const kinds = (s: State) => s.entries.map(({ kind }) => kind);

describe('directory sync', () => {
  it('leads from the choice to live, and ends with the roles', () => {
    let s = after(anOnboarding(), choose);
    expect(steps(s)).toEqual({
      choose_directory: 'done',
      connect_directory: 'open',
      receive_people: 'blocked',
      assign_roles: 'blocked',
    });
    expect(view(s).features[0]?.provider).toEqual({ id: 'okta', chosenBy: 'customer' });
    s = after(s, connect);
    expect(steps(s)).toMatchObject({ connect_directory: 'done', receive_people: 'waiting' });
    s = report(s, tells(linked(true)), at(1));
    expect(steps(s)).toMatchObject({ receive_people: 'done', assign_roles: 'open' });
    expect(view(s).state).toBe('in_progress');
    s = after(s, assign);

    expect(view(s)).toMatchObject({ state: 'live', stepsDone: 4, stepsTotal: 4, waitingFor: null });
    expect(isOver(perform(s, at(1)), at(1))).toBe(true);
  });

  it('has nobody assign roles where the environment has none', () => {
    const s = report(after(anOnboarding(), choose, connect), tells(linked(false)), at(1));

    expect(steps(s)).toMatchObject({ receive_people: 'done', assign_roles: 'done' });
    expect(view(s).state).toBe('live');
  });

  it('is no part of an onboarding that was not asked for it', () => {
    const s = anOnboarding({ sso: 'required' });

    expect(view(s).features.map(({ feature }) => feature)).toEqual(['sso']);
    for (const act of [choose, connect, assign]) expect(refuse(s, act)).toBe('feature_off');
    for (const kind of ['reset_directory', 'bring_back_directory'] as const)
      expect(refuse(s, { kind, directoryId })).toBe('feature_off');
    expect(report(s, tells(linked(false)), at(1)).revision).toBe(s.revision);
  });

  it('can be optional, skipped, taken back, and turned off on the way', () => {
    let s = after(anOnboarding({ sso: 'required', directory_sync: 'optional' }), choose);
    expect(refuse(s, { kind: 'skip_feature', feature: 'directory_sync' })).toBeUndefined();
    s = after(s, { kind: 'skip_feature', feature: 'directory_sync' });
    expect(steps(s)).toMatchObject({ choose_directory: 'done', connect_directory: 'skipped' });
    s = after(s, { kind: 'take_back_skip', feature: 'directory_sync' });
    expect(steps(s)).toMatchObject({ connect_directory: 'open' });
    s = after(s, { kind: 'tailor', plan: { directory_sync: 'off' } });
    expect(refuse(s, connect)).toBe('feature_off');
  });

  it('refuses a step out of order, another source once people come, and what staff hold', () => {
    const s = anOnboarding();
    expect(refuse(s, connect)).toBe('step_blocked');
    expect(refuse(s, assign)).toBe('step_blocked');
    const done = report(after(s, choose, connect), tells(linked(true)), at(1));
    expect(refuse(done, choose)).toBe('step_done');
    expect(refuse(done, assign)).toBeUndefined();
    const led = anOnboarding({ directory_sync: 'required' }, { mode: 'staff_led' });
    expect(refuse(led, choose, customer)).toBe('step_held');
    expect(refuse(led, choose, staff)).toBeUndefined();
  });

  it('takes the connection back when another source is chosen before anybody has come', () => {
    const s = after(anOnboarding(), choose, connect, { ...choose, providerId: 'microsoft-entra-id' });

    expect(steps(s)).toMatchObject({ connect_directory: 'open', receive_people: 'blocked' });
    expect(view(s).features[0]?.provider?.id).toBe('microsoft-entra-id');
  });

  it('goes the whole road at once when people come before anybody has said so', () => {
    const s = report(anOnboarding(), tells(linked(true)), at(1));

    expect(steps(s)).toEqual({
      choose_directory: 'done',
      connect_directory: 'done',
      receive_people: 'done',
      assign_roles: 'open',
    });
    expect(s.directory?.id).toBe(directoryId);
    expect(steps(after(s, connect))).toMatchObject({ receive_people: 'done' });
  });

  it('begins with what is linked already as done, roles too where they have theirs', () => {
    const of = (rolesAssigned: boolean) =>
      steps(
        apply(
          blank(),
          does(startAct({ directory_sync: 'required' }, { directory: { id: directoryId, rolesAssigned } })),
          start,
        ),
      );
    expect(of(true)).toMatchObject({ receive_people: 'done', assign_roles: 'done' });
    expect(of(false)).toMatchObject({ receive_people: 'done', assign_roles: 'open' });
  });

  it('tells the contact once that people come, and the vendor step by step', () => {
    let s = after(anOnboarding(), choose, connect);
    s = report(s, tells(linked(true)), at(1));
    s = report(s, tells(linked(true)), at(1));

    expect(s.effects.filter((e) => e.kind === 'send_notice')).toMatchObject([
      { notice: 'directory_linked', subjectId: directoryId },
    ]);
    expect(s.entries.map((entry) => eventOfEntry(entry, 'invitation')).filter(Boolean)).toEqual([
      'onboarding.step_completed',
      'onboarding.step_completed',
      'onboarding.step_completed',
    ]);
    expect(kinds(s)).toEqual(['directory_chosen', 'step_completed', 'directory_linked']);
  });
});

describe('waiting for a directory', () => {
  it('is waiting for the provider, not for the customer: no reminder of idleness comes while its cycle runs', () => {
    const s = after(anOnboarding(), choose, connect);

    expect(waitingOn(s)).toEqual({ who: 'provider', since: iso(at(1)), step: 'receive_people' });
    expect(view(s).features[0]?.state).toBe('waiting');
    expect(tick(perform(s, at(1)), at(2.9)).effects).toEqual([]);
  });

  it('gets one reminder after two days, and counts as stalled after a week without an act', () => {
    let s = perform(after(anOnboarding(), choose, connect), at(1));
    const sent: [number, string][] = [];
    for (let day = 1; day <= 9; day += 1) {
      s = tick(s, at(day));
      for (const e of s.effects) if (e.kind === 'send_reminder') sent.push([day, e.reminder]);
      s = perform(s, at(day));
    }

    expect(sent).toEqual([[3, 'people_unseen']]);
    expect(s.stalledSince).toBe(iso(at(8)));
  });

  it('is behind what the customer can still do', () => {
    const s = after(anOnboarding({ sso: 'required', directory_sync: 'required' }), choose, connect);

    expect(waitingOn(s)).toMatchObject({ who: 'customer', step: 'choose_provider' });
  });
});

describe('a reset of a directory', () => {
  const live = () => {
    const s = report(after(anOnboarding(), choose, connect), tells(linked(false)), at(1));
    return perform(s, at(1));
  };

  it('opens every step again, and bringing back closes them; the run was live once all the same', () => {
    const was = live();
    const anew = after(was, { kind: 'reset_directory', directoryId });
    expect([was.phase, anew.phase, anew.directory]).toEqual(['live', 'open', undefined]);
    expect(steps(anew)).toMatchObject({ choose_directory: 'open', receive_people: 'blocked' });
    expect(kinds(anew)).toContain('directory_reset');

    const back = after(anew, { kind: 'bring_back_directory', directoryId });

    expect(new Set(Object.values(steps(back)))).toEqual(new Set(['done']));
    expect([back.phase, back.liveAt, back.directory?.id]).toEqual(['live', was.liveAt, directoryId]);
    expect(kinds(back)).toContain('directory_brought_back');
    expect(kinds(back)).not.toContain('live');
  });

  it('may keep the source chosen: the vendor has it connected anew, and it is still the customer’s choice', () => {
    const was = live();
    const anew = after(was, { kind: 'reset_directory', directoryId, keepsSource: true });

    expect([was.phase, anew.phase]).toEqual(['live', 'open']);
    expect(steps(anew)).toMatchObject({
      choose_directory: 'done',
      connect_directory: 'open',
      receive_people: 'blocked',
    });
    expect(anew.directory).toEqual(was.directory);
    expect(view(anew).features[0]?.provider).toEqual({ id: 'okta', chosenBy: 'customer' });
    expect(steps(report(anew, tells(linked(false)), at(2)))).toMatchObject({ receive_people: 'done' });
  });

  it('follows from a deletion while it is set up; one that is live already stays so', () => {
    const onItsWay = after(anOnboarding(), choose, connect);
    const gone = report(onItsWay, tells({ kind: 'directory_gone', directoryId }), at(2));
    expect(steps(gone)).toMatchObject({ choose_directory: 'open', receive_people: 'blocked' });
    expect(kinds(gone)).toContain('directory_gone');

    const other = tells({ kind: 'directory_gone', directoryId: 'directory_2' });
    expect(report(onItsWay, other, at(2)).revision).toBe(onItsWay.revision);
    expect(report(live(), tells({ kind: 'directory_gone', directoryId }), at(2)).phase).toBe('live');
  });
});

describe('the order of an onboarding', () => {
  it('is told as changed only where it changed, in runs from before directory sync too', () => {
    const joined = (order: ('sso' | 'directory_sync' | 'domain_verification')[]) =>
      kinds(
        apply(
          anOnboarding({ sso: 'required', domain_verification: 'optional' }),
          does({ kind: 'join', plan: {}, reminders: true, order }, staff),
          at(1),
        ),
      );

    expect(joined(['sso', 'domain_verification'])).not.toContain('order_changed');
    expect(joined(['domain_verification', 'sso'])).toContain('order_changed');
    expect(joined(['sso', 'directory_sync', 'domain_verification'])).not.toContain('order_changed');
  });
});
