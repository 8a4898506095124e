/**
 * Bearer secrets and one-time codes: how they are made, stored and recognised.
 *
 * A token is `<prefix><43 characters><6 characters>`: 32 random bytes as base64url [LNK-01], then a checksum, so that
 * a secret scanner, our own log redactor and a careful reader of a log can tell it from anything else, and a link cut
 * off in a mail is known to be cut off without asking the database. Only digests of tokens are looked up [LNK-02].
 */
import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** What a token opens; the prefix names it wherever the token turns up. */
export const tokenPrefixes = [
  /** setup links and colleague links */
  'vb_setup_',
  /** portal links: five minutes, once */
  'vb_portal_',
  /** the cookie of a portal session */
  'vb_session_',
  /** the cookie of a staff session */
  'vb_staff_',
  /** the staff sign-in link printed at start or by `npm run admin` */
  'vb_signin_',
  /** the address of a test sign-in */
  'vb_test_',
  /** `state` and `RelayState` of a sign-in on its way; at most 80 bytes by SAML 2.0 Bindings §3.4.3 */
  'vb_state_',
  /** the address that signs a person out */
  'vb_logout_',
  /** authorization codes of the sign-in API */
  'vb_code_',
  /** access tokens of the sign-in API */
  'vb_access_',
  /** secrets of mail providers for `POST /mail_notices` */
  'vb_mail_',
  /** SCIM bearer tokens of directories */
  'vb_scim_',
  /** API keys of sandbox and production environments */
  'sk_test_',
  'sk_live_',
] as const;

export type TokenPrefix = (typeof tokenPrefixes)[number];

const bodyLength = 43;
const checksumLength = 6;

/**
 * Finds our tokens inside any text, whole or cut off (16 characters are enough), for the log redactor.
 * Global: use it with `replace` and `matchAll`, not with `test`.
 */
export const ourTokenPattern = new RegExp(`(?:${tokenPrefixes.join('|')})[A-Za-z0-9_-]{16,}`, 'g');

/** A new secret of 256 bits. Shown once; store `digestToken` of it, or seal it where retries must repeat it. */
export function mintToken(prefix: TokenPrefix): string {
  const body = randomBytes(32).toString('base64url');
  return prefix + body + checksumOf(prefix + body);
}

/**
 * True when `token` is whole and of this kind: prefix, length and checksum fit. It says nothing about whether the token
 * was ever given out; it only spares the database a look-up that cannot succeed.
 */
export function looksLikeOurToken(token: string, prefix: TokenPrefix): boolean {
  const split = prefix.length + bodyLength;
  return (
    token.length === split + checksumLength &&
    token.startsWith(prefix) &&
    checksumOf(token.slice(0, split)) === token.slice(split)
  );
}

/** SHA-256 of a token, 32 bytes: what is stored and looked up. A plain hash is enough for 256 random bits. */
export function digestToken(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

/** Compares two digests or texts without telling by its duration where they differ. */
export function tokensMatch(left: string | Uint8Array, right: string | Uint8Array): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A six-digit one-time code, uniform over 000000–999999. Its weakness is made up by few tries and a short life. */
export function mintCode(): string {
  return randomInt(1_000_000).toString().padStart(6, '0');
}

/** The operator's keys, as `secrets.ts` has them: the first writes, all read. */
type Peppers = {
  readonly keyIds: readonly string[];
  derive(purpose: 'code-pepper', keyId?: string): Uint8Array;
};

/**
 * What is stored of a six-digit code: HMAC-SHA-256 under the pepper of the key that writes, in hex, because a plain hash of
 * a million codes is a table [SEC-03]. `bindings` are what the code is good for (session, action, address, …): the same
 * digits under other bindings are another digest [LNK-10].
 */
export function codeDigest(peppers: Peppers, code: string, ...bindings: string[]): string {
  return digestUnder(peppers.derive('code-pepper'), code, bindings);
}

/** Whether a code is the one that was stored, under whichever key that was: a change of keys wears out no code. */
export function isCodeOf(stored: string, peppers: Peppers, code: string, ...bindings: string[]): boolean {
  return peppers.keyIds.some((keyId) =>
    tokensMatch(stored, digestUnder(peppers.derive('code-pepper', keyId), code, bindings)),
  );
}

function digestUnder(pepper: Uint8Array, code: string, bindings: readonly string[]): string {
  return createHmac('sha256', pepper)
    .update(JSON.stringify([code, ...bindings]), 'utf8')
    .digest('hex');
}

// Hex, so that no token ends in `-` or `_`, which mail programs leave out of a link.
function checksumOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, checksumLength);
}
