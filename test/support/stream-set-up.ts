import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import type { StreamPage } from '../../api/contract/setup-log-streams.ts';
import { findLogStream, withTenant, type LogStreamRow } from '../../db/index.ts';
import { startTestApi, type TestApi } from './api.ts';
import { anOrganization, aVendor, type Vendor } from './builders.ts';
import { runJourneys } from './journeys.ts';
import { codeMailedTo } from './live-customer.ts';
import { anInvited, type Visitor } from './visitor.ts';

/** An admin who sets log streams up, anew for each test, and a receiver on this machine. */
export interface StreamSetUp {
  api: TestApi;
  vendor: Vendor;
  organizationId: string;
  visitor: Visitor;
  /** The admin's address. */
  contact: string;
  /** Of the receiver, which answers with `status` and remembers what it got. */
  url: string;
  status: number;
  got: { records: { action: string; metadata?: Record<string, string> }[]; header: string | undefined }[];
}

/** Registers what arranges the set-up with the tests of the file that calls it. */
export function useStreamSetUp() {
  const world = {} as StreamSetUp;
  let server: Server;

  beforeAll(async () => {
    world.api = await startTestApi();
  });
  afterAll(() => world.api.close());
  beforeEach(async () => {
    runJourneys(world.api);
    world.vendor = await aVendor(world.api);
    world.organizationId = (await anOrganization(world.vendor)).id;
    world.contact = `anna-${newId('x_').slice(-6).toLowerCase()}@acme.com`;
    world.visitor = await anInvited(world.api, world.vendor, world.organizationId, {
      contacts: [world.contact],
      features: [{ feature: 'log_streams' }],
    });
    world.got = [];
    world.status = 200;
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const records = JSON.parse(
        Buffer.concat(chunks).toString('utf8'),
      ) as StreamSetUp['got'][number]['records'];
      world.got.push({ records, header: request.headers.authorization });
      response.writeHead(world.status).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/logs`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const tenant = () => ({ environmentId: world.vendor.environment.id, organizationId: world.organizationId });
  const typed = (more: { settings?: object; secrets?: object } = {}) => ({
    settings: { url: world.url, format: 'array', headerName: 'Authorization', ...more.settings },
    secrets: { headerValue: 'Bearer s3cret-of-acme', ...more.secrets },
  });

  async function choose(destinationId = 'https'): Promise<string> {
    const { body } = await world.visitor.ask('POST', '/log-streams', { destinationId });
    return (body as unknown as { streamId: string }).streamId;
  }
  const page = async (id: string) =>
    (await world.visitor.ask('GET', `/log-streams/${id}`)).body as unknown as StreamPage;
  const post = (id: string, what: string, body: object = {}) =>
    world.visitor.ask('POST', `/log-streams/${id}/${what}`, body);
  const stepsOf = (view: StreamPage['view']) =>
    Object.fromEntries(
      (view?.features.find(({ feature }) => feature === 'log_streams')?.steps ?? []).map(
        ({ step, state }) => [step, state],
      ),
    );
  const codeThatArrived = () => world.got.at(-1)?.records[0]?.metadata?.['code'] ?? '';
  const rowOf = async (id: string): Promise<LogStreamRow> => {
    const found = await withTenant(world.api.db, tenant(), (tx) => findLogStream(tx, tenant(), id));
    if (found === undefined) throw new Error('the stream is gone');
    return found;
  };

  async function aProvenStream(): Promise<string> {
    const id = await choose();
    await post(id, 'settings', typed());
    await post(id, 'test');
    await post(id, 'proof', { code: codeThatArrived() });
    return id;
  }
  async function aLiveStream(): Promise<string> {
    const id = await aProvenStream();
    await post(id, 'start', { from: 'now' });
    return id;
  }

  /** A code for an act, from the contact's mailbox [LNK-10]. */
  async function codeFor(act: 'stream_settings' | 'stream_delete', subject: string): Promise<string> {
    await world.visitor.ask('POST', '/codes', { act, subject });
    return codeMailedTo(world.api, world.contact);
  }

  return {
    world,
    tenant,
    typed,
    choose,
    page,
    post,
    stepsOf,
    codeThatArrived,
    rowOf,
    aProvenStream,
    aLiveStream,
    codeFor,
  };
}
