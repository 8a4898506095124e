import { digestToken, looksLikeOurToken, mintToken } from './tokens.ts';

/** A new API key; shown once. The prefix tells sandbox and production apart, as SDKs and people expect. */
export function mintApiKey(kind: 'sandbox' | 'production'): string {
  return mintToken(kind === 'sandbox' ? 'sk_test_' : 'sk_live_');
}

/** What an operator may preset as the key of the embedded default's sandbox; it has no checksum. */
export const presetApiKey = /^sk_test_[A-Za-z0-9]{16,200}$/;

/** What a key is found by; undefined for a text that can be none, which spares the database the look-up. */
export function apiKeyDigest(text: string): string | undefined {
  const isShaped =
    looksLikeOurToken(text, 'sk_live_') || looksLikeOurToken(text, 'sk_test_') || presetApiKey.test(text);
  return isShaped ? digestToken(text).toString('hex') : undefined;
}

/** What is kept of a key: a digest to find it by, and its end for people to recognise it [API-01]. */
export function apiKeyParts(apiKey: string): { digest: string; suffix: string } {
  return { digest: digestToken(apiKey).toString('hex'), suffix: apiKey.slice(-4) };
}
