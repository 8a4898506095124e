import type { Config } from '../config.ts';
import { OperatorError } from './operator.ts';

/**
 * What keeps a program from listening, in words that name the setting; the error itself where it says something else.
 * Codes: Node's.
 */
export function whyNotListening(
  error: unknown,
  { server, ops, sftp, mail }: Pick<Config, 'server' | 'ops' | 'sftp' | 'mail'>,
): unknown {
  if (!(error instanceof Error)) return error;
  const { code, syscall, hostname, address, port } = error as NodeJS.ErrnoException & {
    hostname?: string;
    address?: string;
    port?: number;
  };
  const hostSetting = hostname === ops.host || address === ops.host ? 'OPS_ADDRESS' : 'HOST';
  if (syscall === 'getaddrinfo' && [...server.hosts, ops.host].includes(hostname ?? ''))
    return new OperatorError(`${hostSetting} names ${hostname}, for which no address is known.`, {
      cause: error,
    });
  if (syscall !== 'listen') return error;

  const names: [string, number | undefined][] = [
    ['OPS_ADDRESS', address === ops.host ? ops.port : undefined],
    ['PORT', server.port],
    ['SFTP_PORT', sftp?.port],
    ['BOUNCE_PORT', mail.bouncePort],
  ];
  const portSetting = names.find(([, number]) => number === port)?.[0] ?? 'PORT';
  const words = {
    EADDRINUSE: `${portSetting}: another program listens on ${address}:${port} already. Stop it, or name another port.`,
    EACCES: `${portSetting}: this user may not listen on ${address}:${port}. Name a port from 1024 on, or grant the right (CAP_NET_BIND_SERVICE).`,
    EADDRNOTAVAIL: `${hostSetting}: ${address} is no address of this machine.`,
  }[code ?? ''];
  return words === undefined ? error : new OperatorError(words, { cause: error });
}
