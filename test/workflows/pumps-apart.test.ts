import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { slowAfterMs } from '../../onboarding/pump-turns.ts';
import { aCustomer } from '../db/builders.ts';
import { anInvited, dayMs } from '../support/activity-builders.ts';
import { eventually } from '../support/eventually.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { openWorkerProgram, type RunningWorker } from '../support/worker-program.ts';

const slots = 2;

async function aServer(answers: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(answers);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function close({ server }: { server: Server }): void {
  server.closeAllConnections();
  server.close();
}

await describeWithTemporal('the worker program', (temporal) => {
  let worker: RunningWorker;
  let dead: Awaited<ReturnType<typeof aServer>>;
  let held = 0;

  beforeAll(async () => {
    worker = await openWorkerProgram(temporal(), slots);
    // Takes every request and answers none.
    dead = await aServer(() => (held += 1));
  });
  afterAll(async () => {
    close(dead);
    await worker.close();
  });

  it('sends an invitation while dead destinations of log streams and webhooks hold every pump there is', async () => {
    const { world } = worker;
    const invited = await anInvited(world, { link: { expiresAt: new Date(Date.now() + 30 * dayMs) } });
    const { customer, contact } = invited;
    for (let made = 0; made < slots; made += 1) {
      await worker.aStreamTo(`${dead.url}/logs`, customer);
      await worker.anEndpointAt(`${dead.url}/hook/${made}`, customer.environmentId);
    }
    await worker.somethingHappens(customer);
    await eventually(() => expect(held).toBe(slots));

    await worker.invite(invited);

    await eventually(async () => expect(await world.mailTo(contact.email)).toHaveLength(1));
    expect(held).toBe(slots);
  });

  it('is ready when it takes workflows and pumps', async () => {
    await eventually(() => expect(worker.program.state()).toBe('running'));
  });
});

await describeWithTemporal('the worker program, with destinations that were slow', (temporal) => {
  let worker: RunningWorker;
  let dying: Awaited<ReturnType<typeof aServer>>;
  let quick: Awaited<ReturnType<typeof aServer>>;
  const slowlyTaken = new Set<string>();
  let held = 0;
  let delivered = 0;

  beforeAll(async () => {
    worker = await openWorkerProgram(temporal(), slots);
    // Takes the first request of each path slowly, and answers none after.
    dying = await aServer(({ url = '' }, response) => {
      if (slowlyTaken.has(url)) {
        held += 1;
        return;
      }
      setTimeout(() => {
        slowlyTaken.add(url);
        response.end();
      }, slowAfterMs + 500);
    });
    quick = await aServer((request, response) => {
      delivered += 1;
      request.resume();
      response.end();
    });
  });
  afterAll(async () => {
    close(dying);
    close(quick);
    await worker.close();
  });

  it('delivers to a live stream and a live endpoint while dead ones hold every place of the slow [REL-12]', async () => {
    const [slow, other] = [await aCustomer(worker.world), await aCustomer(worker.world)];
    for (let made = 0; made < slots; made += 1) {
      await worker.aStreamTo(`${dying.url}/logs/${made}`, slow);
      await worker.anEndpointAt(`${dying.url}/hook/${made}`, slow.environmentId);
    }
    await worker.somethingHappens(slow);
    await eventually(() => expect(slowlyTaken.size).toBe(2 * slots));
    await worker.somethingHappens(slow);
    await eventually(() => expect(held).toBe(slots));

    await worker.aStreamTo(`${quick.url}/logs`, other);
    await worker.anEndpointAt(`${quick.url}/hook`, other.environmentId);
    await worker.somethingHappens(other);

    await eventually(() => expect(delivered).toBe(2));
    expect(held).toBe(slots);
  });
});
