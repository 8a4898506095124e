import { holdDecided, holdWaits } from '../adapters/mail/contact-mails.ts';
import { holdNewsForStaff } from '../adapters/mail/staff-mails.ts';
import {
  findDirectory,
  findNewestMainLink,
  listHoldsToTell,
  listOpenTroubles,
  markHoldTold,
  withSystem,
  withTenant,
  type Db,
  type DirectoryRow,
  type ToldHold,
} from '../db/index.ts';
import { outcomeOf } from '../onboarding/directory-holds.ts';
import { directoryInWords, directoryNameOf } from '../onboarding/providers/directory/names.ts';
import { mailEveryContact } from './contact-news.ts';
import { mailEveryHelper, type MemberNewsDeps } from './member-news.ts';

export type HoldNewsDeps = MemberNewsDeps & { systemDb: Db };

/**
 * Mails contacts and staff that a change of a directory waits for a person [SCIM-09], and what was decided. Whoever gets
 * the link that leads to the repair hears of it there. What could not go out yet stays for the next round, and nobody
 * gets a mail twice. Answers how many are told.
 */
export async function mailHoldNews(deps: HoldNewsDeps): Promise<number> {
  let told = 0;
  for (const hold of await withSystem(deps.systemDb, listHoldsToTell)) {
    if (!(await tell(deps, hold))) continue;
    const now = deps.now();
    await withSystem(deps.systemDb, (tx) =>
      markHoldTold(tx, hold.id, {
        ...(hold.toldAt === null && { toldAt: now }),
        ...(hold.decidedAt !== null && { decisionToldAt: now }),
      }),
    );
    told += 1;
  }
  return told;
}

/** Answers whether each has been written to, or will never be. */
async function tell(deps: HoldNewsDeps, hold: ToldHold): Promise<boolean> {
  // Decided before anybody was told: whoever decided knows, and nobody else has waited.
  if (hold.toldAt === null && hold.decidedAt !== null) return true;
  const { environmentId, organizationId } = hold;
  const whose = { environmentId, organizationId };
  const { directory, repairer } = await withTenant(deps.db, whose, async (tx) => {
    const troubles = await listOpenTroubles(tx, whose, [organizationId]);
    const trouble = troubles.find(
      ({ kind, subjectId }) => kind === 'directory_held' && subjectId === hold.directoryId,
    );
    const link = trouble && (await findNewestMainLink(tx, whose, trouble.onboardingId));
    return {
      directory: await findDirectory(tx, whose, hold.directoryId),
      repairer: trouble && { contactId: link?.contactId ?? null },
    };
  });
  if (directory === undefined) return true;
  if (hold.decidedAt !== null) return mailDecision(deps, hold, directory);
  // The look at the health finds it first, so that its link is there.
  if (hold.reason === 'many_leave' && repairer === undefined) return false;
  const words = { directory: directoryNameOf(directory), people: hold.people, of: hold.activeBefore };
  const isHeard = await mailEveryContact(deps, whose, [
    {
      kind: 'change_held',
      effect: `hold:${hold.id}`,
      page: 'directory/hold',
      isFor: ({ id }) => id !== repairer?.contactId,
      write: (brand, common) =>
        holdWaits(brand, {
          ...common,
          ...words,
          directory: directoryInWords(directory),
          reason: hold.reason,
        }),
    },
  ]);
  return (await mailStaff(deps, hold, { ...words, news: 'waits' })) && isHeard;
}

async function mailDecision(deps: HoldNewsDeps, hold: ToldHold, directory: DirectoryRow): Promise<boolean> {
  const words = {
    directory: directoryNameOf(directory),
    people: hold.people,
    of: hold.activeBefore,
    decidedAt: hold.decidedAt ?? deps.now(),
    decision: outcomeOf(hold) ?? ('applied' as const),
  };
  const isHeard = await mailEveryContact(deps, hold, [
    {
      kind: `change_${words.decision}`,
      effect: `hold:${hold.id}:${words.decision}`,
      page: 'directory/state',
      write: (brand, common) =>
        holdDecided(brand, { ...common, ...words, directory: directoryInWords(directory) }),
    },
  ]);
  return (await mailStaff(deps, hold, { ...words, news: words.decision })) && isHeard;
}

function mailStaff(
  deps: HoldNewsDeps,
  hold: ToldHold,
  words: {
    directory: string;
    people: number;
    of: number;
    news: 'waits' | 'applied' | 'discarded' | 'withdrawn';
  },
): Promise<boolean> {
  return mailEveryHelper(deps, hold, [
    {
      kind: words.news === 'waits' ? 'staff_change_held' : `staff_change_${words.news}`,
      effect: `hold:${hold.id}:${words.news}`,
      write: (brand, organization) =>
        holdNewsForStaff(brand, {
          organization,
          reason: hold.reason,
          ...words,
          url: `${deps.dashboardUrl}/dashboard/organizations/${hold.organizationId}`,
        }),
    },
  ]);
}
