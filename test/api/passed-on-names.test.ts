import { afterAll, beforeAll, expect, test } from 'vitest';
import { caller } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { aScimClient } from '../support/scim-client.ts';
import { aSignInCustomer, aSignInWorld, signInAt, type SignInWorld } from '../support/sign-in.ts';

/** A name that passes on to somebody else: whoever has it now does not inherit the profile of the one before [IDB-05]. */

let world: SignInWorld;
beforeAll(async () => {
  world = await aSignInWorld();
  runJourneys(world.api);
});
afterAll(() => world.close());

const email = 'anna@people.test';
const days = (count: number) => world.api.pass(count * 24 * 3_600_000);

/** A customer with a directory: its client adds and removes somebody, who signs in at the customer's provider. */
async function aDirectory() {
  const customer = await aSignInCustomer(world);
  const client = await aScimClient(world.api, {
    vendor: world.vendor,
    organizationId: customer.organization.id,
  });
  return {
    async add(): Promise<string> {
      const person = { userName: email, active: true, emails: [{ value: email, primary: true }] };
      return (await client.call('POST', '/Users', person)).body.id;
    },
    async remove(id: string): Promise<void> {
      expect((await client.call('DELETE', `/Users/${id}`)).status).toBe(204);
    },
    async setActive(id: string, value: boolean): Promise<void> {
      const Operations = [{ op: 'replace', path: 'active', value }];
      expect((await client.call('PATCH', `/Users/${id}`, { Operations })).status).toBe(200);
    },
    /** The id of the profile that the vendor is told. */
    async signIn(): Promise<string> {
      const { leadsTo } = await signInAt(world, { connection: customer.connection.id }, { person: email });
      const { body } = await caller(world.api)('POST', '/sso/token', {
        client_id: world.vendor.environment.clientId,
        client_secret: world.vendor.secret,
        grant_type: 'authorization_code',
        code: leadsTo?.searchParams.get('code') ?? '',
      });
      return body.profile.id;
    },
  };
}

test('[IDB-05] who is new in the directory after it had nobody of that name for 90 days is another person', async () => {
  const { add, remove, signIn } = await aDirectory();
  const first = await add();
  const before = await signIn();
  await remove(first);
  days(91);
  await add();

  const after = await signIn();

  expect(after).not.toBe(before);
  expect(await signIn()).toBe(after);
});

test('[IDB-05] who comes back sooner has the same profile, and so has whoever was only deactivated for long', async () => {
  const { add, remove, setActive, signIn } = await aDirectory();
  const first = await add();
  const profile = await signIn();
  await remove(first);
  days(89);
  const second = await add();

  expect(await signIn()).toBe(profile);
  await setActive(second, false);
  days(91);
  await setActive(second, true);
  expect(await signIn()).toBe(profile);
});

test('[IDB-05] who was signing in before there was a directory keeps the profile when it comes', async () => {
  const { add, signIn } = await aDirectory();
  const profile = await signIn();
  days(91);
  await add();

  expect(await signIn()).toBe(profile);
});
