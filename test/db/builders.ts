/** What the database tests start from: each test builds its own. */
import type { Insertable } from 'kysely';
import { newId } from '../../adapters/ids.ts';
import { digestToken, mintToken } from '../../adapters/tokens.ts';
import {
  createDatabase,
  insertConnection,
  insertDomain,
  insertEnvironment,
  insertItContact,
  insertLink,
  insertOnboarding,
  insertOrganization,
  withSystem,
  withTenant,
  type AttemptRow,
  type ConnectionRow,
  type Db,
  type DirectoryRow,
  type LinkRow,
  type NewAttempt,
  type NewAudit,
  type NewCommand,
  type NewLink,
  type OnboardingRow,
  type OrganizationDomainRow,
  type SignInCompletion,
  type SourceGroup,
  type SourcePerson,
  type SpentMessages,
} from '../../db/index.ts';
import type { DirectoriesTable } from '../../db/tables/directories.ts';
import type { DirectoryTokensTable } from '../../db/tables/directory-tokens.ts';
import type { OnboardingView } from '../../onboarding/view.ts';
import { createTestDatabase } from '../support/postgres.ts';

export const now = new Date('2026-11-25T10:00:00.000Z');
export const minutesLater = (minutes: number, from: Date = now) =>
  new Date(from.getTime() + minutes * 60_000);

export interface Databases {
  url: string;
  app: Db;
  system: Db;
  close(): Promise<void>;
}

/** A database of the test file's own, opened in both roles. */
export async function openDatabases({ poolSize = 5 }: { poolSize?: number } = {}): Promise<Databases> {
  const { url, drop } = await createTestDatabase();
  const log = { warn: () => undefined };
  const common = { databaseUrl: url, poolSize, applicationName: 'test', log };
  const app = await createDatabase({ ...common, role: 'vestibule_app' });
  const system = await createDatabase({ ...common, role: 'vestibule_system' });
  const close = async () => {
    await Promise.all([app.close(), system.close()]);
    await drop();
  };
  return { url, app, system, close };
}

export async function anEnvironment({ system }: Databases): Promise<string> {
  const id = newId('environment_');
  await withSystem(system, (tx) =>
    insertEnvironment(tx, {
      id,
      handle: `vendor-${id.slice(-12).toLowerCase()}`,
      name: 'Sandbox',
      kind: 'sandbox',
      clientId: newId('client_'),
      vendorName: 'Vendor',
      productName: 'Product',
      createdAt: now,
    }),
  );
  return id;
}

export interface Customer {
  environmentId: string;
  organizationId: string;
}

export async function aCustomer(
  databases: Databases,
  {
    environmentId,
    name = 'Acme',
    createdAt = now,
  }: { environmentId?: string; name?: string; createdAt?: Date } = {},
): Promise<Customer> {
  const tenant = { environmentId: environmentId ?? (await anEnvironment(databases)) };
  const { id } = await withTenant(databases.app, tenant, (tx) =>
    insertOrganization(tx, { id: newId('org_'), ...tenant, name, createdAt }),
  );
  return { ...tenant, organizationId: id };
}

export const aView = (changes: Partial<OnboardingView> = {}): OnboardingView => ({
  revision: 1,
  state: 'invited',
  paused: false,
  stalledSince: null,
  waitingFor: 'customer',
  waitingSince: now.toISOString(),
  next: null,
  features: [],
  stepsDone: 0,
  stepsTotal: 5,
  liveAt: null,
  ...changes,
});

export function anOnboarding(
  { app }: Databases,
  customer: Customer,
  view: Partial<OnboardingView> = {},
): Promise<OnboardingRow> {
  const onboarding = { id: newId('onb_'), ...customer, origin: 'invitation' as const, createdAt: now };
  return withTenant(app, customer, (tx) => insertOnboarding(tx, { ...onboarding, view: aView(view) }));
}

/** A directory of this customer; linked unless told. */
export async function aDirectory(
  { app }: Pick<Databases, 'app'>,
  customer: Customer,
  changes: Partial<Insertable<DirectoriesTable>> = {},
): Promise<DirectoryRow> {
  const id = newId('directory_');
  const externalKey = id.slice(-26).toLowerCase();
  const directory = {
    id,
    ...customer,
    name: 'People',
    type: 'okta scim v2.0',
    providerId: 'okta',
    road: 'scim' as const,
    externalKey,
    scimBaseUrl: `https://auth.test/scim/v2/${externalKey}`,
    state: 'linked' as const,
    linkedAt: now,
    createdAt: now,
    ...changes,
  };
  return withTenant(app, customer, (tx) =>
    tx.insertInto('directories').values(directory).returningAll().executeTakeFirstOrThrow(),
  );
}

/** A bearer token of this directory; it runs and has no end unless told. */
export async function aDirectoryToken(
  { app }: Pick<Databases, 'app'>,
  { id: directoryId, environmentId, organizationId }: DirectoryRow,
  changes: Partial<Insertable<DirectoryTokensTable>> = {},
): Promise<string> {
  const id = newId('directory_token_');
  const of = { environmentId, organizationId, directoryId };
  await withTenant(app, of, (tx) =>
    tx
      .insertInto('directoryTokens')
      .values({ id, ...of, digest: newId('digest_'), suffix: '9f2c', createdAt: now, ...changes })
      .execute(),
  );
  return id;
}

export async function aContact({ app }: Databases, customer: Customer, email = 'it@acme.test') {
  return withTenant(app, customer, (tx) =>
    insertItContact(tx, { id: newId('it_contact_'), ...customer, email, createdAt: now }),
  );
}

export const aLinkFor = (customer: Customer, changes: Partial<NewLink> = {}): NewLink => ({
  id: newId('link_'),
  ...customer,
  kind: 'main',
  digest: digestToken(mintToken('vb_setup_')).toString('hex'),
  tokenSealed: 'A256GCM.k1.a.b',
  features: ['sso'],
  delivery: 'mail',
  createdByType: 'developer',
  createdAt: now,
  expiresAt: minutesLater(60),
  ...changes,
});

export function aLink(
  { app }: Databases,
  customer: Customer,
  changes: Partial<NewLink> = {},
): Promise<LinkRow> {
  return withTenant(app, customer, (tx) => insertLink(tx, aLinkFor(customer, changes)));
}

export function aDomain(
  { app }: Databases,
  customer: Customer,
  domain: string,
  state: OrganizationDomainRow['state'] = 'pending',
): Promise<OrganizationDomainRow> {
  const row = {
    id: newId('org_domain_'),
    ...customer,
    domain,
    state,
    strategy: 'dns' as const,
    createdAt: now,
  };
  return withTenant(app, customer, (tx) => insertDomain(tx, row));
}

export function aConnection({ app }: Pick<Databases, 'app'>, customer: Customer): Promise<ConnectionRow> {
  const id = newId('conn_');
  return withTenant(app, customer, (tx) =>
    insertConnection(tx, {
      id,
      ...customer,
      name: 'Acme',
      state: 'draft',
      spEntityId: `https://sp.test/${id}`,
      acsUrl: `https://sp.test/${id}/acs`,
      oidcRedirectUri: `https://sp.test/oidc/${id}/callback`,
      spMetadataUrl: `https://sp.test/${id}/metadata`,
      createdAt: now,
    }),
  );
}

/** A person as a source tells of them, by their name before the @. */
export const aPerson = (name: string, changes: Partial<SourcePerson> = {}): SourcePerson => ({
  externalId: `ext-${name}`,
  userName: `${name}@acme.test`,
  email: `${name}@acme.test`,
  active: true,
  firstName: name,
  lastName: 'Lee',
  displayName: null,
  customAttributes: {},
  raw: { userName: name },
  ...changes,
});

export const aGroup = (name: string, changes: Partial<SourceGroup> = {}): SourceGroup => ({
  externalId: `ext-${name}`,
  displayName: name,
  raw: { displayName: name },
  ...changes,
});

export const anAttemptOf = (connection: ConnectionRow, changes: Partial<NewAttempt> = {}): NewAttempt => ({
  id: newId('attempt_'),
  environmentId: connection.environmentId,
  organizationId: connection.organizationId,
  connectionId: connection.id,
  reference: 'AB12',
  origin: 'app',
  settingsRevision: connection.settingsRevision,
  requestId: newId('request_'),
  relayStateDigest: newId('state_'),
  bindingDigest: 'the browser',
  startedAt: now,
  ...changes,
});

/** A good answer to an attempt: what its one statement writes. */
export const aCompletionOf = (
  attempt: AttemptRow,
  changes: Partial<SignInCompletion> = {},
): SignInCompletion => ({
  attempt,
  connection: { connectionType: 'GenericSAML' },
  checks: [],
  trail: [],
  shown: {},
  signedBy: null,
  signed: null,
  sessionIndex: null,
  nameId: null,
  domainHeldByNobodyElse: null,
  signInId: newId('sign_in_'),
  profileId: newId('prof_'),
  eventId: newId('event_'),
  person: {
    idpId: 'ann',
    email: 'ann@acme.test',
    firstName: null,
    lastName: null,
    name: null,
    groups: [],
    rawAttributes: {},
    customAttributes: {},
  },
  codeDigest: newId('c_'),
  codeExpiresAt: minutesLater(5),
  expiresAt: null,
  now,
  ...changes,
});

/** The messages that an attempt of `anAttemptOf` is answered with, in its own browser. */
export const theMessages = (changes: Partial<SpentMessages> = {}): SpentMessages => ({
  bindingDigest: 'the browser',
  assertionId: newId('a_'),
  responseId: newId('r_'),
  rememberUntil: minutesLater(65),
  ...changes,
});

export const aCommandFor = (customer: Customer, changes: Partial<NewCommand> = {}): NewCommand => ({
  id: newId('command_'),
  ...customer,
  workflowId: `onb/${customer.organizationId}/1`,
  delivery: 'update',
  message: 'applyCommand',
  body: { kind: 'remind' },
  nextAttemptAt: now,
  createdAt: now,
  ...changes,
});

/** The table takes any name of an act; the product's own are a closed list. */
type AuditChanges = Partial<Omit<NewAudit, 'action'>> & { action?: string };
export const anAudit = (
  customer: Customer,
  { action = 'organization.updated', ...changes }: AuditChanges = {},
): NewAudit => ({
  id: newId('audit_'),
  ...customer,
  actor: { type: 'staff', id: 'member_1' },
  action: action as NewAudit['action'],
  target: { type: 'organization', id: customer.organizationId },
  before: { name: 'Acme' },
  after: { name: 'Acme Ltd' },
  personal: { actorEmail: 'ann@vendor.test' },
  at: now,
  ...changes,
});
