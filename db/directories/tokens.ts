/** Bearer tokens of directories [SCIM-01]: digests only, two good at once so that one can follow another. */
import type { Actor } from '../../onboarding/commands.ts';
import { directoryTokenObject } from '../../onboarding/directory-objects.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { newId } from '../new-id.ts';
import { insertAudit } from '../repositories/audit.ts';
import { insertEvent } from '../repositories/events.ts';
import type { DirectoryRow } from '../tables/directories.ts';
import type { DirectoryTokenRow } from '../tables/directory-tokens.ts';
import { ownedBy, type Tenant } from '../tenant.ts';
import { lockDirectory } from './directories.ts';

const mostRunning = 2;

export type IssuedToken = { digest: string; suffix: string; expiresAt: Date | null };
type By = { actor: Actor; now: Date };

/** A new token, with its event and audit row. Throws `directory_tokens_full` while two others run. */
export async function issueDirectoryToken(
  tx: Tx,
  directory: DirectoryRow,
  token: IssuedToken,
  { actor, now }: By,
): Promise<DirectoryTokenRow> {
  const of = whose(directory);
  await lockDirectory(tx, of, directory.id);
  const running = await listDirectoryTokens(tx, of, directory.id, now);
  if (running.length >= mostRunning) throw new OnboardingError('directory_tokens_full');
  const row = await tx
    .insertInto('directoryTokens')
    .values({ id: newId('directory_token_'), ...of, directoryId: directory.id, ...token, createdAt: now })
    .returningAll()
    .executeTakeFirstOrThrow();
  await record(tx, row, 'created', { actor, now });
  return row;
}

/** Ends a token at once. Undefined when it had ended before. */
export async function revokeDirectoryToken(
  tx: Tx,
  tenant: Tenant,
  tokenId: string,
  { actor, now }: By,
): Promise<DirectoryTokenRow | undefined> {
  const row = await tx
    .updateTable('directoryTokens')
    .set({ revokedAt: now })
    .where('id', '=', tokenId)
    .where('revokedAt', 'is', null)
    .where(ownedBy('directoryTokens', tenant))
    .returningAll()
    .executeTakeFirst();
  if (row) await record(tx, row, 'revoked', { actor, now });
  return row;
}

/** Ends all running tokens of a directory and gives back their ids. */
export async function revokeDirectoryTokens(
  tx: Tx,
  directory: DirectoryRow,
  { actor, now }: By,
): Promise<string[]> {
  const running = await listDirectoryTokens(tx, whose(directory), directory.id, now);
  for (const { id } of running) await revokeDirectoryToken(tx, whose(directory), id, { actor, now });
  return running.map(({ id }) => id);
}

/** Those that run, oldest first. */
export async function listDirectoryTokens(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
  now: Date,
): Promise<DirectoryTokenRow[]> {
  return tx
    .selectFrom('directoryTokens')
    .selectAll()
    .where('directoryId', '=', directoryId)
    .where('revokedAt', 'is', null)
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', now)]))
    .where(ownedBy('directoryTokens', tenant))
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
}

const findRunning = fixedStatement<Pick<DirectoryTokenRow, 'id' | 'lastUsedAt'>>(`
  select id, last_used_at as "lastUsedAt" from directory_tokens
  where digest = :digest and directory_id = :directoryId and environment_id = :environmentId
    and revoked_at is null and (expires_at is null or expires_at > :now)
`);

/** The running token of this very directory that has the digest: whose people a call is about comes from it alone. */
export async function findDirectoryToken(
  tx: Tx,
  { id: directoryId, environmentId }: DirectoryRow,
  digest: string,
  now: Date,
): Promise<Pick<DirectoryTokenRow, 'id' | 'lastUsedAt'> | undefined> {
  const [token] = await findRunning(tx, { digest, directoryId, environmentId, now });
  return token;
}

async function record(tx: Tx, token: DirectoryTokenRow, what: 'created' | 'revoked', { actor, now }: By) {
  const { id, environmentId, organizationId, directoryId, suffix } = token;
  const of = { environmentId, organizationId };
  const data = directoryTokenObject(token);
  const name = `dsync.token.${what}`;
  await insertEvent(tx, { id: newId('event_'), ...of, name, data, createdAt: now });
  await insertAudit(tx, {
    id: newId('audit_'),
    ...of,
    actor,
    at: now,
    action: `directory_token.${what}`,
    target: { type: 'directory_token', id },
    after: { directory_id: directoryId, suffix },
  });
}

const whose = ({ environmentId, organizationId }: DirectoryRow) => ({ environmentId, organizationId });
