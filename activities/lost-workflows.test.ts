import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../adapters/ids.ts';
import {
  insertAuditExport,
  insertCommand,
  insertLogStream,
  insertWebhookEndpoint,
  withTenant,
} from '../db/index.ts';
import {
  aCommandFor,
  aCustomer,
  aDirectory,
  aDomain,
  anOnboarding,
  now,
  type Customer,
} from '../test/db/builders.ts';
import {
  aSamlConnection,
  asSystem,
  openActivityWorld,
  run,
  type ActivityWorld,
} from '../test/support/activity-builders.ts';

let world: ActivityWorld;
beforeAll(async () => {
  world = await openActivityWorld();
});
beforeEach(async () => {
  world.temporal.states.clear();
  world.temporal.asked.length = 0;
  await asSystem(world, (tx) => tx.deleteFrom('commands').execute());
  await asSystem(world, (tx) => tx.updateTable('organizations').set({ deletedAt: now }).execute());
  await asSystem(world, (tx) => tx.updateTable('webhookEndpoints').set({ deletedAt: now }).execute());
});
afterAll(() => world.close());

const sweep = () => run(world.activities.sweep, { kind: 'hour' });

/** A customer for whom one workflow of every kind should be there; answers their ids. */
async function aCustomerWithEverything(): Promise<{ customer: Customer; workflowIds: string[] }> {
  const customer = await aCustomer(world);
  const { organizationId, environmentId } = customer;
  const { number } = await anOnboarding(world, customer);
  const domain = await aDomain(world, customer, `${newId('x_').slice(-8).toLowerCase()}.test`);
  const connection = await aSamlConnection(world, customer);
  const directory = await aDirectory(world, customer, { road: 'google', providerId: 'google-workspace' });
  const [streamId, endpointId, exportId] = [newId('als_'), newId('we_'), newId('audit_log_export_')];
  const made = { createdAt: now, updatedAt: now };
  await withTenant(world.app, customer, async (tx) => {
    await tx.updateTable('organizationDomains').set({ token: 'token' }).where('id', '=', domain.id).execute();
    await insertLogStream(tx, { id: streamId, ...customer, name: 'SIEM', destination: 'https', ...made });
    await tx.updateTable('logStreams').set({ startedAt: now }).where('id', '=', streamId).execute();
    await insertAuditExport(
      tx,
      {
        id: exportId,
        ...customer,
        format: 'csv',
        filter: {},
        askedByType: 'staff',
        askedById: null,
        rangeStart: now,
        rangeEnd: new Date(now.getTime() + 1),
      },
      now,
    );
  });
  await withTenant(world.app, { environmentId }, (tx) =>
    insertWebhookEndpoint(tx, {
      id: endpointId,
      environmentId,
      endpointUrl: 'https://vendor.test/hook',
      events: ['organization.created'],
      secretSealed: 's',
      ...made,
    }),
  );
  const workflowIds = [
    `onb/${organizationId}/${number}`,
    `dom/${domain.id}`,
    `cert/${connection.id}`,
    `dir/${directory.id}`,
    `stream/${streamId}`,
    `hook/${endpointId}`,
    `export/${exportId}`,
  ];
  return { customer, workflowIds };
}

function loseAll(workflowIds: readonly string[]): void {
  for (const workflowId of workflowIds) world.temporal.states.set(workflowId, 'lost');
}

const commanded = () =>
  asSystem(world, (tx) => tx.selectFrom('commands').select(['workflowId', 'message', 'start']).execute());

test('every hour: what the engine has lost is begun anew, of every kind', async () => {
  const { workflowIds } = await aCustomerWithEverything();
  loseAll(workflowIds);

  expect(await sweep()).toMatchObject({ restarted: workflowIds.length });

  const commands = await commanded();
  expect(commands.map(({ workflowId }) => workflowId).sort()).toEqual([...workflowIds].sort());
  // An onboarding goes on from what it told, which is found when the wake does not find it.
  expect(commands.find(({ message, start }) => message === 'nudge' && start === null)?.workflowId).toMatch(
    /^onb/,
  );
  expect(commands.filter(({ start }) => start === null)).toHaveLength(1);
});

test('what runs, has ended as it should, or has a command on its way is left alone', async () => {
  const { customer, workflowIds } = await aCustomerWithEverything();
  const [onboarding = '', domain = '', certificate = ''] = workflowIds;
  world.temporal.states.set(domain, 'ended');
  world.temporal.states.set(certificate, 'lost');
  await withTenant(world.app, customer, (tx) =>
    insertCommand(tx, aCommandFor(customer, { workflowId: certificate })),
  );

  expect(await sweep()).toMatchObject({ restarted: 0 });

  expect(world.temporal.asked).toContain(onboarding);
  expect(world.temporal.asked).not.toContain(certificate);
  expect(await commanded()).toHaveLength(1);
});

test('nothing is begun anew for a customer that was deleted', async () => {
  const { customer, workflowIds } = await aCustomerWithEverything();
  loseAll(workflowIds.filter((id) => !id.startsWith('hook')));
  await asSystem(world, (tx) =>
    tx
      .updateTable('organizations')
      .set({ deletedAt: now })
      .where('id', '=', customer.organizationId)
      .execute(),
  );

  expect(await sweep()).toMatchObject({ restarted: 0 });
});
