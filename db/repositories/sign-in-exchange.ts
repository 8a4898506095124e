/** A code for a token, a token for a profile: each one statement, because every sign-in of every app walks here. */
import { isKeptOut } from '../directories/sign-in-refusal.ts';
import { inOneMessage, type Db } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { listColumns, rowUnder } from '../row-columns.ts';
import { connectionColumns, type ConnectionRow } from '../tables/connections.ts';
import { profileColumns, type ProfileRow } from '../tables/profiles.ts';
import { tokenKeyColumns, type TokenKeyRow } from '../tables/token-keys.ts';
import { rolesFound, rolesOfProfile } from './person-roles.ts';

/** What a client shows for a token. */
export interface ShownCode {
  readonly clientId: string;
  readonly codeDigest: string;
  /** Null for a client that shows no secret. */
  readonly apiKeyDigest: string | null;
  /** Where the client calls from, in its one spelling; null where that is unknown. */
  readonly address: string | null;
  /** Any of these lets an API key sign people in. */
  readonly apiKeyScopes: readonly string[];
  /** What its PKCE verifier hashes to; null without one. */
  readonly challenge: string | null;
  readonly isBySecret: boolean;
  readonly accessTokenId: string;
  readonly accessTokenExpiresAt: Date;
  /** The counter of wrong tries (`rate_limits`): once it has reached `atMost`, no code is looked at. */
  readonly failures: { readonly counter: string; readonly atMost: number };
  readonly now: Date;
}

export interface CodeExchange {
  /** Too many wrong tries came from there. */
  readonly isBarred: boolean;
  /** What the secret may be used for; undefined when it is no running API key of the environment. */
  readonly keyScopes: readonly string[] | undefined;
  /** The secret may be used from there. */
  readonly isFromThere: boolean;
  /** Undefined where no sign-in of this client has the code. */
  readonly signIn:
    | {
        codeChallenge: string | null;
        connection: ConnectionRow;
        profile: ProfileRow;
        /** Slugs, the highest first. */
        roles: readonly string[];
      }
    | undefined;
  /** A directory keeps the person out, since they have signed in. */
  readonly isKeptOut: boolean;
  /** Whether this very call has spent the code: all that it takes was in order. */
  readonly isSpent: boolean;
  /** Signs the token. */
  readonly key: TokenKeyRow | undefined;
}

const profileKeptOut = isKeptOut('(select directory_policy from environments where id = :environmentId)', {
  organizationId: 'profile.organization_id',
  idpId: 'profile.idp_id',
  email: 'profile.email',
});

const exchange = fixedStatement<Record<string, unknown>>(`
  with barred as (
    select from rate_limits
    where key = :counter and points >= :atMost
      and (expire is null or expire > extract(epoch from clock_timestamp()) * 1000)
  ), proven as (
    select scopes, addresses = '{}' or coalesce(:address::inet <<= any (addresses::inet[]), false) as is_from_there
    from api_keys
    where digest = :apiKeyDigest and environment_id = :environmentId and revoked_at is null
      and (expires_at is null or expires_at > :now)
  ), found as (
    select id, code_challenge, connection_id, profile_id from sign_ins
    where code_digest = :codeDigest and environment_id = :environmentId and client_id = :clientId
      and not exists (select from barred)
  ), judged as (
    select ${profileKeptOut} as is_kept_out from found join profiles as profile on profile.id = found.profile_id
  ), spent as (
    update sign_ins
    set code_used_at = :now, access_token_id = :accessTokenId, access_token_expires_at = :accessTokenExpiresAt
    from connections
    where sign_ins.id = (select id from found) and sign_ins.environment_id = :environmentId
      and connections.id = sign_ins.connection_id and connections.state = 'active' and connections.deleted_at is null
      and case when :isBySecret::boolean then exists (select from proven where is_from_there and scopes && :apiKeyScopes::text[]) else code_challenge is not null end
      and code_challenge is not distinct from :challenge
      and code_used_at is null and code_expires_at > :now and ended_at is null
      and not exists (select from judged where is_kept_out)
    returning sign_ins.id
  )
  select exists (select from barred) as "isBarred", (select scopes from proven) as "keyScopes", (select is_from_there from proven) as "isFromThere", exists (select from spent) as "isSpent",
    exists (select from judged where is_kept_out) as "isKeptOut", found.code_challenge as "codeChallenge", ${listColumns('connection', connectionColumns)},
    ${listColumns('profile', profileColumns)}, ${listColumns('key', tokenKeyColumns)},
    ${rolesOfProfile('profile')}
  from (select) as exchange
  left join found on true
  left join connections as connection on connection.id = found.connection_id
  left join profiles as profile on profile.id = found.profile_id
  left join lateral (
    select * from token_keys where environment_id = :environmentId and retired_at is null
    order by created_at desc limit 1
  ) as key on true
`);

/**
 * Exchanges a code, once: of simultaneous tries one spends it. A code whose client, secret, challenge or connection does
 * not fit stays as it is.
 */
export async function exchangeCode(
  db: Db,
  { environmentId }: { environmentId: string },
  { failures, ...shown }: ShownCode,
): Promise<CodeExchange> {
  const [found = {}] = await inOneMessage(db, { environmentId }, (tx) =>
    exchange(tx, { ...shown, ...failures, environmentId }),
  );
  const connection = rowUnder<ConnectionRow>('connection', connectionColumns, found);
  const profile = rowUnder<ProfileRow>('profile', profileColumns, found);
  const codeChallenge = found.codeChallenge as string | null;
  return {
    isBarred: found.isBarred === true,
    keyScopes: (found.keyScopes as string[] | null) ?? undefined,
    isFromThere: found.isFromThere === true,
    isKeptOut: found.isKeptOut === true,
    isSpent: found.isSpent === true,
    signIn: connection && profile && { codeChallenge, connection, profile, roles: rolesFound(found) },
    key: rowUnder<TokenKeyRow>('key', tokenKeyColumns, found),
  };
}

export interface TokenHolder {
  readonly connection: ConnectionRow;
  readonly profile: ProfileRow;
  /** Slugs, the highest first. */
  readonly roles: readonly string[];
  readonly key: TokenKeyRow;
}

const findHolder = fixedStatement<Record<string, unknown>>(`
  select ${listColumns('connection', connectionColumns)}, ${listColumns('profile', profileColumns)},
    ${listColumns('key', tokenKeyColumns)}, ${rolesOfProfile('profile')}
  from sign_ins
  join connections as connection on connection.id = sign_ins.connection_id
  join profiles as profile on profile.id = sign_ins.profile_id
  join token_keys as key on key.environment_id = sign_ins.environment_id
  where sign_ins.access_token_id = :accessTokenId and sign_ins.environment_id = :environmentId
    and sign_ins.access_token_expires_at > :now and sign_ins.ended_at is null
    and (sign_ins.expires_at is null or sign_ins.expires_at > :now)
    and key.id = :keyId and key.retired_at is null
    and not ${profileKeptOut}
`);

/**
 * Whose a running access token is, with the key that must have signed it; undefined when it has ended, the provider's own
 * end of the session has come, where it named one [SAML-15], or a directory keeps the person out.
 */
export async function findTokenHolder(
  db: Db,
  { environmentId }: { environmentId: string },
  token: { accessTokenId: string; keyId: string; now: Date },
): Promise<TokenHolder | undefined> {
  const [found] = await inOneMessage(db, { environmentId }, (tx) =>
    findHolder(tx, { ...token, environmentId }),
  );
  const connection = found && rowUnder<ConnectionRow>('connection', connectionColumns, found);
  const profile = found && rowUnder<ProfileRow>('profile', profileColumns, found);
  const key = found && rowUnder<TokenKeyRow>('key', tokenKeyColumns, found);
  return connection && profile && key && { connection, profile, key, roles: rolesFound(found) };
}
