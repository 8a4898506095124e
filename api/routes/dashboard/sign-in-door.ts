import { digestToken, looksLikeOurToken } from '../../../adapters/tokens.ts';
import {
  findMember,
  lookUpStaffSignInLink,
  takeStaffSignInLink,
  withTenant,
  type StaffSignInRow,
} from '../../../db/index.ts';
import { redirect, type Answer } from '../../answers.ts';
import type { ApiDeps } from '../../deps.ts';
import { html } from '../../pages/html.ts';
import { doorPage } from '../../doors/layout.ts';
import { sourceKey } from '../../middleware/limit-rates.ts';
import { route, type RequestFacts } from '../../route.ts';
import { isFirstRunLeft } from './first-run.ts';
import { refuseForeignForm } from './own-pages.ts';
import { beginSession } from './staff-codes.ts';

/** The sign-in link that is printed at start: a page with one button, good once, for 15 minutes. Works without script. */

const look = route({
  method: 'GET',
  path: '/dashboard/sign-in/:token',
  who: 'public',
  summary: 'The button of a sign-in link; looking changes nothing',
  answers: { 200: 'the page', 404: 'the link opens nothing' },
  handler: async ({ deps, params, request }) => {
    await deps.limits.spend('link_pages', sourceKey(request.address));
    const link = await findUsableLink(deps, params.token, request.now);
    return link === undefined ? deadPage(deps) : buttonPage(params.token);
  },
});

const open = route({
  method: 'POST',
  path: '/dashboard/sign-in/:token',
  who: 'public',
  summary: 'Signs in with the link, once',
  answers: { 303: 'to the dashboard', 404: 'the link opens nothing' },
  handler: async ({ deps, params, request }) => {
    refuseForeignForm(deps, request);
    await deps.limits.spend('link_pages', sourceKey(request.address));
    const link = await findUsableLink(deps, params.token, request.now);
    const entered = link && (await takeLink(deps, link, request));
    if (entered === undefined) return deadPage(deps);
    return redirect(`${deps.urls.dashboard}/dashboard/${entered.page}`, { cookies: [entered.cookie] });
  },
});

export const signInDoorRoutes = [look, open];

async function findUsableLink(deps: ApiDeps, token: string, now: Date): Promise<StaffSignInRow | undefined> {
  if (!looksLikeOurToken(token, 'vb_signin_')) return undefined;
  const link = await lookUpStaffSignInLink(deps.db, digestToken(token).toString('hex'));
  return link?.usedAt === null && link.expiresAt > now ? link : undefined;
}

/** Of any number of simultaneous tries one gets in. */
async function takeLink(
  deps: ApiDeps,
  link: StaffSignInRow,
  request: RequestFacts,
): Promise<{ cookie: string; page: 'first-run' | 'onboardings' } | undefined> {
  const tenant = { environmentId: link.environmentId };
  const environment = await deps.environments.find(link.environmentId);
  const isSandbox = deps.embedded !== null && environment?.kind === 'sandbox';
  return withTenant(deps.db, tenant, async (tx) => {
    const taken = await takeStaffSignInLink(tx, tenant, link.id, request.now);
    const member = taken && (await findMember(tx, tenant, taken.memberId));
    if (member === undefined) return undefined;
    const { value } = await beginSession(tx, deps, member, 'link', request);
    const isFirst = isSandbox && (await isFirstRunLeft(tx, tenant));
    return { cookie: value, page: isFirst ? 'first-run' : 'onboardings' };
  });
}

function buttonPage(token: string): Answer {
  return doorPage({
    title: 'Sign in to the dashboard',
    brand: undefined,
    content: html`
      <p>This link signs you in once. It was made for whoever runs this installation.</p>
      <form method="post" action="/dashboard/sign-in/${encodeURIComponent(token)}">
        <button type="submit">Sign in</button>
      </form>
    `,
  });
}

function deadPage({ settings }: ApiDeps): Answer {
  // Where one program is everything it prints a link at each start; the commands of operators need settings of their own.
  const anew = settings.isEmbedded
    ? html`Stop the program and start it again for a new one`
    : html`Run <bdi>npm run admin -- sign-in-link</bdi> for a new one`;
  return doorPage(
    {
      title: 'This sign-in link no longer works',
      brand: undefined,
      content: html`
        <p>It was used, is older than 15 minutes, or was cut off when copied.</p>
        <p>
          ${anew}, or
          <a href="/dashboard/sign-in">sign in with a code</a>.
        </p>
      `,
    },
    { status: 404 },
  );
}
