import type { PulledSource } from '../../onboarding/directory-sources.ts';
import { personOfColumns } from '../../onboarding/directory-files.ts';
import type { Egress, EgressSockets } from '../egress.ts';
import { bamboohrHost, readBamboohr } from './bamboohr.ts';
import type { Secrets } from '../secrets.ts';
import { consentUrl, exchangeConsent, type ConsentFor } from './google-consent.ts';
import { listGoogleGroups, lookAtGoogle, readGoogle } from './google.ts';
import { googleHosts, type GoogleClient, type GoogleHosts } from './google-hosts.ts';
import { settledReading, type DirectoryReading, type ReadGroup, type ReadingHands } from './reading.ts';
import {
  fetchFiles,
  lookAtFiles,
  usualFetchLimits,
  type FetchLimits,
  type FetchedFile,
} from './sftp-pull.ts';
import { readWorkday } from './workday.ts';

/** Where the sources are that have one address for everybody. */
export interface SourceHosts {
  readonly google: GoogleHosts;
  readonly bamboohr: string;
}

const sourceHosts: SourceHosts = { google: googleHosts, bamboohr: bamboohrHost };

/** A source, and the vendor's own client at Google where people consent to it. */
export type SourceAccess = PulledSource & { readonly googleClient: GoogleClient | null };

/** A server of the customer's, whose files go the road of those that are sent to us. */
export type FilesAccess = SourceAccess & { road: 'sftp_pull' };
/** A source that answers with people and groups. */
export type ReadAccess = Exclude<SourceAccess, { road: 'sftp_pull' }>;

/** What a look at a source shows, before anything is kept. */
export interface SourceLook {
  readonly people: number;
  readonly groups: number;
  /** There are more than were counted. */
  readonly hasMore: boolean;
  /** A few names, by which an admin knows their company. */
  readonly names: readonly string[];
}

export interface DirectorySources {
  /** Reads the source whole. Throws `DirectoryRefused`. */
  read(access: ReadAccess, hands: ReadingHands): Promise<DirectoryReading>;
  /**
   * Hands over the files of a customer's server, one after the other; they count when this returns. Answers whether the
   * next key of ours was taken. Throws `DirectoryRefused`.
   */
  fetchFiles(
    access: FilesAccess,
    hands: ReadingHands,
    take: (file: FetchedFile) => Promise<void>,
  ): Promise<{ usedNextKey: boolean }>;
  /** Proves the credentials by a real call and tells what is there. Throws `DirectoryRefused`. */
  look(access: SourceAccess, hands: ReadingHands): Promise<SourceLook>;
  /** Google's groups, to choose from. Throws `DirectoryRefused`. */
  listGroups(access: SourceAccess & { road: 'google' }, hands: ReadingHands): Promise<ReadGroup[]>;
  /** Where an admin consents to the vendor's client at Google. */
  consentUrl(
    asking: { secrets: Secrets; client: GoogleClient },
    consent: ConsentFor & { redirectUri: string; now: Date },
  ): string;
  /** The token of a consent, for its code. Throws `DirectoryRefused`. */
  exchangeConsent(
    client: GoogleClient,
    answer: { code: string; verifier: string; redirectUri: string },
    hands: ReadingHands,
  ): Promise<string>;
}

export function createDirectorySources(
  egress: Egress & EgressSockets,
  { google, bamboohr }: SourceHosts = sourceHosts,
  fetchLimits: FetchLimits = usualFetchLimits,
): DirectorySources {
  async function readAll(access: ReadAccess, hands: ReadingHands): Promise<DirectoryReading> {
    const { secret } = access;
    switch (access.road) {
      case 'google':
        return readGoogle(egress, google, googleAccessOf(access), hands);
      case 'workday':
        return readWorkday(egress, access.settings, secret, hands);
      case 'bamboohr':
        return readBamboohr(egress, bamboohr, access.settings, secret, hands);
    }
  }

  return {
    read: async (access, hands) => settledReading(await readAll(access, hands)),

    fetchFiles: (access, hands, take) => fetchFiles(egress, access, hands, { take, limits: fetchLimits }),

    async look(access, hands) {
      if (access.road === 'google') {
        return lookOf(await lookAtGoogle(egress, google, googleAccessOf(access), hands));
      }
      if (access.road === 'sftp_pull') {
        const { people, groups } = await lookAtFiles(egress, access, hands);
        return lookOf({ people: people.map(personOfColumns), groups, hasMore: false });
      }
      return lookOf({ ...settledReading(await readAll(access, hands)), hasMore: false });
    },

    listGroups: (access, hands) => listGoogleGroups(egress, google, googleAccessOf(access), hands),

    consentUrl: (asking, consent) => consentUrl({ ...asking, hosts: google }, consent),

    exchangeConsent: (client, answer, hands) => exchangeConsent(egress, google, client, answer, hands),
  };
}

const googleAccessOf = ({ settings, secret, googleClient: client }: SourceAccess & { road: 'google' }) => ({
  settings,
  secret,
  client,
});

const mostNames = 3;

function lookOf({
  people,
  groups,
  hasMore,
}: {
  people: readonly Named[];
  groups: readonly unknown[] | null;
  hasMore: boolean;
}): SourceLook {
  return {
    people: people.length,
    groups: groups?.length ?? 0,
    hasMore,
    names: people.slice(0, mostNames).map(nameOf),
  };
}

type Named = Pick<DirectoryReading['people'][number], 'displayName' | 'firstName' | 'lastName' | 'userName'>;

const nameOf = ({ displayName, firstName, lastName, userName }: Named): string =>
  displayName ?? ([firstName, lastName].filter((part) => part !== null).join(' ') || userName);
