import { digestToken, mintToken } from './tokens.ts';

/** A new API key; shown once. The prefix tells sandbox and production apart, as SDKs and people expect. */
export function mintApiKey(kind: 'sandbox' | 'production'): string {
  return mintToken(kind === 'sandbox' ? 'sk_test_' : 'sk_live_');
}

/** What is kept of a key: a digest to find it by, and its end for people to recognise it [API-01]. */
export function apiKeyParts(apiKey: string): { digest: string; suffix: string } {
  return { digest: digestToken(apiKey).toString('hex'), suffix: apiKey.slice(-4) };
}
