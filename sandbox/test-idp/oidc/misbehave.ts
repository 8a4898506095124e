import { createPrivateKey } from 'node:crypto';
import { decodeJwt, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { OidcFault, TokenSignature } from './faults.ts';
import { publicJwk, type OidcKeys } from './keys.ts';

/** What the provider's answers depend on besides the request. */
export interface Mood {
  readonly fault: OidcFault | undefined;
  readonly keys: OidcKeys;
  /** How far the signing key has been rolled over. */
  readonly signsWith: 'current' | 'next';
  readonly publishes: readonly ('current' | 'next')[];
  readonly now: Date;
}

/**
 * The library cannot answer wrongly, and its keys are fixed when it is made. So its good answers pass through here: key
 * set and ID token are always ours, the rest only where a fault says so [TIDP-05].
 */
export async function misbehave(ctx: KoaContextWithOIDC, mood: Mood): Promise<void> {
  switch (ctx.oidc.route) {
    case 'jwks':
      ctx.body = { keys: keySet(mood) };
      return;
    case 'token':
      await changeToken(ctx, mood);
      return;
    case 'userinfo':
      if (mood.fault?.userInfo && isDocument(ctx.body) && ctx.status === 200) {
        ctx.body = mood.fault.userInfo(ctx.body);
      }
      return;
    case 'authorization':
    case 'resume':
      changeRedirect(ctx, mood);
      return;
    case 'discovery':
      changeDiscovery(ctx, mood);
  }
}

function keySet({ fault, keys, publishes }: Mood) {
  return (fault?.publishes ?? publishes).map((name) =>
    name === 'unreadable' ? { kty: 'RSA', kid: 'unreadable', n: '%', e: '' } : publicJwk(keys[name]),
  );
}

async function changeToken(ctx: KoaContextWithOIDC, mood: Mood): Promise<void> {
  const wanted = mood.fault?.token;
  if (wanted === 'breaks_off') {
    ctx.req.socket.destroy();
    return;
  }
  if (typeof wanted === 'object') {
    ctx.status = wanted.status;
    ctx.body = wanted.body;
    return;
  }
  if (!isDocument(ctx.body) || typeof ctx.body['id_token'] !== 'string') return;
  const { id_token: good, ...rest } = ctx.body;
  const secret = ctx.oidc.client?.clientSecret ?? '';
  ctx.body =
    wanted === 'without_id_token' ? rest : { ...rest, id_token: await signAnew(String(good), mood, secret) };
}

const lifeS = 600;

async function signAnew(
  good: string,
  { fault, keys, signsWith, now }: Mood,
  secret: string,
): Promise<string> {
  const iat = Math.floor(now.getTime() / 1000);
  const claims = { ...decodeJwt(good), iat, exp: iat + lifeS };
  const said: JWTPayload = fault?.idToken ? fault.idToken(claims) : claims;
  const { by = signsWith, as, withoutKid = false }: TokenSignature = fault?.sign ?? {};
  if (as === 'none') return new UnsecuredJWT(said).encode();
  if (as === 'HS256') {
    return new SignJWT(said).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret));
  }
  const { kid, privateKeyPem } = keys[by];
  const header = { alg: 'RS256', ...(withoutKid ? {} : { kid }) };
  return new SignJWT(said).setProtectedHeader(header).sign(createPrivateKey(privateKeyPem));
}

function changeRedirect(ctx: KoaContextWithOIDC, { fault }: Mood): void {
  const location = ctx.response.get('location');
  if (!fault?.redirect || !URL.canParse(location)) return;
  const url = new URL(location);
  if (!url.searchParams.has('code')) return;
  fault.redirect(url.searchParams);
  ctx.set('location', url.href);
}

function changeDiscovery(ctx: KoaContextWithOIDC, { fault }: Mood): void {
  const wanted = fault?.discovery;
  if (wanted === 'redirects') {
    ctx.status = 302;
    // In a circle: where it leads to another host is for that host to answer.
    ctx.set('location', '?again');
    ctx.body = '';
  } else if (wanted === 'login_page') {
    ctx.type = 'html';
    ctx.body = '<!doctype html><title>Sign in</title><form><input name="user"></form>';
  } else if (wanted === 'never') {
    // The caller has to give up: the connection stays open, and nothing comes.
    ctx.respond = false;
  } else if (wanted && isDocument(ctx.body)) {
    ctx.body = wanted(ctx.body);
  }
}

function isDocument(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}
