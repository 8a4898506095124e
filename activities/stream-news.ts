import { streamBack, streamStopped } from '../adapters/mail/contact-mails.ts';
import { streamStoppedForStaff } from '../adapters/mail/staff-mails.ts';
import { listStreamsToTell, markStreamTold, withSystem, type Db, type LogStreamRow } from '../db/index.ts';
import { toldOf } from '../onboarding/log-streams.ts';
import { mailEveryContact } from './contact-news.ts';
import { mailEveryHelper, type MemberNewsDeps } from './member-news.ts';

export type StreamNewsDeps = MemberNewsDeps & { systemDb: Db };

/**
 * Mails contacts and staff that a log stream has stood still for a day and for six days, and contacts that it is back, with
 * how many events came late. That it needs a person at all is told with the link that leads to the repair. What could not
 * go out yet stays for the next round, and nobody gets a mail twice. Answers how many streams were told of.
 */
export async function mailStreamNews(deps: StreamNewsDeps): Promise<number> {
  let told = 0;
  for (const stream of await withSystem(deps.systemDb, listStreamsToTell)) {
    if (await tellBack(deps, stream)) told += 1;
    if (await tellStopped(deps, stream)) told += 1;
  }
  return told;
}

async function tellBack(deps: StreamNewsDeps, stream: LogStreamRow): Promise<boolean> {
  const { id, name, lateCount, lastSentAt, failingSince } = stream;
  // One that has failed again is not back.
  if (lateCount === null || failingSince !== null) return false;
  const isHeard = await mailEveryContact(deps, stream, [
    {
      kind: 'stream_back',
      page: `log-streams/${id}`,
      effect: `stream:${id}:back:${lastSentAt?.toISOString() ?? ''}`,
      write: (brand, common) => streamBack(brand, { ...common, destination: name, late: lateCount }),
    },
  ]);
  if (isHeard) await withSystem(deps.systemDb, (tx) => markStreamTold(tx, id, { lateCount: null }));
  return isHeard;
}

async function tellStopped(deps: StreamNewsDeps, stream: LogStreamRow): Promise<boolean> {
  const { id, name, failingSince, toldFailing, lastError } = stream;
  if (failingSince === null) return false;
  const told = toldOf(failingSince, deps.now());
  if (told <= toldFailing) return false;
  const news = { destination: name, since: failingSince, cause: lastError?.cause ?? null };
  const effect = `stream:${id}:${failingSince.toISOString()}:${told}`;
  const areContactsTold = await mailEveryContact(deps, stream, [
    {
      kind: 'stream_stopped',
      page: `log-streams/${id}`,
      effect,
      write: (brand, common) => streamStopped(brand, { ...common, ...news }),
    },
  ]);
  const isWhole = (await mailStaff(deps, stream, { ...news, effect })) && areContactsTold;
  if (isWhole) await withSystem(deps.systemDb, (tx) => markStreamTold(tx, id, { toldFailing: told }));
  return isWhole;
}

function mailStaff(
  deps: StreamNewsDeps,
  { id, environmentId, organizationId }: LogStreamRow,
  { effect, ...news }: { destination: string; since: Date; cause: string | null; effect: string },
): Promise<boolean> {
  return mailEveryHelper(deps, { environmentId, organizationId }, [
    {
      kind: 'staff_stream_stopped',
      effect,
      write: (brand, organization) =>
        streamStoppedForStaff(brand, {
          organization,
          ...news,
          url: `${deps.dashboardUrl}/dashboard/log-streams/${id}`,
        }),
    },
  ]);
}
