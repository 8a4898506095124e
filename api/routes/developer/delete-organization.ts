import { audited, type Acting } from '../../acting.ts';
import { sendCommand } from '../../journey.ts';
import { newId } from '../../../adapters/ids.ts';
import { deleteOrganization, insertAudit, insertCommand, insertEvent, type Tx } from '../../../db/index.ts';
import { deletedDirectoryObject } from '../../../onboarding/directory-objects.ts';
import { isRead } from '../../../onboarding/providers/directory/provider.ts';
import { deletedConnectionObject, organizationDomainObject } from '../../../onboarding/wire-objects.ts';
import { certificateRow, directoryRow, domainRow, logStreamRow } from '../../../onboarding/workflow-names.ts';
import { organizationObject } from './organization-object.ts';

/**
 * Deletes an organization with all that belongs to it: from the commit on nothing of it works, its workflows end, and
 * each part has its event. Throws `not_found`.
 */
export async function deleteWithAll(
  tx: Tx,
  environmentId: string,
  organizationId: string,
  by: Acting,
): Promise<void> {
  const { now } = by.request;
  const whose = { environmentId, organizationId };
  const deleted = await deleteOrganization(tx, whose, now);
  const { organization, connections, directories, domains, openOnboarding } = deleted;

  const tell = (name: string, data: object) =>
    insertEvent(tx, { id: newId('event_'), ...whose, name, data, createdAt: now });
  for (const domain of domains) {
    await tell('organization_domain.deleted', organizationDomainObject(domain));
    await insertCommand(
      tx,
      domainRow({ key: newId('cmd_'), ...whose, domainId: domain.id }, 'stopDomain', now),
    );
  }
  for (const connection of connections) {
    await tell('connection.deleted', deletedConnectionObject(connection));
    const watch = { key: newId('cmd_'), ...whose, connectionId: connection.id };
    await insertCommand(tx, certificateRow(watch, 'stopCertificateWatch', now));
  }
  for (const directory of directories) {
    await tell('dsync.deleted', deletedDirectoryObject(directory));
    const stop = { key: newId('cmd_'), ...whose, directoryId: directory.id };
    if (isRead(directory)) await insertCommand(tx, directoryRow(stop, 'stopDirectory', now));
  }
  for (const streamId of deleted.logStreamIds)
    await insertCommand(tx, logStreamRow({ key: newId('cmd_'), ...whose, streamId }, now));
  await tell('organization.deleted', organizationObject(organization, domains));
  if (openOnboarding !== undefined) await sendCommand(tx, openOnboarding, { kind: 'cancel' }, by);
  const target = { type: 'organization', id: organizationId };
  const before = { name: organization.name, external_id: organization.externalId };
  await insertAudit(tx, audited(by, whose, { action: 'organization.deleted', target, before }));
}
