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

/** Whom the app expects, in the words that it sends to the provider: chooses nothing by itself. */
interface Expected {
  readonly loginHint?: string | undefined;
}

export type Selected =
  { readonly connection: ConnectionRow } | { readonly error: AppError; readonly description: string };

const refuse = (error: AppError, description: string): Selected => ({ error, description });

/** The connection that the selector means, whatever its state. */
export async function selectConnection(
  tx: Tx,
  environmentId: string,
  { connection, organization, provider, domain, loginHint }: Selectors & Expected,
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
      ofExpected(await listConnectionsOf(tx, tenant, [organization]), loginHint),
      refuse('organization_invalid', 'The organization is unknown or has no connection.'),
      'The organization has several connections: name the connection, or the domain, or send login_hint.',
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
  return chosen.some(isLive) ? chosen : connections.filter(({ allowedDomains }) => allowedDomains === null);
}

/** Of several live ones those that take the expected person's domain; all of them where it tells nothing. */
function ofExpected(connections: readonly ConnectionRow[], loginHint = ''): readonly ConnectionRow[] {
  const at = loginHint.lastIndexOf('@');
  if (at === -1 || connections.filter(isLive).length < 2) return connections;
  const takers = takersOf(connections, comparableDomain(loginHint.slice(at + 1)));
  return takers.some(isLive) ? takers : connections;
}

const isLive = ({ state }: ConnectionRow) => state === 'active';

/** The live one of several. When none is live, the newest stands for all: it is the one being set up. */
function oneOf(connections: readonly ConnectionRow[], none: Selected, several: string): Selected {
  const live = connections.filter(isLive);
  const [only = connections.at(-1)] = live;
  if (live.length > 1) {
    return refuse('ambiguous_connection_selector', several);
  }
  return only ? { connection: only } : none;
}
