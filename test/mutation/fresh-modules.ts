/**
 * Runs before each file of tests, after the tester's own set-up. Modules stay loaded from one mutant to the next, which
 * is what makes them cheap; a change to what a module computes while it is loaded needs it loaded anew, and once more
 * afterwards.
 */
import { inject, vi } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    globalNamespace: string;
    mutantActivation: 'static' | 'runtime';
  }
}

interface Tester {
  activeMutant?: string | undefined;
  leavesModules?: boolean;
}

const globals = globalThis as unknown as Record<string, Tester>;
const tester = (globals[inject('globalNamespace')] ??= {});
const isStatic = inject('mutantActivation') === 'static';
if (isStatic || tester.leavesModules) vi.resetModules();
// Until its tests begin, the mutant before must not be at work.
if (!isStatic) tester.activeMutant = undefined;
tester.leavesModules = isStatic;
