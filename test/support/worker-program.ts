import { defaultDataConverter } from '@temporalio/common';
import { pino } from 'pino';
import { streamSecretAt } from '../../adapters/client-secrets.ts';
import { createEgress } from '../../adapters/egress.ts';
import { newId } from '../../adapters/ids.ts';
import { createStreamSenders } from '../../adapters/log-streams/index.ts';
import { mintWebhookSecret, webhookSecretAt } from '../../adapters/webhook-signatures.ts';
import { createWorkflowClient } from '../../adapters/workflow-client.ts';
import {
  createListener,
  insertAudit,
  insertEvent,
  insertLogStream,
  insertWebhookEndpoint,
  updateLogStream,
  withTenant,
} from '../../db/index.ts';
import { taskQueue } from '../../onboarding/workflow-names.ts';
import { startWorkerProgram, type WorkerProgram } from '../../worker.ts';
import type { Customer } from '../db/builders.ts';
import { hourMs, openActivityWorld, type ActivityWorld } from './activity-builders.ts';
import type { TestTemporal } from './temporal.ts';

/** The worker program on a database of its own, with what its pumps send to. Nothing it asks is given up within an hour. */
export interface RunningWorker {
  world: ActivityWorld;
  program: WorkerProgram;
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
    ...{ ...at, taskQueue, dataConverter: defaultDataConverter, retry: true, now },
  });
  const egress = createEgress({
    ...{ allow: [], loopback: true, ownAddresses: [], now },
    budgetsMs: { connect: hourMs, headers: hourMs, total: hourMs },
  });
  const listener = createListener({
    ...{ databaseUrl: world.url, role: 'vestibule_system', applicationName: 'test', log },
  });
  const program = await startWorkerProgram({
    activities: {
      ...{ ...world.deps, workflows, egress, now },
      senders: createStreamSenders({ egress, now, aws: null, hostName: 'vendor.test' }),
    },
    ...{ temporal: at, workflowBundle: { codePath: temporal.bundlePath }, workflows, listener, log },
    ...{ dataConverter: defaultDataConverter, slots, graceMs: 1_000 },
  });
  const { secrets } = world.deps;
  return {
    ...{ world, program },
    async aStreamTo(url, customer) {
      const id = newId('als_');
      await withTenant(world.app, customer, async (tx) => {
        const made = await insertLogStream(tx, {
          ...{ id, ...customer, name: 'Collector', destination: 'https', createdAt: now(), updatedAt: now() },
          settings: { url, format: 'array' },
        });
        const signingSecret = JSON.stringify({ signingSecret: mintWebhookSecret() });
        await updateLogStream(tx, made, {
          ...{ state: 'active', provenAt: now(), startedAt: now(), updatedAt: now(), position: 0 },
          secretSealed: secrets.seal(signingSecret, streamSecretAt({ ...customer, id })),
        });
      });
    },
    async anEndpointAt(url, environmentId) {
      const id = newId('we_');
      await withTenant(world.app, { environmentId }, (tx) =>
        insertWebhookEndpoint(tx, {
          ...{ id, environmentId, endpointUrl: url, events: ['organization.created'] },
          ...{ secretSealed: secrets.seal(mintWebhookSecret(), webhookSecretAt(id)) },
          ...{ createdAt: now(), updatedAt: now() },
        }),
      );
    },
    somethingHappens({ environmentId, organizationId }) {
      return withTenant(world.app, { environmentId }, async (tx) => {
        const of = { environmentId, organizationId };
        await insertAudit(tx, {
          ...{ id: newId('audit_'), ...of, actor: { type: 'customer', id: 'link_1' }, at: now() },
          ...{ action: 'organization.updated', target: { type: 'organization', id: organizationId } },
        });
        await insertEvent(tx, {
          ...{ id: newId('event_'), ...of, name: 'organization.created', createdAt: now() },
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
