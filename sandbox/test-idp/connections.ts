import {
  findOpenRevision,
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
import type { addressesOf } from './state.ts';
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

/**
 * A connection from our own metadata: what signs its requests, and what assertions for it are encrypted with. A draft
 * that signs nothing any more is tested once its admin has switched checking off at the provider: here it is at once.
 */
export async function registrationOf(db: Db, connection: ConnectionRow): Promise<RegisteredSp> {
  const signing = await certificatesOf(db, connection, 'signing');
  const [encryptionCertificate] = await certificatesOf(db, connection, 'encryption');
  const tenant = tenantOf(connection);
  const draft = await withTenant(db, tenant, (tx) => findOpenRevision(tx, tenant, connection.id));
  const isSigned = connection.signRequests && draft?.configuration.signRequests !== false;
  return {
    entityId: connection.spEntityId,
    acsUrl: connection.acsUrl,
    signingCertificates: isSigned ? signing : [],
    encryptionCertificate,
  };
}

/** What the connection's metadata publishes for a use. Its logout messages are always signed. */
export async function certificatesOf(
  db: Db,
  connection: ConnectionRow,
  use: 'signing' | 'encryption',
): Promise<string[]> {
  const tenant = tenantOf(connection);
  const keys = await withTenant(db, tenant, (tx) => listSpKeys(tx, tenant, connection.id));
  return keys.filter((key) => key.use === use).map((key) => key.certificatePem);
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

type Addresses = Pick<ReturnType<typeof addressesOf>, 'entityId' | 'issuer'>;

/** The environment's newest connections through the Test IdP. */
export async function listStartable(
  tx: Tx,
  tenant: Tenant,
  addresses: Addresses,
): Promise<StartableConnection[]> {
  const { rows } = await listConnections(tx, tenant, {}, { limit: 100, order: 'desc' });
  return Promise.all(
    rows
      .filter((connection) => isStartable(connection, addresses))
      .map(async (connection) => ({
        connection,
        organizationName: (await findOrganization(tx, tenant, connection.organizationId))?.name ?? '',
      })),
  );
}

/** By SAML an answer can be sent at any time; by OpenID Connect the product must begin, and does so once it is live. */
function isStartable(connection: ConnectionRow, { entityId, issuer }: Addresses): boolean {
  return connection.protocol === 'saml'
    ? connection.idpEntityId === entityId
    : connection.oidcIssuer === issuer && connection.state === 'active';
}

/** Where a live connection by OpenID Connect takes a sign-in that starts here (Core §4). */
export async function findLoginUrl(
  db: Db,
  connectionId: string,
  addresses: Addresses,
): Promise<string | undefined> {
  const connection = await findSandboxConnection(db, connectionId);
  if (connection?.protocol !== 'oidc' || !isStartable(connection, addresses)) return undefined;
  const loginUrl = new URL(connection.oidcRedirectUri.replace(/\/callback$/, '/login'));
  loginUrl.searchParams.set('iss', addresses.issuer);
  return loginUrl.href;
}

/** Where the product takes logout messages, as its metadata says. */
export const spSloUrlOf = ({ spMetadataUrl }: ConnectionRow): string =>
  spMetadataUrl.replace(/\/metadata$/, '/slo');
