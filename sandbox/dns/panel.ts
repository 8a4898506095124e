import { sandboxDnsFaults, type SandboxDnsFaultName } from './records.ts';

/**
 * The faults of the sandbox's name servers as its pages and scripts turn them. Both servers have them, for every name
 * below `.test`: those belong to nobody in particular. Kept in memory: a restart turns them off.
 */
export function createDnsPanel() {
  let on: readonly SandboxDnsFaultName[] = [];
  return {
    faultsOn: () => on,
    listFaults: () =>
      Object.entries(sandboxDnsFaults).map(([id, expected]) => ({
        id: id as SandboxDnsFaultName,
        expected,
        isOn: on.some((fault) => fault === id),
      })),
    /** Those that are on from now. */
    setFaults(faults: readonly SandboxDnsFaultName[]): void {
      on = [...new Set(faults)];
    },
  };
}
