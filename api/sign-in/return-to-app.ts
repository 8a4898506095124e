import type { AttemptRow, EnvironmentRow } from '../../db/index.ts';
import type { SignInCause } from '../../onboarding/sign-in-causes.ts';
import { page, redirect, type Answer } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { drawPage, html, type Markup } from '../pages/html.ts';

/** Values of `error` on the redirect, as WorkOS SDKs and their users know them. */
export type AppError =
  | 'access_denied'
  | 'ambiguous_connection_selector'
  | 'connection_domain_invalid'
  | 'connection_invalid'
  | 'connection_unlinked'
  | 'domain_connection_selector_not_allowed'
  | 'idp_initiated_sso_disabled'
  | 'invalid_connection_selector'
  | 'invalid_request'
  | 'organization_invalid'
  | 'profile_not_allowed_outside_organization'
  | 'server_error'
  | 'unsupported_response_type';

/** Where a sign-in leads back to: a registered address, and the app's own value, unchanged. */
export interface WayBack {
  readonly redirectUri: string;
  readonly state: string | null;
}

const errors: Partial<Record<SignInCause, AppError>> = {
  connection_not_usable: 'connection_unlinked',
  email_outside_domains: 'profile_not_allowed_outside_organization',
  email_domain_held_elsewhere: 'profile_not_allowed_outside_organization',
  email_domain_not_chosen: 'profile_not_allowed_outside_organization',
  email_unverified: 'profile_not_allowed_outside_organization',
  unsolicited: 'idp_initiated_sso_disabled',
  internal: 'server_error',
};

/** What the app is told of a cause. The cause itself is for the people of the connection. */
export function appErrorOf(cause: SignInCause): AppError {
  return errors[cause] ?? 'access_denied';
}

export function returnWithError(
  way: WayBack,
  error: AppError,
  description: string,
  cookies: readonly string[] = [],
): Answer {
  return returnWith(way, { error, error_description: description }, cookies);
}

export function returnWithCode(way: WayBack, code: string): Answer {
  return returnWith(way, { code });
}

function returnWith(
  { redirectUri, state }: WayBack,
  fields: Readonly<Record<string, string>>,
  cookies: readonly string[] = [],
): Answer {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
  if (state !== null) url.searchParams.set('state', state);
  return redirect(url.href, { status: 302, cookies });
}

/** One sentence for every cause: what exactly failed is nothing to tell a stranger. */
export const refusedWords = (reference: string) => `The sign-in was refused. Reference ${reference}.`;

/** Where no address is safe to lead to, people get a page with the reference to read out. */
export function refusedPage(
  environment: EnvironmentRow | undefined,
  { reference }: Pick<AttemptRow, 'reference'>,
): Answer {
  const help = environment?.supportEmail;
  const whom = help ? html`<a href="mailto:${help}">${help}</a>` : html`your administrator`;
  const body = html`<h1>You could not be signed in</h1>
    <p>Go back to the app and try again. If it happens again, give ${whom} this reference.</p>
    <p>Reference <code>${reference}</code></p>`;
  return drawn(environment, 'You could not be signed in', body, 403);
}

/** The end of every test, passed or not: its result is shown where it was started (M47). */
export function testReceivedPage(environment: EnvironmentRow | undefined, reference: string): Answer {
  const body = html`<h1>Test received. Go back to the set-up tab.</h1>
    <p>The result is there. You can close this tab.</p>
    <p class="quiet">Reference <code>${reference}</code></p>`;
  return drawn(environment, 'Test received', body, 200);
}

/** The end of signing out. `isEverywhere`: the provider has no session left either, as far as it said. */
export function signedOutPage(environment: EnvironmentRow | undefined, isEverywhere: boolean): Answer {
  const body = isEverywhere
    ? html`<h1>You are signed out</h1>
        <p>You can close this page.</p>`
    : html`<h1>You are signed out of the app</h1>
        <p>
          Your identity provider may still know you. On a shared computer, sign out there too, and close the
          browser.
        </p>`;
  return drawn(environment, 'Signed out', body, 200);
}

/** For addresses that were used, or are too old. */
export function overPage(environment: EnvironmentRow | undefined, what: 'sign_in' | 'test'): Answer {
  const body =
    what === 'test'
      ? html`<h1>This test address has been used</h1>
          <p>It is good once, for 15 minutes. Go back to the set-up tab and start the test again.</p>`
      : html`<h1>This sign-in is over</h1>
          <p>Go back to the app. If you are not signed in there, start again from it.</p>`;
  return drawn(environment, what === 'test' ? 'Test address used' : 'Sign-in over', body, 410);
}

/** For the address of a test whose draft was switched to, discarded or left behind by a reset since. */
export function draftOverPage(
  { urls }: Pick<ApiDeps, 'urls'>,
  environment: EnvironmentRow | undefined,
): Answer {
  const back =
    environment === undefined
      ? html`the set-up tab`
      : html`<a href="${urls.portal}/setup/${environment.handle}/sso">the set-up</a>`;
  const body = html`<h1>The draft of this test is over</h1>
    <p>It was switched to, discarded or replaced after the test was made, so nothing was tested.</p>
    <p>Go back to ${back} and test what is there now.</p>`;
  return drawn(environment, 'Draft over', body, 410);
}

function drawn(environment: EnvironmentRow | undefined, title: string, body: Markup, status: number): Answer {
  return page(drawPage({ title, brand: environment ?? null, body }), { status });
}
