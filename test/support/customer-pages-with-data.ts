import type { DirectoryView, DirectoryState } from '../../api/contract/setup-directories.ts';
import type { StreamPage } from '../../api/contract/setup-log-streams.ts';
import { sceneWith, type SceneChange } from './customer-scenes.ts';
import {
  aChecklist,
  aDirectory,
  aDirectoryAtHome,
  aDirectoryState,
  aFormerDirectory,
  aHold,
  aLinkedDirectory,
  aProvisioningTest,
  aToken,
  refusedCall,
  seenCall,
  someGroups,
  somePeople as peopleThatCame,
  someRequests,
} from './directory-builders.ts';
import { aFakeDirectory, type FakeDirectory } from './fake-directory.ts';
import { aClaim, aRolesState, aSource, fakeRoles, somePeople } from './fake-roles.ts';
import { createFakeSetupApi } from './fake-setup-api.ts';
import { someOutages } from './fake-staff-streams.ts';
import { aFakeStreams } from './fake-streams.ts';
import type { Scene } from './serve-portal.ts';
import { aConnectionAtHome, aSecondAtHome } from './setup-states.ts';
import { aFailedAttempt, aPassedAttempt } from './attempt-builders.ts';
import { aDomainDetail } from './domain-builders.ts';
import {
  aDraft,
  aFormer,
  aHome,
  anAttributeField,
  anSsoState,
  aRenewalState,
  aSession,
  at,
  aTimeline,
  aTrouble,
  aTrustedCertificate,
  aView,
  everyStepDone,
} from './setup-builders.ts';
import { configured, day, live, minute, renewedCertificate, tested } from './setup-states.ts';
import { aFilesState, aFileServer, aKey, aSentFile, readBefore, someCredentials } from './source-builders.ts';
import {
  aRefusal,
  aRunningStream,
  aStream,
  aStreamPage,
  proofOf,
  setUp,
  someRejects,
} from './stream-builders.ts';

/** The customer's pages with as much on them as may be there at once, for looking at their widths and colours. */

const session = aSession({ features: ['sso', 'directory_sync', 'log_streams', 'audit_logs'] });

function ofDirectory(state: Partial<DirectoryState>, further: Partial<FakeDirectory> = {}): SceneChange {
  const view = aView({ choose_directory: 'done' });
  return { session, directory: aFakeDirectory({ state: aDirectoryState({ view, ...state }), ...further }) };
}
const linked = (change: Partial<DirectoryView> = {}, further: Partial<FakeDirectory> = {}) =>
  ofDirectory(
    { directory: aLinkedDirectory(change) },
    { people: peopleThatCame(), groups: someGroups(), requests: someRequests(), ...further },
  );
const read = { guide: null, checklist: [], directory: aDirectory() };

const ofStream = (stream: StreamPage['stream'], page: Partial<StreamPage> = {}): SceneChange => ({
  session,
  streams: aFakeStreams([{ ...aStreamPage(stream), ...page }], { rejects: someRejects() }),
});
const failing = () =>
  aRunningStream({
    chip: 'invalid',
    state: 'invalid',
    behind: 1_204,
    oldestUnsentAt: at(-42 * minute),
    failingSince: at(-40 * minute),
    lastError: aRefusal(),
    rejectedCount: 1_117,
  });

const severalDomains = () => [
  aDomainDetail({ chip: 'verified', state: 'verified', verifiedAt: at(-day) }),
  aDomainDetail({ id: 'dom_2', domain: 'acme.org', unicode: 'acme.org' }),
];
const weaker = { expected: 'both', received: 'assertion', signed: 'assertion', encrypted: false };

const pages: readonly (readonly [path: string, change: () => SceneChange])[] = [
  [
    '/home',
    () => ({
      session,
      home: aHome({
        sinceYouWereHere: aTimeline(),
        timeline: aTimeline(),
        mayAddConnection: true,
        view: aView({ ...everyStepDone, repair_sign_in: 'failed' }),
        nextStep: { feature: 'sso', step: 'repair_sign_in' },
        troubles: [aTrouble()],
        connections: [
          aConnectionAtHome({ domains: ['acme.com'] }),
          aSecondAtHome({ name: 'Google', chip: 'not_tested' }),
        ],
        directory: aDirectoryAtHome({ chip: 'held', linkedAt: at(-day), people: 900 }),
        domains: severalDomains().map(({ domain }) => domain),
        draft: { isMine: false, heldBy: 'b•••@acme.com', startedAt: at(-3 * day), changedAt: at(-day) },
        stepNotes: [{ step: 'choose_provider', note: 'Ask for the Cloud application administrator first.' }],
      }),
    }),
  ],
  [
    '/finished',
    () => ({
      sso: anSsoState({ connection: live() }),
      home: aHome({ allDone: true, timeline: aTimeline() }),
    }),
  ],
  [
    '/sso/connection',
    () => ({
      sso: anSsoState({
        connection: live({
          chip: 'failing',
          recentFailures: 14,
          topCause: 'signature_unknown_key',
          troubles: [aTrouble({ kind: 'metadata_failing', step: 'repair_metadata', cause: 'gone' })],
        }),
        formers: [aFormer()],
      }),
      attempts: [aPassedAttempt(), aFailedAttempt()],
      perDay: [{ day: '2026-11-23', worked: 12, failed: 1 }],
    }),
  ],
  [
    '/sso/draft',
    () => ({
      sso: anSsoState({
        connection: tested(),
        serving: live(),
        draft: aDraft({
          differences: [
            { field: 'issuer', before: [], after: ['https://login.microsoftonline.com/4f1c/v2.0'] },
          ],
        }),
      }),
    }),
  ],
  [
    '/sso/attributes',
    () => ({
      sso: configured(),
      attributes: {
        fields: [
          anAttributeField({
            field: 'email',
            attribute: 'mail',
            isDefault: false,
            lastValue: 'a•••@acme.com',
          }),
        ],
        received: ['NameID', 'mail'],
      },
    }),
  ],
  [
    '/sso/test',
    () => ({ sso: anSsoState({ connection: tested() }), attempts: [aPassedAttempt(), aFailedAttempt()] }),
  ],
  ['/sso/test?attempt=att_1', () => ({ sso: configured(), attempts: [aPassedAttempt()] })],
  ['/sso/attempts/att_2', () => ({ sso: configured(), attempts: [aFailedAttempt()] })],
  [
    '/sso/attempts/att_2/form',
    () => ({
      sso: anSsoState({ connection: live({ accepted: { signed: 'both', encrypted: true } }) }),
      attempts: [aFailedAttempt('signed_less', weaker)],
    }),
  ],
  ['/sso/go-live', () => ({ sso: anSsoState({ connection: tested() }), domains: severalDomains() })],
  [
    '/sso/domains',
    () => ({
      sso: anSsoState({ connection: live() }),
      domains: severalDomains(),
      chosen: ['acme.com', 'acme-old.com'],
      allowsOutside: true,
    }),
  ],
  [
    '/sso/renewal',
    () => ({
      sso: anSsoState({ connection: live() }),
      renewal: aRenewalState({ certificates: [renewedCertificate(), aTrustedCertificate()] }),
    }),
  ],
  ['/domains', () => ({ domains: severalDomains() })],
  ['/domains/dom_1', () => ({ domains: [aDomainDetail()] })],
  ['/audit-log/audit_long', () => ({ session })],
  ['/directory/guide/connect', () => ofDirectory({ directory: aDirectory({ tokens: [aToken()] }) })],
  [
    '/directory/watch',
    () =>
      ofDirectory({
        directory: aLinkedDirectory(),
        checklist: aChecklist({
          create_user: seenCall(-minute, 'a•••@acme.com'),
          push_group: refusedCall('group_exists', 409),
        }),
      }),
  ],
  [
    '/directory/test',
    () =>
      ofDirectory({
        directory: aLinkedDirectory(),
        test: aProvisioningTest({ create_user: seenCall(-minute, 't•••@acme.com') }, 't•••@acme.com'),
      }),
  ],
  ['/directory/requests', () => linked()],
  ['/directory/state', () => linked({ chip: 'held', hold: aHold() })],
  ['/directory/state?tab=groups', () => linked()],
  [
    '/directory/tokens',
    () => linked({ tokens: [aToken(), aToken({ id: 'directory_token_2', lastUsedAt: null })] }),
  ],
  [
    '/directory/hold',
    () =>
      linked(
        { chip: 'held', hold: aHold() },
        { held: peopleThatCame().map((person) => ({ ...person, becomes: 'inactive' as const })) },
      ),
  ],
  [
    '/directory/switch',
    () =>
      linked(
        { switchTo: { name: 'Microsoft Entra ID', sourceId: 'microsoft-entra-id' } },
        {
          switched: {
            vanish: peopleThatCame().slice(0, 2),
            appear: peopleThatCame().slice(2),
            stay: [],
            roles: [],
          },
          switchedRoles: [{ group: 'Engineering', role: 'Editor', isKept: false }],
        },
      ),
  ],
  [
    '/directory/formers/former_directory_1',
    () =>
      ofDirectory(
        { directory: aLinkedDirectory(), formers: [aFormerDirectory()] },
        {
          switched: {
            vanish: peopleThatCame().slice(0, 2),
            appear: peopleThatCame().slice(2),
            stay: [],
            roles: [],
          },
        },
      ),
  ],
  [
    '/directory/files',
    () =>
      ofDirectory(read, {
        files: aFilesState({
          keys: [aKey()],
          isLinked: true,
          files: [
            aSentFile({ refusedLines: 2 }),
            aSentFile({ id: 'directory_file_2', counts: { removed: 412, held: 1 } }),
          ],
        }),
      }),
  ],
  [
    '/directory/credentials',
    () => ofDirectory(read, { credentials: someCredentials(aFileServer({ host: 'files.acme.com' })) }),
  ],
  ['/directory/credentials', () => ofDirectory(read, { credentials: readBefore() })],
  ['/log-streams', () => ({ session, streams: aFakeStreams([aStreamPage(failing())]) })],
  ['/log-streams/log_stream_1/destination', () => ofStream(aStream())],
  ['/log-streams/log_stream_1/guide/address', () => ofStream(aStream())],
  ['/log-streams/log_stream_1/settings', () => ofStream(aStream(setUp()))],
  ['/log-streams/log_stream_1/prove', () => ofStream(aStream({ ...setUp(), proof: proofOf() }))],
  [
    '/log-streams/log_stream_1/start',
    () => ofStream(aStream({ ...setUp(), chip: 'ready', proof: proofOf({ provenAt: at(-minute) }) })),
  ],
  ['/log-streams/log_stream_1/state', () => ofStream(failing(), { outages: someOutages(new Date(at(0))) })],
];

/** What each page is drawn from, afresh. */
export const customerPagesWithData: readonly (readonly [path: string, scene: () => Scene])[] = [
  ...pages.map(([path, change]) => [path, () => sceneWith(createFakeSetupApi(change()))] as const),
  ['/directory/roles', sceneOfRoles],
];

/** Its endpoints have a fake of their own, which answers before the fake of all others. */
function sceneOfRoles(): Scene {
  const view = aView({ ...everyStepDone, receive_people: 'done', assign_roles: 'open' });
  const scene = sceneWith(createFakeSetupApi({ session, home: aHome({ view }) }));
  const tally = { gain: 12, lose: 3, keep: 117 };
  const roles = fakeRoles({
    state: { ...aRolesState(), view },
    others: [aSource('Sales', 40), aClaim('platform-admins', 7)],
    next: 'more',
    preview: { tallies: [{ slug: 'admin', ...tally }], changed: 12, stay: 828, orphaned: 'admin' },
    people: somePeople,
    result: { status: 'applied', view },
    refusals: {},
  });
  return {
    ...scene,
    answer: (method, path, body) =>
      roles(method, path.replace(/^.*\/api(?=\/)/, ''), body) ?? scene.answer?.(method, path, body),
  };
}
