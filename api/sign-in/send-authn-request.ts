import { inflateRawSync } from 'node:zlib';
import { buildAuthnRequest, type AuthnRequest } from '../../adapters/saml/authn-request.ts';
import { digestToken, mintToken } from '../../adapters/tokens.ts';
import { listSpKeys, type Tx } from '../../db/index.ts';
import { page, redirect, type Answer } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { drawPage, html } from '../pages/html.ts';
import type { RequestFacts } from '../route.ts';
import { openSpKey } from '../sp-keys.ts';
import type { Hints, HowToAsk, SentRequest } from './begin-sign-in.ts';
import { tenantOf, type ReadySamlConnection } from './usable-connection.ts';

/** A SAML AuthnRequest on its way, by redirect or by a form that posts itself. */
export async function sendAuthnRequest(
  tx: Tx,
  deps: ApiDeps,
  connection: ReadySamlConnection,
  request: RequestFacts,
  how: HowToAsk,
): Promise<SentRequest> {
  const relayState = mintToken('vb_state_');
  const authnRequest = buildAuthnRequest({
    spEntityId: connection.spEntityId,
    acsUrl: connection.acsUrl,
    destination: connection.idpSsoUrl,
    binding: connection.idpSsoBinding ?? 'redirect',
    forceAuthn: how.forceAuthn,
    sign: connection.signRequests ? await findSigningKey(tx, deps, connection) : undefined,
    relayState,
    issuedAt: request.now,
  });
  return {
    requestId: authnRequest.id,
    relayStateDigest: digestToken(relayState).toString('hex'),
    requestXml: xmlOf(authnRequest),
    trail: [],
    answer: leave(authnRequest, hintsFor(connection, how), request.nonce),
  };
}

async function findSigningKey(tx: Tx, { secrets }: ApiDeps, connection: ReadySamlConnection) {
  const keys = await listSpKeys(tx, tenantOf(connection), connection.id);
  const key = keys.find(({ use }) => use === 'signing');
  if (!key) throw new Error(`connection ${connection.id} signs its requests and has no key to sign with`);
  return { privateKeyPem: openSpKey(secrets, key), certificatePem: key.certificatePem };
}

function xmlOf(request: AuthnRequest): string {
  return request.binding === 'post'
    ? Buffer.from(request.fields.SAMLRequest, 'base64').toString('utf8')
    : inflateRawSync(
        Buffer.from(new URL(request.redirectUrl).searchParams.get('SAMLRequest') ?? '', 'base64'),
      ).toString('utf8');
}

/** Providers read these beside the signed parameters of a request. Google wants the domain, the others the person. */
function hintsFor(
  { connectionType }: ReadySamlConnection,
  { loginHint, domainHint }: Hints,
): URLSearchParams {
  const hints = new URLSearchParams();
  if (connectionType === 'GoogleSAML') {
    if (domainHint !== undefined) hints.set('hd', domainHint);
  } else if (loginHint !== undefined) {
    hints.set('login_hint', loginHint);
  }
  return hints;
}

function leave(request: AuthnRequest, hints: URLSearchParams, nonce: string): Answer {
  if (request.binding === 'redirect') return redirect(withHints(request.redirectUrl, hints), { status: 302 });
  const { origin, protocol } = new URL(request.action);
  const body = html`<h1>One moment</h1>
    <form method="post" action="${withHints(request.action, hints)}">
      <input type="hidden" name="SAMLRequest" value="${request.fields.SAMLRequest}" />
      <input type="hidden" name="RelayState" value="${request.fields.RelayState}" />
      <p>You are on the way to your identity provider.</p>
      <button>Continue</button>
    </form>
    <script nonce="${nonce}">
      document.forms[0].submit();
    </script>`;
  // Browsers hold the policy against every redirect behind the form too, and providers lead to other hosts of theirs.
  const formAction = protocol === 'https:' ? ['https:'] : [origin];
  return page(drawPage({ title: 'Sign in', brand: null, body }), { formAction });
}

function withHints(url: string, hints: URLSearchParams): string {
  if (hints.size === 0) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${hints.toString()}`;
}
