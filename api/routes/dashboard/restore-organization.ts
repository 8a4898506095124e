import { newId } from '../../../adapters/ids.ts';
import {
  insertAudit,
  insertCommand,
  insertEvent,
  listConnectionsOf,
  listDirectoriesOf,
  listDomains,
  restartDomain,
  restoreOrganization,
  type EnvironmentRow,
  type Tx,
} from '../../../db/index.ts';
import { directoryEventObject } from '../../../onboarding/directory-objects.ts';
import { isRead } from '../../../onboarding/providers/directory/provider.ts';
import { connectionEventObject } from '../../../onboarding/wire-objects.ts';
import { certificateRow, directoryRow, domainRow } from '../../../onboarding/workflow-names.ts';
import { audited, type Acting } from '../../acting.ts';
import { mintChallenge } from '../../domains.ts';
import { organizationObject } from '../developer/organization-object.ts';

/**
 * Brings back what went with a deleted organization: to those who were told that it is gone it is new again. Domains
 * have to be proved anew, certificates are watched and directories read again; links and the onboarding stay ended. Throws `not_found`.
 */
export async function restoreWithAll(
  tx: Tx,
  environment: EnvironmentRow,
  organizationId: string,
  by: Acting,
): Promise<void> {
  const { now } = by.request;
  const whose = { environmentId: environment.id, organizationId };
  const organization = await restoreOrganization(tx, whose, now);
  const tell = (name: string, data: object) =>
    insertEvent(tx, { id: newId('event_'), ...whose, name, data, createdAt: now });

  const domains = [];
  for (const { id } of await listDomains(tx, whose)) {
    domains.push(await restartDomain(tx, whose, id, mintChallenge(environment), now));
    await insertCommand(tx, domainRow({ key: newId('cmd_'), ...whose, domainId: id }, 'nudge', now));
  }
  await tell('organization.created', organizationObject(organization, domains));
  for (const connection of await listConnectionsOf(tx, whose, [organizationId])) {
    if (connection.state !== 'active') continue;
    await tell('connection.activated', connectionEventObject(connection, domains));
    const watch = { key: newId('cmd_'), ...whose, connectionId: connection.id };
    await insertCommand(tx, certificateRow(watch, 'certificatesChanged', now));
  }
  for (const directory of await listDirectoriesOf(tx, whose, organizationId)) {
    if (directory.state === 'linked') await tell('dsync.activated', directoryEventObject(directory, domains));
    const read = { key: newId('cmd_'), ...whose, directoryId: directory.id };
    if (isRead(directory)) await insertCommand(tx, directoryRow(read, 'readDirectory', now));
  }
  const target = { type: 'organization', id: organizationId };
  await insertAudit(tx, audited(by, whose, { action: 'organization.restored', target }));
}
