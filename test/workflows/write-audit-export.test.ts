import { ApplicationFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import type { AuditExportInput } from '../../workflows/messages.ts';
import { fakeActivities } from '../support/fake-activities.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { runWorkflow } from '../support/workflow-run.ts';

const input: AuditExportInput = {
  v: 1,
  environmentId: 'env_1',
  organizationId: 'org_1',
  exportId: 'export_1',
};
const of = { environmentId: 'env_1', organizationId: 'org_1', exportId: 'export_1' };

await describeWithTemporal('the writing of a file', (temporal) => {
  it('is tried again until the file is there, and then ends', async () => {
    let tries = 0;
    const activities = fakeActivities({
      writeAuditExport: () =>
        ++tries < 3 ? Promise.reject(new Error('Postgres is away')) : Promise.resolve(),
    });

    await runWorkflow(
      temporal(),
      { type: 'writeAuditExport', input, activities, skipsTime: true },
      (handle) => handle.result(),
    );

    expect(activities.named('writeAuditExport')).toEqual([of, of, of]);
    expect(activities.named('failAuditExport')).toEqual([]);
  });

  it('says that it cannot be done, when it cannot', async () => {
    const activities = fakeActivities({
      writeAuditExport: () => Promise.reject(ApplicationFailure.nonRetryable('no')),
    });

    await runWorkflow(
      temporal(),
      { type: 'writeAuditExport', input, activities, skipsTime: true },
      (handle) => handle.result(),
    );

    expect(activities.named('failAuditExport')).toEqual([of]);
  });
});
