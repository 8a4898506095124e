import type { Generated, Selectable } from 'kysely';
import type { ContestNews } from '../../onboarding/domain-holding.ts';
import type { DomainVerdict } from '../../onboarding/domain-verdict.ts';
import type { Json } from './columns.ts';

/** Domains an organization claims, the proof that was asked for, and what the last look at DNS saw. */
export interface OrganizationDomainsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  domain: string;
  state: 'pending' | 'verified' | 'failed' | 'lapsed' | 'conflict';
  strategy: 'dns' | 'manual';
  legacy: Generated<boolean>;
  token: string | null;
  prefix: string | null;
  label: string | null;
  hostId: string | null;
  attemptStartedAt: Date | null;
  verifiedAt: Date | null;
  failedReason: string | null;
  lastLookedAt: Date | null;
  nextLookAt: Date | null;
  looks: Generated<number>;
  lastVerdict: Json<DomainVerdict> | null;
  missingSince: Date | null;
  /** Once its record has gone: until when people with its addresses still sign in [DOM-06]. A new attempt does not take it off. */
  worksUntil: Date | null;
  /** When another organization's proof ended this one; a new attempt does not take it off [DOM-05]. */
  lostContestAt: Date | null;
  /** When it was told that time has decided that contest for the other side. */
  contestEndedAt: Date | null;
  /** What its contacts have yet to be mailed of a contest, and since when. */
  contestNews: ContestNews | null;
  contestNewsAt: Date | null;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
}

export type OrganizationDomainRow = Selectable<OrganizationDomainsTable>;
