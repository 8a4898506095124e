import * as wf from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { nudge, type AuditExportInput } from './messages.ts';

/**
 * Writes one file of audit events. The file and how far it has come are rows of Postgres: an activity that breaks off goes
 * on where it was. A file that cannot be written says so and ends.
 */

const act = wf.proxyActivities<Pick<Activities, 'writeAuditExport'>>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: '60s',
  retry: { initialInterval: '1s', maximumInterval: '1m', maximumAttempts: 30 },
});
const last = wf.proxyActivities<Pick<Activities, 'failAuditExport'>>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

export async function writeAuditExport(input: AuditExportInput): Promise<void> {
  // The command that starts it is a signal; there is nothing more to say.
  wf.setHandler(nudge, () => undefined);
  const of = {
    environmentId: input.environmentId,
    organizationId: input.organizationId,
    exportId: input.exportId,
  };
  try {
    await act.writeAuditExport.executeWithOptions({ summary: 'Write the file' }, [of]);
  } catch (error) {
    if (wf.isCancellation(error)) throw error;
    await last.failAuditExport.executeWithOptions({ summary: 'Say that it cannot be written' }, [of]);
  }
}
