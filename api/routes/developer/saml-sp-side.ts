import { InsteadAnswer } from '../../answers.ts';
import type { SamlOptions } from '../../contract/developer-connections.ts';
import type { ApiDeps } from '../../deps.ts';
import { areOfOneKey, readGivenKeyPair, type GivenKeyPair } from '../../../adapters/saml/given-key-pair.ts';
import type { EnvironmentRow } from '../../../db/index.ts';

/**
 * Our side of a connection as a vendor brings it along from elsewhere: answers are then verified against these values,
 * and requests are sent with them. What is left out is ours.
 */
export interface SpSide {
  acsUrl: string | undefined;
  spEntityId: string | undefined;
  signingPair: GivenKeyPair | undefined;
  encryptionPairs: readonly GivenKeyPair[];
}

/** Current and next: as many as a partner needs to change over. */
export const mostEncryptionKeys = 2;

/** Throws the contract's errors. */
export function readSpSide(
  deps: ApiDeps,
  { kind }: EnvironmentRow,
  options: Pick<SamlOptions, 'acs_url' | 'sp_entity_id' | 'sp_signing_key_pair' | 'sp_encryption_key_pairs'>,
): SpSide {
  const { acs_url: acsUrl, sp_entity_id: spEntityId } = options;
  const ownPrefix = `${deps.urls.api}/sso/saml/`;
  if (spEntityId?.startsWith(ownPrefix)) {
    throw refusal('ambiguous_saml_options', 'sp_entity_id is an entity id of this service.');
  }
  if (acsUrl !== undefined) {
    const mayBeLoopback = deps.settings.sandboxLoopback && kind === 'sandbox';
    if (!isBroughtUrl(acsUrl, mayBeLoopback)) {
      throw refusal(
        'ambiguous_saml_options',
        'acs_url must be an https URL without credentials or fragment.',
      );
    }
    if (acsUrl.startsWith(ownPrefix) && ownPaths.test(acsUrl.slice(ownPrefix.length))) {
      throw refusal(
        'ambiguous_saml_options',
        'acs_url is the address of another connection of this service.',
      );
    }
  }
  const signingPair = options.sp_signing_key_pair && readPair(options.sp_signing_key_pair);
  const encryptionPairs = (options.sp_encryption_key_pairs ?? []).map(readPair);
  // One key for both would let a signature be asked for by way of a decryption [KEYS-01] [MD-10].
  if (signingPair && encryptionPairs.some((pair) => areOfOneKey(pair, signingPair))) {
    throw refusal('key_pair_not_accepted', 'The keys to sign and to decrypt with must be different.');
  }
  return { acsUrl, spEntityId, signingPair, encryptionPairs };
}

/** What follows a connection's id in an address that is ours. */
const ownPaths = /^[^/?]+\/(acs|metadata|login|slo|finish)\b/;

function readPair(given: { key: string; cert: string }): GivenKeyPair {
  const pair = readGivenKeyPair(given);
  if (pair === undefined) {
    throw refusal(
      'key_pair_not_accepted',
      'A key pair is a private RSA key of 2048 bits or more (PEM, not encrypted) and its certificate (PEM).',
    );
  }
  return pair;
}

function isBroughtUrl(text: string, mayBeLoopback: boolean): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || /[\s\p{Cc}]/u.test(text)) return false;
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
  const isLoopback = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback && mayBeLoopback);
}

const refusal = (code: string, message: string) =>
  new InsteadAnswer({ status: 400, body: { code, message } });
