import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { measureOutbox, withSystem, type Db } from '../db/index.ts';

/** Figures for `/metrics`, in a registry of this process's api. Labels are closed words and path patterns, never ids. */
export type Metrics = ReturnType<typeof createMetrics>;

/** `systemDb` sees the outbox of all environments; without it those gauges are left out. */
export function createMetrics({ systemDb, now }: { systemDb: Db | null; now: () => Date }) {
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
  if (systemDb !== null) measureQueue(registry, systemDb, now);

  return { registry, requests, refusals, deliveries, signIns };
}

function measureQueue(registry: Registry, systemDb: Db, now: () => Date): void {
  const age = new Gauge({
    name: 'vestibule_outbox_oldest_seconds',
    help: 'Age of the oldest command that its workflow does not have yet.',
    registers: [registry],
  });
  const dead = new Gauge({
    name: 'vestibule_outbox_dead',
    help: 'Commands given up.',
    registers: [registry],
  });
  const waiting = new Gauge({
    name: 'vestibule_outbox_waiting',
    help: 'Commands that their workflow does not have yet.',
    registers: [registry],
    async collect() {
      const outbox = await withSystem(systemDb, measureOutbox);
      waiting.set(outbox.waiting);
      dead.set(outbox.dead);
      age.set(
        outbox.oldestCreatedAt === null ? 0 : (now().getTime() - outbox.oldestCreatedAt.getTime()) / 1000,
      );
    },
  });
}
