import { newId } from '../adapters/ids.ts';
import { makeKeyPair } from '../adapters/saml/sp-keys.ts';
import type { Secrets } from '../adapters/secrets.ts';
import {
  insertSpKey,
  listSpKeys,
  type ConnectionRow,
  type NewSpKey,
  type SpKeyRow,
  type Tx,
} from '../db/index.ts';

/** Our own keys of a connection: made, kept sealed, opened where they are used. */

type Owner = Pick<ConnectionRow, 'id' | 'environmentId' | 'organizationId'>;
export type SamlKeyUse = 'signing' | 'encryption';
type KeyUse = SpKeyRow['use'];

/** Partners pin the key, not its end; a change costs each of them a visit to their console. */
const keyLifeDays = 10 * 365;

const prefixes = {
  signing: 'saml_party_trust_',
  encryption: 'saml_enc_key_pair_',
  client_assertion: 'oidc_client_key_',
} as const;

/** A new key pair, ready to insert [KEYS-01]: RSA-3072, for one use only, the private part sealed. */
export async function makeSpKey(
  secrets: Secrets,
  connection: Owner,
  use: KeyUse,
  now: Date,
): Promise<NewSpKey> {
  const pair = await makeKeyPair({ commonName: connection.id, now, validDays: keyLifeDays });
  return sealSpKey(secrets, connection, use, { ...pair, notBefore: now }, now);
}

/** A key pair as a row: whoever reads the row alone reads no private key [SEC-01]. */
export function sealSpKey(
  secrets: Secrets,
  { id: connectionId, environmentId, organizationId }: Owner,
  use: KeyUse,
  pair: { privateKeyPem: string; certificatePem: string; notBefore: Date; notAfter: Date },
  now: Date,
): NewSpKey {
  const id = newId(prefixes[use]);
  return {
    id,
    environmentId,
    organizationId,
    connectionId,
    use,
    certificatePem: pair.certificatePem,
    privateKeySealed: secrets.seal(pair.privateKeyPem, placeOf({ id, organizationId })),
    notBefore: pair.notBefore,
    notAfter: pair.notAfter,
    createdAt: now,
  };
}

/** Our key for `private_key_jwt`, one that signs nothing else [OIDC-08]. */
export async function ensureClientKey(
  tx: Tx,
  secrets: Secrets,
  connection: ConnectionRow,
  now: Date,
): Promise<void> {
  const keys = await listSpKeys(tx, connection, connection.id);
  if (keys.some(({ use }) => use === 'client_assertion')) return;
  await insertSpKey(tx, await makeSpKey(secrets, connection, 'client_assertion', now));
}

export function openSpKey(secrets: Secrets, key: SpKeyRow): string {
  return secrets.open(key.privateKeySealed, placeOf(key));
}

function placeOf({ id, organizationId }: Pick<SpKeyRow, 'id' | 'organizationId'>) {
  return { table: 'sp_keys', column: 'private_key_sealed', organizationId, rowId: id };
}
