import { setTimeout as after } from 'node:timers/promises';
import { z } from 'zod';
import { looksLikeOurToken } from '../../adapters/tokens.ts';
import { insertAudit, recordLinkFetched, withTenant } from '../../db/index.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { audited, type Acting } from '../acting.ts';
import { keptForEver, redirect, text, type Answer } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { findCustomer, findSessionsLink } from '../middleware/authenticate.ts';
import { cookie } from '../middleware/cookies.ts';
import { sourceKey } from '../middleware/limit-rates.ts';
import { problems } from '../middleware/problems.ts';
import { route, type RequestFacts } from '../route.ts';
import { customerPage } from './customer-page.ts';
import { codePage } from './code-page.ts';
import { confirmOpening } from './confirm-opening.ts';
import { deadLinkPage, freshLinkPage } from './dead-link.ts';
import { findDoor, lookUpDoor, type Address, type Door } from './door.ts';
import { requestFreshLink } from './fresh-link.ts';
import { landingPage } from './landing.ts';
import { destinationOf, openDoor, readTimeZone } from './open-door.ts';
import { doorStyle, doorStyleFile } from './style.ts';

/** The doors of the portal: pages drawn by the server, which work without script. */

/** Pages of the customer's app; every other single name below a handle was meant to be a link. */
const appPages = new Set(['home', 'sso', 'directory', 'domains', 'log-streams', 'audit-log', 'finished']);

const look = route({
  method: 'GET',
  path: '/setup/:handle/:token',
  who: 'public',
  summary: 'What a link is for, and the button that opens it; a page of the portal where it is no link',
  answers: { 200: 'the page', 404: 'the link opens nothing' },
  handler: async ({ deps, params, request }) => {
    if (appPages.has(params.token)) return customerPage(deps, params.handle, request);
    await deps.limits.spend('link_pages', sourceKey(request.address));
    const door = await findDoor(deps, params, request.now);
    if (!door.isOpen)
      return (await backToOwnSession(deps, params, request)) ?? deadLinkPage(params, door.environment);
    await recordFetch(deps, door, request);
    return landingPage(door, actionOf(params), request.nonce);
  },
});

const open = route({
  method: 'POST',
  path: '/setup/:handle/:token',
  who: 'public',
  summary: 'Opens a link: begins a session, after a code by e-mail where the environment asks for one',
  body: z.object({
    time_zone: z.string().max(100).optional(),
    code: z.string().max(100).optional(),
    again: z.string().max(1).optional(),
  }),
  answers: {
    200: 'the page of the code',
    303: 'to the set-up',
    404: 'the link opens nothing',
    409: 'a code is needed and nobody can be mailed',
    422: 'the code does not count',
    429: 'too many wrong codes',
  },
  handler: async ({ deps, params, body, request }) => {
    refuseForeignForm(deps, request);
    const source = sourceKey(request.address);
    await deps.limits.spend('link_pages', source);
    const door = await findDoor(deps, params, request.now);
    const timeZone = readTimeZone(body.time_zone);
    if (door.isOpen) {
      // Tries at a code have a limit of their own.
      if (body.code === undefined) await deps.limits.spend('link_openings', `${source} ${door.link.id}`);
      const typed = { code: body.code, again: body.again !== undefined };
      const asked = await confirmOpening(deps, door, typed, request);
      if (asked !== undefined) return codePage(asked, door.environment, actionOf(params), timeZone);
    }
    const opened = door.isOpen && (await openDoor(deps, door.link, request, timeZone));
    if (!door.isOpen || !opened) {
      return (await backToOwnSession(deps, params, request)) ?? deadLinkPage(params, door.environment);
    }
    return redirect(`${deps.urls.portal}/setup/${door.environment.handle}${destinationOf(door.link)}`, {
      cookies: [cookie('setup', opened.token, deps.urls, { expires: opened.expiresAt })],
      headers: { 'Referrer-Policy': 'no-referrer' },
    });
  },
});

const sendFresh = route({
  method: 'POST',
  path: '/setup/:handle/fresh-link',
  who: 'public',
  summary:
    'Sends the recorded contact a link that works, where there is one to be had; without a token, in place of the link that this browser’s session came through',
  body: z.object({ token: z.string().max(300).default('') }),
  answers: { 200: 'the same page in all cases' },
  handler: async ({ deps, params, body, request }) => {
    refuseForeignForm(deps, request);
    await deps.limits.spend('fresh_link_requests', sourceKey(request.address));
    // The answer takes as long when there is nothing to do [LNK-06].
    const evenTime = after(sameTimeMs);
    const { environment, link } = await lookUpDoor(deps, { handle: params.handle, token: body.token });
    const pressed = link ?? (body.token === '' ? await findSessionsLink(deps, request) : undefined);
    if (environment !== undefined && pressed?.environmentId === environment.id) {
      await requestFreshLink(deps, environment, pressed, request);
    }
    await evenTime;
    return freshLinkPage(environment);
  },
});

/** A link cut off right behind the handle, and the way to the app's first page. */
const lookAtNothing = route({
  method: 'GET',
  path: '/setup/:handle',
  who: 'public',
  summary: 'Leads to the set-up that this browser has open',
  answers: { 303: 'to the set-up', 404: 'no set-up is open here' },
  handler: async ({ deps, params, request }) => {
    const { environment } = await lookUpDoor(deps, { handle: params.handle, token: '' });
    const caller = await findCustomer(deps, request);
    if (caller !== undefined && caller.environment.id === environment?.id) {
      return redirect(`${deps.urls.portal}/setup/${environment.handle}/home`);
    }
    return deadLinkPage({ handle: params.handle, token: '' }, environment);
  },
});

const dropSlash = route({
  method: 'GET',
  path: '/setup/:handle/',
  who: 'public',
  summary: 'The same with a slash behind it, as some mail programs and people write it',
  answers: { 303: 'to the address without it' },
  handler: ({ deps, params }) =>
    Promise.resolve(redirect(`${deps.urls.portal}/setup/${encodeURIComponent(params.handle)}`)),
});

const showPage = route({
  method: 'GET',
  path: '/setup/:handle/*page',
  who: 'public',
  summary: 'The pages of the portal',
  answers: { 200: 'the page' },
  handler: ({ deps, params, request }) =>
    params.page.startsWith('api/')
      ? problems({ status: 404, code: 'not_found', facts: {}, fields: [] }, request.id)
      : customerPage(deps, params.handle, request),
});

const showStyle = route({
  method: 'GET',
  path: '/doors/:file',
  who: 'public',
  summary: 'The stylesheet of the doors',
  answers: { 200: 'CSS' },
  handler: ({ params }) => {
    if (params.file !== doorStyleFile) throw new OnboardingError('not_found');
    const answer = text(200, doorStyle, 'text/css; charset=utf-8');
    return {
      ...answer,
      headers: { ...answer.headers, 'Cache-Control': keptForEver },
    };
  },
});

export const doorRoutes = [sendFresh, look, open, lookAtNothing, dropSlash, showPage];
/** The dashboard has doors, too, on a host of its own perhaps. */
export const doorStyleRoutes = [showStyle];

const sameTimeMs = 250;
const actionOf = ({ handle, token }: Address) =>
  `/setup/${encodeURIComponent(handle)}/${encodeURIComponent(token)}`;

/**
 * The door's forms are proved by their token and work without script; `no-referrer` makes browsers send `Origin: null`
 * [LNK-09]. A form of another site is refused, so that nobody is led into a set-up that is not theirs.
 */
function refuseForeignForm({ urls }: ApiDeps, { headers }: RequestFacts): void {
  const { origin, 'sec-fetch-site': site } = headers;
  const isOurs = origin === undefined || origin === 'null' || origin === urls.portal;
  if (!isOurs || site === 'cross-site') throw new OnboardingError('request_refused');
}

/** Somebody, perhaps a mail scanner, has looked: kept apart from openings, with what it called itself [LNK-04]. */
async function recordFetch(
  { db }: ApiDeps,
  { link }: Extract<Door, { isOpen: true }>,
  request: RequestFacts,
): Promise<void> {
  const tenant = { environmentId: link.environmentId, organizationId: link.organizationId };
  const by: Acting = { actor: { type: 'system', id: 'door' }, sessionId: null, request };
  await withTenant(db, tenant, async (tx) => {
    await recordLinkFetched(tx, tenant, link.id);
    await insertAudit(
      tx,
      audited(by, tenant, { action: 'link.fetched', target: { type: 'link', id: link.id } }),
    );
  });
}

/** Going back to a portal link that this very browser has spent leads on into the session it opened. */
async function backToOwnSession(
  deps: ApiDeps,
  address: Address,
  request: RequestFacts,
): Promise<Answer | undefined> {
  if (!looksLikeOurToken(address.token, 'vb_portal_')) return undefined;
  const caller = await findCustomer(deps, request);
  if (caller === undefined) return undefined;
  const { environment, link } = await lookUpDoor(deps, address);
  if (link?.id !== caller.session.linkId || environment === undefined) return undefined;
  return redirect(`${deps.urls.portal}/setup/${environment.handle}${destinationOf(link)}`);
}
