import pg from 'pg';
import { expect } from 'vitest';
import { createVisitor, sessionHandleIn } from '../../sandbox/rehearsal/visitor.ts';
import type { TestProduct } from '../support/product.ts';
import { done, pageCaller, type Call } from './road-by-requests.ts';

/** Log streams by the requests that the portal's pages make, and what the database says should have arrived. */

export interface StreamWanted {
  destinationId: string;
  settings: Record<string, string>;
  secrets: Record<string, string>;
}

/** An organization whose admin has opened the link of its log streams, with a schema for the vendor's events. */
export async function anAdminOfStreams(product: TestProduct) {
  const { id: organizationId } = await product.call('POST', '/organizations', { name: 'Acme' });
  await product.call('POST', '/audit_logs/actions/invoice.paid/schemas', { targets: [{ type: 'invoice' }] });
  const { link } = await product.call('POST', '/onboardings', {
    organization: organizationId,
    contacts: ['ada@acme.test'],
    delivery: 'copy',
    features: [{ feature: 'log_streams' }],
  });
  const admin = createVisitor();
  const home = await admin.submit(await admin.open(link));
  const setup = pageCaller(admin, `${product.url}/setup/sandbox/api`, sessionHandleIn(home));
  return { organizationId: organizationId as string, setup };
}

/** Sets a stream up, has `codeIn` find the code where the test event arrived, and starts it from now on. */
export async function startStream(
  setup: Call,
  { destinationId, settings, secrets }: StreamWanted,
  codeIn: (mark: string) => Promise<string>,
): Promise<string> {
  const { streamId } = await done(setup('POST', '/log-streams', { destinationId }));
  const at = `/log-streams/${streamId}`;
  await done(setup('POST', `${at}/settings`, { settings, secrets }));
  await done(setup('POST', `${at}/test`, {}));
  const { stream } = await done(setup('GET', at));
  expect(stream.proof.answer, destinationId).toMatchObject({ kind: 'sent' });
  // Where we may read, we have found it ourselves.
  if (stream.proof.provenAt === null) {
    const [mark = ''] = /vestibule-test-[0-9a-f]+/.exec(stream.proof.search) ?? [];
    await done(setup('POST', `${at}/proof`, { code: await codeIn(mark) }));
  }
  await done(setup('POST', `${at}/start`, { from: 'now' }));
  return streamId;
}

/** The code of a test event, out of the text that it was shown as. */
export const codeOf = (text: string): string => /"code": ?"(\d{6})"/.exec(text)?.[1] ?? '';

/** The vendor's events, as its backend sends them; `names` tell them apart. */
export const someEvents = (organizationId: string, names: readonly string[]) =>
  names.map((name) => ({
    organization_id: organizationId,
    event: {
      action: 'invoice.paid',
      occurred_at: new Date().toISOString(),
      actor: { id: 'user_1', type: 'user' },
      targets: [{ id: name, type: 'invoice' }],
      context: { location: '203.0.113.7' },
    },
  }));

export interface StoredLog {
  /** Sequence numbers of all that is stored. */
  numbers: number[];
  /** Written, and not yet in the chain. */
  unsealed: number;
  /** Those of the vendor's events, by their names. */
  invoices: Map<string, number>;
}

export async function readLog(databaseUrl: string, organizationId: string): Promise<StoredLog> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ number: number | null; action: string; name: string | null }>(
      `select chain_number::int as number, action, content->'targets'->0->>'id' as name
       from audit_events where organization_id = $1 order by chain_number`,
      [organizationId],
    );
    return {
      numbers: rows.flatMap(({ number }) => number ?? []),
      unsealed: rows.filter(({ number }) => number === null).length,
      invoices: new Map(
        rows
          .filter(({ action }) => action === 'invoice.paid')
          .map(({ name, number }) => [name ?? '', number ?? 0]),
      ),
    };
  } finally {
    await client.end();
  }
}

/** How many records each stream has still to send, by destination. */
export async function behindOf(setup: Call): Promise<Record<string, number>> {
  const { streams } = await done(setup('GET', '/log-streams'));
  return Object.fromEntries(
    (streams as { destination: { id: string }; behind: number }[]).map(({ destination, behind }) => [
      destination.id,
      behind,
    ]),
  );
}
