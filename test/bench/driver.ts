import { readFileSync } from 'node:fs';

/** What one measurement says. Milliseconds; CPU is the server process's own, per request. */
export type Measured = {
  name: string;
  perSecond: number;
  p50: number;
  p99: number;
  cpuMs: number;
  ratio: number | null;
};

export type Scenario = {
  name: string;
  /** Callers at once. */
  callers: number;
  seconds: number;
  /** Process whose CPU counts. */
  pid: number;
  /** One request, or one whole exchange; throws when the answer is not the expected one. */
  once: () => Promise<void>;
};

const rounds = 4;
/** After so many, the compiler is hardly at work in either server any more. */
const warmUpRequests = 3_000;

/** Drives one scenario: a warm-up, then the measured part. */
export async function measure(scenario: Scenario): Promise<Measured> {
  const [measured] = await measureInTurn([scenario]);
  if (measured === undefined) throw new Error('nothing was measured');
  return measured;
}

/** Drives scenarios by turns, so that what else the machine does in the meantime slows all of them alike. */
export async function measureInTurn(scenarios: readonly Scenario[]): Promise<Measured[]> {
  for (const scenario of scenarios) await drive(scenario, scenario.seconds / 5, warmUpRequests);
  const sums = scenarios.map((scenario) => ({ scenario, tookMs: [] as number[], cpuMs: 0, elapsedMs: 0 }));
  for (let round = 0; round < rounds; round += 1) {
    for (const sum of sums) {
      const cpuBefore = cpuMsOf(sum.scenario.pid);
      const startedAt = performance.now();
      sum.tookMs.push(...(await drive(sum.scenario, sum.scenario.seconds / rounds)));
      sum.elapsedMs += performance.now() - startedAt;
      sum.cpuMs += cpuMsOf(sum.scenario.pid) - cpuBefore;
    }
  }
  return sums.map(({ scenario, tookMs, cpuMs, elapsedMs }) => {
    const sorted = tookMs.toSorted((a, b) => a - b);
    const at = (share: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
    return {
      name: scenario.name,
      perSecond: (sorted.length / elapsedMs) * 1000,
      p50: at(0.5),
      p99: at(0.99),
      cpuMs: cpuMs / sorted.length,
      ratio: null,
    };
  });
}

/** What it takes to do something once with each of `items`, after a fifth of them to get warm. */
export async function measureEach<Item>(
  {
    name,
    callers,
    pid,
    once,
  }: Pick<Scenario, 'name' | 'callers' | 'pid'> & { once: (item: Item) => Promise<void> },
  items: readonly Item[],
): Promise<Measured> {
  const waiting = [...items];
  const measured = items.length - Math.ceil(items.length / 5);
  const took: number[] = [];
  const through = async (left: number) => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
      const startedAt = performance.now();
      await once(item);
      took.push(performance.now() - startedAt);
      if (waiting.length <= left) return;
    }
  };
  const all = (left: number) => Promise.all(Array.from({ length: callers }, () => through(left)));
  await all(measured);
  took.length = 0;
  const cpuBefore = cpuMsOf(pid);
  const startedAt = performance.now();
  await all(0);
  const elapsedMs = performance.now() - startedAt;
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  const cpuMs = (cpuMsOf(pid) - cpuBefore) / sorted.length;
  return {
    name,
    perSecond: (sorted.length / elapsedMs) * 1000,
    p50: at(0.5),
    p99: at(0.99),
    cpuMs,
    ratio: null,
  };
}

/** Drives for so many seconds; a warm-up goes on for up to ten times as long, until so many requests are done. */
async function drive({ callers, once }: Scenario, seconds: number, atLeast = 0): Promise<number[]> {
  const startedAt = performance.now();
  const took: number[] = [];
  const isOver = () => {
    const passed = (performance.now() - startedAt) / 1000 / seconds;
    return passed >= 10 || (passed >= 1 && took.length >= atLeast);
  };
  const caller = async () => {
    while (!isOver()) {
      const startedAt = performance.now();
      await once();
      took.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return took;
}

const ticksPerSecond = 100;

/** User and system time of a process, in ms (proc(5), fields 14 and 15). */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1000;
}

/** Resident memory of a process, in MiB: now, and at its peak. */
export function memoryMibOf(pid: number, which: 'VmRSS' | 'VmHWM' = 'VmRSS'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kib = '0'] = new RegExp(`${which}:\\s+(\\d+) kB`).exec(status) ?? [];
  return Number(kib) / 1024;
}
