/** One DNS server on one port, UDP and TCP, as dns2 speaks them; what it answers is the caller's. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createTCPServer, createUDPServer } from 'dns2';

export type DnsListener = {
  udp: ReturnType<typeof createUDPServer>;
  tcp: ReturnType<typeof createTCPServer>;
  port: number;
  close: () => Promise<void>;
};

/** Listens at `host`; port 0 takes one that is free for both. Rejects with the system's error, such as EADDRINUSE. */
export async function listen(
  port: number,
  host: string,
  triesLeft = port === 0 ? 10 : 1,
): Promise<DnsListener> {
  const tcp = createTCPServer();
  const udp = createUDPServer();
  const clients = new Set<Socket>();
  tcp.on('connection', (client: Socket) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
  });
  try {
    tcp.listen(port, host);
    await once(tcp, 'listening');
    const address = tcp.address();
    const taken = typeof address === 'object' && address ? address.port : port;
    udp.bind(taken, host);
    await once(udp, 'listening');
    const close = async () => {
      const closed = [once(udp, 'close'), once(tcp, 'close')];
      udp.close();
      tcp.close();
      // A question that was never answered would keep its connection, and the server, open.
      for (const client of clients) client.destroy();
      await Promise.all(closed);
    };
    return { udp, tcp, port: taken, close };
  } catch (error) {
    tcp.close();
    // A port that is free for TCP may be taken for UDP.
    if (triesLeft <= 1) throw error;
    return await listen(port, host, triesLeft - 1);
  }
}
