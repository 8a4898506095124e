import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import pg from 'pg';
import { createActivities, type Activities, type ActivityDeps } from '../../activities/index.ts';
import { createCheckpointSigner } from '../../adapters/checkpoint-signer.ts';
import { createDirectorySources } from '../../adapters/directories/sources.ts';
import { createDnsResolver } from '../../adapters/dns-resolver.ts';
import { createEgress } from '../../adapters/egress.ts';
import { newId } from '../../adapters/ids.ts';
import { createStreamSenders } from '../../adapters/log-streams/index.ts';
import { createMailer } from '../../adapters/mailer.ts';
import { readCertificates } from '../../adapters/saml/certificates.ts';
import { createSecrets } from '../../adapters/secrets.ts';
import { linkSealedAt } from '../../adapters/setup-links.ts';
import { digestToken, mintToken } from '../../adapters/tokens.ts';
import type { DeliverableCommand, Delivery, WorkflowState } from '../../adapters/workflow-client.ts';
import {
  insertCertificates,
  insertLink,
  moveConnection,
  updateConnectionSettings,
  withSystem,
  withTenant,
  type ConnectionRow,
  type ConnectionSettings,
  type ItContactRow,
  type LinkRow,
  type NewLink,
  type OnboardingRow,
  type Tx,
} from '../../db/index.ts';
import type { OnboardingView } from '../../onboarding/view.ts';
import { createMailbox, type MailboxMessage } from '../../sandbox/mailbox/mailbox.ts';
import {
  aConnection,
  aContact,
  aCustomer,
  anOnboarding,
  now,
  openDatabases,
  type Customer,
  type Databases,
} from '../db/builders.ts';
import { freePort } from './api.ts';

/** What activities run against in tests: real Postgres, a real mailbox over SMTP, real HTTP on loopback, a clock. */
export interface ActivityWorld extends Databases {
  deps: ActivityDeps & { signer: ReturnType<typeof createCheckpointSigner> };
  activities: Activities;
  /** The activities with another outside world. */
  with(changes: Partial<ActivityDeps>): Activities;
  clock: { at: Date };
  /** Moves the clock on. */
  pass(ms: number): void;
  mailTo(address: string): Promise<MailboxMessage[]>;
  /** What was delivered to workflows, and what they say to it. */
  temporal: {
    delivered: DeliverableCommand[];
    answer: Delivery;
    forgotten: string[];
    /** What a workflow is said to be; one that is not named runs. */
    states: Map<string, WorkflowState>;
    asked: string[];
  };
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

export async function openActivityWorld(): Promise<ActivityWorld> {
  const databases = await openDatabases();
  const clock = { at: now };
  const tell = () => clock.at;
  const folder = await mkdtemp(path.join(tmpdir(), 'vestibule-mail-'));
  const mailbox = createMailbox({ folder, port: 0, host: '127.0.0.1', now: tell });
  const mailer = aMailer(await mailbox.start());
  const secrets = createSecrets([{ id: 'test', bytes: randomBytes(32) }]);
  const temporal: ActivityWorld['temporal'] = {
    delivered: [],
    forgotten: [],
    states: new Map(),
    asked: [],
    answer: { status: 'applied', result: null },
  };
  const egress = createEgress({ allow: [], loopback: true, ownAddresses: [], now: tell });
  const deps: ActivityWorld['deps'] = {
    db: databases.app,
    systemDb: databases.system,
    secrets,
    signer: createCheckpointSigner(secrets),
    mailer,
    now: tell,
    portalUrl: 'http://127.0.0.1:8410',
    mailLimits: mailsWithoutEnd,
    auditRetentionDays: 400,
    checkpointFile: null,
    bounceAddresses: null,
    dashboardUrl: 'http://127.0.0.1:8410',
    testIdpUrl: 'http://localhost:8410/test-idp',
    testIdp: 'http://localhost:8410',
    egress,
    directorySources: createDirectorySources(egress),
    senders: createStreamSenders({ egress, now: tell, aws: null, hostName: 'vendor.test' }),
    workflows: {
      deliver(command) {
        temporal.delivered.push(command);
        return Promise.resolve(temporal.answer);
      },
      forget(workflowId) {
        temporal.forgotten.push(workflowId);
        return Promise.resolve();
      },
      stateOf(workflowId) {
        temporal.asked.push(workflowId);
        return Promise.resolve(temporal.states.get(workflowId) ?? 'running');
      },
    },
    keptMails: mailbox,
    sandboxLoopback: true,
    ownHosts: ['127.0.0.1:8410'],
    ownEntityIdPrefix: 'http://127.0.0.1:8410/sso/saml/',
    dns: createDnsResolver({ servers: [], timeoutMs: 100, totalMs: 500, mayAsk: () => false, now: tell }),
  };
  return {
    ...databases,
    deps,
    activities: createActivities(deps),
    with: (changes) => createActivities({ ...deps, ...changes }),
    clock,
    pass: (ms) => (clock.at = new Date(clock.at.getTime() + ms)),
    temporal,
    async mailTo(address) {
      const mails = await Promise.all(mailbox.list({ to: address }).map(({ id }) => mailbox.get(id)));
      return mails.filter((mail) => mail !== undefined).reverse();
    },
    async close() {
      mailer.close();
      await mailbox.stop();
      await rm(folder, { recursive: true, force: true });
      await databases.close();
    },
  };
}

function aMailer(port: number) {
  return createMailer({
    smtpUrl: `smtp://127.0.0.1:${port}`,
    requireTls: false,
    now: () => now,
    from: { name: 'Vestibule', address: 'no-reply@vestibule.test' },
  });
}

/** Limits that no test reaches by the way. */
const mailsWithoutEnd = {
  perRecipientMinute: 1_000,
  perRecipientDay: 1_000,
  perOrganizationDay: 1_000,
  perCreatorDay: 1_000,
  perMemberDay: 1_000,
};

/** A mail server where nobody listens. */
export async function aMailerWithoutServer() {
  return aMailer(await freePort());
}

/** Runs an activity as the worker does; `scheduledAt` is when its first try was scheduled, `attempt` which one it is. */
export function run<Input, Answer>(
  activity: (input: Input) => Promise<Answer>,
  input: Input,
  { scheduledAt = now, attempt = 1 }: { scheduledAt?: Date; attempt?: number } = {},
): Promise<Answer> {
  return anEnvironmentOfActivities(scheduledAt, attempt).run(activity, input);
}

/** For tests that cancel: `cancel()` before or while something runs in it. */
export function anEnvironmentOfActivities(scheduledAt: Date = now, attempt = 1): MockActivityEnvironment {
  return new MockActivityEnvironment(
    { scheduledTimestampMs: scheduledAt.getTime(), attempt },
    { logger: silent },
  );
}

const ignore = () => undefined;
/** Failures are what the tests look at; the SDK would print each of them. */
const silent = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

export interface Invited {
  customer: Customer;
  contact: ItContactRow;
  onboarding: OnboardingRow;
  link: LinkRow;
  /** The address that mails carry. */
  url: string;
  /** What every activity of this onboarding gets; each call has an effect of its own. */
  whose: () => Customer & { effectId: string; onboardingId: string };
}

/** A customer whose contact holds the main link of an open onboarding. */
export async function anInvited(
  world: ActivityWorld,
  {
    email = `it-${newId('x_').slice(-8).toLowerCase()}@acme.test`,
    name,
    environmentId,
    view,
    link: changes = {},
  }: {
    email?: string;
    name?: string;
    environmentId?: string;
    view?: Partial<OnboardingView>;
    link?: Partial<NewLink>;
  } = {},
): Promise<Invited> {
  const customer = await aCustomer(world, {
    ...(name === undefined ? {} : { name }),
    ...(environmentId === undefined ? {} : { environmentId }),
  });
  const contact = await aContact(world, customer, email);
  const onboarding = await anOnboarding(world, customer, view);
  const token = mintToken('vb_setup_');
  const id = newId('link_');
  const { link, handle } = await withTenant(world.app, customer, async (tx) => ({
    link: await insertLink(tx, {
      id,
      ...customer,
      onboardingId: onboarding.id,
      kind: 'main',
      contactId: contact.id,
      digest: digestToken(token).toString('hex'),
      tokenSealed: world.deps.secrets.seal(token, linkSealedAt(customer.organizationId, id)),
      features: ['sso', 'domain_verification'],
      delivery: 'mail',
      createdByType: 'developer',
      createdAt: now,
      expiresAt: new Date(now.getTime() + 30 * dayMs),
      ...changes,
    }),
    handle: (await tx.selectFrom('environments').select('handle').executeTakeFirstOrThrow()).handle,
  }));
  const url = `${world.deps.portalUrl}/setup/${handle}/${token}`;
  const whose = () => ({ ...customer, effectId: newId('effect_'), onboardingId: onboarding.id });
  return { customer, contact, onboarding, link, url, whose };
}

/** A connection that trusts the keys of these certificates, in the state named. */
export async function aSamlConnection(
  world: ActivityWorld,
  customer: Customer,
  {
    state = 'active',
    pems = [],
    settings = {},
  }: { state?: ConnectionRow['state']; pems?: readonly string[]; settings?: ConnectionSettings } = {},
): Promise<ConnectionRow> {
  const { id } = await aConnection(world, customer);
  return withTenant(world.app, customer, async (tx) => {
    await insertCertificates(
      tx,
      pems.map((pem) => certificateOf(pem, { ...customer, connectionId: id })),
    );
    const whole = { idpEntityId: 'https://idp.test/saml', idpSsoUrl: 'https://idp.test/sso', ...settings };
    const configured = await updateConnectionSettings(tx, customer, id, whole, now);
    return (await moveConnection(tx, customer, id, { from: ['draft'], to: state, now })) ?? configured;
  });
}

function certificateOf(pem: string, whose: Customer & { connectionId: string }) {
  const [read] = readCertificates(pem, { now, expiryGraceMs: 400 * dayMs }).certificates;
  if (read === undefined) throw new Error('this certificate cannot be read');
  return {
    id: newId('saml_x509_cert_'),
    ...whose,
    pem,
    subject: read.subject,
    keyBits: read.keySizeBits,
    fingerprint: read.sha256,
    spkiFingerprint: read.spkiSha256,
    notBefore: read.notBefore,
    notAfter: read.notAfter,
    source: 'metadata' as const,
    createdAt: now,
  };
}

/** Everything an activity may have told, oldest first: names of events, actions of the audit log, messages queued. */
export async function toldOf(
  world: ActivityWorld,
  { organizationId }: Customer,
): Promise<{ events: string[]; audits: string[]; commands: string[] }> {
  return withSystem(world.system, async (tx) => {
    const events = await tx
      .selectFrom('events')
      .select('name')
      .where('organizationId', '=', organizationId)
      .orderBy('ordinal')
      .execute();
    const audits = await tx
      .selectFrom('auditEvents')
      .select('action')
      .where('organizationId', '=', organizationId)
      .orderBy('at')
      .orderBy('id')
      .execute();
    const commands = await tx
      .selectFrom('commands')
      .select(['message', 'body'])
      .where('organizationId', '=', organizationId)
      .orderBy('seq')
      .execute();
    return {
      events: events.map(({ name }) => name),
      audits: audits.map(({ action }) => action),
      commands: commands.map(({ message, body }) =>
        typeof body.kind === 'string' ? `${message}:${body.kind}` : message,
      ),
    };
  });
}

/** Meanwhile no audit row of this action can be written, so a transaction that needs one is lost. */
export async function whileAuditRefuses(
  { url }: Databases,
  action: string,
  work: () => Promise<void>,
): Promise<void> {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  await owner.query(
    `alter table audit_events add constraint refused check (action <> '${action}') not valid`,
  );
  try {
    await work();
  } finally {
    await owner.query('alter table audit_events drop constraint refused');
    await owner.end();
  }
}

/** Does what only the owner of the database can, past its policies and grants. */
export async function asOwner(
  { url }: Databases,
  work: (query: (text: string, values: unknown[]) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  try {
    await work((text, values) => owner.query(text, values));
  } finally {
    await owner.end();
  }
}

/** Looks at rows, or arranges what no activity does, whatever the tenant. */
export const asSystem = <T>({ system }: Databases, work: (tx: Tx) => Promise<T>): Promise<T> =>
  withSystem(system, work);

/** An identity provider's metadata address: what it serves can be changed, and it knows conditional requests. */
export async function aMetadataServer() {
  let document: string | undefined;
  let version = 0;
  const asked: { ifNoneMatch: string | undefined; answered: number }[] = [];
  const server = createServer((request, response) => {
    const etag = `"v${version}"`;
    const ifNoneMatch = request.headers['if-none-match'];
    const status = document === undefined ? 404 : ifNoneMatch === etag ? 304 : 200;
    asked.push({ ifNoneMatch, answered: status });
    response.writeHead(status, { etag, 'content-type': 'application/samlmetadata+xml' });
    response.end(status === 200 ? document : undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}/metadata`,
    asked,
    /** Undefined: the address is gone. */
    serve(next: string | undefined) {
      document = next;
      version += 1;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
