import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The usual order, but files that share a process come last and together: a worker keeps what it has loaded only as long
 * as its next file is one of them. The long ones, which have a process of their own, are under way by then.
 */
export class SharedProcessesLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isShared = ({ project }: TestSpecification) => !project.config.isolate;
    return [...sorted.filter((file) => !isShared(file)), ...sorted.filter(isShared)];
  }
}
