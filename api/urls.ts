import { parse } from 'tldts';
import type { EnvironmentRow } from '../db/index.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import type { ApiDeps } from './deps.ts';
import { isRegistered } from './sign-in/redirect-uris.ts';

/** Addresses that developers give us to send people to. */

type Rules = Pick<ApiDeps, 'settings'>;

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * A target of the portal's ways back: https without credentials; http to this machine in sandbox environments. Throws
 * `url_not_allowed` naming the field.
 */
export function parseReturnUrl(
  deps: Rules,
  environment: EnvironmentRow,
  field: string,
  typed: string,
): string {
  const url = URL.canParse(typed) ? new URL(typed) : undefined;
  const isFine =
    url !== undefined && url.username === '' && url.password === '' && isSecure(deps, environment, url);
  if (!isFine) throw new OnboardingError('url_not_allowed', { field });
  return url.href;
}

/**
 * Whether an address is on the scheme, host and port of one of these. Compared as parsed URLs; `*` may stand for a label,
 * as in redirect URIs.
 */
export function isOwnAddress(own: readonly string[], asked: string): boolean {
  const origins = own
    .filter((address) => URL.canParse(address))
    .map((address) => ({ uri: new URL(address).origin }));
  return isRegistered(origins, new URL(asked).origin);
}

/**
 * A redirect URI: like a way back and without a fragment (RFC 6749 §3.1.2). `http://127.0.0.1` is allowed in production
 * too, for native apps. `*` may stand for one label below a registrable name, and for the port of a loopback name.
 */
export function parseRedirectUri(deps: Rules, environment: EnvironmentRow, typed: string): string {
  const plain = typed
    .replace(/^(https?:\/\/)\*\.(?=[^/]+\.[^/]+)/, '$1wildcard.')
    .replace(/^(http:\/\/[^/]+):\*/, '$1');
  const url = URL.canParse(plain) ? new URL(plain) : undefined;
  const isNative = url?.protocol === 'http:' && url.hostname === '127.0.0.1';
  const isFine =
    url !== undefined &&
    url.username === '' &&
    url.password === '' &&
    url.hash === '' &&
    !plain.includes('*') &&
    (plain === typed || isPortWildcard(typed) || isOwnable(url.hostname)) &&
    (isNative || isSecure(deps, environment, url));
  if (!isFine) throw new OnboardingError('url_not_allowed', { field: 'uri' });
  return typed;
}

const isPortWildcard = (typed: string) => typed.endsWith(':*') || typed.includes(':*/');

/** Whether one organization can own the name below the wildcard: `*.co.uk` would let anybody's site in. */
function isOwnable(hostname: string): boolean {
  const below = hostname.replace(/^wildcard\./, '');
  return parse(below, { allowPrivateDomains: true }).domain !== null;
}

function isSecure({ settings }: Rules, environment: EnvironmentRow, url: URL): boolean {
  if (url.protocol === 'https:') return true;
  const mayBeLocal = settings.sandboxLoopback && environment.kind === 'sandbox';
  return url.protocol === 'http:' && mayBeLocal && loopback.test(url.hostname);
}
