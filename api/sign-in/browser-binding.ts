import { digestToken, looksLikeOurToken } from '../../adapters/tokens.ts';
import type { ApiDeps } from '../deps.ts';
import { cookieName } from '../middleware/cookies.ts';
import type { RequestFacts } from '../route.ts';

/** Which browser this is, as attempts remember it; null for one without our cookie. */
export function digestOfCookie({ urls }: ApiDeps, { cookies }: RequestFacts): string | null {
  const browser = cookies[cookieName('signin', urls)];
  return browser !== undefined && looksLikeOurToken(browser, 'vb_state_')
    ? digestToken(browser).toString('hex')
    : null;
}
