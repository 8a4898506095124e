import { parseCookie, stringifySetCookie } from 'cookie';
import type { ApiUrls } from '../deps.ts';

/**
 * Cookies of sessions [LNK-08]: `__Host-`, Secure, HttpOnly, Lax. On plain-http loopback, where browsers refuse the
 * prefix and share cookies between ports, the name carries the port instead.
 */
export type CookieName = 'setup' | 'dashboard' | 'members_sso' | 'signin';

export function cookieName(name: CookieName, urls: ApiUrls): string {
  const origin = new URL(originOf(name, urls));
  return origin.protocol === 'https:'
    ? `__Host-vestibule_${name}`
    : `vestibule_${name}_${origin.port || '80'}`;
}

/** A Set-Cookie value. Without `expires` the cookie ends with the browser; a date in the past removes it. */
export function cookie(
  name: CookieName,
  value: string,
  urls: ApiUrls,
  options: { expires?: Date; sameSite?: 'lax' | 'strict' } = {},
): string {
  return stringifySetCookie({
    name: cookieName(name, urls),
    value,
    path: '/',
    httpOnly: true,
    sameSite: options.sameSite ?? 'lax',
    secure: originOf(name, urls).startsWith('https:'),
    ...(options.expires === undefined ? {} : { expires: options.expires }),
  });
}

export const removedCookie = (name: CookieName, urls: ApiUrls): string =>
  cookie(name, '', urls, { expires: new Date(0) });

export function readCookies(header: string | undefined): Partial<Record<string, string>> {
  return header === undefined ? {} : parseCookie(header);
}

function originOf(name: CookieName, urls: ApiUrls): string {
  return {
    setup: urls.portal,
    dashboard: urls.dashboard,
    members_sso: urls.dashboard,
    signin: urls.api,
  }[name];
}
