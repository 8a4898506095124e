import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { insertLogStream, insertWebhookEndpoint } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, caller, type Vendor } from '../support/builders.ts';

/**
 * `docs/alerts.yml` [REL-28]: every figure it asks for is there, and what it warns of makes its rule fire. Rules over time
 * need a server of Prometheus, so of those only the figures are looked at.
 */

type Rule = { alert: string; expr: string };

const day = 86_400_000;
const rules = await readRules();
/** What Temporal's SDK counts; `test/docs/operate.test.ts` reads it from a worker. */
const isOfWorker = (figure: string) => figure.startsWith('temporal_');

let api: TestApi;
let vendor: Vendor;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
});
afterAll(() => api.close());

test('every figure that a rule asks for is shown', async () => {
  const shown = await figures();

  const asked = rules.flatMap(({ expr }) => expr.match(/\b(vestibule|nodejs|temporal)_\w+/g) ?? []);
  const missing = asked.filter((name) => !isOfWorker(name) && !shown.includes(`# TYPE ${family(name)} `));

  expect(rules.length).toBeGreaterThan(10);
  expect(missing).toEqual([]);
});

test('what a rule warns of makes it fire, and nothing else does', async () => {
  expect(await firing()).toEqual([]);

  const { id: organizationId } = await anOrganization(vendor);
  await everythingStands(organizationId);
  api.pass(2 * day);

  expect(await firing()).toEqual(rules.filter(comparesOneFigure).map(({ alert }) => alert));
});

/** No worker runs here, so acts, events and audit rows wait by themselves. */
async function everythingStands(organizationId: string): Promise<void> {
  const whose = { environmentId: vendor.environment.id, organizationId };
  const start = { organization: organizationId, contacts: ['it@acme.test'], features: [{ feature: 'sso' }] };
  for (const contact of ['first', 'second']) {
    await vendor.call('POST', '/onboardings', { ...start, contacts: [`${contact}@acme.test`] });
  }
  const directory = { organization_id: organizationId, type: 'okta scim v2.0' };
  const { body } = await vendor.call('POST', '/directories', directory);
  const now = api.deps.now();
  await asSystem(api, async (tx) => {
    const { id: command } = await tx.selectFrom('commands').select('id').executeTakeFirstOrThrow();
    await tx.updateTable('commands').set({ state: 'dead' }).where('id', '=', command).execute();
    const endpoint = await insertWebhookEndpoint(tx, {
      id: newId('we_'),
      environmentId: whose.environmentId,
      endpointUrl: 'https://vendor.test/hooks',
      events: ['organization.created'],
      secretSealed: 'sealed',
      createdAt: now,
      updatedAt: now,
    });
    await tx.updateTable('webhookEndpoints').set({ failingSince: now }).execute();
    await tx
      .insertInto('webhookDeliveries')
      .values({
        id: newId('wd_'),
        ...whose,
        endpointId: endpoint.id,
        endpointUrl: endpoint.endpointUrl,
        eventId: newId('event_'),
        eventName: 'organization.created',
        position: 1,
        objectId: organizationId,
        nextTryAt: now,
        createdAt: now,
      })
      .execute();
    const stream = { name: 'SIEM', destination: 'splunk', createdAt: now, updatedAt: now };
    await insertLogStream(tx, { id: newId('log_stream_'), ...whose, ...stream });
    await tx.updateTable('logStreams').set({ failingSince: now }).execute();
    await tx
      .insertInto('directoryHolds')
      .values({
        id: newId('hold_'),
        ...whose,
        directoryId: body.id,
        reason: 'many_leave',
        activeBefore: 10,
        createdAt: now,
      })
      .execute();
    await tx
      .insertInto('mails')
      .values({
        id: newId('mail_'),
        ...whose,
        effectId: newId('mail_'),
        kind: 'invitation',
        recipient: 'it@acme.test',
        subject: 'Connect Acme',
        messageId: '<one@vendor.test>',
        state: 'sending',
        createdAt: now,
        triedAt: new Date(now.getTime() + 2 * day),
      })
      .execute();
  });
}

/** The alerts whose figure is beyond their bound, by the rules that compare one figure with a number. */
async function firing(): Promise<string[]> {
  const shown = await figures();
  return rules.filter(comparesOneFigure).flatMap(({ alert, expr }) => {
    const [figure = '', bound = ''] = expr.split(' > ');
    const line = shown.split('\n').find((one) => one.startsWith(`${figure} `));
    return Number(line?.slice(figure.length + 1) ?? 0) > Number(bound) ? [alert] : [];
  });
}

const comparesOneFigure = ({ expr }: Rule): boolean => /^vestibule_.* > \d+$/.test(expr);

const figures = async (): Promise<string> => (await caller(api)('GET', '/metrics')).text;

/** A histogram is shown under its own name. */
const family = (figure: string): string => figure.replace(/_(count|sum|bucket)$/, '');

async function readRules(): Promise<Rule[]> {
  const file = await readFile(path.join(import.meta.dirname, '../../docs/alerts.yml'), 'utf8');
  return [...file.matchAll(/- alert: (\w+)\n +expr: (.+)\n/g)].map(([, alert = '', expr = '']) => ({
    alert,
    expr,
  }));
}
