import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DnsResolver } from '../adapters/dns-resolver.ts';
import { measureBacklogs, withSystem, type Db } from '../db/index.ts';

/** Figures for `/metrics`, in a registry of this process's api. Labels are closed words and path patterns, never ids. */
export type Metrics = ReturnType<typeof createMetrics>;

/** What the figures are measured by. `systemDb` sees the backlogs of all environments; without it those gauges are left out. */
interface Measured {
  systemDb: Db | null;
  dns: Pick<DnsResolver, 'isAnswered'>;
  now: () => Date;
}

export function createMetrics({ systemDb, dns, now }: Measured) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });

  const requests = new Histogram({
    name: 'vestibule_http_request_seconds',
    help: 'Requests by route, method and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'vestibule_refusals_total',
    help: 'Refused requests by code.',
    labelNames: ['code'],
    registers: [registry],
  });
  const deliveries = new Counter({
    name: 'vestibule_command_fast_path_total',
    help: 'Commands offered to their workflow at once, by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const signIns = new Counter({
    name: 'vestibule_sign_ins_total',
    help: 'Answers of identity providers, by verdict (success, or the cause of the failure).',
    labelNames: ['verdict'],
    registers: [registry],
  });
  showResolvers(registry, dns);
  if (systemDb !== null) showBacklogs(registry, systemDb, now);

  return { registry, requests, refusals, deliveries, signIns };
}

/** So long the other figures wait for resolvers; one that is slower is of no use to a look at a domain either. */
const resolversAnswerWithinMs = 2_000;

/** Domains are looked at through them: without any, no proof is found and none is missed, so no domain tells. */
function showResolvers(registry: Registry, dns: Measured['dns']): void {
  const figure = new Gauge({
    name: 'vestibule_dns_up',
    help: 'Whether one of the DNS resolvers answers: 1 or 0.',
    registers: [registry],
    async collect() {
      figure.set((await dns.isAnswered(AbortSignal.timeout(resolversAnswerWithinMs))) ? 1 : 0);
    },
  });
}

/**
 * `docs/alerts.yml` says from when on each of them is somebody's business. While the database does not answer they are
 * not known (NaN), and the other figures are shown all the same.
 */
function showBacklogs(registry: Registry, systemDb: Db, now: () => Date): void {
  const measured = oncePerScrape(async () => {
    const at = now();
    try {
      return { at, ...(await withSystem(systemDb, (tx) => measureBacklogs(tx, at))) };
    } catch {
      return undefined;
    }
  });
  const gauge = <Label extends string>(
    options: { name: string; help: string; labelNames?: Label[] },
    show: (gauge: Gauge<Label>, backlogs: Awaited<ReturnType<typeof measured>>) => void,
  ) => {
    const made: Gauge<Label> = new Gauge({
      ...options,
      registers: [registry],
      async collect() {
        show(made, await measured());
      },
    });
  };

  gauge({ name: 'vestibule_database_up', help: 'Whether Postgres answers: 1 or 0.' }, (figure, backlogs) =>
    figure.set(backlogs === undefined ? 0 : 1),
  );
  gauge(
    { name: 'vestibule_outbox_waiting', help: 'Commands that their workflow does not have yet.' },
    (figure, backlogs) => figure.set(backlogs?.commands.waiting ?? Number.NaN),
  );
  gauge({ name: 'vestibule_outbox_dead', help: 'Commands given up.' }, (figure, backlogs) =>
    figure.set(backlogs?.commands.dead ?? Number.NaN),
  );
  gauge(
    {
      name: 'vestibule_oldest_waiting_seconds',
      help: 'For how long the oldest waits: a command for its workflow, an event for its number, an audit row for its seal, a webhook delivery that is due, a change on hold for a person, a mail for the mail server.',
      labelNames: ['what'],
    },
    (figure, backlogs) => {
      figure.reset();
      for (const [what, since] of Object.entries(backlogs?.waitsSince ?? {})) {
        const ms = since === null ? 0 : Number(backlogs?.at) - since.getTime();
        figure.set({ what }, Math.max(0, ms / 1000));
      }
    },
  );
  gauge(
    {
      name: 'vestibule_failing',
      help: 'Webhook endpoints and log streams that take nothing.',
      labelNames: ['what'],
    },
    (figure, backlogs) => {
      figure.reset();
      for (const [what, count] of Object.entries(backlogs?.failing ?? {})) figure.set({ what }, count);
    },
  );
}

/** All gauges are collected at once, and share what one of them asks for. */
function oncePerScrape<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => (asked ??= ask().finally(() => (asked = undefined)));
}
