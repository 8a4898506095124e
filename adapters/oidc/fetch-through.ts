import type { CustomFetch } from 'openid-client';
import type { Egress } from '../egress.ts';
import type { KeySets } from './key-sets.ts';
import { quoted, type KeySet, type OidcTrust, type TrailCard } from './verdict.ts';

/** What the token endpoint said, kept because its code cannot be exchanged again [OIDC-06]. In memory only. */
export interface TokenAnswer {
  idToken: string | undefined;
  accessToken: string | undefined;
  /** The library asks for keys last: by then it has found nothing else to hold against the answer. */
  wantsKeys: boolean;
  /** Those it was given. */
  keys: KeySet | undefined;
}

interface FetchDeps {
  readonly egress: Egress;
  readonly keySets: KeySets;
  readonly now: () => Date;
}

/**
 * The library's requests through `egress`; the token answer is kept beside them, with cards for the trail. Keys come
 * from our own store, which caps, sorts and remembers them.
 */
export function fetchThrough(
  { egress, keySets, now }: FetchDeps,
  trust: OidcTrust,
  trail: TrailCard[],
  seen: TokenAnswer,
): CustomFetch {
  const { server, organizationId, sandboxLoopback } = trust;
  // The library normalizes what providers write: `https://ADFS.acme.com:443/…` is asked for in small letters.
  const isAt = (address: string, url: string) => new URL(address).href === url;
  return async (url, { method, headers, body }) => {
    if (isAt(server.jwksUri, url)) {
      seen.wantsKeys = true;
      seen.keys = await keySets.get({ ...trust, jwksUri: server.jwksUri });
      return Response.json({ keys: seen.keys.keys });
    }
    const isToken = isAt(server.tokenEndpoint, url);
    if (isToken) trail.push(tokenRequestCard(url, trust, now()));
    const answer = await egress.fetch(url, {
      feature: 'token',
      organizationId,
      sandboxLoopback,
      method: method === 'POST' ? 'POST' : 'GET',
      headers: plainHeaders(headers),
      // The library's one body is a form.
      ...(body instanceof URLSearchParams ? { body: body.toString() } : {}),
    });
    if (isToken) noteTokenAnswer(answer.status, answer.body, seen, trail, now());
    return new Response(bodilessStatuses.includes(answer.status) ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: answer.headers,
    });
  };
}

const bodilessStatuses = [204, 205, 304];

function plainHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'user-agent'));
}

function tokenRequestCard(
  url: string,
  { clientAuth, clientId, redirectUri }: OidcTrust,
  at: Date,
): TrailCard {
  return {
    kind: 'token_request',
    at: at.toISOString(),
    url,
    parameters: {
      grant_type: 'authorization_code',
      client_id: clientId,
      redirect_uri: redirectUri,
      client_authentication: clientAuth.method,
      code: '(kept back)',
      code_verifier: '(kept back)',
    },
  };
}

function noteTokenAnswer(
  status: number,
  body: Buffer,
  seen: TokenAnswer,
  trail: TrailCard[],
  at: Date,
): void {
  const fields = fieldsOf(body);
  const { id_token: idToken, access_token: accessToken } = fields;
  if (status === 200) {
    seen.idToken = typeof idToken === 'string' ? idToken : undefined;
    seen.accessToken = typeof accessToken === 'string' ? accessToken : undefined;
  }
  trail.push({
    kind: 'token_response',
    at: at.toISOString(),
    status,
    fields: Object.keys(fields).slice(0, 20).map(quoted),
    ...(fields['error'] === undefined
      ? {}
      : { error: quoted(fields['error']), error_description: quoted(fields['error_description']) }),
  });
}

function fieldsOf(body: Buffer): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(body.toString('utf8'));
    return typeof read === 'object' ? { ...read } : {};
  } catch {
    return {};
  }
}
