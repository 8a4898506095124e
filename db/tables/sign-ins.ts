import type { Generated, Selectable } from 'kysely';
import type { Json } from './columns.ts';

/** What is kept of a success: code, access token id, session index. */
export interface SignInsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  connectionId: string;
  profileId: string;
  attemptId: string;
  sessionIndex: string | null;
  /** The subject as the provider named it, for single logout: value, format and qualifiers. */
  nameId: Json<Record<string, string>> | null;
  isTest: Generated<boolean>;
  codeDigest: string | null;
  codeExpiresAt: Date | null;
  codeUsedAt: Date | null;
  clientId: string | null;
  redirectUri: string | null;
  codeChallenge: string | null;
  accessTokenId: string | null;
  accessTokenExpiresAt: Date | null;
  createdAt: Generated<Date>;
  expiresAt: Date | null;
  endedAt: Date | null;
  /** Digest of the address that signs the person out, until it is used. */
  logoutDigest: string | null;
  logoutExpiresAt: Date | null;
}

export type SignInRow = Selectable<SignInsTable>;
