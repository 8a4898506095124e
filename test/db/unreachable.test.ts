import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import pg from 'pg';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDatabase, withTenant } from '../../db/index.ts';
import { migrate, schemaState } from '../../db/migrate.ts';
import { UnusableDatabase } from '../../db/unusable-database.ts';
import { makeAuthority } from '../support/certificates.ts';
import { aCustomer, openDatabases, type Databases } from './builders.ts';

/** What an operator reads when the address of the database is not right, and a database that is spoken to over TLS. */

let databases: Databases;
beforeAll(async () => {
  databases = await openDatabases();
});
afterAll(() => databases.close());

/** The sentence with which api, worker and `npm run migrate` end. */
async function refusalsOf(databaseUrl: string): Promise<string[]> {
  const log = { warn: () => undefined };
  const opened = createDatabase({
    databaseUrl,
    log,
    role: 'vestibule_app',
    poolSize: 1,
    applicationName: 'test',
  });
  const tried = await Promise.allSettled([schemaState({ databaseUrl }), migrate({ databaseUrl }), opened]);
  return tried.map((outcome) => {
    if (outcome.status === 'fulfilled') return 'reached';
    expect(outcome.reason).toBeInstanceOf(UnusableDatabase);
    return (outcome.reason as Error).message;
  });
}

const allThree = (sentence: string) => [sentence, sentence, sentence];

/** The test's own database, with parts of its address changed. */
function own(change: (url: URL) => void): string {
  const url = new URL(databases.url);
  change(url);
  return url.href;
}

test('an address at which nobody listens is named, and its password is not', async () => {
  const refusals = await refusalsOf('postgresql://vestibule:hidden@127.0.0.1:1/vestibule');

  expect(refusals).toEqual(
    allThree(
      'The database at 127.0.0.1:1 does not answer: nothing listens there. Is Postgres running, and are host and port right?',
    ),
  );
});

test('a host without an address is named', async () => {
  const refusals = await refusalsOf('postgresql://vestibule@database.invalid/vestibule');

  expect(refusals).toEqual(
    allThree('The database at database.invalid:5432 is not found: no address is known for database.invalid.'),
  );
});

test('a database that is not there is named', async () => {
  const [refusal] = await refusalsOf(own((url) => (url.pathname = '/nowhere')));

  expect(refusal).toMatch(
    /^The database at \S+ has no database "nowhere"\. Create it, or name another one\.$/,
  );
});

test('a login that the server does not know is named', async () => {
  const [refusal] = await refusalsOf(own((url) => (url.username = 'nobody_here')));

  expect(refusal).toMatch(/^The database at \S+ refuses the login "nobody_here": .+\.$/);
});

test('a login that may not change the schema is told to leave that to the owner', async () => {
  const login = `nobodys_${randomBytes(4).toString('hex')}`;
  const owner = new pg.Client({ connectionString: databases.url });
  await owner.connect();
  await owner.query(`create role ${login} login`);
  try {
    await expect(migrate({ databaseUrl: own((url) => (url.username = login)) })).rejects.toThrow(
      new UnusableDatabase(
        `The database login "${login}" may not change the schema: permission denied for table kysely_migration_lock. Name the owner's in DATABASE_MIGRATION_URL.`,
      ),
    );
  } finally {
    await owner.query(`drop role ${login}`);
    await owner.end();
  }
});

describe('over TLS', () => {
  let folder: string;
  let door: net.Server;
  let address: (query: string) => string;
  let wasEncrypted: boolean[];
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'vestibule-tls-'));
    const authority = await makeAuthority();
    await writeFile(path.join(folder, 'ca.pem'), authority.cert);
    door = doorBefore(databases.url, await authority.issue('localhost'), (is) => wasEncrypted.push(is));
    door.listen(0, '127.0.0.1');
    await once(door, 'listening');
    const { username, pathname } = new URL(databases.url);
    const { port } = door.address() as AddressInfo;
    address = (query) => `postgresql://${username}@localhost:${port}${pathname}${query}`;
  });
  beforeEach(() => {
    wasEncrypted = [];
  });
  afterAll(async () => {
    door.close();
    await rm(folder, { recursive: true });
  });
  const trusted = () => `?sslmode=verify-full&sslrootcert=${path.join(folder, 'ca.pem')}`;

  test('everything works, with the authority that the address names', async () => {
    const databaseUrl = address(trusted());
    const customer = await aCustomer(databases);

    await expect(schemaState({ databaseUrl })).resolves.toEqual({ state: 'current' });
    await expect(migrate({ databaseUrl })).resolves.toEqual([]);
    const log = { warn: () => undefined };
    const db = await createDatabase({
      databaseUrl,
      log,
      role: 'vestibule_app',
      poolSize: 1,
      applicationName: 'test',
    });
    const asked = sql<{ one: number }>`select 1 as one`;
    await expect(withTenant(db, customer, (tx) => asked.execute(tx))).resolves.toMatchObject({
      rows: [{ one: 1 }],
    });
    await db.close();

    expect(new Set(wasEncrypted)).toEqual(new Set([true]));
  });

  test('a certificate of an authority that is not named is not trusted, and it says how to name it', async () => {
    const refusals = await refusalsOf(address('?sslmode=verify-full'));

    expect(refusals).toHaveLength(3);
    for (const refusal of refusals) {
      expect(refusal).toMatch(/shows a certificate that this machine does not trust\. .*sslrootcert=/);
    }
  });

  test('a certificate of another host is refused', async () => {
    const [refusal] = await refusalsOf(address(trusted()).replace('localhost', '127.0.0.1'));

    expect(refusal).toMatch(/shows a certificate for another host: /);
  });

  test('a server that demands TLS says that the address has to ask for it', async () => {
    const [refusal] = await refusalsOf(address(''));

    expect(refusal).toMatch(/takes encrypted connections only: add \?sslmode=verify-full to its address\.$/);
  });
});

/**
 * A Postgres that takes TLS only, before one that listens on a socket: answers an SSLRequest (§54.2.11 of Postgres' manual),
 * and whoever begins without one gets the server's refusal (28000).
 */
function doorBefore(
  databaseUrl: string,
  own: { cert: string; key: string },
  onConnection: (isEncrypted: boolean) => void,
): net.Server {
  const { host, port } = new pg.Client({ connectionString: databaseUrl });
  return net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (first) => {
      const wantsTls = first.length === 8 && first.readInt32BE(4) === 80_877_103;
      onConnection(wantsTls);
      if (!wantsTls) {
        socket.end(errorResponse('28000', 'no pg_hba.conf entry for host "127.0.0.1", no encryption'));
        return;
      }
      socket.write('S');
      const inside = new tls.TLSSocket(socket, { isServer: true, ...own });
      const behind = net.connect(path.join(host, `.s.PGSQL.${port}`));
      inside.on('error', () => behind.destroy());
      behind.on('error', () => inside.destroy());
      inside.pipe(behind).pipe(inside);
    });
  });
}

function errorResponse(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
