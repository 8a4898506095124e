import {
  getConnection,
  listOpenTroubles,
  lockConnection,
  summarizeFailures,
  type ConnectionRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { connectionChip, failuresShownMs } from '../../connection-views.ts';
import { findJourneysConnection } from '../../connections.ts';
import type { TroubleView } from '../../contract/shared.ts';
import { troubleViewsOf } from '../../trouble-views.ts';
import { tenantOf, type SetupContext, type Tenant } from './scope.ts';

/** The one connection that the pages are about. */

/** Sent by a page that is about one connection of several; nothing is shared between the tabs of a browser. */
const connectionHeader = 'x-vestibule-connection';

/** The id that the page names, if it names one. */
export function namedConnection({ request }: Pick<SetupContext, 'request'>): string | undefined {
  const named = request.headers[connectionHeader];
  return typeof named === 'string' ? named : undefined;
}

/** The one that the page names, else the journey's. Throws `not_found` where the one named is not there any more. */
export async function findCurrentConnection(
  tx: Tx,
  context: Pick<SetupContext, 'caller' | 'request'>,
): Promise<ConnectionRow | undefined> {
  const tenant = tenantOf(context);
  const named = namedConnection(context);
  return named === undefined ? findJourneysConnection(tx, tenant) : getConnection(tx, tenant, named);
}

/** Locked, for a change. Throws `step_blocked` while no provider was chosen. */
export async function lockCurrentConnection(
  tx: Tx,
  context: Pick<SetupContext, 'caller' | 'request'>,
): Promise<ConnectionRow> {
  const current = await findCurrentConnection(tx, context);
  if (current === undefined) throw new OnboardingError('step_blocked', { step: 'choose_provider' });
  return lockConnection(tx, tenantOf(context), current.id);
}

/** The same, when its settings serve nobody yet; those that do are not changed under people's feet. Throws `step_done`. */
export async function lockUnfinishedConnection(
  tx: Tx,
  context: Pick<SetupContext, 'caller' | 'request'>,
): Promise<ConnectionRow> {
  const connection = await lockCurrentConnection(tx, context);
  if (connection.state === 'active') throw new OnboardingError('step_done', { step: 'go_live' });
  return connection;
}

export interface Health {
  chip: ReturnType<typeof connectionChip>;
  recentFailures: number;
  topCause: string | null;
  troubles: TroubleView[];
}

export async function healthOf(
  tx: Tx,
  tenant: Tenant,
  connection: ConnectionRow,
  now: Date,
): Promise<Health> {
  const since = new Date(now.getTime() - failuresShownMs);
  const { failures, topCause } = await summarizeFailures(tx, tenant, connection.id, since);
  const open = await listOpenTroubles(tx, tenant, [tenant.organizationId]);
  const troubles = open.filter(({ subjectId }) => subjectId === connection.id);
  const failing = troubles.find(({ kind }) => kind === 'sign_ins_failing');
  return {
    chip: connectionChip(connection, troubles),
    recentFailures: Number(failures),
    topCause: failing?.cause ?? topCause,
    troubles: await troubleViewsOf(tx, tenant, troubles),
  };
}
