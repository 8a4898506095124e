import type { Logger } from 'pino';
import type { AccessTokens } from '../adapters/access-tokens.ts';
import type { DnsResolver } from '../adapters/dns-resolver.ts';
import type { DirectorySources } from '../adapters/directories/sources.ts';
import type { Egress, EgressSockets } from '../adapters/egress.ts';
import type { StreamSenders } from '../adapters/log-streams/index.ts';
import type { Mailer } from '../adapters/mailer.ts';
import type { RelyingParty } from '../adapters/oidc/relying-party.ts';
import type { SamlVerifier } from '../adapters/saml/verifier.ts';
import type { Secrets } from '../adapters/secrets.ts';
import type { WorkflowHistories } from '../adapters/workflow-history.ts';
import type { createListener, Db, Tenant, Tx } from '../db/index.ts';
import type { Rehearsal } from '../onboarding/rehearsal.ts';
import type { TestSinkState } from './contract/sandbox-sink.ts';
import type { SandboxDnsFaults, TestDirectoryState, TestIdpState, TestPerson } from './contract/sandbox.ts';
import type { AuditSchemas } from './audit-schemas.ts';
import type { Environments } from './environments.ts';
import type { GatheredDeveloperWrites } from './gathered-developer-writes.ts';
import type { Metrics } from './metrics.ts';
import type { RateLimits } from './middleware/limit-rates.ts';
import type { OnboardingClient } from './onboarding-client.ts';
import type { PortalPages } from './portal-pages.ts';
import type { DirectoryRequestLog } from './protocols/scim/request-log.ts';
import type { Tenants } from './tenants.ts';

/**
 * What the api is built from. `start.ts` and the tests make the parts; handlers find them in `ctx.deps`. Add fields,
 * never change one: every area reads this.
 */
export interface ApiDeps {
  /** Works as `vestibule_app`: everything a request does. */
  db: Db;
  secrets: Secrets;
  egress: Egress & EgressSockets;
  /** The sources of directories that we read. */
  directorySources: DirectorySources;
  /** Tries the destinations of log streams, and sends them test events. */
  streamSenders: StreamSenders;
  dns: DnsResolver;
  /** For the mails that the api sends itself: codes, and links on request. */
  mailer: Mailer;
  /** Hints for the pages' live streams. */
  listener: Pick<ReturnType<typeof createListener>, 'listen'>;
  logger: Logger;
  now: () => Date;
  urls: ApiUrls;
  settings: ApiSettings;
  /** The one way to Temporal. */
  onboardingClient: OnboardingClient;
  /** Reads what Temporal remembers, for staff; null where there is no connection to read with. */
  workflowHistories: WorkflowHistories | null;
  limits: RateLimits;
  environments: Environments;
  auditSchemas: AuditSchemas;
  gathered: GatheredDeveloperWrites;
  /** Whose connections and clients are, remembered. */
  tenants: Tenants;
  metrics: Metrics;
  /** Writes down the calls of directories' clients, beside them. */
  directoryRequests: DirectoryRequestLog;
  /** The two Vue apps as they were built. */
  pages: PortalPages;
  /** Reads documents of strangers in threads of their own, which start with the first document. */
  samlVerifier: SamlVerifier;
  /** Exchanges and verifies answers of OpenID Connect; remembers providers' keys for minutes. */
  relyingParty: RelyingParty;
  /** Signs and reads the access tokens of sign-ins. */
  accessTokens: AccessTokens;
  /** Where the built pages lie: `dist/portal`. */
  portalFolder: string;
  /** Null outside the embedded default: its mailbox and addresses, and the key its first-run page shows. */
  embedded: EmbeddedDefault | null;
}

/** What only `npm start` has. */
export interface EmbeddedDefault {
  mailbox: KeptMails | undefined;
  temporalUiUrl: string | null;
  exampleUrl: string;
  apiKey: string;
  testIdp: TestIdpPanel;
  testDirectory: TestDirectoryPanel;
  testSink: TestSinkPanel;
  dns: SandboxDnsPanel;
  rehearsals: RehearsalPanel;
}

/** The Test IdP as the sandbox's pages and scripts turn it (`sandbox/test-idp/panel.ts`). */
export interface TestIdpPanel {
  getState(tx: Tx, tenant: Tenant, url: string): Promise<TestIdpState>;
  /** Changes what is given. Throws `invalid_request` for a fault that there is not. */
  putSwitches(
    tx: Tx,
    tenant: Tenant,
    change: { fault?: string | null | undefined; rollover?: TestIdpState['rollover'] | undefined },
    now: Date,
  ): Promise<void>;
  /** False while the key to roll over to does not sign. */
  retireKey(tx: Tx, tenant: Tenant, hands: { secrets: Secrets; now: Date }): Promise<boolean>;
  /** Answers with what stands in the way, if anything does. */
  putPerson(
    tx: Tx,
    tenant: Tenant,
    put: { person: TestPerson; isNew: boolean },
    now: Date,
  ): Promise<'email_not_below_test' | 'email_taken' | 'too_many' | 'unknown' | undefined>;
  /** False when there is nobody of this id. */
  removePerson(tx: Tx, tenant: Tenant, personId: string, now: Date): Promise<boolean>;
  restorePeople(tx: Tx, tenant: Tenant, now: Date): Promise<void>;
  /** Registers a connection with the OpenID provider, once; undefined when there is no such connection. */
  registerClient(
    tx: Tx,
    tenant: Tenant,
    connectionId: string,
    hands: { secrets: Secrets; now: Date },
  ): Promise<{ clientId: string; clientSecret: string; redirectUri: string } | undefined>;
}

type ShownPerson = Omit<TestDirectoryState['people'][number], 'arrival'>;
type ShownGroup = Omit<TestDirectoryState['groups'][number], 'arrival'>;
type TestDirectoryRefusal = 'taken' | 'too_many' | 'unknown' | 'unknown_member';

/** The test directory, a SCIM client, as the sandbox's page and scripts turn it (`sandbox/test-directory/panel.ts`). */
export interface TestDirectoryPanel {
  getState(
    tx: Tx,
    tenant: Tenant,
  ): Promise<Omit<TestDirectoryState, 'connected'> & { connected: Connected | null }>;
  /** The id of the token that a directory was taken with last. */
  tokenOf(tx: Tx, tenant: Tenant, directoryId: string): Promise<string | undefined>;
  /** Changes what is given; what was sent to another address is forgotten. */
  connect(
    tx: Tx,
    tenant: Tenant,
    change: {
      manner?: TestDirectoryState['manner'] | undefined;
      baseUrl?: string | null | undefined;
      token?: string | null | undefined;
      connected?: Connected | null | undefined;
      domain?: string | undefined;
    },
    now: Date,
  ): Promise<void>;
  setFaults(
    tx: Tx,
    tenant: Tenant,
    on: readonly TestDirectoryState['faults'][number]['id'][],
    now: Date,
  ): Promise<void>;
  /** Answers with what stands in the way, if anything does. */
  putPerson(
    tx: Tx,
    tenant: Tenant,
    put: { thing: ShownPerson; isNew: boolean },
    now: Date,
  ): Promise<TestDirectoryRefusal | undefined>;
  /** False when there is nobody of this id. */
  removePerson(tx: Tx, tenant: Tenant, personId: string, now: Date): Promise<boolean>;
  addCrowd(tx: Tx, tenant: Tenant, count: number, now: Date): Promise<TestDirectoryRefusal | undefined>;
  putGroup(
    tx: Tx,
    tenant: Tenant,
    put: { thing: ShownGroup; isNew: boolean },
    now: Date,
  ): Promise<TestDirectoryRefusal | undefined>;
  removeGroup(tx: Tx, tenant: Tenant, groupId: string, now: Date): Promise<boolean>;
  reset(tx: Tx, tenant: Tenant, now: Date): Promise<void>;
  /** Says what there is to say, after what is being said now; resolves with the end of it, or of one's patience. */
  talk(
    environmentId: string,
    about: 'test' | 'changed' | 'cycle' | 'everything',
    patienceMs: number,
  ): Promise<void>;
}

/** The test sink, which plays destinations, as the sandbox's page and scripts turn it (`sandbox/test-sink/panel.ts`). */
export interface TestSinkPanel {
  /** Where everything that an environment's sink plays lies. */
  addressOf(environmentId: string, url: string): string;
  /** `find` narrows the newest records to those that hold it. */
  getState(environmentId: string, url: string, find: string): TestSinkState;
  /** Changes what is given. */
  change(
    environmentId: string,
    change: {
      faults?: readonly TestSinkState['faults'][number]['id'][] | undefined;
      signingSecret?: string | null | undefined;
    },
  ): void;
  reset(environmentId: string): void;
}

/** The faults of the sandbox's name servers, as its pages and scripts turn them (`sandbox/dns/panel.ts`). */
export interface SandboxDnsPanel {
  listFaults(): SandboxDnsFaults['faults'];
  /** Those that are on from now. */
  setFaults(on: readonly SandboxDnsFaults['faults'][number]['id'][]): void;
}

/** Rehearsals, as the sandbox's page and scripts begin and watch them (`sandbox/rehearsal/panel.ts`). */
export interface RehearsalPanel {
  find(tx: Tx, tenant: Tenant, now: Date): Promise<Rehearsal | undefined>;
  /** One at a time: `begun` is false where one is being played, which is the answer then. */
  begin(
    tx: Tx,
    tenant: Tenant,
    by: { memberId: string | null; now: Date },
  ): Promise<{ rehearsal: Rehearsal; begun: boolean; formerKeyId: string | null }>;
  /** Remembers which key the one that was begun has, so that the next can put it away. */
  lend(tx: Tx, tenant: Tenant, keyId: string, now: Date): Promise<void>;
  /**
   * Plays one that was begun, once its transaction is through, and has what was lent for it taken back. Resolves when it
   * has ended, however it did.
   */
  play(
    tenant: Tenant,
    rehearsal: Rehearsal,
    hands: {
      apiKey: string;
      formerKeyId: string | null;
      clientId: string;
      redirectUri: string;
      takeBack(): Promise<void>;
    },
  ): Promise<void>;
}

interface Connected {
  organizationId: string;
  directoryId: string;
  tokenId: string;
}

/** Origins, without a slash at the end. One origin may serve all. */
export interface ApiUrls {
  api: string;
  portal: string;
  dashboard: string;
  testIdp: string;
}

export interface ApiSettings {
  /** Express's `trust proxy`: a hop count, or addresses and CIDRs; false trusts nobody [API-04]. */
  trustProxy: number | string[] | false;
  /** The embedded default: `/sandbox`, the Test IdP and details for operators on the main port. */
  isEmbedded: boolean;
  /** `SANDBOX_LOOPBACK`: sandbox environments may use `.test` names, http and loopback. */
  sandboxLoopback: boolean;
  /** Where customers reach our SFTP server; null where none runs. */
  sftpAddress: { host: string; port: number } | null;
  /** Addresses that our requests come from, for customers' allow-lists; empty where the operator has not said. */
  egressAddresses: readonly string[];
  /** Our identity at AWS, which customers' roles trust; null: none, so that way is not offered. */
  awsPrincipal: string | null;
  /** Days that audit rows are kept where an environment says nothing. */
  auditRetentionDays: number;
  /** Factor on every rate limit: 1 in production, more in the bench. */
  rateLimitFactor: number;
}

/** The embedded mailbox as the sandbox's pages read it (`sandbox/mailbox/`). */
export interface KeptMails {
  /** Newest first. */
  list(filter?: { to?: string; environmentId?: string; limit?: number }): KeptMail[];
  get(id: string): Promise<
    | (KeptMail & {
        text: string;
        html: string;
        headers: Record<string, string>;
        links: string[];
      })
    | undefined
  >;
  /** Calls back for each new mail; the answer ends it. */
  subscribe(onMail: (mail: KeptMail) => void): () => void;
}

export interface KeptMail {
  id: string;
  at: string;
  from: string;
  to: string;
  subject: string;
  environmentId: string | null;
}
