import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  deleteConnection,
  listCertificates,
  markConnectionTested,
  retireCertificates,
  updateConnectionSettings,
  withTenant,
  type ConnectionRow,
  type ConnectionSettings,
} from '../db/index.ts';
import { aDomain, now } from '../test/db/builders.ts';
import {
  anInvited,
  aSamlConnection,
  asSystem,
  dayMs,
  openActivityWorld,
  run,
  toldOf,
  type ActivityWorld,
  type Invited,
} from '../test/support/activity-builders.ts';
import { samlKeys, type SamlKeys } from '../test/support/saml.ts';

let world: ActivityWorld;
let keys: SamlKeys;
beforeAll(async () => {
  [world, keys] = await Promise.all([openActivityWorld(), samlKeys()]);
});
beforeEach(() => {
  world.clock.at = now;
});
afterAll(() => world.close());

interface Setup {
  invited: Invited;
  connection: ConnectionRow;
}

/** A connection with settings and keys, ready to be tested; `tested` has passed a test of them. */
async function aSetup({
  tested = false,
  settings,
}: { tested?: boolean; settings?: ConnectionSettings } = {}): Promise<Setup> {
  const invited = await anInvited(world);
  const { customer } = invited;
  const connection = await aSamlConnection(world, customer, {
    state: 'validating',
    pems: [keys.idp.current.certificatePem],
    ...(settings && { settings }),
  });
  if (tested) {
    const { settingsRevision } = connection;
    const test = {
      settingsRevision,
      email: 'dana@acme.test',
      signedFloor: 'both',
      encryptedFloor: false,
    } as const;
    await withTenant(world.app, customer, (tx) =>
      markConnectionTested(tx, customer, connection.id, { ...test, now }),
    );
  }
  return { invited, connection };
}

const validate = ({ invited, connection }: Setup, settingsRevision = connection.settingsRevision) =>
  run(world.activities.validateConnection, {
    ...invited.whose(),
    connectionId: connection.id,
    settingsRevision,
  });
const activate = ({ invited, connection }: Setup) =>
  run(world.activities.activateConnection, { ...invited.whose(), connectionId: connection.id });
const stateOf = async ({ connection }: Setup) => {
  const row = await asSystem(world, (tx) =>
    tx.selectFrom('connections').select('state').where('id', '=', connection.id).executeTakeFirstOrThrow(),
  );
  return row.state;
};
const inTenant = <T>({ invited }: Setup, work: Parameters<typeof withTenant<T>>[2]) =>
  withTenant(world.app, invited.customer, work);
const setEnvironment = ({ invited }: Setup, changes: { kind?: 'production'; domainPolicy?: 'required' }) =>
  asSystem(world, (tx) =>
    tx.updateTable('environments').set(changes).where('id', '=', invited.customer.environmentId).execute(),
  );

const withoutKeys = (setup: Setup) =>
  inTenant(setup, async (tx) => {
    const { customer } = setup.invited;
    const ids = (await listCertificates(tx, customer, setup.connection.id)).map(({ id }) => id);
    await retireCertificates(tx, customer, setup.connection.id, ids, now);
  });
const pastGrace = () => Promise.resolve((world.clock.at = new Date(Date.UTC(2028, 11, 31) + 60 * dayMs)));

test('a connection with settings and a key holds, and holds again', async () => {
  const setup = await aSetup();

  expect(await validate(setup)).toEqual({ status: 'done', at: now.toISOString() });
  expect(await validate(setup)).toEqual({ status: 'done', at: now.toISOString() });
  expect(await stateOf(setup)).toBe('validating');
});

const settingsFaults: [string, string, ConnectionSettings | undefined, (setup: Setup) => Promise<unknown>][] =
  [
    ['without an entity id', 'connection_incomplete', { idpEntityId: null }, () => Promise.resolve()],
    ['without an address', 'connection_incomplete', { idpSsoUrl: null }, () => Promise.resolve()],
    ['without a signing key [MD-06]', 'metadata_no_signing_key', undefined, withoutKeys],
    ['whose last certificate ended more than 30 days ago [MD-05]', 'certificate_ended', undefined, pastGrace],
    [
      'of a production environment to the Test IdP [TIDP-04]',
      'test_idp_refused',
      { idpEntityId: 'http://localhost:8410/test-idp/env_1' },
      (setup) => setEnvironment(setup, { kind: 'production' }),
    ],
  ];

test.each(settingsFaults)(
  'a connection %s is refused, and does not go live',
  async (_what, code, settings, happen) => {
    const setup = await aSetup({ tested: true, ...(settings && { settings }) });
    await happen(setup);

    expect(await validate(setup)).toMatchObject({ status: 'refused', code });
    expect(await activate(setup)).toMatchObject({ status: 'refused', code });
    expect(await stateOf(setup)).toBe('validating');
  },
);

test('[MD-05] an ended certificate is still taken for 30 days', async () => {
  const setup = await aSetup();
  const { notAfter } = await inTenant(setup, async (tx) => {
    const [certificate] = await listCertificates(tx, setup.invited.customer, setup.connection.id);
    if (certificate === undefined) throw new Error('there is no certificate');
    return certificate;
  });

  world.clock.at = new Date(notAfter.getTime() + 30 * dayMs);
  expect(await validate(setup)).toMatchObject({ status: 'done' });
  world.pass(1);
  expect(await validate(setup)).toMatchObject({ status: 'refused', code: 'certificate_ended' });
});

test('a sandbox may use the Test IdP', async () => {
  const setup = await aSetup({ settings: { idpEntityId: 'http://localhost:8410/test-idp/env_1' } });

  expect(await validate(setup)).toMatchObject({ status: 'done' });
});

test('settings that changed meanwhile are not judged: they have a check of their own on its way', async () => {
  const setup = await aSetup({ settings: { idpEntityId: null } });

  expect(await validate(setup, setup.connection.settingsRevision - 1)).toMatchObject({ status: 'done' });
});

test('going live switches the connection on, once: state, event, audit row and certificate watch', async () => {
  const setup = await aSetup({ tested: true });

  expect(await activate(setup)).toMatchObject({ status: 'done' });
  expect(await activate(setup)).toMatchObject({ status: 'done' });

  expect(await stateOf(setup)).toBe('active');
  expect(await toldOf(world, setup.invited.customer)).toEqual({
    events: ['connection.activated'],
    audits: ['connection.activated'],
    commands: ['certificatesChanged'],
  });
});

test.each<[string, string, boolean, (setup: Setup) => Promise<unknown>]>([
  ['that never passed a test', 'connection_not_tested', false, () => Promise.resolve()],
  [
    'whose settings changed since its test',
    'connection_changed_since_test',
    true,
    (setup) =>
      inTenant(setup, (tx) =>
        updateConnectionSettings(
          tx,
          setup.invited.customer,
          setup.connection.id,
          { idpSsoUrl: 'https://idp.test/other' },
          now,
        ),
      ),
  ],
  [
    'without a verified domain where one is required',
    'domain_required',
    true,
    async (setup) => {
      await aDomain(world, setup.invited.customer, 'pending-only.test');
      await setEnvironment(setup, { domainPolicy: 'required' });
    },
  ],
  [
    'that was deleted',
    'not_found',
    true,
    (setup) =>
      inTenant(setup, (tx) => deleteConnection(tx, setup.invited.customer, setup.connection.id, now)),
  ],
  [
    'that is being deleted',
    'not_found',
    true,
    (setup) =>
      asSystem(world, (tx) =>
        tx
          .updateTable('connections')
          .set({ state: 'deleting' })
          .where('id', '=', setup.connection.id)
          .execute(),
      ),
  ],
])('a connection %s does not go live', async (_what, code, tested, happen) => {
  const setup = await aSetup({ tested });
  await happen(setup);

  expect(await activate(setup)).toMatchObject({ status: 'refused', code });

  expect(await stateOf(setup)).not.toBe('active');
  expect((await toldOf(world, setup.invited.customer)).events).toEqual([]);
});

test('with a verified domain the policy lets it go live', async () => {
  const setup = await aSetup({ tested: true });
  await aDomain(world, setup.invited.customer, 'proved-policy.test', 'verified');
  await setEnvironment(setup, { domainPolicy: 'required' });

  expect(await activate(setup)).toMatchObject({ status: 'done' });
});

test('a connection that is gone is refused by the check too', async () => {
  const setup = await aSetup();
  await inTenant(setup, (tx) => deleteConnection(tx, setup.invited.customer, setup.connection.id, now));

  expect(await validate(setup)).toMatchObject({ status: 'refused', code: 'not_found' });
});
