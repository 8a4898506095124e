import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { proveDomain } from '../../db/index.ts';
import { newId } from '../../adapters/ids.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { clientOf, type ScimClient } from '../support/scim-client.ts';
import { aStaff, auditOf } from '../support/staff.ts';
import { anInvited, type Visitor } from '../support/visitor.ts';

/** What becomes of a directory, of domains and of a log stream when the vendor resets the step that they begin with. */

let api: TestApi;
let vendor: Vendor;
let organizationId: string;
let contact: string;
let visitor: Visitor & { onboardingId: string };
let journeys: ReturnType<typeof runJourneys>;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
let customers = 0;
beforeEach(async () => {
  journeys = runJourneys(api);
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
  contact = `cleo${(customers += 1)}@acme.com`;
  visitor = await anInvited(api, vendor, organizationId, {
    contacts: [contact],
    features: [
      { feature: 'directory_sync' },
      { feature: 'domain_verification' },
      { feature: 'log_streams', requirement: 'optional' },
    ],
  });
});

const reset = (step: string, body?: object, headers?: Record<string, string>) =>
  vendor.call('POST', `/onboardings/${visitor.onboardingId}/steps/${step}/reset`, body, headers);
const stepsIn = (body: { features: { steps: { step: string; state: string }[] }[] }) =>
  Object.fromEntries(body.features.flatMap(({ steps }) => steps).map(({ step, state }) => [step, state]));
const actionsLike = async (like: string) => {
  const rows = await asSystem(api, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select(['action', 'actorType'])
      .where('organizationId', '=', organizationId)
      .where('action', 'like', like)
      .orderBy('ordinal')
      .execute(),
  );
  return rows.map(({ action, actorType }) => `${actorType} ${action}`);
};

describe('a directory', () => {
  const row = () =>
    asSystem(api, (tx) =>
      tx
        .selectFrom('directories')
        .selectAll()
        .where('organizationId', '=', organizationId)
        .executeTakeFirstOrThrow(),
    );
  const chosen = async () => {
    await visitor.ask('POST', '/directory/source', { sourceId: 'okta' });
    const { body } = await visitor.ask('POST', '/directory/tokens');
    return clientOf(api, { externalKey: (await row()).externalKey, token: body.token });
  };
  const sends = async (call: ScimClient['call'], userName: string) =>
    (await call('POST', '/Users', { userName, emails: [{ value: userName, primary: true }] })).status;
  const shown = async () => {
    const { body } = await vendor.call('GET', `/directory_users?directory=${(await row()).id}`);
    return body.data.map(({ username }: { username: string }) => username).sort();
  };
  const linked = async () => {
    const call = await chosen();
    expect(await sends(call, 'ada@acme.com')).toBe(201);
    await journeys.relay();
    return call;
  };

  test('that people come from is connected anew by support: nobody changes, and the customer takes it back', async () => {
    const okta = await linked();
    const before = await row();
    const support = await aStaff(api, vendor, 'support');
    const path = `/onboardings/${visitor.onboardingId}/steps/connect_directory/reset`;
    const reply = await support.ask('POST', path);

    expect([reply.status, reply.body.status]).toEqual([200, 'applied']);
    expect(stepsIn(reply.body.view)).toMatchObject({
      choose_directory: 'done',
      connect_directory: 'open',
      receive_people: 'blocked',
    });
    const after = await row();
    expect(after).toMatchObject({ providerId: 'okta', scimBaseUrl: before.scimBaseUrl });
    expect(after.notices).toMatchObject([{ kind: 'reset', source: 'Okta', by: null, isVendors: true }]);
    expect([await sends(okta, 'ben@acme.com'), await shown()]).toEqual([401, ['ada@acme.com']]);
    expect((await auditOf(api, support)).map(({ action }) => action)).toEqual([
      'directory_token.revoked',
      'directory.reset',
      'onboarding.reset_directory',
    ]);
    const again = await support.ask('POST', path);
    expect([again.status, again.body.code]).toEqual([409, 'directory_switch_open']);

    const back = await visitor.ask('POST', '/directory/switch/discard');
    expect([back.status, stepsIn(back.body.view)['receive_people']]).toEqual([200, 'done']);
    expect([await sends(okta, 'ben@acme.com'), await shown()]).toEqual([
      201,
      ['ada@acme.com', 'ben@acme.com'],
    ]);
  });

  test('is chosen anew while nobody has come, and not after', async () => {
    const okta = await chosen();
    const reply = await reset('choose_directory');

    expect(reply.status).toBe(200);
    expect(stepsIn(reply.body)).toMatchObject({ choose_directory: 'open', connect_directory: 'blocked' });
    expect(await row()).toMatchObject({ state: 'validating', nextGeneration: null, notices: [] });
    expect(await sends(okta, 'ada@acme.com')).toBe(401);
    expect((await visitor.ask('POST', '/directory/source', { sourceId: 'microsoft-entra-id' })).status).toBe(
      200,
    );

    const { body } = await visitor.ask('POST', '/directory/tokens');
    const entra = clientOf(api, { externalKey: (await row()).externalKey, token: body.token });
    expect(await sends(entra, 'ada@acme.com')).toBe(201);
    await journeys.relay();
    const late = await reset('choose_directory');
    expect([late.status, late.body.code]).toEqual([409, 'step_not_resettable']);
    for (const step of ['receive_people', 'assign_roles'])
      expect((await reset(step)).body.code).toBe('step_not_resettable');
    expect(await sends(entra, 'ben@acme.com')).toBe(201);
  });

  test('whose access was refused before anybody came waits for its first people again', async () => {
    await chosen();
    await asSystem(api, (tx) =>
      tx
        .updateTable('directories')
        .set({ state: 'invalid_credentials', credentialsFailingSince: api.deps.now() })
        .where('organizationId', '=', organizationId)
        .execute(),
    );
    expect((await reset('connect_directory')).status).toBe(200);
    expect(await row()).toMatchObject({ state: 'validating', credentialsFailingSince: null });
  });

  test('is reset once under a key, and the reset waits with 202 while the engine is away', async () => {
    await linked();
    journeys.goAway();
    const key = { 'idempotency-key': 'reset-1' };
    const first = await reset('connect_directory', undefined, key);
    const again = await reset('connect_directory', undefined, key);
    expect([first.status, again.status, again.text]).toEqual([202, 202, first.text]);
    expect(await actionsLike('directory.reset')).toEqual(['developer directory.reset']);
    journeys.comeBack();
    await journeys.relay();
    const { body } = await vendor.call('GET', `/onboardings/${visitor.onboardingId}`);
    expect(stepsIn(body)).toMatchObject({ connect_directory: 'open' });
  });
});

describe('domains', () => {
  const domains = async () =>
    (await vendor.call('GET', `/organizations/${organizationId}`)).body.domains.map(
      ({ domain }: { domain: string }) => domain,
    );
  const added = async (domain: string): Promise<string> =>
    (await visitor.ask('POST', '/domains', { domain })).body.domain.id;

  test('are all removed, verified ones too, with their events, and can be added again', async () => {
    const first = await added('acme.com');
    await added('acme.org');
    const tenant = { environmentId: vendor.environment.id, organizationId };
    await asSystem(api, (tx) =>
      proveDomain(tx, tenant, first, {
        strategy: 'dns',
        actor: { type: 'system', id: 'domain' },
        now: api.deps.now(),
        newId,
        tellWorkflow: true,
      }),
    );
    await journeys.relay();

    const reply = await reset('add_domain');

    expect(reply.status).toBe(200);
    expect(stepsIn(reply.body)).toMatchObject({ add_domain: 'open', verify_domain: 'blocked' });
    expect(await domains()).toEqual([]);
    expect(await actionsLike('organization_domain.deleted')).toEqual([
      'developer organization_domain.deleted',
      'developer organization_domain.deleted',
    ]);
    const { body } = await vendor.call('GET', '/events?events=organization_domain.deleted');
    expect(body.data).toHaveLength(2);
    await added('acme.com');
    expect(await domains()).toEqual(['acme.com']);
    expect((await reset('verify_domain')).body.code).toBe('step_not_resettable');
  });
});

describe('a log stream', () => {
  test('is removed with its secret, and its destination is to be chosen anew', async () => {
    const { body } = await visitor.ask('POST', '/log-streams', { destinationId: 'splunk' });
    const reply = await reset('choose_destination');

    expect(reply.status).toBe(200);
    expect(stepsIn(reply.body)).toMatchObject({ choose_destination: 'open', configure_stream: 'blocked' });
    expect((await visitor.ask('GET', `/log-streams/${String(body.streamId)}`)).status).toBe(404);
    expect(await actionsLike('log_stream.deleted')).toEqual(['developer log_stream.deleted']);
    expect((await reset('choose_destination')).body.code).toBe('step_blocked');
    for (const step of ['configure_stream', 'prove_stream', 'start_stream'])
      expect((await reset(step)).body.code).toBe('step_not_resettable');
  });
});
