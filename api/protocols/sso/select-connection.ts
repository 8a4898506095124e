import { comparableDomain } from '../../../adapters/domain-names.ts';
import {
  findConnection,
  findVerifiedHolder,
  listConnectionsOf,
  type ConnectionRow,
  type Tx,
} from '../../../db/index.ts';
import type { AppError } from '../../sign-in/return-to-app.ts';

/** What a sign-in may be started by; with two, or none, nobody can say what was meant. */
export interface Selectors {
  readonly connection?: string | undefined;
  readonly organization?: string | undefined;
  readonly provider?: string | undefined;
  /** Deprecated by the contract, still sent by old SDKs. */
  readonly domain?: string | undefined;
}

export type Selected =
  { readonly connection: ConnectionRow } | { readonly error: AppError; readonly description: string };

const refuse = (error: AppError, description: string): Selected => ({ error, description });

/** The connection that the selector means, whatever its state. */
export async function selectConnection(
  tx: Tx,
  environmentId: string,
  { connection, organization, provider, domain }: Selectors,
): Promise<Selected> {
  const given = [connection, organization, provider, domain].filter((value) => value !== undefined);
  if (domain !== undefined && connection !== undefined) {
    return refuse('domain_connection_selector_not_allowed', 'Send either domain or connection, not both.');
  }
  if (given.length !== 1) {
    return refuse('invalid_connection_selector', 'Send exactly one of connection, organization and domain.');
  }
  const tenant = { environmentId };
  if (connection !== undefined) {
    const found = await findConnection(tx, tenant, connection);
    return found ? { connection: found } : refuse('connection_invalid', 'There is no such connection.');
  }
  if (organization !== undefined) {
    return oneOf(
      await listConnectionsOf(tx, tenant, [organization]),
      refuse('organization_invalid', 'The organization is unknown or has no connection.'),
      'The organization has several connections: name the connection, or the domain.',
    );
  }
  if (domain !== undefined) {
    if (domain.includes('@')) {
      return refuse('connection_domain_invalid', 'Send the domain alone: what stands behind the @.');
    }
    const unknown = refuse(
      'connection_domain_invalid',
      'No organization with a connection holds this domain as verified.',
    );
    const name = comparableDomain(domain);
    const holder = await findVerifiedHolder(tx, environmentId, name);
    if (!holder) return unknown;
    const all = await listConnectionsOf(tx, tenant, [holder.organizationId]);
    return oneOf(
      takersOf(all, name),
      unknown,
      'Several connections take this domain: name the connection, or have the domain chosen for one of them.',
    );
  }
  return refuse(
    'connection_invalid',
    'Social providers are not offered; use a connection or an organization.',
  );
}

/** Those that the domain was chosen for; where it was chosen for none, those that take every domain. */
function takersOf(connections: readonly ConnectionRow[], domain: string): readonly ConnectionRow[] {
  const chosen = connections.filter(({ allowedDomains }) => allowedDomains?.includes(domain));
  return chosen.some(({ state }) => state === 'active')
    ? chosen
    : connections.filter(({ allowedDomains }) => allowedDomains === null);
}

/** The live one of several. When none is live, the newest stands for all: it is the one being set up. */
function oneOf(connections: readonly ConnectionRow[], none: Selected, several: string): Selected {
  const live = connections.filter(({ state }) => state === 'active');
  const [only = connections.at(-1)] = live;
  if (live.length > 1) {
    return refuse('ambiguous_connection_selector', several);
  }
  return only ? { connection: only } : none;
}
