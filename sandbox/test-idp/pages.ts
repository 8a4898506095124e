import { escapeXml as escape } from '../../adapters/saml/xml-text.ts';
import type { StartableConnection } from './connections.ts';
import type { TestPerson } from './people.ts';

/** The pages of the Test IdP: plain HTML without inline styles; the one script posts the answer. */

/** What has to come back with the choice of a person: the request as it arrived, checked again then. */
export type HiddenFields = Readonly<Record<string, string>>;

function draw(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escape(title)}</title>
<link rel="stylesheet" href="/test-idp/style.css">
</head>
<body>
<main>
<p class="brand">Test IdP</p>
${body}
</main>
</body>
</html>
`;
}

function hidden(fields: HiddenFields): string {
  return Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`)
    .join('\n');
}

export function peoplePage(input: {
  readonly action: string;
  readonly people: readonly TestPerson[];
  readonly connectionName: string;
  readonly fault: string | null;
  readonly fields: HiddenFields;
}): string {
  const { action, people, connectionName, fault, fields } = input;
  const banner =
    fault === null
      ? ''
      : `<p class="banner">A fault is switched on: <strong>${escape(fault.replaceAll('_', ' '))}</strong>.</p>`;
  const buttons = people
    .map(
      ({ id, email, firstName, lastName }) =>
        `<li><button name="person" value="${escape(id)}"><strong>${escape(`${firstName} ${lastName}`)}</strong>` +
        `<span>${escape(email ?? 'without an e-mail address')}</span></button></li>`,
    )
    .join('\n');
  return draw(
    'Sign in as',
    `<h1>Sign in as</h1>
<p class="quiet">For ${escape(connectionName)}. Nobody here is real, and no password is asked for.</p>
${banner}
${people.length === 0 ? '<p>Nobody is here. The dashboard’s page of the Test IdP brings people back.</p>' : ''}
<form method="post" action="${escape(action)}">
${hidden(fields)}
<ul>
${buttons}
</ul>
</form>`,
  );
}

/** Where a sign-in starts at the provider, as from a tile: nobody has asked for it. And where the last one ends. */
export function startPage(input: {
  readonly connections: readonly StartableConnection[];
  /** Those with single logout, at which somebody has signed in. */
  readonly signedIn: readonly StartableConnection[];
}): string {
  const list =
    input.connections.length === 0
      ? '<p>No connection of the sandbox uses the Test IdP yet. By OpenID Connect it has to be live.</p>'
      : connectionsForm('/test-idp/start', input.connections);
  const signOut =
    input.signedIn.length === 0
      ? ''
      : `<h2>Sign out at the Test IdP</h2>
<p class="quiet">Ends the last sign-in of a connection with single logout, and tells the product so.</p>
${connectionsForm('/test-idp/sign-out', input.signedIn)}`;
  return draw(
    'Start at the Test IdP',
    `<h1>Start at the Test IdP</h1>
<p class="quiet">Signs somebody in as a tile in a provider’s launcher does: by SAML without a request, by OpenID
Connect through the product’s own sign-in address.</p>
${list}
${signOut}`,
  );
}

function connectionsForm(action: string, connections: readonly StartableConnection[]): string {
  const buttons = connections
    .map(({ connection, organizationName }) => {
      const way = connection.protocol === 'saml' ? 'SAML' : 'OpenID Connect';
      return (
        `<li><button name="connection" value="${escape(connection.id)}">` +
        `<strong>${escape(organizationName)}</strong><span>${escape(connection.name)} · ${way}</span></button></li>`
      );
    })
    .join('\n');
  return `<form method="post" action="${escape(action)}">
<ul>
${buttons}
</ul>
</form>`;
}

/** What the product said to a request of ours to end a session. */
export function signedOutPage(isSuccess: boolean): string {
  return isSuccess
    ? draw('Signed out', '<h1>Signed out</h1>\n<p>The product has ended the session too.</p>')
    : draw(
        'Signed out here only',
        '<h1>Signed out here only</h1>\n<p>The product knows of no such session. It may have ended before.</p>',
      );
}

/** Asked for by an app of OpenID Connect; `form` is the provider's own, with what proves that it was shown. */
export function signOutPage(form: string): string {
  return draw(
    'Sign out',
    `<h1>Sign out at the Test IdP?</h1>
<p class="quiet">You have signed out of the app already.</p>
${form}
<button class="plain" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button class="plain" form="op.logoutForm">Stay signed in here</button>`,
  );
}

export function signedOutHerePage(): string {
  return draw('Signed out', '<h1>Signed out</h1>\n<p>You can close this page.</p>');
}

export function answerPage(input: {
  readonly action: string;
  readonly fields: HiddenFields;
  readonly nonce: string;
}): string {
  const { action, fields, nonce } = input;
  return draw(
    'Signing in',
    `<h1>Signing in</h1>
<form method="post" action="${escape(action)}">
${hidden(fields)}
<button class="plain">Continue</button>
</form>
<script nonce="${escape(nonce)}">document.forms[0].submit();</script>`,
  );
}

const reasons: Readonly<Record<string, string>> = {
  unknown_service_provider:
    'No connection of this installation’s sandbox uses the Test IdP under this entity ID.',
  acs_differs: 'The request names another ACS URL than the connection has.',
  signature_refused: 'The connection signs its requests, and this one isn’t signed with its key.',
  unknown_person: 'There is no such person here.',
  signed_out_already: 'Nobody has signed in through this connection, or its single logout is off.',
  signature_missing: 'The logout message isn’t signed.',
  signature_invalid: 'The logout message isn’t signed with a key of the connection.',
  unknown_redirect_uri: 'No connection of this installation’s sandbox has this redirect URI. Copy it again.',
  foreign_page: 'The form was sent by another page. Open the Test IdP’s own page and use its form.',
  sign_in_over: 'This sign-in has ended or belongs to another browser. Begin again.',
  invalid_client: 'No client of this id is registered. Register the connection at the Test IdP first.',
  invalid_redirect_uri: 'The request names another redirect URI than the connection has.',
};

export function refusedPage(reason: string): string {
  return draw(
    'Request refused',
    `<h1>The request was refused</h1>
<p>${escape(reasons[reason] ?? 'It is not a request that can be answered.')}</p>
<p class="quiet"><code>${escape(reason)}</code></p>`,
  );
}

/** Registers a connection as an OpenID Connect client, as a console does. */
export function clientsPage(): string {
  return draw(
    'Register a client',
    `<h1>Register a client</h1>
<p class="quiet">For OpenID Connect. Paste the redirect URI of a connection of the sandbox.</p>
<form method="post" action="/test-idp/clients">
<label for="redirect-uri">Redirect URI</label>
<input id="redirect-uri" name="redirect_uri" type="url" required autocomplete="off" spellcheck="false">
<button class="plain">Register</button>
</form>`,
  );
}

/** What to give back for a client; the same ones however often it is asked. */
export function clientPage(client: {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly discoveryUrl: string;
  readonly connectionName: string;
}): string {
  const values: [string, string][] = [
    ['Client ID', client.clientId],
    ['Client secret', client.clientSecret],
    ['Discovery URL', client.discoveryUrl],
  ];
  const list = values
    .map(([name, value]) => `<dt>${escape(name)}</dt>\n<dd><code>${escape(value)}</code></dd>`)
    .join('\n');
  return draw(
    'Client registered',
    `<h1>Registered</h1>
<p class="quiet">For ${escape(client.connectionName)}. The page shows the same values whenever it is asked.</p>
<dl>
${list}
</dl>`,
  );
}

/** The colour roles of the portal's tokens that these pages need. */
export const stylesheet = `:root { color-scheme: light dark; --canvas:#f7f8f8; --surface:#fff; --line:#dde1e4;
  --line-strong:#7a8289; --text:#14181b; --muted:#4c555d; --accent:#0f5c63; --accent-soft:#e3f0f0; --on-accent:#fff;
  --wait:#8a4b00; --wait-soft:#fcf0dc; --focus:#1f55a5; }
@media (prefers-color-scheme: dark) { :root { --canvas:#101315; --surface:#171b1e; --line:#2c3338;
  --line-strong:#757f88; --text:#edf0f2; --muted:#b3bbc2; --accent:#6cc5c8; --accent-soft:#12302f; --on-accent:#06201f;
  --wait:#f0b961; --wait-soft:#36260c; --focus:#8fbbf7; } }
* { box-sizing: border-box; }
body { margin:0; background:var(--canvas); color:var(--text); font:16px/1.5 Inter,system-ui,sans-serif; }
main { max-width:26rem; margin:10vh auto 2rem; padding:2rem; background:var(--surface); border:1px solid var(--line);
  border-radius:12px; }
.brand { margin:0 0 1.5rem; color:var(--muted); font-weight:600; }
h1 { margin:0 0 .5rem; font-size:1.375rem; line-height:1.3; }
h2 { margin:2rem 0 .5rem; font-size:1.125rem; line-height:1.3; }
p { margin:0 0 1rem; } .quiet { color:var(--muted); font-size:.875rem; }
.banner { padding:.625rem .75rem; border-radius:8px; background:var(--wait-soft); color:var(--wait); }
ul { display:grid; gap:.5rem; margin:0; padding:0; list-style:none; }
button { display:block; width:100%; min-height:44px; padding:.625rem .875rem; font:inherit; text-align:left;
  color:var(--text); background:var(--surface); border:1px solid var(--line-strong); border-radius:8px; cursor:pointer; }
button:hover { background:var(--accent-soft); }
button span { display:block; color:var(--muted); font-size:.875rem; }
.plain { width:auto; color:var(--on-accent); background:var(--accent); border-color:transparent; font-weight:600; }
code { font-family:ui-monospace,monospace; overflow-wrap:anywhere; }
label { display:block; margin:0 0 .25rem; font-weight:600; }
input[type="url"] { width:100%; min-height:44px; margin:0 0 1rem; padding:.5rem .75rem; font:inherit; color:var(--text);
  background:var(--surface); border:1px solid var(--line-strong); border-radius:8px; }
dl { display:grid; gap:.25rem; margin:0; } dt { font-weight:600; } dd { margin:0 0 .75rem; }
:focus-visible { outline:3px solid var(--focus); outline-offset:2px; }
`;
