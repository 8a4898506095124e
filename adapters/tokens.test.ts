import { describe, expect, it } from 'vitest';
import {
  codeDigest,
  digestToken,
  isCodeOf,
  looksLikeOurToken,
  mintCode,
  mintToken,
  ourTokenPattern,
  tokenPrefixes,
  tokensMatch,
} from './tokens.ts';

describe('tokens', () => {
  it('[LNK-01] a token carries 32 random bytes behind a prefix that names it', () => {
    const token = mintToken('vb_setup_');

    expect(token).toMatch(/^vb_setup_[A-Za-z0-9_-]{43}[0-9a-f]{6}$/);
    expect(Buffer.from(token.slice(9, 52), 'base64url')).toHaveLength(32);
    expect(mintToken('vb_setup_')).not.toBe(token);
  });

  it('[LNK-01] the checksum tells a cut-off, mistyped or foreign token from a whole one', () => {
    const token = mintToken('vb_setup_');
    const typo = token.slice(0, 20) + (token[20] === 'A' ? 'B' : 'A') + token.slice(21);

    expect(looksLikeOurToken(token, 'vb_setup_')).toBe(true);
    expect(looksLikeOurToken(token.slice(0, -1), 'vb_setup_')).toBe(false);
    expect(looksLikeOurToken(typo, 'vb_setup_')).toBe(false);
    expect(looksLikeOurToken(token, 'vb_portal_')).toBe(false);
    expect(looksLikeOurToken('', 'vb_setup_')).toBe(false);
  });

  it('[LNK-01] a token used as RelayState stays within the 80 bytes that SAML allows', () => {
    expect(mintToken('vb_state_').length).toBeLessThanOrEqual(80);
  });

  it.each(tokenPrefixes)('[LNK-07] the redactor finds %s inside a sentence, whole or cut off', (prefix) => {
    const token = mintToken(prefix);

    expect(`GET /setup/acme/${token}?x=1`.replace(ourTokenPattern, '·')).toBe('GET /setup/acme/·?x=1');
    expect(`"${token.slice(0, -30)}"`.replace(ourTokenPattern, '·')).toBe('"·"');
  });

  it('[LNK-02] what is stored is a digest, equal only for equal tokens', () => {
    const token = mintToken('sk_test_');

    expect(digestToken(token)).toHaveLength(32);
    expect(tokensMatch(digestToken(token), digestToken(token))).toBe(true);
    expect(tokensMatch(digestToken(token), digestToken(mintToken('sk_test_')))).toBe(false);
    expect(tokensMatch('ab', 'abc')).toBe(false);
  });
});

describe('six-digit codes', () => {
  const peppers: Record<string, Uint8Array> = { k1: Buffer.alloc(32, 7), k2: Buffer.alloc(32, 8) };
  const under = (...keyIds: [string, ...string[]]) => ({
    keyIds,
    derive: (_purpose: 'code-pepper', keyId: string = keyIds[0]) => peppers[keyId] ?? Buffer.alloc(0),
  });

  it('a code has six digits, leading zeros included', () => {
    const codes = Array.from({ length: 300 }, () => mintCode());

    expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true);
    expect(new Set(codes).size).toBeGreaterThan(290);
  });

  it('[SEC-03] the digest of a code depends on the pepper', () => {
    expect(codeDigest(under('k1'), '123456', 'a')).not.toEqual(codeDigest(under('k2'), '123456', 'a'));
  });

  it('[LNK-10] a code for one session and action is no code for another', () => {
    const stored = codeDigest(under('k1'), '123456', 'session 1', 'rotate');

    expect(isCodeOf(stored, under('k1'), '123456', 'session 1', 'rotate')).toBe(true);
    expect(isCodeOf(stored, under('k1'), '123456', 'session 2', 'rotate')).toBe(false);
    expect(isCodeOf(stored, under('k1'), '123457', 'session 1', 'rotate')).toBe(false);
    expect(codeDigest(under('k1'), '123456', 'ab', 'c')).not.toEqual(
      codeDigest(under('k1'), '123456', 'a', 'bc'),
    );
  });

  it('a code that was made under the key before is good under the next, for as long as both are there', () => {
    const stored = codeDigest(under('k1'), '123456', 'a');

    expect(isCodeOf(stored, under('k2', 'k1'), '123456', 'a')).toBe(true);
    expect(isCodeOf(stored, under('k2'), '123456', 'a')).toBe(false);
  });
});
