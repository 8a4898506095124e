import type { Migration } from 'kysely';
import * as environmentsAndAccess from './0001-environments-and-access.ts';
import * as organizations from './0002-organizations.ts';
import * as onboardings from './0003-onboardings.ts';
import * as connections from './0004-connections.ts';
import * as mail from './0005-mail.ts';
import * as eventsAndAudit from './0006-events-and-audit.ts';
import * as rowLevelSecurity from './0007-row-level-security.ts';
import * as numberEvents from './0008-number-events.ts';
import * as domainContests from './0009-domain-contests.ts';
import * as everySignInProvider from './0010-every-sign-in-provider.ts';
import * as mailsAndRetention from './0011-mails-and-retention.ts';
import * as lighterWrites from './0012-lighter-writes.ts';
import * as connectionsToldApart from './0013-connections-told-apart.ts';
import * as connectionsByTheirAdmins from './0014-connections-by-their-admins.ts';
import * as staffNews from './0015-staff-news.ts';
import * as keysOfConnections from './0016-keys-of-connections.ts';
import * as environmentsSideBySide from './0017-environments-side-by-side.ts';
import * as branding from './0018-branding.ts';
import * as thingsThatEnd from './0019-things-that-end.ts';
import * as troubles from './0020-troubles.ts';
import * as findAnything from './0021-find-anything.ts';
import * as onboardingsTailored from './0022-onboardings-tailored.ts';
import * as leaving from './0023-leaving.ts';
import * as membersBySingleSignOn from './0024-members-by-single-sign-on.ts';
import * as metadataKeptAsTold from './0025-metadata-kept-as-told.ts';
import * as directories from './0026-directories.ts';
import * as filesAndRuns from './0027-files-and-runs.ts';
import * as roles from './0028-roles.ts';
import * as directorySources from './0029-directory-sources.ts';
import * as policiesReadOnce from './0030-policies-read-once.ts';
import * as directoriesWatched from './0031-directories-watched.ts';
import * as refusedLines from './0034-refused-lines.ts';
import * as directoriesThatWeRead from './0035-directories-that-we-read.ts';
import * as findDirectories from './0036-find-directories.ts';
import * as webhooks from './0037-webhooks.ts';
import * as lighterDirectories from './0038-lighter-directories.ts';
import * as directoriesThatFollow from './0039-directories-that-follow.ts';
import * as repairsBegunAgain from './0040-repairs-begun-again.ts';
import * as pagesOfPeople from './0041-pages-of-people.ts';
import * as auditLog from './0042-audit-log.ts';
import * as logStreams from './0043-log-streams.ts';
import * as eventsTold from './0044-events-told.ts';
import * as auditLogReadFast from './0045-audit-log-read-fast.ts';
import * as streamsThatTell from './0046-streams-that-tell.ts';
import * as rolesThatAreTold from './0047-roles-that-are-told.ts';
import * as stepsHandedBack from './0048-steps-handed-back.ts';
import * as guidesReported from './0051-guides-reported.ts';
import * as boundedReads from './0052-bounded-reads.ts';
import * as commandsByHurry from './0053-commands-by-hurry.ts';
import * as actsOfAnOrganization from './0054-acts-of-an-organization.ts';
import * as peopleCountedFast from './0055-people-counted-fast.ts';
import * as namesPassedOn from './0056-names-passed-on.ts';
import * as domainsBelowAnother from './0057-domains-below-another.ts';
import * as onboardingsResumed from './0058-onboardings-resumed.ts';
import * as retiredCheckpointKeys from './0059-retired-checkpoint-keys.ts';
import * as directoriesWithoutAToken from './0060-directories-without-a-token.ts';
import * as listsNotTaken from './0061-lists-not-taken.ts';
import * as mailsTried from './0062-mails-tried.ts';
import * as domainGrace from './0063-domain-grace.ts';
import * as freshProof from './0067-fresh-proof.ts';
import * as endpointsAtRest from './0068-endpoints-at-rest.ts';
import * as keyAddresses from './0069-key-addresses.ts';
import * as linksOfAVendorsUser from './0070-links-of-a-vendors-user.ts';
import * as listsOfManyCustomers from './0073-lists-of-many-customers.ts';
import * as wordsBetweenMarks from './0074-words-between-marks.ts';

/** Every migration in order, by hand: a bundled or compiled program has no folder to look into. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-environments-and-access': environmentsAndAccess,
  '0002-organizations': organizations,
  '0003-onboardings': onboardings,
  '0004-connections': connections,
  '0005-mail': mail,
  '0006-events-and-audit': eventsAndAudit,
  '0007-row-level-security': rowLevelSecurity,
  '0008-number-events': numberEvents,
  '0009-domain-contests': domainContests,
  '0010-every-sign-in-provider': everySignInProvider,
  '0011-mails-and-retention': mailsAndRetention,
  '0012-lighter-writes': lighterWrites,
  '0013-connections-told-apart': connectionsToldApart,
  '0014-connections-by-their-admins': connectionsByTheirAdmins,
  '0015-staff-news': staffNews,
  '0016-keys-of-connections': keysOfConnections,
  '0017-environments-side-by-side': environmentsSideBySide,
  '0018-branding': branding,
  '0019-things-that-end': thingsThatEnd,
  '0020-troubles': troubles,
  '0021-find-anything': findAnything,
  '0022-onboardings-tailored': onboardingsTailored,
  '0023-leaving': leaving,
  '0024-members-by-single-sign-on': membersBySingleSignOn,
  '0025-metadata-kept-as-told': metadataKeptAsTold,
  '0026-directories': directories,
  '0027-files-and-runs': filesAndRuns,
  '0028-roles': roles,
  '0029-directory-sources': directorySources,
  '0030-policies-read-once': policiesReadOnce,
  '0031-directories-watched': directoriesWatched,
  '0034-refused-lines': refusedLines,
  '0035-directories-that-we-read': directoriesThatWeRead,
  '0036-find-directories': findDirectories,
  '0037-webhooks': webhooks,
  '0038-lighter-directories': lighterDirectories,
  '0039-directories-that-follow': directoriesThatFollow,
  '0040-repairs-begun-again': repairsBegunAgain,
  '0041-pages-of-people': pagesOfPeople,
  '0042-audit-log': auditLog,
  '0043-log-streams': logStreams,
  '0044-events-told': eventsTold,
  '0045-audit-log-read-fast': auditLogReadFast,
  '0046-streams-that-tell': streamsThatTell,
  '0047-roles-that-are-told': rolesThatAreTold,
  '0048-steps-handed-back': stepsHandedBack,
  '0051-guides-reported': guidesReported,
  '0052-bounded-reads': boundedReads,
  '0053-commands-by-hurry': commandsByHurry,
  '0054-acts-of-an-organization': actsOfAnOrganization,
  '0055-people-counted-fast': peopleCountedFast,
  '0056-names-passed-on': namesPassedOn,
  '0057-domains-below-another': domainsBelowAnother,
  '0058-onboardings-resumed': onboardingsResumed,
  '0059-retired-checkpoint-keys': retiredCheckpointKeys,
  '0060-directories-without-a-token': directoriesWithoutAToken,
  '0061-lists-not-taken': listsNotTaken,
  '0062-mails-tried': mailsTried,
  '0063-domain-grace': domainGrace,
  '0067-fresh-proof': freshProof,
  '0068-endpoints-at-rest': endpointsAtRest,
  '0069-key-addresses': keyAddresses,
  '0070-links-of-a-vendors-user': linksOfAVendorsUser,
  '0073-lists-of-many-customers': listsOfManyCustomers,
  '0074-words-between-marks': wordsBetweenMarks,
};
