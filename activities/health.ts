import { newId } from '../adapters/ids.ts';
import type { Secrets } from '../adapters/secrets.ts';
import { mintSetupLink } from '../adapters/setup-links.ts';
import {
  endTrouble,
  findTrouble,
  ensureRepairRun,
  getEnvironment,
  getOnboarding,
  insertAudit,
  insertCommand,
  insertTrouble,
  listBounced,
  listDomainsToJudge,
  listEveryOpenTrouble,
  listFailingMetadata,
  listFailingStreams,
  listOpenTroubles,
  listShownContacts,
  listSignInsToJudge,
  listTroublesLeft,
  lockOrganization,
  mainLinkRow,
  markSilent,
  runAgain,
  withSystem,
  withTenant,
  type Db,
  type Tx,
  type TroubleRow,
} from '../db/index.ts';
import {
  causesOfConnections,
  failedWithinMs,
  judgeSignIns,
  lookedBackMs,
  newestLookedAt,
} from '../onboarding/connection-health.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { needsPerson } from '../onboarding/log-streams.ts';
import { judgeMetadata } from '../onboarding/metadata-health.ts';
import { contactForWork } from '../onboarding/told-contacts.ts';
import { mostRuns, restBetweenRunsMs, troubleRules, type TroubleKind } from '../onboarding/troubles.ts';
import { actRow, factRow } from '../onboarding/workflow-names.ts';
import { findDirectories } from './directory-health.ts';

export type HealthDeps = { db: Db; systemDb: Db; secrets: Pick<Secrets, 'seal'>; now: () => Date };

type Whose = { environmentId: string; organizationId: string };
/** Something that is wrong now. */
type Wrong = Whose & { kind: TroubleKind; subjectId: string; since: Date; cause: string | null };

const system = { type: 'system', id: 'health' } as const;

/**
 * Looks at everything that is live: what has gone wrong opens a repair, what is well again closes its own, and what lasts
 * after its run has closed is begun again. It reads what is
 * recorded, so a look that was missed is made up by the next one.
 */
export async function lookAtHealth(
  deps: HealthDeps,
): Promise<{ troubles: number; repaired: number; begunAgain: number }> {
  const closedBefore = new Date(deps.now().getTime() - restBetweenRunsMs);
  const { known, wrong, left } = await withSystem(deps.systemDb, async (tx) => {
    const troubles = await listEveryOpenTrouble(tx);
    return {
      known: troubles,
      wrong: await findWrong(tx, troubles, deps.now()),
      left: await listTroublesLeft(tx, { closedBefore, fewerRunsThan: mostRuns }),
    };
  });
  const isKnown = new Set(known.map(keyOf));
  const isWrong = new Set(wrong.map(keyOf));
  let troubles = 0;
  let repaired = 0;
  for (const trouble of known)
    if (!isWrong.has(keyOf(trouble)) && (await close(deps, trouble))) repaired += 1;
  for (const one of wrong) if (!isKnown.has(keyOf(one)) && (await open(deps, one))) troubles += 1;
  let begunAgain = 0;
  for (const trouble of left)
    if (isWrong.has(keyOf(trouble)) && (await beginAgain(deps, trouble))) begunAgain += 1;
  return { troubles, repaired, begunAgain };
}

const keyOf = ({ kind, subjectId }: Pick<TroubleRow, 'kind' | 'subjectId'>) => `${kind}:${subjectId}`;

async function findWrong(tx: Tx, known: readonly TroubleRow[], now: Date): Promise<Wrong[]> {
  const watched = (kind: TroubleKind) =>
    known.filter((trouble) => trouble.kind === kind).map(({ subjectId }) => subjectId);
  return [
    ...(await findFailing(tx, watched('sign_ins_failing'), now)),
    ...(await findMetadata(tx, now)),
    ...(await findDomains(tx, watched('record_missing'), now)),
    ...(await findDirectories(tx, watched('directory_silent'), now)),
    ...(await findStreams(tx, now)),
  ];
}

async function findFailing(tx: Tx, watched: readonly string[], now: Date): Promise<Wrong[]> {
  const signIns = await listSignInsToJudge(tx, {
    causes: causesOfConnections,
    watched,
    newest: newestLookedAt,
    failedAfter: new Date(now.getTime() - failedWithinMs),
    after: new Date(now.getTime() - lookedBackMs),
  });
  return [...new Set(signIns.map(({ connectionId }) => connectionId))].flatMap((subjectId) => {
    const newest = signIns.filter(({ connectionId }) => connectionId === subjectId);
    const health = judgeSignIns(newest, watched.includes(subjectId), now);
    const [first] = newest;
    if (!health.isFailing || first === undefined) return [];
    const { environmentId, organizationId } = first;
    const { since, cause } = health;
    return [{ environmentId, organizationId, kind: 'sign_ins_failing' as const, subjectId, since, cause }];
  });
}

async function findMetadata(tx: Tx, now: Date): Promise<Wrong[]> {
  return (await listFailingMetadata(tx)).flatMap(
    ({ id: subjectId, environmentId, organizationId, metadataFailingSince, metadataFailingCode }) => {
      const failing = { failingSince: metadataFailingSince, code: metadataFailingCode };
      const cause = judgeMetadata(failing, now);
      if (cause === undefined) return [];
      const since = metadataFailingSince ?? now;
      return [{ environmentId, organizationId, kind: 'metadata_failing' as const, subjectId, since, cause }];
    },
  );
}

/** One that retries by itself is left to it for an hour; one whose credentials are refused needs a person at once. */
async function findStreams(tx: Tx, now: Date): Promise<Wrong[]> {
  return (await listFailingStreams(tx)).flatMap((stream) => {
    const { environmentId, organizationId, id: subjectId, state, failingSince, lastError } = stream;
    if (failingSince === null || !needsPerson(stream, now)) return [];
    const kind = state === 'invalid' ? ('stream_refused' as const) : ('stream_failing' as const);
    return [
      {
        environmentId,
        organizationId,
        kind,
        subjectId,
        since: failingSince,
        cause: lastError?.cause ?? null,
      },
    ];
  });
}

/** One that is looked for again is not well before it is found. */
async function findDomains(tx: Tx, watched: readonly string[], now: Date): Promise<Wrong[]> {
  return (await listDomainsToJudge(tx, watched)).flatMap(
    ({ id: subjectId, environmentId, organizationId, state, failedReason, missingSince }) => {
      const isLost = state === 'lapsed' && failedReason === 'record_missing';
      if (!isLost && (state === 'verified' || !watched.includes(subjectId))) return [];
      const since = missingSince ?? now;
      return [
        { environmentId, organizationId, kind: 'record_missing' as const, subjectId, since, cause: null },
      ];
    },
  );
}

/** False when another look was faster, or the organization is gone. */
async function open(deps: HealthDeps, { kind, subjectId, since, cause, ...whose }: Wrong): Promise<boolean> {
  const now = deps.now();
  const troubleId = newId('trouble_');
  return unlessGone(deps, whose, async (tx) => {
    await lockOrganization(tx, whose, whose.organizationId);
    const others = await listOpenTroubles(tx, whose, [whose.organizationId]);
    if (others.some((other) => keyOf(other) === keyOf({ kind, subjectId }))) return false;
    const trouble = { id: troubleId, ...whose, kind, subjectId, since, cause };
    const onboardingId = await haveRepaired(tx, deps, trouble);
    await insertTrouble(tx, { ...trouble, onboardingId, createdAt: now });
    if (kind === 'directory_silent') await markSilent(tx, whose, subjectId, since);
    await audit(tx, { ...trouble, onboardingId }, 'opened', now);
    return true;
  });
}

/** What lasts longer than the run that was to repair it gets another one. False as for `open`. */
async function beginAgain(deps: HealthDeps, trouble: TroubleRow): Promise<boolean> {
  const { environmentId, organizationId } = trouble;
  const whose = { environmentId, organizationId };
  return unlessGone(deps, whose, async (tx) => {
    await lockOrganization(tx, whose, organizationId);
    const known = await findTrouble(tx, whose, trouble.id);
    if (known?.endedAt !== null || known.runs !== trouble.runs) return false;
    return runAgain(tx, whose, known, await haveRepaired(tx, deps, known));
  });
}

/** Opens the step in the open onboarding, or in a run of its own, for the contact who is likeliest to do it. */
async function haveRepaired(
  tx: Tx,
  deps: HealthDeps,
  trouble: Pick<TroubleRow, 'id' | 'environmentId' | 'organizationId' | 'kind' | 'since' | 'cause'>,
): Promise<string> {
  const { environmentId, organizationId, since, cause } = trouble;
  const now = deps.now();
  const { feature, step } = troubleRules[trouble.kind];
  const environment = await getEnvironment(tx, environmentId);
  const contact = await findContactForWork(tx, { environmentId, organizationId });
  const { onboarding, commands } = await ensureRepairRun(
    tx,
    {
      environment,
      organizationId,
      feature,
      repair: { troubleId: trouble.id, step, since: since.toISOString(), cause },
      link:
        contact &&
        ((features) =>
          mainLinkRow({
            minted: mintSetupLink(deps.secrets, organizationId).minted,
            environment,
            organizationId,
            features: [...features],
            contactId: contact.id,
            delivery: 'mail',
            actor: system,
            now,
          })),
    },
    { actor: system, now, newId },
  );
  for (const command of commands) await insertCommand(tx, actRow(onboarding, command, now));
  return onboarding.id;
}

async function unlessGone(
  deps: HealthDeps,
  whose: Whose,
  work: (tx: Tx) => Promise<boolean>,
): Promise<boolean> {
  try {
    return await withTenant(deps.db, whose, work);
  } catch (error) {
    if (error instanceof OnboardingError && error.code === 'not_found') return false;
    throw error;
  }
}

async function close(deps: HealthDeps, trouble: TroubleRow): Promise<boolean> {
  const now = deps.now();
  const whose = { environmentId: trouble.environmentId, organizationId: trouble.organizationId };
  return withTenant(deps.db, whose, async (tx) => {
    const ended = await endTrouble(tx, whose, trouble.id, now);
    if (ended === undefined) return false;
    if (ended.kind === 'directory_silent') await markSilent(tx, whose, ended.subjectId, null);
    const onboarding = await getOnboarding(tx, whose, trouble.onboardingId);
    const fact = { key: newId('cmd_'), actor: system, kind: 'repaired', troubleId: trouble.id } as const;
    if (onboarding.isOpen) await insertCommand(tx, factRow(onboarding, fact, now));
    await audit(tx, ended, 'ended', now);
    return true;
  });
}

async function findContactForWork(tx: Tx, whose: Whose) {
  const bounced = new Set((await listBounced(tx, whose)).map((address) => address.toLowerCase()));
  const contacts = await listShownContacts(tx, whose);
  return contactForWork(
    contacts.map((contact) => ({ ...contact, isBounced: bounced.has(contact.email.toLowerCase()) })),
  );
}

const targetTypes = {
  sso: 'connection',
  directory_sync: 'directory',
  domain_verification: 'organization_domain',
  certificate_renewal: 'connection',
  log_streams: 'log_stream',
} as const;

async function audit(
  tx: Tx,
  trouble: Omit<TroubleRow, 'createdAt' | 'endedAt' | 'runs'>,
  what: 'opened' | 'ended',
  at: Date,
): Promise<void> {
  const { environmentId, organizationId, kind, subjectId, since, cause, onboardingId } = trouble;
  await insertAudit(tx, {
    id: newId('audit_'),
    environmentId,
    organizationId,
    actor: system,
    at,
    action: `trouble.${what}`,
    target: { type: targetTypes[troubleRules[kind].feature], id: subjectId },
    after: { kind, since: since.toISOString(), cause, onboarding_id: onboardingId },
  });
}
