import { OnboardingError } from '../../../onboarding/errors.ts';
import type { ApiDeps } from '../../deps.ts';
import { redirect, type Answer } from '../../answers.ts';
import { findStaff } from '../../middleware/authenticate.ts';
import { bootEnvironment } from '../../portal-pages.ts';
import { route, type RequestFacts } from '../../route.ts';

/** The staff app's page under every address of it. Without a session it is drawn all the same, and asks to sign in. */

/** With and without the slash at its end: people type both. */
const homes = (['/dashboard', '/dashboard/'] as const).map((path) =>
  route({
    method: 'GET',
    path,
    who: 'public',
    summary: 'Leads to the list of onboardings',
    answers: { 303: 'to the list' },
    handler: () => redirect('/dashboard/onboardings'),
  }),
);

const app = route({
  method: 'GET',
  path: '/dashboard/*page',
  who: 'public',
  summary: 'The staff app',
  answers: { 200: 'the page' },
  handler: ({ deps, params, request }) => {
    // Addresses of the JSON that nobody has declared are errors, not pages.
    if (/^(api|codec)(\/|$)/.test(params.page)) throw new OnboardingError('not_found');
    return staffPage(deps, request);
  },
});

export const appPageRoutes = [...homes, app];

/** Before anybody has signed in it is not known whose brand to show. */
const nobodysBrand = {
  handle: '',
  kind: 'production' as const,
  productName: 'Vestibule',
  vendorName: 'Vestibule',
  supportEmail: null,
  supportHours: null,
};

async function staffPage(deps: ApiDeps, request: RequestFacts): Promise<Answer> {
  const caller = await findStaff(deps, request);
  const boot = { app: 'staff' as const, basePath: '/dashboard', apiPath: '/dashboard/api', locale: 'en' };
  if (caller === undefined) {
    return deps.pages.render('staff', {
      nonce: request.nonce,
      title: nobodysBrand.productName,
      boot: { ...boot, environment: nobodysBrand },
    });
  }
  const { session, member, environment } = caller;
  return deps.pages.render('staff', {
    nonce: request.nonce,
    title: environment.productName,
    boot: {
      ...boot,
      environment: bootEnvironment(environment),
      sessionHandle: session.id,
      member: { email: member.email, role: member.role },
    },
  });
}
