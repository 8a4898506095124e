import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDirectoryNotice, dropDirectory, withTenant } from '../db/index.ts';
import { newId } from '../adapters/ids.ts';
import type { DirectoryNoticeKind } from '../onboarding/directory-notices.ts';
import { aContact, aCustomer, aDirectory, now } from '../test/db/builders.ts';
import { asSystem, openActivityWorld, run, type ActivityWorld } from '../test/support/activity-builders.ts';

let world: ActivityWorld;
beforeAll(async () => {
  world = await openActivityWorld();
  world.clock.at = now;
});
afterAll(() => world.close());

const sweep = () => run(world.activities.sweep, { kind: 'minute' });

test('every contact is mailed once of what was done to a directory, also of one that is deleted by then', async () => {
  const customer = await aCustomer(world);
  await aContact(world, customer, 'anna@acme.com');
  await aContact(world, customer, 'ben@acme.com');
  const { id } = await aDirectory(world, customer);
  const tell = (kind: DirectoryNoticeKind) =>
    withTenant(world.app, customer, (tx) =>
      addDirectoryNotice(tx, customer, id, {
        kind,
        at: now.toISOString(),
        by: 'a•••@acme.com',
        source: 'Okta',
        to: 'Microsoft Entra ID',
      }),
    );
  await tell('switch_prepared');
  await tell('deleted');
  const by = { actor: { type: 'staff', id: 'member_1' } as const, now, newId };
  await withTenant(world.app, customer, (tx) => dropDirectory(tx, customer, id, by));

  expect(await sweep()).toMatchObject({ directories: 1 });
  expect(await sweep()).toMatchObject({ directories: 0 });

  const mails = await asSystem(world, (tx) =>
    tx
      .selectFrom('mails')
      .select(['kind', 'state', 'subject'])
      .where('organizationId', '=', customer.organizationId)
      .execute(),
  );
  expect(mails.map(({ kind, state, subject }) => `${kind} ${state}: ${subject}`).toSorted()).toEqual([
    'directory_deleted sent: The directory Okta was deleted',
    'directory_deleted sent: The directory Okta was deleted',
    'directory_switch_prepared sent: Okta is to be replaced by Microsoft Entra ID',
    'directory_switch_prepared sent: Okta is to be replaced by Microsoft Entra ID',
  ]);
});
