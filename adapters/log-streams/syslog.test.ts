import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  imitateDestinations,
  someRecords,
  type DestinationsImitation,
} from '../../test/support/stream-destinations.ts';
import { serveSyslog, type SyslogServer } from '../../test/support/syslog-server.ts';

let there: DestinationsImitation;
let collector: SyslogServer;

beforeAll(async () => {
  there = await imitateDestinations();
  collector = await serveSyslog();
});
afterAll(async () => {
  await there.close();
  await collector.close();
});
beforeEach(() => {
  collector.frames.length = 0;
  collector.behaviour.isBreaking = false;
  collector.behaviour.isLeaving = false;
});

describe('a collector of syslog', () => {
  it('gets one frame for each record, in their order', async () => {
    const records = someRecords(3);
    const outcome = await there.senders.send(collector.target, records);

    expect(outcome).toMatchObject({ kind: 'sent', level: 'accepted', status: null, count: 3 });
    expect(collector.frames.map((frame) => collector.recordOf(frame))).toEqual(records);
  });

  it('is reached without an event by a probe', async () => {
    expect(await there.senders.probe(collector.target)).toMatchObject({ kind: 'sent', count: 0 });
    expect(collector.frames).toEqual([]);
  });

  it('that breaks the connection in the middle has not taken the batch', async () => {
    collector.behaviour.isBreaking = true;
    const outcome = await there.senders.send(collector.target, someRecords(500));

    expect(outcome).toMatchObject({ kind: 'retry', cause: 'broken_off' });
  });

  it('that leaves right behind the handshake is told by a probe already', async () => {
    collector.behaviour.isLeaving = true;

    expect(await there.senders.probe(collector.target)).toMatchObject({ kind: 'retry', cause: 'broken_off' });
  });

  it('with a certificate of nobody’s is not talked to [NET-08]', async () => {
    const { certificateAuthority: _unknown, ...settings } = collector.target.settings;

    expect(await there.senders.send({ ...collector.target, settings }, someRecords(1))).toMatchObject({
      kind: 'retry',
      cause: 'tls_failed',
    });
  });

  it('that asks for a client certificate is not called away', async () => {
    const asking = await serveSyslog({ requestCert: true, rejectUnauthorized: true });
    try {
      expect(await there.senders.probe(asking.target)).toMatchObject({ cause: 'client_certificate_asked' });
      expect(await there.senders.send(asking.target, someRecords(1))).toMatchObject({
        kind: 'invalid',
        cause: 'client_certificate_asked',
      });
    } finally {
      await asking.close();
    }
  });

  it('on this machine is none outside a sandbox, and looks as if nobody were there [NET-09]', async () => {
    const target = { ...collector.target, isSandbox: false };

    expect(await there.senders.send(target, someRecords(1))).toMatchObject({ cause: 'unreachable' });
    expect(collector.frames).toEqual([]);
  });

  it('at a private address is not reached [NET-05]', async () => {
    const settings = { ...collector.target.settings, host: '10.0.0.1' };

    expect(await there.senders.send({ ...collector.target, settings }, someRecords(1))).toMatchObject({
      cause: 'unreachable',
    });
  });
});
