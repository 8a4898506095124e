import type { Reporter, Vitest } from 'vitest/node';

/**
 * A change that keeps a module from loading leaves a file without a single test, which Stryker's runner takes for one
 * in which nothing failed. Here it becomes an error of the run.
 */
export function reportsWhatDoesNotLoad(): Reporter {
  let vitest: Vitest | undefined;
  return {
    onInit(started) {
      vitest = started;
    },
    onTestModuleEnd(module) {
      if (module.state() !== 'failed' || module.children.size > 0) return;
      vitest?.state.catchError(new Error(`${module.moduleId} does not load`), 'Unhandled Error');
    },
  };
}
