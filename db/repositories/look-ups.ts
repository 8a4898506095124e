/**
 * What is looked up before the tenant is known. Each takes the exact digest or id and gives that one row or nothing,
 * through a function of the database (migration 0007). Whether the row still counts (ended, revoked, deleted) is the
 * caller's to say: dead links and expired codes have answers of their own.
 */
import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { bareColumns } from '../row-columns.ts';
import { apiKeyColumns, type ApiKeyRow } from '../tables/api-keys.ts';
import type { AttemptRow } from '../tables/attempts.ts';
import type { ConnectionRow } from '../tables/connections.ts';
import type { DirectoryRow } from '../tables/directories.ts';
import type { EnvironmentRow } from '../tables/environments.ts';
import type { LinkRow } from '../tables/links.ts';
import type { MailRow } from '../tables/mails.ts';
import type { MemberRow } from '../tables/members.ts';
import type { PortalSessionRow } from '../tables/portal-sessions.ts';
import type { SignInRow } from '../tables/sign-ins.ts';
import type { StaffSessionRow } from '../tables/staff-sessions.ts';
import type { StaffSignInRow } from '../tables/staff-sign-ins.ts';

type LookUp<Row> = (db: Db, exact: string) => Promise<Row | undefined>;

function lookUp<Row>(databaseFunction: string): LookUp<Row> {
  const called = sql.raw(databaseFunction);
  return shared(async (db, exact) => {
    const { rows } = await sql<Row>`select * from ${called}(${exact})`.execute(db.untenanted);
    return rows[0];
  });
}

/**
 * Callers of one moment share a look-up. Each gets what was read after it had asked, so that a revoked key or an ended
 * session is refused at once: who comes while one is on its way shares the one after it.
 */
function shared<Row>(find: LookUp<Row>): LookUp<Row> {
  type Lane = { running: Promise<Row | undefined>; next?: Promise<Row | undefined> };
  const lanesOf = new WeakMap<Db, Map<string, Lane>>();

  return (db, exact) => {
    const lanes = lanesOf.get(db) ?? new Map<string, Lane>();
    lanesOf.set(db, lanes);

    function start(): Promise<Row | undefined> {
      const lane: Lane = {
        running: find(db, exact).finally(() => {
          if (lane.next === undefined) lanes.delete(exact);
        }),
      };
      lanes.set(exact, lane);
      return lane.running;
    }

    const lane = lanes.get(exact);
    if (lane === undefined) return start();
    lane.next ??= lane.running.then(start, start);
    return lane.next;
  };
}

const findApiKey = fixedStatement<ApiKeyRow>(`
  select ${bareColumns(apiKeyColumns)} from find_api_key(:digest)
`);

export const lookUpApiKey: LookUp<ApiKeyRow> = shared(async (db, digest) => {
  const [row] = await findApiKey(db.untenanted, { digest });
  return row;
});
export const lookUpLink = lookUp<LinkRow>('find_link');
export const lookUpPortalSession = lookUp<PortalSessionRow>('find_portal_session');
export const lookUpStaffSession = lookUp<StaffSessionRow>('find_staff_session');
export const lookUpStaffSignInLink = lookUp<StaffSignInRow>('find_staff_sign_in_link');
export const lookUpMail = lookUp<MailRow>('find_mail');
export const lookUpConnection = lookUp<ConnectionRow>('find_connection');
export const lookUpDirectory = lookUp<DirectoryRow>('find_directory_by_key');
export const lookUpDirectoryBySftpUser = lookUp<DirectoryRow>('find_directory_by_sftp_user');
export const lookUpEnvironment = lookUp<EnvironmentRow>('find_environment');
export const lookUpEnvironmentByClientId = lookUp<EnvironmentRow>('find_environment_by_client_id');
export const lookUpEnvironmentByHandle = lookUp<EnvironmentRow>('find_environment_by_handle');
export const lookUpAttemptByTestDigest = lookUp<AttemptRow>('find_attempt_by_test_digest');
export const lookUpSignInByLogoutDigest = lookUp<SignInRow>('find_sign_in_by_logout_digest');

/** Every membership of an address, in any environment, oldest first: staff sign in before they choose one. */
export async function lookUpMemberships(db: Db, email: string): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    select * from find_memberships(${email.toLowerCase()}) order by created_at, id
  `.execute(db.untenanted);
  return rows;
}

/** The environments whose members may sign in by single sign-on with an address in this domain, oldest first. */
export async function lookUpEnvironmentsByMembersDomain(db: Db, domain: string): Promise<EnvironmentRow[]> {
  const { rows } = await sql<EnvironmentRow>`
    select * from find_environments_by_members_domain(${domain.toLowerCase()}) order by created_at, id
  `.execute(db.untenanted);
  return rows;
}

/** Every living connection whose answers come to this path, with its query, on whatever host. */
export async function lookUpConnectionsByAcsPath(db: Db, path: string): Promise<ConnectionRow[]> {
  const { rows } = await sql<ConnectionRow>`
    select * from find_connections_by_acs_path(${path})
  `.execute(db.untenanted);
  return rows;
}
