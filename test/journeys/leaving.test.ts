import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createCheckpointSigner } from '../../adapters/checkpoint-signer.ts';
import { createDatabase, verifyAudit, withSystem } from '../../db/index.ts';
import { createVisitor, sessionHandleIn } from '../../sandbox/rehearsal/visitor.ts';
import { eventually } from '../support/eventually.ts';
import { listExecutions, readDatabase, readDecoded, secretsOf } from '../support/everything.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { aCanary } from './planted-secrets.ts';
import { done, goLiveByRequests, pageCaller, reach, signInAt } from './road-by-requests.ts';

/**
 * [AUD-04]: the whole road by HTTP on the built product, with a mark in everything that a customer and its people leave.
 * First one of them is erased, then the customer; the clock is moved by making what there is older. Afterwards every table,
 * every history as the product's key reads it, and every kept mail are searched.
 */

const walkMs = 180_000;
/** The engine deletes a history in the background, and only after all that its end has set off: minutes on a busy machine. */
const forgottenMs = 120_000;
/** What a customer, its people and its neighbour leave; others for a second try, since those of the first are gone. */
function someMarks() {
  const domain = `${aCanary('leaving')}.test`;
  return {
    domain,
    anna: `${aCanary('anna')}@${domain}`,
    boris: `${aCanary('boris')}@${domain}`,
    organizationName: aCanary('Leaving Corporation'),
    externalId: aCanary('crm'),
    contract: aCanary('contract'),
    note: aCanary('A word for you'),
    neighbour: `${aCanary('neighbour')}@staying.test`,
  };
}

await describeWithTemporal('a customer and its people leave', (temporal) => {
  let product: TestProduct;
  let marks = someMarks();
  let organization: string;
  let onboarding: string;
  let token: string;
  const user = { id: '', email: '' };

  beforeAll(async () => {
    product = await startTestProduct(temporal(), { LOG_LEVEL: 'warn' });
    await walk();
  });
  beforeEach(async ({ task }) => {
    if (!task.result?.retryCount) return;
    marks = someMarks();
    await walk();
  });
  afterAll(() => product.stop());

  it('[AUD-04] a person who was erased is in no table, no history and no mail, and everybody else still is', async () => {
    const { anna, boris, neighbour } = marks;
    expect(await placesOf(anna)).toEqual(
      expect.arrayContaining(['a mail', 'public.it_contacts', 'public.mails', 'public.onboardings']),
    );
    expect(await placesOf(user.id)).toEqual(expect.arrayContaining(['public.attempts', 'public.profiles']));

    const asked = [
      await product.call('POST', '/erasures', { organization, email: anna }),
      await product.call('POST', '/erasures', { organization, idp_id: user.id }),
    ];
    await sweep('minute');
    for (const { id } of asked)
      await reach(async () => (await product.call('GET', `/erasures/${id}`)).state, 'done');
    await passADay();

    for (const mark of [anna, user.id, user.email]) expect([mark, await placesOf(mark)]).toEqual([mark, []]);
    expect(await placesOf(boris)).toContain('public.it_contacts');
    expect(await placesOf(neighbour)).toContain('public.it_contacts');
    await expectIntact();
  });

  it(
    '[AUD-04] a deleted customer stops at once, and 30 days later nothing is left but what docs/privacy.md says',
    async () => {
      const { anna, boris, neighbour, domain, organizationName, externalId, contract, note } = marks;
      const deleted = await fetch(`${product.url}/organizations/${organization}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${product.apiKey}` },
      });
      expect(deleted.status).toBe(202);

      await expect(product.call('GET', `/organizations/${organization}`)).rejects.toThrow('404');
      await expect(product.call('GET', `/onboardings/${onboarding}`)).rejects.toThrow('404');
      const link = await createVisitor().open(`${product.url}/setup/sandbox/${token}`);
      expect(link.status).toBeGreaterThanOrEqual(400);
      expect((await createVisitor().open(signInAddress())).url).not.toContain('/test-idp/');
      await reach(async () => (await running()).length, 0);

      await makeOlder(31);
      await sweep('hour');
      await sweep('day');
      await reach(async () => (await rowsOf('organizations')).includes(organization), false);
      await passADay();
      await eventually(async () => expect(await historiesOf(organization)).toEqual([]), { everyMs: 300 });

      for (const mark of [anna, boris, user.id, user.email, token, note])
        expect([mark, await placesOf(mark)]).toEqual([mark, []]);
      // What an act has changed stays on record for as long as the act does.
      for (const mark of [organizationName, externalId, contract])
        expect((await placesOf(mark)).filter((place) => place !== 'public.audit_events')).toEqual([]);
      expect(await placesOf(domain)).toEqual(['public.audit_events']);
      expect(await placesOf(organization)).toEqual([
        'public.audit_checkpoints',
        'public.audit_events',
        'public.audit_heads',
        'public.events',
      ]);
      expect(await placesOf(neighbour)).toContain('public.it_contacts');
      await expectIntact();
    },
    walkMs + forgottenMs,
  );

  /** Tables with a row that holds the mark, and whether a history or a kept mail does. */
  async function placesOf(mark: string): Promise<string[]> {
    const wanted = mark.toLowerCase();
    const rows = (await readDatabase(product.databaseUrl)).split('\n');
    const places = new Set(
      rows.filter((row) => row.toLowerCase().includes(wanted)).map((row) => row.split(' ', 1)[0] ?? ''),
    );
    const histories = await readDecoded(temporal(), product.dataDir);
    const executions = JSON.stringify(await listExecutions(temporal()));
    if (`${histories} ${executions}`.toLowerCase().includes(wanted)) places.add('a history');
    if ((await keptMails()).some((mail) => mail.toLowerCase().includes(wanted))) places.add('a mail');
    // Records and people of the sandbox are made up, and belong to whoever tries it.
    return [...places].filter((place) => !place.startsWith('public.sandbox_')).sort();
  }

  async function historiesOf(mark: string): Promise<string[]> {
    const executions = await listExecutions(temporal());
    const histories = (await readDecoded(temporal(), product.dataDir)).split('\n');
    return histories.flatMap((text, index) =>
      text.includes(mark) ? [executions[index]?.workflowId ?? 'an unknown one'] : [],
    );
  }

  async function keptMails(): Promise<string[]> {
    const files = await readdir(product.dataDir, { recursive: true });
    const mails = files.filter((file) => file.endsWith('.eml'));
    const whole = await Promise.all(mails.map((file) => readFile(path.join(product.dataDir, file), 'utf8')));
    // Lines that a mail breaks are one line again.
    return whole.map((text) => text.replaceAll(/=\r?\n/g, ''));
  }

  async function running(): Promise<string[]> {
    const ids: string[] = [];
    const list = temporal().environment.client.workflow.list({ query: `ExecutionStatus = 'Running'` });
    for await (const { workflowId } of list) ids.push(workflowId);
    const rows = (await readDatabase(product.databaseUrl)).split('\n');
    const ofCustomer = rows.filter((row) => row.includes(organization)).join('\n');
    const connections = new Set(ofCustomer.match(/conn_[0-9A-Z]{26}/g));
    return ids.filter((id) => id.startsWith('cert/') && connections.has(id.slice('cert/'.length)));
  }

  async function sweep(kind: 'minute' | 'hour' | 'day'): Promise<void> {
    const { workflow, schedule } = temporal().environment.client;
    const query = `WorkflowId STARTS_WITH 'sweep/${kind}' AND ExecutionStatus = 'Completed'`;
    const countDone = async () => (await workflow.count(query)).count;
    const before = await countDone();
    await schedule.getHandle(`sweep-${kind}`).trigger('BUFFER_ONE');
    await eventually(async () => expect(await countDone()).toBeGreaterThan(before), { everyMs: 300 });
  }

  /** Stored answers and counters are a day older, and go. */
  async function passADay(): Promise<void> {
    await query(`update idempotency_keys set expires_at = expires_at - interval '1 day'`);
    await query(`update rate_limits set expire = expire - 86400000`);
    await sweep('hour');
  }

  async function makeOlder(days: number): Promise<void> {
    for (const table of ['organizations', 'connections'])
      await query(`update ${table} set deleted_at = deleted_at - interval '${days} days'`);
    await query(`update it_contacts set removed_at = removed_at - interval '${days} days'`);
  }

  /** As the owner of the tables, past the policies that bind the programs. */
  async function query(text: string): Promise<void> {
    const client = new pg.Client({
      connectionString: product.databaseUrl,
      options: '-c role=vestibule_system',
    });
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  }

  const rowsOf = async (table: string) =>
    (await readDatabase(product.databaseUrl))
      .split('\n')
      .filter((row) => row.startsWith(`public.${table} `))
      .join('\n');

  async function expectIntact(): Promise<void> {
    const log = { warn: () => undefined };
    const role = 'vestibule_system' as const;
    const options = { databaseUrl: product.databaseUrl, role, poolSize: 1, applicationName: 'test', log };
    const system = await createDatabase(options);
    try {
      const { verify } = createCheckpointSigner(await secretsOf(product.dataDir));
      const environments = [...(await rowsOf('environments')).matchAll(/environment_[0-9A-Z]{26}/g)];
      for (const [id] of environments)
        expect((await withSystem(system, (tx) => verifyAudit(tx, id, verify))).state).toBe('intact');
    } finally {
      await system.close();
    }
  }

  async function walk(): Promise<void> {
    const { anna, boris, neighbour, domain, organizationName, externalId, contract, note } = marks;
    const made = await product.call('POST', '/organizations', {
      name: organizationName,
      external_id: externalId,
      metadata: { contract },
    });
    organization = made.id;
    const features = [{ feature: 'sso' }, { feature: 'domain_verification', requirement: 'required' }];
    const started = await product.call('POST', '/onboardings', {
      organization,
      features,
      contacts: [anna, boris],
      note,
    });
    onboarding = started.id;
    // Staff write what they like to a customer.
    await query(`update onboardings set step_notes = '{"choose_provider": "Ask ${anna}."}'
      where id = '${onboarding}'`);
    const other = await product.call('POST', '/organizations', { name: 'Staying' });
    await product.call('POST', '/onboardings', { organization: other.id, features, contacts: [neighbour] });

    const link = await mailed(anna);
    token = link.split('/').at(-1) ?? '';
    await mailed(neighbour);
    const admin = createVisitor();
    const home = await admin.submit(await admin.open(link));
    const setup = pageCaller(admin, `${product.url}/setup/sandbox/api`, sessionHandleIn(home));
    await done(setup('POST', '/sso/provider', { providerId: 'test-idp' }));
    await setup('POST', '/sso/configuration-done', {});
    await goLiveByRequests(product, admin, setup, domain);

    const back = await signInAt(createVisitor({ stopAt: callback() }), signInAddress(), domain);
    const exchange = { client_id: product.clientId, client_secret: product.apiKey };
    const body = new URLSearchParams({
      ...exchange,
      grant_type: 'authorization_code',
      code: new URL(back.url).searchParams.get('code') ?? '',
    });
    const { profile } = await (await fetch(`${product.url}/sso/token`, { method: 'POST', body })).json();
    Object.assign(user, { id: profile.idp_id, email: profile.email });
    expect(user.id.length).toBeGreaterThan(5);
  }

  const callback = () => `http://127.0.0.1:${Number(new URL(product.url).port) + 5}/callback`;
  function signInAddress(): string {
    const asked = { client_id: product.clientId, response_type: 'code', redirect_uri: callback() };
    return `${product.url}/sso/authorize?${new URLSearchParams({ organization, ...asked })}`;
  }

  async function mailed(to: string): Promise<string> {
    return eventually(async () => {
      const { mails } = await product.call('GET', `/sandbox/mails?to=${encodeURIComponent(to)}&limit=1`);
      if (mails.length === 0) throw new Error(`no mail to ${to}`);
      const { links } = await product.call('GET', `/sandbox/mails/${mails[0].id}`);
      return links.find((one: string) => /\/setup\/[^/]+\/vb_setup_/.test(one)) ?? '';
    });
  }
});
