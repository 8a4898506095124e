import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { access, constants, mkdir, rename, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { StartError } from './start-error.ts';

/** The exclusive right to work in a data folder. */
export interface DataFolderClaim {
  release(): Promise<void>;
}

/**
 * Makes the folder and claims it: a socket in it answers with our address and process for as long as we live, so a
 * second instance can say where the first one is, and a crash leaves nothing that blocks.
 *
 * @param o.url what a second instance tells its person to open
 * @param o.answersWithinMs how long one that is there may take to say so; long enough for one with much to do
 * @throws StartError when the folder cannot be written or another instance works in it
 */
export async function claimDataFolder(o: {
  folder: string;
  url: string;
  answersWithinMs?: number;
}): Promise<DataFolderClaim> {
  const withinMs = o.answersWithinMs ?? 10_000;
  try {
    await mkdir(o.folder, { recursive: true, mode: 0o700 });
    await access(o.folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new StartError(
      `The data folder ${o.folder} cannot be written. Make it writable, or choose another one: DATA_DIR=<folder> npm start`,
      { cause },
    );
  }
  const socket = socketPath(o.folder);
  const server = net.createServer((peer) => {
    peer.on('error', () => undefined);
    peer.end(JSON.stringify({ pid: process.pid, url: o.url }));
  });
  for (let attempt = 1; !(await listens(server, socket)); attempt += 1) {
    const other = await whoAnswers(socket, withinMs);
    if (other !== 'nobody' || attempt === 5) throw inUse(o.folder, other);
    await removeStale(socket, o.folder, withinMs);
  }
  server.unref();
  return {
    release: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

interface Instance {
  pid: number;
  url: string;
}

function inUse(folder: string, other: Instance | 'silent' | 'nobody'): StartError {
  const where = typeof other === 'string' ? '' : ` at ${other.url} (process ${other.pid})`;
  return new StartError(
    `Vestibule already runs on the data folder ${folder}${where}. Use that one, stop it, or start beside it: DATA_DIR=<folder> PORT=<port> npm start`,
  );
}

async function listens(server: net.Server, socket: string): Promise<boolean> {
  try {
    server.listen(socket);
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
}

/** Whoever lets us in and says nothing is busy or stopped, and there all the same: only a crash refuses at once. */
async function whoAnswers(socket: string, withinMs: number): Promise<Instance | 'silent' | 'nobody'> {
  const peer = net.connect(socket);
  let isSilent = false;
  peer.setTimeout(withinMs, () => {
    isSilent = true;
    peer.destroy();
  });
  try {
    const answer: unknown = JSON.parse(await text(peer));
    return typeof answer === 'object' && answer !== null && 'pid' in answer && 'url' in answer
      ? { pid: Number(answer.pid), url: String(answer.url) }
      : 'nobody';
  } catch {
    return isSilent ? 'silent' : 'nobody';
  }
}

/** Moves it away first: if another start was faster and the socket is alive after all, it is put back. */
async function removeStale(socket: string, folder: string, withinMs: number): Promise<void> {
  const aside = `${socket}.${randomUUID().slice(0, 8)}`;
  try {
    await rename(socket, aside);
  } catch {
    return;
  }
  const other = await whoAnswers(aside, withinMs);
  if (other !== 'nobody') {
    await rename(aside, socket);
    throw inUse(folder, other);
  }
  await rm(aside, { force: true });
}

/** A socket path ends at 107 bytes, and Node cuts what is longer without an error. */
function socketPath(folder: string): string {
  const inside = path.join(path.resolve(folder), 'instance.sock');
  if (Buffer.byteLength(inside) < 95) return inside;
  const hash = createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 16);
  return path.join(
    os.tmpdir().length > 60 ? '/tmp' : os.tmpdir(),
    `vst-${process.getuid?.() ?? ''}-${hash}.sock`,
  );
}
