import { once } from 'node:events';
import type { Socket } from 'node:net';
import tls from 'node:tls';
import type { StreamTarget } from '../../adapters/log-streams/index.ts';
import { makeCertificate } from './certificates.ts';

/** A collector of syslog over TLS that counts octets, as RFC 5425 says, and remembers every frame. */
export async function serveSyslog(more: tls.TlsOptions = {}) {
  const made = await makeCertificate('localhost');
  const frames: string[] = [];
  const behaviour = { isHanging: false, isBreaking: false, isLeaving: false };
  const server = tls.createServer(
    { cert: made.cert, key: made.key, allowHalfOpen: true, ...more },
    (socket) => {
      const chunks: Buffer[] = [];
      socket.on('error', () => undefined);
      if (behaviour.isLeaving) socket.end();
      socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (behaviour.isBreaking) socket.destroy();
      });
      socket.on('end', () => {
        frames.push(...framesIn(Buffer.concat(chunks)));
        if (!behaviour.isHanging) socket.end();
      });
    },
  );
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => connections.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');

  const target: StreamTarget = {
    destination: 'syslog',
    streamId: 'log_stream_01',
    organizationId: 'org_01',
    isSandbox: true,
    settings: { host: 'localhost', port: String(address.port), certificateAuthority: made.cert },
    secrets: {},
  };
  return {
    target,
    frames,
    behaviour,
    /** The JSON behind the structured data. */
    recordOf: (frame: string) =>
      JSON.parse(frame.slice(frame.indexOf('] {"') + 2)) as Record<string, unknown>,
    close: async () => {
      server.close();
      for (const socket of connections) socket.destroy();
      await once(server, 'close');
    },
  };
}

export type SyslogServer = Awaited<ReturnType<typeof serveSyslog>>;

function framesIn(bytes: Buffer): string[] {
  const frames: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(' ', at);
    const octets = bytes.subarray(at, space).toString('ascii');
    if (!/^[1-9]\d*$/.test(octets)) throw new Error(`no frame begins with ${JSON.stringify(octets)}`);
    frames.push(bytes.subarray(space + 1, space + 1 + Number(octets)).toString('utf8'));
    at = space + 1 + Number(octets);
  }
  return frames;
}
