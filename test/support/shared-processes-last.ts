import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The usual order, but files that share a process come last and together: a worker keeps what it has loaded only as long
 * as its next file is one of them. The long ones, which have a process of their own, are under way by then; of those that
 * share one, the screens are the long ones: a run does not end in waiting for the last of them.
 */
export class SharedProcessesLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isShared = ({ project }: TestSpecification) => !project.config.isolate;
    const isScreens = ({ moduleId }: TestSpecification) => moduleId.endsWith('-screens.test.ts');
    const rank = (file: TestSpecification) => Number(isShared(file)) * (isScreens(file) ? 1 : 2);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}
