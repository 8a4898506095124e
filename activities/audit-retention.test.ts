import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readCheckpoints } from '../adapters/checkpoint-file.ts';
import {
  insertAudit,
  keepAuditFor,
  sealAudit,
  updateEnvironment,
  verifyAudit,
  withTenant,
} from '../db/index.ts';
import { aCustomer, anAudit, now, type Customer } from '../test/db/builders.ts';
import {
  asOwner,
  asSystem,
  dayMs,
  openActivityWorld,
  run,
  type ActivityWorld,
} from '../test/support/activity-builders.ts';

let world: ActivityWorld;
let folder: string;
let file: string;
beforeAll(async () => {
  world = await openActivityWorld();
  folder = await mkdtemp(path.join(tmpdir(), 'vestibule-checkpoints-'));
  file = path.join(folder, 'checkpoints.jsonl');
});
beforeEach(async () => {
  world.clock.at = now;
  await rm(file, { force: true });
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await world.close();
});

const sweep = (kind: 'hour' | 'day') => run(world.with({ checkpointFile: file }).sweep, { kind });
/** Acts on record, one at each of these ages in days, sealed. */
async function aRecord(customer: Customer, ages: readonly number[]): Promise<void> {
  await withTenant(world.app, customer, async (tx) => {
    for (const age of ages)
      await insertAudit(tx, anAudit(customer, { at: new Date(now.getTime() - age * dayMs) }));
  });
  await asSystem(world, (tx) => sealAudit(tx, customer.environmentId));
}
const verify = async ({ environmentId }: Customer) => {
  const copies = await readCheckpoints(file).catch(() => []);
  const mine = copies.filter((copy) => copy.environmentId === environmentId);
  return asSystem(world, (tx) =>
    verifyAudit(
      tx,
      environmentId,
      world.deps.signer.verify,
      mine.map(({ id, at, body, signature, keyId }) => ({
        id,
        at: new Date(at),
        keyId,
        body,
        signature: Buffer.from(signature, 'base64'),
      })),
    ),
  );
};

test('[AUD-04] an environment says how long its rows are kept, where a customer’s chain does not say otherwise', async () => {
  const first = await aCustomer(world);
  const second = await aCustomer(world, { environmentId: first.environmentId });
  await aRecord(first, [60, 40, 1]);
  await aRecord(second, [60, 40, 1]);
  const { environmentId, organizationId: chain } = second;
  await asSystem(world, async (tx) => {
    await updateEnvironment(tx, environmentId, { auditDays: 50 }, now);
    await keepAuditFor(tx, { environmentId, chain }, 30);
  });

  expect(await sweep('day')).toMatchObject({ audits: 3 });
});

test('[AUD-04] every day audit rows go after their retention, each customer’s by its own, and the chain stays whole', async () => {
  const first = await aCustomer(world);
  const second = await aCustomer(world, { environmentId: first.environmentId });
  await aRecord(first, [401, 399, 40, 1]);
  await aRecord(second, [401, 399, 40, 1]);
  const { environmentId, organizationId: chain } = second;
  await asSystem(world, (tx) => keepAuditFor(tx, { environmentId, chain }, 30));

  expect(await sweep('day')).toMatchObject({ audits: 4 });
  expect(await sweep('day')).toMatchObject({ audits: 0 });

  expect(await verify(first)).toMatchObject({ state: 'intact', rows: 4, removedByRetention: 4 });
  world.pass(2 * dayMs);
  expect(await sweep('day')).toMatchObject({ audits: 1 });
});

test('[AUD-03] what retention removed is told from what somebody removed', async () => {
  const customer = await aCustomer(world);
  await aRecord(customer, [500, 450, 10, 5]);
  await sweep('day');
  expect(await verify(customer)).toMatchObject({ state: 'intact', removedByRetention: 2 });

  await asSystem(world, (tx) =>
    tx
      .deleteFrom('auditEvents')
      .where('organizationId', '=', customer.organizationId)
      .where('chainNumber', '=', 3)
      .execute(),
  );

  expect(await verify(customer)).toMatchObject({ state: 'broken', problem: 'missing', number: 3 });
});

test('[AUD-03] a copy of the checkpoints still knows of rows that the database has forgotten altogether', async () => {
  const customer = await aCustomer(world);
  await aRecord(customer, [3, 2, 1]);
  await sweep('hour');
  const { environmentId, organizationId } = customer;
  await asOwner(world, async (query) => {
    await query('delete from audit_checkpoints where environment_id = $1', [environmentId]);
    await query('delete from audit_events where organization_id = $1 and chain_number = 3', [organizationId]);
    await query(
      `update audit_heads set last_number = 2, last_hash =
         (select hash from audit_events where organization_id = $1 and chain_number = 2) where chain = $1`,
      [organizationId],
    );
  });

  expect(await verify(customer)).toMatchObject({ state: 'broken', problem: 'missing', number: 3 });
  await rm(file);
  expect(await verify(customer)).toMatchObject({ state: 'intact', rows: 2 });
});

test('a copy of the checkpoints that was edited is no witness', async () => {
  await writeFile(file, '{"id":"checkpoint_1"}\n');

  await expect(readCheckpoints(file)).rejects.toThrow('line 1 of');
});
