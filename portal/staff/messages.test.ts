// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { actsOnOnboardings, auditActions, productActions } from '../../onboarding/audit-actions.ts';
import { reminderKinds, timelineKinds, type EffectKind } from '../../onboarding/state.ts';
import { connectionNoticeKinds, toldToStaff } from '../../onboarding/connection-notices.ts';
import { directoryNoticeKinds } from '../../onboarding/directory-notices.ts';
import type { Fact } from '../../onboarding/commands.ts';
import type { DomainVerdict } from '../../onboarding/domain-verdict.ts';
import type { LookMeaning } from '../../onboarding/look-table.ts';
import { signInCauses } from '../../onboarding/sign-in-causes.ts';
import { signInChecks, trailKinds } from '../../onboarding/sign-in-checks.ts';
import { endingKinds } from '../../onboarding/ageing.ts';
import { expiringViews } from '../../api/contract/dashboard-expiring.ts';
import { offeredFeatures, stepNames } from '../../onboarding/steps.ts';
import { foundKinds } from '../../api/contract/dashboard-search.ts';
import { attemptStages } from './attempt-stages.ts';
import { mailLooks } from './mail-states.ts';
import { navigation } from './navigation.ts';
import { timelineGroups } from './timeline.ts';

const areaOf = (file: string) => basename(file).replace(/(\.first)?\.json$/, '');

type Tree = { [key: string]: Tree | string };
const folders = ['messages/en', '../shared/messages/en'].map((folder) => join(import.meta.dirname, folder));
const catalogue = new Map(
  folders.flatMap((folder) =>
    readdirSync(folder).flatMap((file) =>
      flatten(areaOf(file), JSON.parse(readFileSync(join(folder, file), 'utf8'))),
    ),
  ),
);

function flatten(prefix: string, node: Tree | string): [string, string][] {
  if (typeof node === 'string') return [[prefix, node]];
  return Object.entries(node).flatMap(([key, value]) => flatten(`${prefix}.${key}`, value));
}

/** What audit rows of the product name as their target, read off the places where they are written. */
function recordedTargets(): string[] {
  const root = join(import.meta.dirname, '../..');
  const files = ['activities', 'api', 'db', 'sandbox'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  const target = /target\b[^;{}]{0,60}\{\s*type: '([a-z_]+)'/gi;
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(target)].map(([, type = '']) => type),
    );
}

/** The compiler tells when a list misses a member or names one that is gone. */
const listed = <Code extends string>(codes: Record<Code, true>) => Object.keys(codes);

const facts = listed<Fact['kind']>({
  test_passed: true,
  test_failed: true,
  connection_live: true,
  connection_gone: true,
  directory_linked: true,
  directory_gone: true,
  domain_verified: true,
  domain_failed: true,
  certificate_proven: true,
  repaired: true,
  link_ended: true,
  mail_bounced: true,
});
const effects = listed<EffectKind>({
  send_invitation: true,
  send_reminder: true,
  send_notice: true,
  open_step: true,
  close_step: true,
  validate_connection: true,
  activate_connection: true,
  move_certificate_watch: true,
  close_links: true,
  record_progress: true,
});
const verdicts = listed<DomainVerdict['kind']>({
  found: true,
  not_there: true,
  domain_twice: true,
  on_apex: true,
  wrong_value: true,
  quoted: true,
  cname_hides: true,
  wildcard: true,
  other_servers: true,
  disagree: true,
  broken: true,
  unknown: true,
});
const meanings = listed<LookMeaning>({
  found: true,
  not_there: true,
  domain_twice: true,
  on_apex: true,
  wrong_value: true,
  quoted: true,
  cname_hides: true,
  wildcard: true,
  refused: true,
  broken: true,
  no_answer: true,
});
const agedKinds = endingKinds.filter((kind) => kind !== 'idp_certificate');
const mailKinds = [
  'invitation',
  'fresh_link',
  ...reminderKinds.map((kind) => `reminder_${kind}`),
  'domain_verified',
  'directory_linked',
  'live',
  'repair',
  'code',
  'certificate_ageing',
  'certificate_renewed',
  ...agedKinds.map((kind) => `${kind}_ageing`),
  'renewal_link',
  ...connectionNoticeKinds.map((kind) => `connection_${kind}`),
  ...directoryNoticeKinds.map((kind) => `directory_${kind}`),
  ...['held', 'applied', 'discarded'].flatMap((news) => [`change_${news}`, `staff_change_${news}`]),
  'signed_less',
  'signed_less_staff',
  'staff_stalled',
  'staff_bounced',
  'staff_live',
  ...[...toldToStaff].map((kind) => `staff_connection_${kind}`),
  ...['contested', 'lost', 'claim_contested', 'claim_waits', 'given', 'taken', 'won', 'passed_on'].map(
    (news) => `domain_${news}`,
  ),
  'domain_reviewed',
  'domain_approved',
  'domain_refused',
];
const deadlines = ['link_ends', 'stalled', 'closes', 'cancel_final', 'step_returns'];
const waitedFor = ['customer', 'colleague', 'staff', 'dns', 'provider'];
const folded = ['started', 'command', 'fact', 'effect', 'timer', 'child', 'continued', 'failed', 'ended'];

describe('the staff app has words for every member of a closed list', () => {
  it.each([
    ['timeline.kinds', timelineKinds],
    [
      'timeline.mails',
      [...reminderKinds, 'domain_verified', 'directory_linked', 'live', 'repair', 'invitation'],
    ],
    ['timeline.filters', [...Object.keys(timelineGroups), 'all']],
    ['words.steps', stepNames],
    ['words.features', offeredFeatures],
    ['words.featuresShort', offeredFeatures],
    ['words.who', waitedFor],
    ['words.waiting', waitedFor],
    ['words.upcoming', [...reminderKinds.filter((kind) => kind !== 'manual'), ...deadlines]],
    ['words.actors', ['customer', 'colleague', 'staff', 'developer', 'provider', 'system', 'operator']],
    ['words.attemptOrigins', ['app', 'test', 'provider']],
    ['words.linkKinds', ['main', 'colleague', 'portal']],
    ['words.origins', ['invitation', 'portal', 'repair']],
    ['words.requirements', ['required', 'optional', 'off']],
    ['words.signed', ['one', 'assertion', 'response', 'both']],
    ['words.sources', ['metadata', 'pasted', 'api', 'refresh', 'test', 'renewal']],
    ['expiring.kinds', endingKinds],
    ['expiring.views', expiringViews],
    ['words.strategies', ['dns', 'manual']],
    ['words.domainStates', ['pending', 'verified', 'failed', 'lapsed', 'conflict']],
    ['causes', signInCauses],
    ['checks', signInChecks],
    ['mails.kinds', mailKinds],
    ['mails.states', Object.keys(mailLooks)],
    ['acts.did', productActions],
    ['acts.about', auditActions.map((action) => action.split('.')[0] ?? '')],
    ['acts.targets', recordedTargets()],
    ['search.kinds', foundKinds],
    ['workflow.kinds', folded],
    ['workflow.titles', [...actsOnOnboardings, ...facts, ...effects]],
    ['workflow.works', effects],
    ['dns.verdict', verdicts],
    ['dns.meaning', meanings],
    ['attempts.detail', attemptStages],
    ['attempts.detail.trail', trailKinds],
    ['firstrun.steps', ['key', 'onboarding_created', 'link_opened', 'signed_in', 'live']],
    ['onboardings.views', ['ours', 'stalled', 'moving', 'live', 'all']],
    ['onboardings.empty', ['ours', 'stalled', 'moving', 'live', 'all']],
    ['staff.nav', navigation.flatMap(({ lines }) => lines.map(({ id }) => id))],
    ['staff.group', navigation.map(({ id }) => id)],
  ])('%s', (group, codes) => {
    expect(codes.filter((code) => !catalogue.get(`${group}.${code}`))).toEqual([]);
  });

  it('every kind of the timeline belongs to one group of its filter', () => {
    expect(Object.values(timelineGroups).flat().toSorted()).toEqual([...timelineKinds].toSorted());
  });
});
