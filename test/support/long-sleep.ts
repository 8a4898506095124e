import { sleep } from '@temporalio/workflow';

/** Stands for every workflow that waits for people. */
export async function sleepLong(duration: '365 days'): Promise<string> {
  await sleep(duration);
  return 'slept';
}
