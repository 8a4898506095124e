import { appendCheckpoint } from '../adapters/checkpoint-file.ts';
import { newId } from '../adapters/ids.ts';
import {
  cutAuditChain,
  endContests,
  endRestorable,
  forgetRemovedStreams,
  endSessions,
  eraseLeftPeople,
  dropEmptyAuditMonths,
  expireExports,
  endLostUploads,
  expireFiles,
  expireLinks,
  forgetOldBounces,
  insertAudit,
  insertCheckpoint,
  insertCommand,
  listAgeing,
  listChainsToCut,
  listEnvironments,
  makeAuditMonths,
  recordAttemptEvent,
  removeExpired,
  removeFormers,
  removeOldAttempts,
  removeOldCommands,
  removeOldContacts,
  removeOldDirectoryRuns,
  removeOldDeliveries,
  removeOldDirectoryRequests,
  removeOldEvents,
  removeOldFiles,
  removeOldFreshLinkRequests,
  removeOldMails,
  removeOldOutages,
  removeOldRejects,
  removeOldRevisions,
  removeOldSessions,
  timeOutAttempts,
  withdrawEmptyHolds,
  withSystem,
  type AuditCheckpointRow,
  type CheckpointSigner,
  type Tx,
} from '../db/index.ts';
import { spokenOfDays } from '../onboarding/ageing.ts';
import { directoryRequestDays } from '../onboarding/directory-requests.ts';
import { removedKeptMs } from '../onboarding/log-streams.ts';
import { ageingRow } from '../onboarding/workflow-names.ts';
import { mailConnectionNotices } from './connection-notices.ts';
import { mailContestNews } from './contest-mails.ts';
import { mailDirectoryNotices } from './directory-notices.ts';
import { remapDirectories, tellOfRoles } from './directory-remaps.ts';
import { eraseDeletedOrganizations, erasePersons, type ErasureDeps } from './erasures.ts';
import { mailHoldNews } from './hold-news.ts';
import { restartLost, type LostWorkflowDeps } from './lost-workflows.ts';
import { mailStreamNews, type StreamNewsDeps } from './stream-news.ts';
import { lookAtHealth, type HealthDeps } from './health.ts';
import type { Activities } from './index.ts';
import { mailRenewalLinks, type RenewalLinkDeps } from './renewal-links.ts';
import { mailStaffNews, type StaffNewsDeps } from './staff-news.ts';
import { mailWebhookNews } from './webhook-news.ts';

export type SweepDeps = StaffNewsDeps &
  ErasureDeps &
  HealthDeps &
  StreamNewsDeps &
  RenewalLinkDeps &
  LostWorkflowDeps & {
    signer: CheckpointSigner;
    /** How long audit rows are kept where their chain does not say. */
    auditRetentionDays: number;
    /** Where signed statements about the audit log are written too; null: only in the database. */
    checkpointFile: string | null;
  };

const dayMs = 86_400_000;

/** Days that things are kept (`design.md` §7). */
const kept = {
  attempts: 90,
  events: 90,
  mails: 90,
  revisions: 90,
  freshLinkRequests: 90,
  directoryFiles: 30,
  directoryRuns: 90,
  commands: 30,
  sessions: 30,
  bounces: 30,
  removedContacts: 30,
  directoryRequests: directoryRequestDays,
  deliveries: 30,
  streamRejects: 90,
};

/** Keeps the clocks: what is over ends, what is past its retention goes. Each statement may run at any time, twice. */
export function sweepActivities(deps: SweepDeps): Pick<Activities, 'sweep'> {
  const { systemDb, signer, auditRetentionDays, checkpointFile, now } = deps;
  return {
    async sweep({ kind }): Promise<Record<string, number>> {
      switch (kind) {
        case 'minute':
          return {
            ...(await withSystem(systemDb, async (tx) => ({
              links: (await expireLinks(tx, now())).length,
              sessions: await endSessions(tx, now()),
              attempts: await endAttempts(tx),
              uploadsLost: await endLostUploads(tx, now()),
            }))),
            contestsEnded: await withSystem(systemDb, (tx) => endContests(tx, now())),
            contests: await mailContestNews(deps),
            connections: await mailConnectionNotices(deps),
            directories: await mailDirectoryNotices(deps),
            remapped: await remapDirectories(deps),
            rolesTold: await tellOfRoles(deps),
            renewals: await mailRenewalLinks(deps),
            staffNews: await mailStaffNews(deps),
            persons: await erasePersons(deps),
            holdsWithdrawn: await withSystem(systemDb, (tx) => withdrawEmptyHolds(tx, now())),
            ...(await lookAtHealth(deps)),
            holds: await mailHoldNews(deps),
            streams: await mailStreamNews(deps),
            webhooks: await mailWebhookNews(deps),
          };
        case 'hour':
          return {
            expired: await withSystem(systemDb, (tx) => removeExpired(tx, now())),
            formers: await withSystem(systemDb, (tx) => removeFormers(tx, now())),
            files: await withSystem(systemDb, (tx) => expireFiles(tx, now())),
            auditExports: await withSystem(systemDb, (tx) => expireExports(tx, now())),
            deletedConnections: await withSystem(systemDb, (tx) => endRestorable(tx, now())),
            removedStreams: await withSystem(systemDb, (tx) =>
              forgetRemovedStreams(tx, new Date(now().getTime() - removedKeptMs)),
            ),
            directoryPeople: await untilDone((tx) => eraseLeftPeople(tx, now())),
            checkpoints: await signCheckpoints(),
            restarted: await restartLost(deps),
          };
        case 'day':
          return {
            ageing: await startAgeing(),
            attempts: await untilDone((tx) => removeOldAttempts(tx, now(), kept.attempts)),
            events: await untilDone((tx) => removeOldEvents(tx, now(), kept.events)),
            commands: await withSystem(systemDb, (tx) => removeOldCommands(tx, now(), kept.commands)),
            mails: await untilDone((tx) => removeOldMails(tx, now(), kept.mails)),
            sessions: await withSystem(systemDb, (tx) => removeOldSessions(tx, now(), kept.sessions)),
            directoryFiles: await withSystem(systemDb, (tx) =>
              removeOldFiles(tx, now(), kept.directoryFiles),
            ),
            revisions: await withSystem(systemDb, (tx) => removeOldRevisions(tx, now(), kept.revisions)),
            bounces: await withSystem(systemDb, forgetBounces),
            contacts: await untilDone((tx) => removeOldContacts(tx, now(), kept.removedContacts)),
            directoryRuns: await untilDone((tx) => removeOldDirectoryRuns(tx, now(), kept.directoryRuns)),
            freshLinkRequests: await withSystem(systemDb, (tx) =>
              removeOldFreshLinkRequests(tx, now(), kept.freshLinkRequests),
            ),
            directoryRequests: await untilDone((tx) =>
              removeOldDirectoryRequests(tx, now(), kept.directoryRequests),
            ),
            deliveries: await untilDone((tx) => removeOldDeliveries(tx, now(), kept.deliveries)),
            streamRejects: await untilDone((tx) => removeOldRejects(tx, now(), kept.streamRejects)),
            streamOutages: await untilDone((tx) => removeOldOutages(tx, now(), kept.streamRejects)),
            organizations: await eraseDeletedOrganizations(deps),
            audits: await cutAudits(),
            auditMonths: await keepMonths(),
          };
      }
    },
  };

  async function endAttempts(tx: Tx): Promise<number> {
    const at = now();
    const ended = await timeOutAttempts(tx, at);
    for (const attempt of ended) await recordAttemptEvent(tx, attempt, 'timed_out', { now: at, newId });
    return ended.length;
  }

  async function forgetBounces(tx: Tx): Promise<number> {
    const at = now();
    const environments = await forgetOldBounces(tx, at, kept.bounces);
    for (const environmentId of environments) {
      await insertAudit(tx, {
        id: newId('audit_'),
        environmentId,
        organizationId: null,
        at,
        actor: { type: 'system', id: 'retention' },
        action: 'mail.address_allowed',
      });
    }
    return environments.length;
  }

  async function signCheckpoints(): Promise<number> {
    const environments = await withSystem(systemDb, (tx) => listEnvironments(tx));
    let signed = 0;
    for (const { id: environmentId } of environments) {
      const checkpoint = await withSystem(systemDb, (tx) =>
        insertCheckpoint(tx, { id: newId('checkpoint_'), environmentId, signer, now: now() }),
      );
      if (checkpoint === undefined) continue;
      await keepElsewhere(checkpoint);
      signed += 1;
    }
    return signed;
  }

  /** A watch that runs looks again; one for something that comes near its end begins. */
  async function startAgeing(): Promise<number> {
    const at = now();
    const before = new Date(at.getTime() + (spokenOfDays + 2) * dayMs).toISOString().slice(0, 10);
    return withSystem(systemDb, async (tx) => {
      const things = await listAgeing(tx, before);
      for (const thing of things) await insertCommand(tx, ageingRow({ key: newId('cmd_'), ...thing }, at));
      return things.length;
    });
  }

  /** Each batch is cut and signed for itself, so a broken-off round leaves a whole chain. */
  async function cutAudits(): Promise<number> {
    const due = await withSystem(systemDb, (tx) => listChainsToCut(tx, now(), auditRetentionDays));
    let total = 0;
    for (const chain of due) {
      for (;;) {
        const { removed, cut } = await withSystem(systemDb, (tx) =>
          cutAuditChain(tx, { ...chain, id: newId('checkpoint_'), signer, now: now() }),
        );
        if (cut === undefined) break;
        await keepElsewhere(cut);
        total += removed;
      }
    }
    return total;
  }

  /** Months are made ahead, so that no row waits for one, and go when retention has emptied them. */
  async function keepMonths(): Promise<number> {
    const made = await withSystem(systemDb, (tx) => makeAuditMonths(tx, now()));
    return made + (await withSystem(systemDb, (tx) => dropEmptyAuditMonths(tx, now())));
  }

  async function keepElsewhere({ at, signature, ...statement }: AuditCheckpointRow): Promise<void> {
    if (checkpointFile === null) return;
    const { id, environmentId, body, keyId } = statement;
    await appendCheckpoint(checkpointFile, {
      id,
      environmentId,
      at: at.toISOString(),
      body,
      keyId,
      signature: signature.toString('base64'),
    });
  }

  async function untilDone(batch: (tx: Tx) => Promise<number>): Promise<number> {
    let total = 0;
    for (;;) {
      const removed = await withSystem(systemDb, batch);
      if (removed === 0) return total;
      total += removed;
    }
  }
}
