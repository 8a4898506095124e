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

/** Drives one scenario: a warm-up of a fifth, then the measured part. */
export async function measure(scenario: Scenario): Promise<Measured> {
  await drive(scenario, scenario.seconds / 5);
  const cpuBefore = cpuMsOf(scenario.pid);
  const startedAt = performance.now();
  const tookMs = await drive(scenario, scenario.seconds);
  const elapsedMs = performance.now() - startedAt;
  const sorted = tookMs.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return {
    name: scenario.name,
    perSecond: (sorted.length / elapsedMs) * 1000,
    p50: at(0.5),
    p99: at(0.99),
    cpuMs: (cpuMsOf(scenario.pid) - cpuBefore) / sorted.length,
    ratio: null,
  };
}

async function drive({ callers, once }: Scenario, seconds: number): Promise<number[]> {
  const until = performance.now() + seconds * 1000;
  const took: number[] = [];
  const caller = async () => {
    while (performance.now() < until) {
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
function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1000;
}

/** Resident memory of a process, in MiB. */
export function memoryMibOf(pid: number): number {
  const [, kib = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}
