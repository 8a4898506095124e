import type { Client } from '@temporalio/client';
import { defaultDataConverter } from '@temporalio/common';
import { pino } from 'pino';
import { streamSecretAt } from '../../adapters/client-secrets.ts';
import { createEgress } from '../../adapters/egress.ts';
import { newId } from '../../adapters/ids.ts';
import { createStreamSenders } from '../../adapters/log-streams/index.ts';
import { mintWebhookSecret, webhookSecretAt } from '../../adapters/webhook-signatures.ts';
import { createWorkflowClient, type WorkflowClient } from '../../adapters/workflow-client.ts';
import {
  createListener,
  insertAudit,
  insertCommand,
  insertEvent,
  insertLogStream,
  insertWebhookEndpoint,
  resumeOnboarding,
  updateLogStream,
  withSystem,
  withTenant,
} from '../../db/index.ts';
import type { Act } from '../../onboarding/commands.ts';
import { actRow, taskQueue } from '../../onboarding/workflow-names.ts';
import { startWorkerProgram, type WorkerProgram } from '../../worker.ts';
import type { Customer } from '../db/builders.ts';
import { hourMs, openActivityWorld, type ActivityWorld, type Invited } from './activity-builders.ts';
import type { TestTemporal } from './temporal.ts';

/** The worker program on a database of its own, with what its pumps send to. Nothing it asks is given up within an hour. */
export interface RunningWorker {
  world: ActivityWorld;
  program: WorkerProgram;
  /** The customer's invitation, as the dashboard asks for it. */
  invite(invited: Invited): Promise<void>;
  /** A person's act, as the api writes it and leaves it to the relay. */
  act(invited: Invited, act: Act): Promise<void>;
  /** The engine's own client. */
  client: Client;
  workflows: WorkflowClient;
  /** A live log stream of the customer to `url`. */
  aStreamTo(url: string, customer: Customer): Promise<void>;
  anEndpointAt(url: string, environmentId: string): Promise<void>;
  /** Something that every stream of the customer and every endpoint of its environment is sent. */
  somethingHappens(customer: Customer): Promise<void>;
  close(): Promise<void>;
}

const now = () => new Date();
const log = pino({ level: 'silent' });

export async function openWorkerProgram(temporal: TestTemporal, slots: number): Promise<RunningWorker> {
  const world = await openActivityWorld();
  const at = { address: temporal.environment.address, namespace: temporal.namespace };
  const workflows = createWorkflowClient({
    ...at,
    taskQueue,
    dataConverter: defaultDataConverter,
    retry: true,
    now,
    resume: (lost) => withSystem(world.deps.systemDb, (tx) => resumeOnboarding(tx, lost, now())),
  });
  const egress = createEgress({
    allow: [],
    loopback: true,
    ownAddresses: [],
    now,
    budgetsMs: { connect: hourMs, headers: hourMs, total: hourMs },
  });
  const listener = createListener({
    databaseUrl: world.url,
    role: 'vestibule_system',
    applicationName: 'test',
    log,
  });
  const program = await startWorkerProgram({
    activities: {
      ...world.deps,
      workflows,
      egress,
      now,
      senders: createStreamSenders({ egress, now, aws: null, hostName: 'vendor.test' }),
    },
    temporal: at,
    workflowBundle: { codePath: temporal.bundlePath },
    workflows,
    listener,
    log,
    dataConverter: defaultDataConverter,
    slots,
    graceMs: 1_000,
  });
  const { secrets } = world.deps;
  const write = ({ customer, onboarding }: Invited, acts: readonly Act[]): Promise<void> =>
    withTenant(world.app, customer, async (tx) => {
      for (const act of acts) {
        const command = { ...act, key: newId('cmd_'), actor: { type: 'developer', id: 'key_1' } } as const;
        await insertCommand(tx, { ...actRow(onboarding, command, now()), nextAttemptAt: now() });
      }
    });
  return {
    world,
    program,
    workflows,
    client: await workflows.client(),
    act: (invited, act) => write(invited, [act]),
    invite(invited) {
      const { contact, link } = invited;
      return write(invited, [
        {
          kind: 'start',
          origin: 'invitation',
          plan: { sso: 'required' },
          domainPolicy: 'optional',
          reminders: true,
          domainVerified: false,
          connectionLive: false,
        },
        {
          kind: 'invite',
          linkId: link.id,
          delivery: 'mail',
          contactId: contact.id,
          expiresAt: link.expiresAt.toISOString(),
        },
      ]);
    },
    async aStreamTo(url, customer) {
      const id = newId('als_');
      await withTenant(world.app, customer, async (tx) => {
        const made = await insertLogStream(tx, {
          id,
          ...customer,
          name: 'Collector',
          destination: 'https',
          createdAt: now(),
          updatedAt: now(),
          settings: { url, format: 'array' },
        });
        const signingSecret = JSON.stringify({ signingSecret: mintWebhookSecret() });
        await updateLogStream(tx, made, {
          state: 'active',
          provenAt: now(),
          startedAt: now(),
          updatedAt: now(),
          position: 0,
          secretSealed: secrets.seal(signingSecret, streamSecretAt({ ...customer, id })),
        });
      });
    },
    async anEndpointAt(url, environmentId) {
      const id = newId('we_');
      await withTenant(world.app, { environmentId }, (tx) =>
        insertWebhookEndpoint(tx, {
          id,
          environmentId,
          endpointUrl: url,
          events: ['organization.created'],
          secretSealed: secrets.seal(mintWebhookSecret(), webhookSecretAt(id)),
          createdAt: now(),
          updatedAt: now(),
        }),
      );
    },
    somethingHappens({ environmentId, organizationId }) {
      return withTenant(world.app, { environmentId }, async (tx) => {
        const of = { environmentId, organizationId };
        await insertAudit(tx, {
          id: newId('audit_'),
          ...of,
          actor: { type: 'customer', id: 'link_1' },
          at: now(),
          action: 'organization.updated',
          target: { type: 'organization', id: organizationId },
        });
        await insertEvent(tx, {
          id: newId('event_'),
          ...of,
          name: 'organization.created',
          createdAt: now(),
          data: { object: 'organization', id: organizationId },
        });
      });
    },
    async close() {
      await program.stop();
      await Promise.all([workflows.close(), listener.close()]);
      await world.close();
    },
  };
}
