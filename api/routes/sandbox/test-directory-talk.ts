import { insertAudit, listOrganizationNames, withTenant, type Tx } from '../../../db/index.ts';
import type { AuditAction } from '../../../onboarding/audit-actions.ts';
import { acting, audited } from '../../acting.ts';
import { ok, type Answer } from '../../answers.ts';
import type { TestDirectoryState } from '../../contract/sandbox.ts';
import type { ApiDeps, TestDirectoryPanel } from '../../deps.ts';
import type { Callers, Commit, RequestFacts } from '../../route.ts';
import { embeddedOf } from './embedded-of.ts';

/** What the routes of the test directory share: an edit, its audit row, and what it makes the client say. */

export async function stateOf(
  tx: Tx,
  deps: ApiDeps,
  { environment }: Callers['sandbox'],
): Promise<TestDirectoryState> {
  const tenant = { environmentId: environment.id };
  const { connected, ...state } = await embeddedOf(deps).testDirectory.getState(tx, tenant);
  if (connected === null) return { ...state, connected };
  const { organizationId, directoryId } = connected;
  const names = await listOrganizationNames(tx, tenant, [organizationId]);
  const organizationName = names.get(organizationId) ?? null;
  return { ...state, connected: { organizationId, organizationName, directoryId } };
}

export interface Act {
  deps: ApiDeps;
  caller: Callers['sandbox'];
  commit: Commit;
  request: RequestFacts;
}

export interface Said {
  action: AuditAction;
  id?: string;
}

/**
 * Makes the edit with its audit row, then lets the client say what follows from it. Answers with the state: what the
 * client has not said within ten seconds it says on.
 */
export function editAndTalk(
  { deps, caller, commit, request }: Act,
  edit: (tx: Tx) => Promise<Said | undefined>,
  about: Parameters<TestDirectoryPanel['talk']>[1] | null,
): Promise<Answer> {
  const { environment, by } = caller;
  const whose = { environmentId: environment.id, organizationId: null };
  return commit(async (tx) => {
    const said = await edit(tx);
    if (said !== undefined) {
      const { action, id } = said;
      const target = id === undefined ? undefined : { type: 'test_directory_entry', id };
      await insertAudit(tx, audited(acting(by, request), whose, { action, ...(target && { target }) }));
    }
    const answer = ok(await stateOf(tx, deps, caller));
    if (about === null) return answer;
    return {
      ...answer,
      afterCommit: async () => {
        await embeddedOf(deps).testDirectory.talk(environment.id, about, patienceMs);
        const tenant = { environmentId: environment.id };
        return ok(await withTenant(deps.db, tenant, (later) => stateOf(later, deps, caller)));
      },
    };
  });
}

const patienceMs = 10_000;
