import { digestToken, looksLikeOurToken, mintToken } from '../../adapters/tokens.ts';
import type { NewAttempt, Tx } from '../../db/index.ts';
import type { Answer } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { cookie, cookieName } from '../middleware/cookies.ts';
import type { RequestFacts } from '../route.ts';
import { sendAuthnRequest } from './send-authn-request.ts';
import { sendAuthorizationRequest } from './send-authorization-request.ts';
import type { ReadyConnection } from './usable-connection.ts';

/** What the vendor's app passes on, to save people typing. */
export interface Hints {
  readonly loginHint?: string | undefined;
  readonly domainHint?: string | undefined;
}

export interface HowToAsk extends Hints {
  readonly forceAuthn: boolean;
}

/** One request in the words of its protocol: what an answer must name, and the answer that sends the browser off. */
export interface SentRequest {
  readonly requestId: string;
  readonly relayStateDigest: string | null;
  readonly requestXml: string | null;
  readonly trail: readonly object[];
  readonly answer: Answer;
}

/** A request on its way: what the attempt remembers of it, and the answer that sends the browser off. */
export interface Departure {
  readonly sent: Required<
    Pick<
      NewAttempt,
      'requestId' | 'relayStateDigest' | 'bindingDigest' | 'requestXml' | 'forceAuthn' | 'trail'
    >
  >;
  readonly answer: Answer;
}

/** A little longer than a request lives, so that "too late" can be told from "another browser". */
const cookieLifeMs = 15 * 60_000;

/**
 * Builds the request to the connection's provider, in its protocol, and ties it to this browser [SAML-16] [OIDC-02]. A
 * browser that is signing in elsewhere at the same time keeps its cookie: both requests are then tied to the same one.
 */
export async function departToProvider(
  tx: Tx,
  deps: ApiDeps,
  connection: ReadyConnection,
  request: RequestFacts,
  hints: HowToAsk,
): Promise<Departure> {
  const how = { ...hints, forceAuthn: hints.forceAuthn || connection.forceAuthn };
  const known = request.cookies[cookieName('signin', deps.urls)];
  const browser =
    known !== undefined && looksLikeOurToken(known, 'vb_state_') ? known : mintToken('vb_state_');
  const { answer, ...sent } =
    connection.protocol === 'saml'
      ? await sendAuthnRequest(tx, deps, connection, request, how)
      : sendAuthorizationRequest(deps, connection, request, how);
  const expires = new Date(request.now.getTime() + cookieLifeMs);
  return {
    sent: { ...sent, bindingDigest: digestToken(browser).toString('hex'), forceAuthn: how.forceAuthn },
    answer: { ...answer, cookies: [cookie('signin', browser, deps.urls, { expires })] },
  };
}
