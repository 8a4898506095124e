import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSystem } from '../../db/index.ts';
import { attemptsOf, begin } from '../support/saml-answers.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  authorizeUrl,
  signInAt,
  type SignInCustomer,
  type SignInWorld,
} from '../support/sign-in.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await aSignInWorld();
});
afterAll(() => world.close());

const names = ['started', 'succeeded', 'failed', 'timed_out'].map((status) => `authentication.sso_${status}`);
async function eventsOf({ connection }: SignInCustomer) {
  const { body } = await world.vendor.call(
    'GET',
    `/events?events=${names.join(',')}&organization_id=${connection.organizationId}&limit=100`,
  );
  return body.data as { event: string; data: Record<string, unknown> }[];
}
const commandsOf = ({ connection }: SignInCustomer) =>
  withSystem(world.api.systemDb, (tx) =>
    tx.selectFrom('commands').select('message').where('workflowId', '=', `cert/${connection.id}`).execute(),
  );

describe('the vendor is told how sign-ins go', () => {
  it('that one started and succeeded, under one session id', async () => {
    const customer = await aSignInCustomer(world);

    await signInAt(world, { connection: customer.connection.id });

    const [started, succeeded, ...more] = await eventsOf(customer);
    const [attempt] = await attemptsOf(world, customer);
    const sso = {
      organization_id: customer.organization.id,
      connection_id: customer.connection.id,
      session_id: attempt?.id,
    };
    expect(more).toEqual([]);
    expect(started).toMatchObject({
      event: 'authentication.sso_started',
      data: { type: 'sso', status: 'started', email: null, sso },
    });
    expect(succeeded).toMatchObject({
      event: 'authentication.sso_succeeded',
      data: { type: 'sso', status: 'succeeded', email: 'anna@people.test', sso },
    });
    expect(succeeded?.data).not.toHaveProperty('error');
  });

  it('that one failed, and why', async () => {
    const customer = await aSignInCustomer(world);
    await world.setFault('wrong_audience');
    await signInAt(world, { connection: customer.connection.id });
    await world.setFault(null);

    const [attempt] = await attemptsOf(world, customer);
    expect((await eventsOf(customer)).at(-1)).toMatchObject({
      event: 'authentication.sso_failed',
      data: {
        status: 'failed',
        error: { code: 'audience_differs', message: expect.stringContaining(attempt?.reference ?? '') },
      },
    });
  });

  it('also when it failed at the start, because the connection is off', async () => {
    const customer = await aSignInCustomer(world, { state: 'inactive' });

    await aBrowser().get(authorizeUrl(world, { connection: customer.connection.id }));

    expect((await eventsOf(customer)).map(({ event }) => event)).toEqual(['authentication.sso_failed']);
  });
});

describe('a provider that signs less than it did [SAML-09]', () => {
  it('is refused each time, shows as failing, and wakes the watch once a day', async () => {
    const customer = await aSignInCustomer(world, { settings: { signedFloor: 'both' } });
    const refuse = async () => {
      const { browser, acs, fields } = await begin(world, customer, { fault: 'signed_assertion_only' });
      await browser.follow(await browser.post(acs, fields));
    };

    await refuse();
    await refuse();
    expect((await attemptsOf(world, customer)).map(({ cause }) => cause)).toEqual([
      'signed_less',
      'signed_less',
    ]);
    expect(await commandsOf(customer)).toEqual([{ message: 'certificatesChanged' }]);

    world.api.pass(25 * 3_600_000);
    await refuse();
    expect(await commandsOf(customer)).toHaveLength(2);
  });
});

describe('a provider that signs with a key we do not know', () => {
  const refusedBy = async (customer: Awaited<ReturnType<typeof aSignInCustomer>>) => {
    const { browser, acs, fields } = await begin(world, customer, { fault: 'other_key' });
    await browser.follow(await browser.post(acs, fields));
    return (await attemptsOf(world, customer)).map(({ cause }) => cause);
  };

  it('wakes the watch, once until it has looked at the metadata again [MD-08]', async () => {
    const settings = { idpMetadataUrl: 'https://idp.acme.example/metadata' };
    const customer = await aSignInCustomer(world, { settings });

    await refusedBy(customer);
    expect(await refusedBy(customer)).toEqual(['signature_unknown_key', 'signature_unknown_key']);

    expect(await commandsOf(customer)).toEqual([{ message: 'certificatesChanged' }]);
  });

  it('wakes nobody where no address of metadata is known', async () => {
    const customer = await aSignInCustomer(world, { settings: { idpMetadataUrl: null } });

    expect(await refusedBy(customer)).toEqual(['signature_unknown_key']);
    expect(await commandsOf(customer)).toEqual([]);
  });
});
