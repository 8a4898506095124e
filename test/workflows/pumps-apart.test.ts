import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultDataConverter } from '@temporalio/common';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { streamSecretAt } from '../../adapters/client-secrets.ts';
import { createEgress } from '../../adapters/egress.ts';
import { newId } from '../../adapters/ids.ts';
import { createStreamSenders } from '../../adapters/log-streams/index.ts';
import { mintWebhookSecret, webhookSecretAt } from '../../adapters/webhook-signatures.ts';
import { createWorkflowClient } from '../../adapters/workflow-client.ts';
import {
  createListener,
  insertAudit,
  insertCommand,
  insertEvent,
  insertLogStream,
  insertWebhookEndpoint,
  updateLogStream,
  withTenant,
} from '../../db/index.ts';
import type { Act } from '../../onboarding/commands.ts';
import { actRow, taskQueue } from '../../onboarding/workflow-names.ts';
import { startWorkerProgram, type WorkerProgram } from '../../worker.ts';
import type { Customer } from '../db/builders.ts';
import {
  anInvited,
  dayMs,
  hourMs,
  openActivityWorld,
  type ActivityWorld,
  type Invited,
} from '../support/activity-builders.ts';
import { eventually } from '../support/eventually.ts';
import { describeWithTemporal } from '../support/temporal.ts';

const slots = 2;
const aLongTimeMs = hourMs;
const now = () => new Date();
const log = pino({ level: 'silent' });

await describeWithTemporal('the worker program', (temporal) => {
  let world: ActivityWorld;
  let program: WorkerProgram;
  let stop: () => Promise<void>;
  /** Takes every request and answers none. */
  const dead = createServer(() => (held += 1));
  let held = 0;
  const url = () => `http://127.0.0.1:${(dead.address() as AddressInfo).port}`;

  beforeAll(async () => {
    world = await openActivityWorld();
    await once(dead.listen(0, '127.0.0.1'), 'listening');
    const { address } = temporal().environment;
    const at = { address, namespace: temporal().namespace };
    const workflows = createWorkflowClient({
      ...{ ...at, taskQueue, dataConverter: defaultDataConverter, retry: true, now },
    });
    const egress = createEgress({
      ...{ allow: [], loopback: true, ownAddresses: [], now },
      budgetsMs: { connect: aLongTimeMs, headers: aLongTimeMs, total: aLongTimeMs },
    });
    const listener = createListener({
      ...{ databaseUrl: world.url, role: 'vestibule_system', applicationName: 'test', log },
    });
    program = await startWorkerProgram({
      activities: {
        ...{ ...world.deps, workflows, egress, now },
        senders: createStreamSenders({ egress, now, aws: null, hostName: 'vendor.test' }),
      },
      ...{ temporal: at, workflowBundle: { codePath: temporal().bundlePath }, workflows, listener, log },
      ...{ dataConverter: defaultDataConverter, slots, graceMs: 1_000 },
    });
    stop = async () => {
      dead.closeAllConnections();
      await program.stop();
      await Promise.all([workflows.close(), listener.close()]);
    };
  });
  afterAll(async () => {
    await stop();
    dead.close();
    await world.close();
  });

  async function aStreamToNowhere(customer: Customer): Promise<void> {
    const id = newId('als_');
    const secrets = JSON.stringify({ signingSecret: mintWebhookSecret() });
    await withTenant(world.app, customer, async (tx) => {
      const made = await insertLogStream(tx, {
        ...{ id, ...customer, name: 'Collector', destination: 'https', createdAt: now(), updatedAt: now() },
        settings: { url: `${url()}/logs`, format: 'array' },
      });
      await updateLogStream(tx, made, {
        ...{ state: 'active', provenAt: now(), startedAt: now(), updatedAt: now(), position: 0 },
        secretSealed: world.deps.secrets.seal(secrets, streamSecretAt({ ...customer, id })),
      });
    });
  }

  async function anEndpointNowhere(environmentId: string): Promise<void> {
    const id = newId('we_');
    await withTenant(world.app, { environmentId }, (tx) =>
      insertWebhookEndpoint(tx, {
        ...{ id, environmentId, endpointUrl: `${url()}/${id}`, events: ['organization.created'] },
        ...{ secretSealed: world.deps.secrets.seal(mintWebhookSecret(), webhookSecretAt(id)) },
        ...{ createdAt: now(), updatedAt: now() },
      }),
    );
  }

  const somethingHappens = ({ environmentId, organizationId }: Customer) =>
    withTenant(world.app, { environmentId }, async (tx) => {
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

  async function invite({ customer, contact, onboarding, link }: Invited): Promise<void> {
    const { expiresAt } = link;
    const acts: Act[] = [
      {
        ...{ kind: 'start', origin: 'invitation', plan: { sso: 'required' }, domainPolicy: 'optional' },
        ...{ reminders: true, domainVerified: false, connectionLive: false },
      },
      {
        ...{ kind: 'invite', linkId: link.id, delivery: 'mail', contactId: contact.id },
        expiresAt: expiresAt.toISOString(),
      },
    ];
    await withTenant(world.app, customer, async (tx) => {
      for (const act of acts) {
        const key = newId('cmd_');
        const row = actRow(onboarding, { ...act, key, actor: { type: 'developer', id: 'key_1' } }, now());
        await insertCommand(tx, { ...row, nextAttemptAt: now() });
      }
    });
  }

  it('sends an invitation while dead destinations of log streams and webhooks hold every pump there is', async () => {
    const invited = await anInvited(world, { link: { expiresAt: new Date(Date.now() + 30 * dayMs) } });
    const { customer, contact } = invited;
    for (let made = 0; made < slots; made += 1) {
      await aStreamToNowhere(customer);
      await anEndpointNowhere(customer.environmentId);
    }
    await somethingHappens(customer);
    await eventually(() => expect(held).toBe(slots));

    await invite(invited);

    await eventually(async () => expect(await world.mailTo(contact.email)).toHaveLength(1));
    expect(held).toBe(slots);
  });

  it('is ready when it takes workflows and pumps', async () => {
    await eventually(() => expect(program.state()).toBe('running'));
  });
});
