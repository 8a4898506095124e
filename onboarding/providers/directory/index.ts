import { fillTexts, guidesByName } from '../guide-texts.ts';
import { bamboohr } from './bamboohr.ts';
import { customScim } from './custom-scim.ts';
import { cyberArk } from './cyberark.ts';
import { googleWorkspace } from './google-workspace.ts';
import { jumpCloud } from './jumpcloud.ts';
import { microsoftEntraId } from './microsoft-entra-id.ts';
import { okta, oktaOwnApp } from './okta.ts';
import { oneLogin } from './onelogin.ts';
import { pingFederate } from './pingfederate.ts';
import { pingOne } from './pingone.ts';
import { directoryRoads, type DirectoryGuide, type DirectoryRoad, type DirectoryValues } from './provider.ts';
import { rippling } from './rippling.ts';
import { sailPoint } from './sailpoint.ts';
import { fourth, hibob, peopleHr, personio, sftp, sftpPull } from './sftp.ts';
import { workday } from './workday.ts';

/** Every directory guide, in the order the page offers them; of the ways of one source the recommended one first. */
export const directoryGuides: readonly DirectoryGuide[] = [
  microsoftEntraId,
  okta,
  oktaOwnApp,
  googleWorkspace,
  oneLogin,
  jumpCloud,
  pingOne,
  pingFederate,
  cyberArk,
  rippling,
  sailPoint,
  workday,
  bamboohr,
  hibob,
  personio,
  peopleHr,
  fourth,
  sftp,
  sftpPull,
  customScim,
];

/** The roads that people can come by in this release. A source on any other is not offered. */
export const workingRoads: readonly DirectoryRoad[] = directoryRoads;

/** What this installation offers: sandbox sources, and files where a server for them runs. */
interface Offer {
  readonly includeSandbox: boolean;
  readonly takesFiles?: boolean;
}

/** What the list of directories shows of one; `ways` are all of its guides, and none where there is nothing to choose. */
export interface DirectorySummary {
  readonly id: string;
  readonly name: string;
  readonly mark: string;
  readonly matchedName: string | null;
  readonly rhythm: string;
  readonly needs: readonly string[];
  readonly ways: readonly { readonly id: string; readonly label: string; readonly gain: string }[];
}

export function findDirectoryGuide(id: string): DirectoryGuide | undefined {
  return directoryGuides.find((guide) => guide.id === id);
}

/** Whether a guide can be chosen: its road works, and it is no sandbox guide in front of customers. */
export function isOfferedDirectory(guide: DirectoryGuide, options: Offer): boolean {
  const isMeantForThem = guide.audience === 'everyone' || options.includeSandbox;
  const isReachable = guide.road !== 'sftp' || options.takesFiles === true;
  return isMeantForThem && isReachable && workingRoads.includes(guide.road);
}

/** Directories by any name they go or went by, as `findProviders` finds providers. */
export function findDirectories(query: string, options: Offer): readonly DirectorySummary[] {
  const offered = directoryGuides.filter((guide) => isOfferedDirectory(guide, options));
  return guidesByName(offered, query).flatMap(({ guides, matchedName }) => summaryOf(guides, matchedName));
}

/** The directory of the provider that people sign in with, where it is offered. */
export function directoryOfSignIn(signInGuideId: string, options: Offer): DirectoryGuide | undefined {
  return directoryGuides.find(
    (guide) => guide.signInGuides.includes(signInGuideId) && isOfferedDirectory(guide, options),
  );
}

/** The guide with every `{PLACEHOLDER}` replaced by its value; throws where one is not given. */
export function fillDirectoryGuide(guide: DirectoryGuide, values: DirectoryValues): DirectoryGuide {
  return fillTexts(guide, values);
}

function summaryOf(
  guides: readonly DirectoryGuide[],
  matchedName: string | null,
): readonly DirectorySummary[] {
  const [recommended] = guides;
  if (recommended === undefined) return [];
  const { id, name, mark, rhythm, needs } = recommended;
  const ways = guides.flatMap((guide) =>
    guide.variant === undefined ? [] : [{ id: guide.id, ...guide.variant }],
  );
  return [{ id, name, mark, matchedName, rhythm: rhythm.sentence, needs, ways: ways.length > 1 ? ways : [] }];
}
