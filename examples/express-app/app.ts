import { randomBytes } from 'node:crypto';
import { WorkOS } from '@workos-inc/node';
import express, { type ErrorRequestHandler, type Express, type Response } from 'express';

/**
 * The smallest app that signs its users in through the customers' own identity providers, and lets a customer's
 * administrator set that up. Everything it needs of the product is four calls of the official WorkOS SDK.
 */
export interface ExampleSettings {
  /** Where the API answers, for example `http://127.0.0.1:8410`. */
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly clientId: string;
  /** Where this app answers; `<appUrl>/callback` must be a registered redirect URI. */
  readonly appUrl: string;
}

export function createExampleApp({ apiUrl, apiKey, clientId, appUrl }: ExampleSettings): Express {
  const api = new URL(apiUrl);
  const workos = new WorkOS(apiKey, {
    clientId,
    apiHostname: api.hostname,
    https: api.protocol === 'https:',
    ...(api.port === '' ? {} : { port: Number(api.port) }),
  });

  const app = express();
  app.disable('x-powered-by');
  /** Who is signed in, by the value of the cookie. A real app keeps its sessions in a store. */
  const sessions = new Map<string, string>();
  app.use(express.urlencoded({ extended: false }));

  app.get('/', (_request, response) => {
    response.send(
      page(
        'Example App',
        `<form action="/sign-in">
          <label>Organization or connection <input name="id" required placeholder="org_… or conn_…"></label>
          <button>Sign in</button>
        </form>
        <p><a href="/settings">Settings</a></p>`,
      ),
    );
  });

  // 1. Send the user to their identity provider. `state` comes back unchanged: it must be the one this browser got.
  app.get('/sign-in', (request, response) => {
    const id = textOf(request.query.id);
    const state = randomBytes(16).toString('base64url');
    response.cookie('state', state, { httpOnly: true, sameSite: 'lax', maxAge: 600_000 });
    response.redirect(
      workos.sso.getAuthorizationUrl({
        clientId,
        redirectUri: `${appUrl}/callback`,
        state,
        ...(id.startsWith('conn_') ? { connection: id } : { organization: id }),
      }),
    );
  });

  // 2. Exchange the code for the profile. Key your users on organization and profile id, never on e-mail alone.
  app.get('/callback', async (request, response) => {
    const sentState = cookieOf(request.headers.cookie, 'state');
    const { code, state, error, error_description: description } = request.query;
    // Started at the identity provider: nobody asked for this answer. It says where to ask for one that is ours.
    if (state === undefined && code !== undefined) {
      const { profile } = await workos.sso.getProfileAndToken({ code: textOf(code), clientId });
      response.redirect(`/sign-in?id=${profile.connectionId}`);
      return;
    }
    if (state === undefined && error !== undefined) {
      refuse(response, `${textOf(error)}: ${textOf(description)}`);
      return;
    }
    if (sentState === undefined || textOf(state) !== sentState) {
      response.status(400).send(page('Sign-in failed', '<p>This answer belongs to another browser.</p>'));
      return;
    }
    response.clearCookie('state');
    if (error !== undefined) {
      refuse(response, `${textOf(error)}: ${textOf(description)}`);
      return;
    }
    const { profile } = await workos.sso.getProfileAndToken({ code: textOf(code), clientId });
    // The cookie holds a random value, never the profile's id: with that anybody could be signed out.
    const session = randomBytes(16).toString('base64url');
    sessions.set(session, profile.id);
    response.cookie('example_session', session, { httpOnly: true, sameSite: 'lax' });
    response.send(
      page(
        `Hello ${profile.firstName ?? profile.email}`,
        `<pre>${escapeHtml(JSON.stringify(profile, null, 2))}</pre>
        <form method="post" action="/sign-out"><button>Sign out</button></form>
        <p><a href="/">Back</a></p>`,
      ),
    );
  });

  // 3. Sign the user out: end the app's own session, then lead the browser to the address that ends the rest.
  app.post('/sign-out', async (request, response) => {
    const session = cookieOf(request.headers.cookie, 'example_session') ?? '';
    const profileId = sessions.get(session);
    sessions.delete(session);
    response.clearCookie('example_session');
    const leadsTo = profileId === undefined ? '/' : await logoutUrlOf(profileId);
    response.redirect(303, leadsTo);
  });

  /** Whose sign-in has ended before, at the provider or by time, has nothing left to end. */
  async function logoutUrlOf(profileId: string): Promise<string> {
    try {
      const body = { profile_id: profileId };
      const { data } = await workos.post<{ logout_url: string }, typeof body>('/sso/logout/authorize', body);
      return data.logout_url;
    } catch {
      return '/';
    }
  }

  app.get('/settings', (request, response) => {
    const organization = textOf(request.query.organization);
    const isBack = request.query.done !== undefined;
    response.send(
      page(
        'Settings',
        `${isBack ? '<p role="status">Single sign-on is set up.</p>' : ''}
        <form method="post" action="/settings/single-sign-on">
          <label>Organization
            <input name="organization" required placeholder="org_…" value="${escapeHtml(organization)}"></label>
          <button>Set up single sign-on</button>
        </form>
        <p><a href="/">Back</a></p>`,
      ),
    );
  });

  // 4. Send the customer's administrator to the portal. The link lives five minutes and opens once: go there at once.
  app.post('/settings/single-sign-on', async (request, response) => {
    const organization = textOf(request.body.organization);
    const settings = `${appUrl}/settings?organization=${encodeURIComponent(organization)}`;
    const { link } = await workos.adminPortal.generateLink({
      organization,
      intent: 'sso',
      returnUrl: settings,
      successUrl: `${settings}&done=1`,
    });
    response.redirect(303, link);
  });

  // 5. What was refused is said in a sentence; what it looks like inside is for your log, not for the browser.
  app.use(tellRefusal);

  return app;
}

const tellRefusal: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const status = statusOf(error);
  if (status >= 500) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  const said = status < 500 && error instanceof Error ? error.message : 'This did not work. Try again.';
  const body = `<p>${escapeHtml(said)}</p><p><a href="/">Back</a></p>`;
  response.status(status).send(page('This was refused', body));
};

/** Of the SDK's exceptions: what the API answered. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

function refuse(response: Response, said: string): void {
  response.status(403).send(page('Sign-in failed', `<p>${escapeHtml(said)}</p><p><a href="/">Back</a></p>`));
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(title)}</title>
    <style>
      :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
      body { max-width: 40rem; margin: 10vh auto; padding: 0 1rem; }
      label, button { display: block; margin-bottom: 1rem; }
      input, button { font: inherit; padding: .5rem .75rem; }
      input { display: block; width: 100%; box-sizing: border-box; }
      pre { overflow: auto; }
    </style>
  </head>
  <body>
    <main>
      <h1>${escapeHtml(title)}</h1>
      ${body}
    </main>
  </body>
</html>`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split('; ').map((pair) => pair.split('='));
  return pairs.find(([key]) => key === name)?.[1];
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
