import pg from 'pg';
import { sqlState } from './sql-states.ts';

/**
 * The database cannot be worked with until whoever operates it has changed something. The message is one finished sentence
 * for that person.
 */
export class UnusableDatabase extends Error {
  override name = 'UnusableDatabase';
}

/**
 * What keeps us out of the database at `databaseUrl`, in words that say what to change; the error itself where it says
 * something else. Never names the password. Codes: Node's, OpenSSL's and Postgres' (Appendix A of its manual).
 */
export function whyUnreachable(error: unknown, databaseUrl: string): unknown {
  if (!(error instanceof Error)) return error;
  // The driver's reading of it: host and login may stand in its query, too.
  const asked = new pg.Client({ connectionString: databaseUrl });
  const words = wordsFor(error, asked);
  if (words === undefined) return error;
  const at = asked.host.startsWith('/') ? asked.host : `${asked.host}:${asked.port}`;
  return new UnusableDatabase(`The database at ${at} ${words}`, { cause: error });
}

function wordsFor(error: Error, { host, database, user: login }: pg.Client): string | undefined {
  const { message } = error;
  switch ('code' in error ? error.code : undefined) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'ENOENT': // A socket's path.
      return 'does not answer: nothing listens there. Is Postgres running, and are host and port right?';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `is not found: no address is known for ${host}.`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'is not reached: the network, or a firewall in between, does not let us through.';
    case sqlState.invalidAuthorization:
      if (message.includes('no encryption'))
        return 'takes encrypted connections only: add ?sslmode=verify-full to its address.';
      return `refuses the login "${login}": ${message}.`;
    case sqlState.invalidPassword:
      return `refuses the login "${login}": ${message}.`;
    case sqlState.invalidCatalogName:
      return `has no database "${database}". Create it, or name another one.`;
    case sqlState.tooManyConnections:
      return `has no connection left for us: ${message}.`;
    case sqlState.cannotConnectNow:
      return `does not take connections yet: ${message}.`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `shows a certificate for another host: ${message}`;
    case 'CERT_HAS_EXPIRED':
      return 'shows a certificate that has expired.';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return (
        'shows a certificate that this machine does not trust. Give the file of its authority: ' +
        '?sslmode=verify-full&sslrootcert=/path/to/ca.pem'
      );
  }
  // The driver's own words, which have no code.
  if (message.includes('does not support SSL'))
    return 'speaks no TLS. Switch it on there, or take sslmode out of its address.';
  if (/time-?out/.test(message)) return 'does not answer in time.';
  return undefined;
}
