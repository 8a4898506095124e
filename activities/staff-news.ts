import { ApplicationFailure } from '@temporalio/common';
import { staffNotice, type StaffNews } from '../adapters/mail/staff-mails.ts';
import { MailServerUnavailable } from '../adapters/mailer.ts';
import { mailBrand } from '../adapters/mail/mail-brand.ts';
import {
  findConnection,
  findDirectory,
  findDomain,
  findLogStream,
  findNewestMainLink,
  findOrganization,
  findTrouble,
  getEnvironment,
  getOnboarding,
  listMembers,
  listStaffNews,
  lockMail,
  removeStaffNews,
  withdrawMail,
  withSystem,
  withTenant,
  type Db,
  type LinkRow,
  type MailRow,
  type MemberRow,
  type OnboardingRow,
  type StaffNewsRow,
  type Tx,
} from '../db/index.ts';
import { directoryNameOf } from '../onboarding/providers/directory/names.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import { troubleRules, type MailedTrouble } from '../onboarding/troubles.ts';
import { deliverMail, isMailable, toMember } from './mail-delivery.ts';
import type { MemberNewsDeps } from './member-news.ts';
import { mayHelp } from './told-members.ts';

export type StaffNewsDeps = MemberNewsDeps & { systemDb: Db };

/** News that could not go out for so long, over limits or without a mail server, are left to the dashboard. */
const waitsForMs = 24 * 3_600_000;

/**
 * Mails the vendor's people what has become of an onboarding: stalled, a mail that bounced, live, in need of repair. Whoever invited hears
 * of it; where no member did, everybody who may help. What could not go out yet stays for the next round, and nobody
 * gets a mail twice. Answers how many news are told.
 */
export async function mailStaffNews(deps: StaffNewsDeps): Promise<number> {
  let told = 0;
  for (const news of await withSystem(deps.systemDb, listStaffNews)) {
    const outcome = await tell(deps, news);
    if (outcome === 'no_server') return told;
    if (outcome === 'waits') continue;
    await withSystem(deps.systemDb, (tx) => removeStaffNews(tx, news.id));
    told += 1;
  }
  return told;
}

async function tell(deps: StaffNewsDeps, news: StaffNewsRow): Promise<'told' | 'waits' | 'no_server'> {
  const { environmentId, organizationId, onboardingId } = news;
  const whose = { environmentId, organizationId };
  const found = await withTenant(deps.db, whose, async (tx) => ({
    environment: await getEnvironment(tx, environmentId),
    organization: await findOrganization(tx, whose, organizationId),
    onboarding: await getOnboarding(tx, whose, onboardingId),
    link: await findNewestMainLink(tx, whose, onboardingId),
    mail: news.mailId === null ? undefined : await lockMail(tx, whose, news.mailId),
    members: await listMembers(tx, { environmentId }),
    trouble: news.troubleId === null ? undefined : await findAiling(tx, whose, news.troubleId),
  }));
  const { environment, organization, onboarding } = found;
  const said = newsOf(news, onboarding, found);
  if (said === undefined || organization === undefined || !isMailable(organization.name)) return 'told';

  const isLate = news.createdAt.getTime() + waitsForMs <= deps.now().getTime();
  let outcome: 'told' | 'waits' = 'told';
  for (const member of readersOf(found.members, found.link)) {
    const effectId = `${effectOf(news, found.mail)}:${member.id}`;
    if (isLate) {
      await withTenant(deps.db, whose, (tx) => withdrawMail(tx, whose, effectId, deps.now()));
      continue;
    }
    try {
      await deliverMail(deps, {
        ...whose,
        onboardingId: null,
        effectId,
        kind: `staff_${news.kind}`,
        ...toMember(member),
        mail: staffNotice(mailBrand(environment, deps.dashboardUrl), {
          organization: organization.name,
          news: said,
          waitingFor: onboarding.waitingFor,
          waitingSince: onboarding.waitingSince,
          url: `${deps.dashboardUrl}/dashboard/onboardings/${onboardingId}`,
          timeZone: 'UTC',
        }),
      });
    } catch (error) {
      if (error instanceof MailServerUnavailable) return 'no_server';
      // Over a limit: this one waits, the others do not.
      if (!(error instanceof ApplicationFailure)) throw error;
      outcome = 'waits';
    }
  }
  return outcome;
}

type Ailing = { trouble: MailedTrouble; what: string; since: Date };

/** Undefined when all is well again, or what ailed is gone. A change on hold has mails of its own. */
async function findAiling(
  tx: Tx,
  whose: { environmentId: string; organizationId: string },
  troubleId: string,
): Promise<Ailing | undefined> {
  const trouble = await findTrouble(tx, whose, troubleId);
  if (trouble?.endedAt !== null || trouble.kind === 'directory_held') return undefined;
  const { kind, subjectId, since } = trouble;
  const what = await nameOfSubject(tx, whose, kind, subjectId);
  return what === undefined ? undefined : { trouble: kind, what, since };
}

async function nameOfSubject(
  tx: Tx,
  whose: { environmentId: string; organizationId: string },
  kind: MailedTrouble,
  subjectId: string,
): Promise<string | undefined> {
  switch (troubleRules[kind].feature) {
    case 'domain_verification':
      return (await findDomain(tx, whose, subjectId))?.domain;
    case 'directory_sync': {
      const directory = await findDirectory(tx, whose, subjectId);
      return directory && directoryNameOf(directory);
    }
    case 'log_streams':
      return (await findLogStream(tx, whose, subjectId))?.name;
    default: {
      const connection = await findConnection(tx, whose, subjectId);
      return connection && (findGuide(connection.providerId ?? '')?.name ?? connection.name);
    }
  }
}

/** Undefined when it is news no more. */
function newsOf(
  { kind }: StaffNewsRow,
  { view, stalledSince, lastActAt, createdAt }: OnboardingRow,
  { mail, trouble }: { mail: MailRow | undefined; trouble: Ailing | undefined },
): StaffNews | undefined {
  switch (kind) {
    case 'stalled': {
      const [step] = view.features
        .flatMap(({ steps }) => steps)
        .filter(({ state }) => state === 'open' || state === 'failed');
      if (stalledSince === null || step === undefined) return undefined;
      return { kind, step: step.step, since: lastActAt ?? createdAt };
    }
    case 'bounced':
      return mail && { kind, address: mail.recipient, words: mail.serverAnswer ?? '' };
    case 'live': {
      const done = view.features.filter(({ state }) => state === 'done').map(({ feature }) => feature);
      return done.length === 0 ? undefined : { kind, features: done };
    }
    case 'trouble':
      return trouble && { kind, ...trouble };
  }
}

/** One contact's mails may bounce again and again: that is news once a day. */
function effectOf({ id, kind, onboardingId, createdAt }: StaffNewsRow, mail: MailRow | undefined): string {
  return kind === 'bounced'
    ? `bounced:${onboardingId}:${mail?.contactId ?? id}:${createdAt.toISOString().slice(0, 10)}`
    : `news:${id}`;
}

function readersOf(members: readonly MemberRow[], link: LinkRow | undefined): MemberRow[] {
  const helpers = members.filter(mayHelp);
  const inviter = link?.createdByType === 'staff' && helpers.find(({ id }) => id === link.createdById);
  return inviter ? [inviter] : helpers;
}
