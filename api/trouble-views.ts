import type { z } from 'zod';
import {
  listConnectionsOf,
  listDirectoriesOf,
  listDomains,
  listLogStreamsOf,
  type TroubleRow,
  type Tx,
} from '../db/index.ts';
import { directoryNameOf } from '../onboarding/providers/directory/names.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import { troubleRules } from '../onboarding/troubles.ts';
import type { troubleView } from './contract/shared.ts';

export type ShownTrouble = Pick<TroubleRow, 'id' | 'kind' | 'subjectId' | 'since' | 'cause' | 'endedAt'>;

/** Troubles of one organization with the names of what they are about, as all pages show them: staff by its name, the customer within a sentence. */
export async function troubleViewsOf(
  tx: Tx,
  tenant: { environmentId: string; organizationId: string },
  troubles: readonly ShownTrouble[],
  nameDirectory = directoryNameOf,
): Promise<z.infer<typeof troubleView>[]> {
  if (troubles.length === 0) return [];
  const connections = await listConnectionsOf(tx, tenant, [tenant.organizationId]);
  const directories = await listDirectoriesOf(tx, tenant, tenant.organizationId);
  const domains = await listDomains(tx, tenant);
  const names = new Map([
    ...connections.map(
      ({ id, providerId, name }) => [id, findGuide(providerId ?? '')?.name ?? name] as const,
    ),
    ...directories.map((directory) => [directory.id, nameDirectory(directory)] as const),
    ...(await listLogStreamsOf(tx, tenant)).map(({ id, name }) => [id, name] as const),
    ...domains.map(({ id, domain }) => [id, domain] as const),
  ]);
  return troubles.map(({ id, kind, subjectId, since, cause, endedAt }) => ({
    id,
    kind,
    subjectId,
    cause,
    feature: troubleRules[kind].feature,
    step: troubleRules[kind].step,
    subject: names.get(subjectId) ?? null,
    since: since.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  }));
}
