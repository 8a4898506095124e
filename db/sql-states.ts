import pg from 'pg';

/** What Postgres says of a statement that failed, as far as we act on it (its manual's appendix A). */
export const sqlState = {
  invalidParameterValue: '22023',
  notNullViolation: '23502',
  uniqueViolation: '23505',
  checkViolation: '23514',
  readOnlyTransaction: '25006',
  invalidAuthorization: '28000',
  invalidPassword: '28P01',
  invalidCatalogName: '3D000',
  insufficientPrivilege: '42501',
  undefinedTable: '42P01',
  tooManyConnections: '53300',
  lockNotAvailable: '55P03',
  cannotConnectNow: '57P03',
} as const;

/** The class of statement_timeout, and of a server that goes away. */
const operatorIntervention = '57';

/** The code of Postgres' own errors; undefined for all others. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

export const isIntervention = (error: unknown) => codeOf(error)?.startsWith(operatorIntervention) === true;
