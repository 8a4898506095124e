import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DeterminismViolationError } from '@temporalio/workflow';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve('test/histories');
const quiet = () => undefined;
const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };

async function recorded(): Promise<{ release: string; name: string; file: string }[]> {
  const folders = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const found = await Promise.all(
    folders.map(async ({ name: release }) =>
      (await readdir(path.join(root, release))).map((name) => ({
        release,
        name,
        file: path.join(root, release, name),
      })),
    ),
  );
  return found.flat();
}

async function replay(bundle: WorkflowBundleWithSourceMap, file: string): Promise<void> {
  const history = historyFromJSON(JSON.parse(await readFile(file, 'utf8')));
  await Worker.runReplayHistory({ workflowBundle: bundle }, history);
}

const histories = await recorded();

describe('[TMP-05] recorded histories', () => {
  let current: WorkflowBundleWithSourceMap;
  beforeAll(async () => {
    current = await bundleWorkflowCode({ workflowsPath: path.resolve('workflows/index.ts'), logger });
  });

  it('are there for the first release: an empty folder would pass every gate', () => {
    expect(histories.filter(({ release }) => release === '0.1.0').length).toBeGreaterThanOrEqual(6);
  });

  it.each(histories)('$release/$name replays on the workflows of today', async ({ file }) => {
    await replay(current, file);
  });

  it('refuse a deliberately changed workflow', async () => {
    const changed = await bundleWorkflowCode({
      workflowsPath: path.resolve('test/fixtures/changed-workflows/index.ts'),
      logger,
    });
    const [live] = histories.filter(({ name }) => name === 'onboarding-to-live.json');
    await expect(replay(changed, live?.file ?? '')).rejects.toThrow(DeterminismViolationError);
  });
});
