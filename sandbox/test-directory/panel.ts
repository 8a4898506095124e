import type { Egress } from '../../adapters/egress.ts';
import type { Secrets } from '../../adapters/secrets.ts';
import { withTenant, type Db, type Tenant, type Tx } from '../../db/index.ts';
import { conversationOf, type Conversation } from './conversation.ts';
import { entraProfile, entraTest, talkLikeEntra } from './entra.ts';
import { faults, type FaultName } from './faults.ts';
import { LineBroken, openLine, type LoggedCall } from './line.ts';
import { oktaProfile, oktaTest, talkLikeOkta } from './okta.ts';
import { nothingSent, type Sent } from './sent.ts';
import {
  crowd,
  firstSource,
  mostGroups,
  mostPeople,
  peopleAt,
  type Manner,
  type Source,
  type SourceGroup,
  type SourcePerson,
} from './source.ts';
import { putSent, putSource, putToken, readSent, readSource, readToken } from './stored.ts';

/**
 * The test directory as the sandbox's page and scripts turn it: a SCIM client that knows nothing of the server but an
 * address and a token. Its log is kept in memory: a restart forgets what was said, never what there is.
 */
export interface TestDirectory {
  getState(tx: Tx, tenant: Tenant): Promise<TestDirectoryState>;
  /** The id of the token that a directory was taken with last. */
  tokenOf(tx: Tx, tenant: Tenant, directoryId: string): Promise<string | undefined>;
  /** Changes what is given; what was sent to another address is forgotten. */
  connect(tx: Tx, tenant: Tenant, change: ConnectionChange, now: Date): Promise<void>;
  setFaults(tx: Tx, tenant: Tenant, on: readonly FaultName[], now: Date): Promise<void>;
  putPerson(tx: Tx, tenant: Tenant, put: Put<SourcePerson>, now: Date): Promise<Refusal | undefined>;
  /** False when there is nobody of this id. */
  removePerson(tx: Tx, tenant: Tenant, personId: string, now: Date): Promise<boolean>;
  addCrowd(tx: Tx, tenant: Tenant, count: number, now: Date): Promise<Refusal | undefined>;
  putGroup(tx: Tx, tenant: Tenant, put: Put<SourceGroup>, now: Date): Promise<Refusal | undefined>;
  removeGroup(tx: Tx, tenant: Tenant, groupId: string, now: Date): Promise<boolean>;
  /** The first people, no faults, nothing sent; address and token stay. */
  reset(tx: Tx, tenant: Tenant, now: Date): Promise<void>;
  /**
   * Begins to talk, after whatever is being said now. `changed` is what an edit brings about by itself: nothing for a
   * client that works in cycles. Resolves when all was said, or when `patienceMs` are over.
   */
  talk(environmentId: string, about: Topic, patienceMs: number): Promise<void>;
}

export type Topic = 'test' | 'changed' | 'cycle' | 'everything';
export type Refusal = 'taken' | 'too_many' | 'unknown' | 'unknown_member';

export interface Put<Thing> {
  readonly thing: Thing;
  readonly isNew: boolean;
}

export interface ConnectionChange {
  manner?: Manner | undefined;
  baseUrl?: string | null | undefined;
  token?: string | null | undefined;
  connected?: Source['connected'] | undefined;
  domain?: string | undefined;
}

/** What the page shows (`api/contract/sandbox.ts`). */
export interface TestDirectoryState {
  readonly manner: Manner;
  readonly baseUrl: string | null;
  readonly hasToken: boolean;
  readonly connected: Source['connected'];
  readonly faults: readonly { id: FaultName; expected: string; isOn: boolean }[];
  readonly people: readonly (SourcePerson & { arrival: Arrival })[];
  readonly groups: readonly (SourceGroup & { arrival: Arrival })[];
  /** How many people and groups differ from what has arrived, those who are gone included. */
  readonly waiting: number;
  readonly isTalking: boolean;
  readonly lastSentAt: string | null;
  /** Newest first. */
  readonly log: readonly LoggedCall[];
}

/** Whether it is at the other side: not at all, as it is here, or otherwise. */
export type Arrival = 'none' | 'same' | 'differs';

interface Deps {
  db: Db;
  secrets: Secrets;
  egress: Egress;
  now: () => Date;
  /** What `slow` waits before each call; two seconds unless told. */
  slowMs?: number;
}

interface Memory {
  log: LoggedCall[];
  nextId: number;
  /** Ends when all that was begun is said. */
  talking: Promise<void>;
  waiting: number;
}

export function createTestDirectory({ db, secrets, egress, now, slowMs = 2_000 }: Deps): TestDirectory {
  const memories = new Map<string, Memory>();
  const memoryOf = (environmentId: string): Memory => {
    const known = memories.get(environmentId);
    const memory = known ?? { log: [], nextId: 1, talking: Promise.resolve(), waiting: 0 };
    memories.set(environmentId, memory);
    return memory;
  };

  async function say(environmentId: string, about: Topic): Promise<void> {
    const tenant = { environmentId };
    const memory = memoryOf(environmentId);
    const { source, sent, token } = await withTenant(db, tenant, async (tx) => ({
      source: await readSource(tx, tenant),
      sent: await readSent(tx, tenant),
      token: await readToken(tx, tenant, { secrets }),
    }));
    if (source.baseUrl === null || (about === 'changed' && source.manner === 'entra')) return;
    const isOn = (fault: FaultName) => source.faults.includes(fault);
    const call = openLine({
      egress,
      now,
      pauseBefore: isOn('slow') ? slowMs : 0,
      baseUrl: source.baseUrl,
      userAgent: source.manner === 'okta' ? 'Okta SCIM Client 1.0.0' : 'Test Directory 1.0',
      token: isOn('wrong_token') ? 'not-the-token-of-this-directory' : (token ?? ''),
      log: (logged) => {
        memory.log = [{ id: memory.nextId++, ...logged }, ...memory.log].slice(0, mostLogged);
      },
    });
    try {
      await talkAbout(about, source, conversationOf(source, sent, call));
    } catch (error) {
      if (!(error instanceof LineBroken)) throw error;
    }
    const at = now();
    await withTenant(db, tenant, (tx) => putSent(tx, tenant, { ...sent, lastSentAt: at.toISOString() }, at));
  }

  return {
    async getState(tx, tenant) {
      const source = await readSource(tx, tenant);
      const sent = await readSent(tx, tenant);
      const token = await readToken(tx, tenant, { secrets });
      const { log, waiting } = memoryOf(tenant.environmentId);
      return {
        manner: source.manner,
        baseUrl: source.baseUrl,
        connected: source.connected,
        hasToken: token !== undefined && token !== null,
        faults: Object.entries(faults).map(([id, expected]) => ({
          id: id as FaultName,
          expected,
          isOn: source.faults.some((on) => on === id),
        })),
        ...arrivals(source, sent),
        isTalking: waiting > 0,
        lastSentAt: sent.lastSentAt,
        log,
      };
    },

    async tokenOf(tx, tenant, directoryId) {
      return (await readSource(tx, tenant)).tokens[directoryId];
    },

    async connect(tx, tenant, { token, ...change }, at) {
      const before = await readSource(tx, tenant);
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const merged: Source = { ...before, ...given };
      const { connected } = merged;
      const taken = connected === null ? {} : { [connected.directoryId]: connected.tokenId };
      const after = { ...merged, tokens: { ...before.tokens, ...taken } };
      await putSource(tx, tenant, after, at);
      if (after.baseUrl !== before.baseUrl) await putSent(tx, tenant, nothingSent(), at);
      if (token !== undefined) await putToken(tx, tenant, token, { secrets, now: at });
    },

    async setFaults(tx, tenant, on, at) {
      await putSource(tx, tenant, { ...(await readSource(tx, tenant)), faults: [...new Set(on)] }, at);
    },

    async putPerson(tx, tenant, { thing, isNew }, at) {
      const before = await readSource(tx, tenant);
      const others = before.people.filter(({ id }) => id !== thing.id);
      if (!isNew && others.length === before.people.length) return 'unknown';
      const name = thing.userName.toLowerCase();
      if (others.some(({ userName }) => userName.toLowerCase() === name)) return 'taken';
      if (others.length >= mostPeople) return 'too_many';
      await putSource(tx, tenant, { ...before, people: placed(before.people, thing, isNew) }, at);
      return undefined;
    },

    async removePerson(tx, tenant, personId, at) {
      const before = await readSource(tx, tenant);
      const people = before.people.filter(({ id }) => id !== personId);
      if (people.length === before.people.length) return false;
      const groups = before.groups.map((group) => ({
        ...group,
        memberIds: group.memberIds.filter((id) => id !== personId),
      }));
      await putSource(tx, tenant, { ...before, people, groups }, at);
      return true;
    },

    async addCrowd(tx, tenant, count, at) {
      const before = await readSource(tx, tenant);
      const last = before.people.reduce((most, { id }) => Math.max(most, numberIn(id)), 0);
      if (before.people.length + count > mostPeople) return 'too_many';
      await putSource(tx, tenant, { ...before, people: [...before.people, ...crowd(last + 1, count)] }, at);
      return undefined;
    },

    async putGroup(tx, tenant, { thing, isNew }, at) {
      const before = await readSource(tx, tenant);
      const others = before.groups.filter(({ id }) => id !== thing.id);
      if (!isNew && others.length === before.groups.length) return 'unknown';
      if (others.some(({ name }) => name.toLowerCase() === thing.name.toLowerCase())) return 'taken';
      if (others.length >= mostGroups) return 'too_many';
      const known = new Set(before.people.map(({ id }) => id));
      if (thing.memberIds.some((id) => !known.has(id))) return 'unknown_member';
      const memberIds = [...new Set(thing.memberIds)];
      const groups = placed(before.groups, { ...thing, memberIds }, isNew);
      await putSource(tx, tenant, { ...before, groups }, at);
      return undefined;
    },

    async removeGroup(tx, tenant, groupId, at) {
      const before = await readSource(tx, tenant);
      const groups = before.groups.filter(({ id }) => id !== groupId);
      if (groups.length === before.groups.length) return false;
      await putSource(tx, tenant, { ...before, groups }, at);
      return true;
    },

    async reset(tx, tenant, at) {
      const { manner, baseUrl, connected, tokens, domain } = await readSource(tx, tenant);
      await putSource(tx, tenant, { ...firstSource(), manner, baseUrl, connected, tokens, domain }, at);
      await putSent(tx, tenant, nothingSent(), at);
    },

    async talk(environmentId, about, patienceMs) {
      const memory = memoryOf(environmentId);
      memory.waiting += 1;
      const said = memory.talking.then(() => say(environmentId, about));
      const over = said.finally(() => (memory.waiting -= 1));
      memory.talking = over.then(
        () => undefined,
        () => undefined,
      );
      let patience: NodeJS.Timeout | undefined;
      const tired = new Promise<void>((resolve) => (patience = setTimeout(resolve, patienceMs)));
      await Promise.race([over, tired]).finally(() => clearTimeout(patience));
    },
  };
}

const mostLogged = 200;

async function talkAbout(about: Topic, source: Source, talk: Conversation): Promise<void> {
  const all = about === 'everything';
  if (about === 'test') {
    await talk.call(source.manner === 'okta' ? oktaTest : entraTest);
    return;
  }
  if (source.manner === 'okta') return talkLikeOkta(talk, { all });
  const keepsStandard = /[?&]aadOptscim062020\b/i.test(source.baseUrl ?? '');
  return talkLikeEntra(talk, { all, keepsStandard });
}

const placed = <Thing extends { id: string }>(
  all: readonly Thing[],
  thing: Thing,
  isNew: boolean,
): Thing[] => (isNew ? [...all, thing] : all.map((one) => (one.id === thing.id ? thing : one)));

const numberIn = (id: string) => Number(/^tp-crowd-(\d+)$/.exec(id)?.[1] ?? 0);

/** What is here against what has arrived, in the words of the page. */
function arrivals(source: Source, sent: Sent) {
  const people = peopleAt(source).map((person) => ({
    ...person,
    arrival: arrivalOf(person, source.manner, sent),
  }));
  const groups = source.groups.map((group) => {
    const there = sent.groups[group.id];
    const members = group.memberIds.filter((id) => sent.people[id] !== undefined);
    const isSame =
      there?.name === group.name &&
      members.length === there.memberIds.length &&
      members.every((id) => there.memberIds.includes(id));
    return {
      ...group,
      arrival: there === undefined ? ('none' as const) : isSame ? 'same' : 'differs',
    } as const;
  });
  const here = new Set([...people, ...groups].map(({ id }) => id));
  const gone = [...Object.keys(sent.people), ...Object.keys(sent.groups)].filter((id) => !here.has(id));
  // Somebody inactive who has never arrived is not sent: there is nothing to wait for.
  const waitingPeople = people.filter(
    ({ arrival, active }) => arrival !== 'same' && (active || arrival !== 'none'),
  );
  const waitingGroups = groups.filter(({ arrival }) => arrival !== 'same');
  return { people, groups, waiting: waitingPeople.length + waitingGroups.length + gone.length };
}

function arrivalOf(person: SourcePerson, manner: Manner, sent: Sent): Arrival {
  const there = sent.people[person.id];
  if (there === undefined) return 'none';
  const profile = manner === 'okta' ? oktaProfile(person) : entraProfile(person);
  return there.profile === profile && there.active === person.active ? 'same' : 'differs';
}
