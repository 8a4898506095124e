import {
  findOrganization,
  listAllRedirectUris,
  listConnections,
  listDomains,
  listSpKeys,
  lookUpConnection,
  lookUpEnvironment,
  withTenant,
  type ConnectionRow,
  type Db,
  type Tenant,
  type Tx,
} from '../../db/index.ts';
import { peopleAt, type TestPerson } from './people.ts';
import type { RegisteredSp } from './request.ts';
import { listPeople } from './stored-people.ts';

/** What the Test IdP knows of the connections that have it as their provider. */

export const tenantOf = ({ environmentId }: ConnectionRow) => ({ environmentId });

/** The connection of an entity id of ours, if it is a sandbox's and has the Test IdP as its provider [TIDP-04]. */
export async function findConnectionBehind(
  db: Db,
  spEntityId: string,
  idpEntityId: string,
): Promise<ConnectionRow | undefined> {
  const [, id] = /\/sso\/saml\/(conn_[0-9A-Z]{26})$/.exec(spEntityId) ?? [];
  const connection = id === undefined ? undefined : await findSandboxConnection(db, id);
  if (connection?.spEntityId !== spEntityId || connection.idpEntityId !== idpEntityId) return undefined;
  return connection;
}

/** A living connection of a sandbox. */
export async function findSandboxConnection(db: Db, id: string): Promise<ConnectionRow | undefined> {
  const connection = await lookUpConnection(db, id);
  if (connection?.deletedAt !== null) return undefined;
  const environment = await lookUpEnvironment(db, connection.environmentId);
  return environment?.kind === 'sandbox' ? connection : undefined;
}

/** A connection from our own metadata: what signs its requests, and what assertions for it are encrypted with. */
export async function registrationOf(db: Db, connection: ConnectionRow): Promise<RegisteredSp> {
  const tenant = tenantOf(connection);
  const keys = await withTenant(db, tenant, (tx) => listSpKeys(tx, tenant, connection.id));
  const certificatesFor = (use: 'signing' | 'encryption') =>
    keys.filter((key) => key.use === use).map((key) => key.certificatePem);
  return {
    entityId: connection.spEntityId,
    acsUrl: connection.acsUrl,
    signingCertificates: connection.signRequests ? certificatesFor('signing') : [],
    encryptionCertificate: certificatesFor('encryption')[0],
  };
}

/** The people as this connection meets them. */
export async function peopleOf(tx: Tx, connection: ConnectionRow): Promise<TestPerson[]> {
  return peopleAt(await listPeople(tx, tenantOf(connection)), await domainOf(tx, connection));
}

/** The people live in the organization's own `.test` domain, if it has one, so that the domain policy lets them in. */
async function domainOf(
  tx: Tx,
  { environmentId, organizationId }: ConnectionRow,
): Promise<string | undefined> {
  const domains = (await listDomains(tx, { environmentId, organizationId })).filter(({ domain }) =>
    domain.endsWith('.test'),
  );
  return (domains.find(({ state }) => state === 'verified') ?? domains[0])?.domain;
}

const plainOrigin = /^https?:\/\/[a-z0-9.*-]+(:(\d+|\*))?$/i;

/** Where the posted answer may lead: browsers hold `form-action` against the redirects behind it too. */
export async function destinationsOf(tx: Tx, connection: ConnectionRow): Promise<string[]> {
  const registered = await listAllRedirectUris(tx, tenantOf(connection));
  const origins = [connection.acsUrl, ...registered.map(({ uri }) => uri)].map(
    (uri) => /^https?:\/\/[^/?#]+/i.exec(uri)?.[0] ?? '',
  );
  return [...new Set(origins)].filter((origin) => plainOrigin.test(origin));
}

/** A connection that somebody can start at the Test IdP, with the name of its organization. */
export interface StartableConnection {
  readonly connection: ConnectionRow;
  readonly organizationName: string;
}

/** The environment's newest connections through the Test IdP by SAML. */
export async function listStartable(
  tx: Tx,
  tenant: Tenant,
  idpEntityId: string,
): Promise<StartableConnection[]> {
  const { rows } = await listConnections(tx, tenant, {}, { limit: 100, order: 'desc' });
  const behind = rows.filter(
    (connection) => connection.protocol === 'saml' && connection.idpEntityId === idpEntityId,
  );
  return Promise.all(
    behind.map(async (connection) => ({
      connection,
      organizationName: (await findOrganization(tx, tenant, connection.organizationId))?.name ?? '',
    })),
  );
}
