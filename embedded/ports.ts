import { once } from 'node:events';
import { readFile, readdir, readlink } from 'node:fs/promises';
import net from 'node:net';
import { StartError } from './start-error.ts';

/** Both loopback addresses: two programs can hold one each, and `localhost` then leads to the other one. */
const loopback = ['127.0.0.1', '::1'];

/**
 * Makes sure that ports can be listened on.
 *
 * @param ports what each port is for, in the order they are checked
 * @throws StartError saying who holds it and naming a port whose whole row is free. We never move by ourselves, because
 * links and redirect URIs carry the port.
 */
export async function requireFreePorts(
  ports: readonly number[],
  o: { base: number; hosts?: readonly string[] },
): Promise<void> {
  const hosts = o.hosts ?? loopback;
  for (const port of ports) {
    if (await isFree(port, hosts)) continue;
    throw new StartError(
      await portTakenSentence({ port, base: o.base, offsets: ports.map((other) => other - o.base), hosts }),
    );
  }
}

async function portTakenSentence(o: {
  port: number;
  base: number;
  offsets: readonly number[];
  hosts: readonly string[];
}): Promise<string> {
  const owner = await ownerOf(o.port);
  const by = owner === undefined ? 'by another program' : `by ${owner.name} (process ${owner.pid})`;
  const suggestion = await freeBase(o.base, o.offsets, o.hosts);
  return `Port ${o.port} is in use ${by}. Stop that program, or choose another port: PORT=${suggestion} npm start`;
}

async function freeBase(base: number, offsets: readonly number[], hosts: readonly string[]): Promise<number> {
  for (let candidate = base + 10; candidate < 65_000; candidate += 10) {
    const free = await Promise.all(offsets.map((offset) => isFree(candidate + offset, hosts)));
    if (free.every(Boolean)) return candidate;
  }
  return base + 10;
}

async function isFree(port: number, hosts: readonly string[]): Promise<boolean> {
  for (const host of hosts) {
    const server = net.createServer();
    try {
      server.listen({ port, host, exclusive: true });
      await once(server, 'listening');
    } catch (error) {
      if (codeOf(error) === 'EADDRINUSE') return false;
      // A machine without IPv6 has no ::1; a port we may not use is somebody else's sentence.
    } finally {
      server.close();
    }
  }
  return true;
}

/** Who listens on a port, as far as this user may see. Linux only. */
async function ownerOf(port: number): Promise<{ pid: number; name: string } | undefined> {
  const inodes = new Set((await Promise.all(['tcp', 'tcp6'].map((table) => listeners(table, port)))).flat());
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const folder = `/proc/${pid}/fd`;
    for (const fd of await readdir(folder).catch(() => [])) {
      const inode = /^socket:\[(\d+)\]$/.exec(await readlink(`${folder}/${fd}`).catch(() => ''))?.[1];
      if (inode === undefined || !inodes.has(inode)) continue;
      const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'another program')).trim();
      return { pid: Number(pid), name };
    }
  }
  return undefined;
}

async function listeners(table: string, port: number): Promise<string[]> {
  const isListening = '0A';
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = (await readFile(`/proc/net/${table}`, 'utf8').catch(() => '')).split('\n').slice(1);
  return lines.flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return local?.endsWith(suffix) && state === isListening && inode !== undefined ? [inode] : [];
  });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
