import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../embedded/postgres.ts';
import { eventually } from './eventually.ts';

/** A Postgres of a test's own, which keeps what it has confirmed: it is there to be killed. */
export async function startKillablePostgres() {
  const folder = await mkdtemp(path.join(tmpdir(), 'vst-killed-'));
  const sockets = path.join(folder, 'sockets');
  const url = `postgresql://postgres@localhost/vestibule?host=${encodeURIComponent(sockets)}`;
  let server = await start();

  async function start(): Promise<EmbeddedPostgres> {
    const started = await startEmbeddedPostgres({ folder, database: 'vestibule', isDurable: true });
    // Under the same address after each start, wherever the server keeps its socket.
    await rm(sockets, { force: true });
    await symlink(new URL(started.url()).searchParams.get('host') ?? '', sockets);
    return started;
  }

  return {
    url,
    /** kill -9, and the same start again: it finds out by itself what it had confirmed. */
    async crash(): Promise<void> {
      process.kill(await pidOf(url), 'SIGKILL');
      await server.exited;
      // What it had forked may take a moment to notice.
      server = await eventually(start);
    },
    async stop(): Promise<void> {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function pidOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    const [pid] = (await readFile(`${rows[0]?.data_directory ?? ''}/postmaster.pid`, 'utf8')).split('\n');
    return Number(pid);
  } finally {
    await client.end();
  }
}
