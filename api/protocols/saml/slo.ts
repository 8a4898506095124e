import { z } from 'zod';
import type { ArrivedLogout, LogoutMessage } from '../../../adapters/saml/logout-messages.ts';
import { buildLogoutResponse } from '../../../adapters/saml/our-logout-messages.ts';
import {
  endSignIns,
  insertAudit,
  listCertificates,
  listSpKeys,
  rememberMessages,
  withTenant,
  type ConnectionRow,
} from '../../../db/index.ts';
import { newId } from '../../../adapters/ids.ts';
import { takenUntil } from '../../../onboarding/certificate-grace.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { redirect, type Answer } from '../../answers.ts';
import { sloUrlOf } from '../../connections.ts';
import type { ApiDeps } from '../../deps.ts';
import { sourceKey } from '../../middleware/limit-rates.ts';
import { route, type RequestFacts } from '../../route.ts';
import { signedOutPage } from '../../sign-in/return-to-app.ts';
import { findLivingConnection, isUsable, tenantOf } from '../../sign-in/usable-connection.ts';
import { openSpKey } from '../../sp-keys.ts';

/** Where the provider's requests to end sessions arrive, and its answers to ours [SLO-01]; nothing while it is off. */

const path = '/sso/saml/:connection/slo';
const answers = {
  303: 'to the identity provider, with our answer',
  200: 'page: signed out',
  403: 'page: refused',
  404: 'page: no such connection',
};

const byRedirect = route({
  method: 'GET',
  path,
  who: 'public',
  summary: 'Takes a logout message of an identity provider, by redirect',
  answers,
  handler: (context) =>
    take(context, { binding: 'redirect', query: /\?(.*)$/s.exec(context.request.target)?.[1] ?? '' }),
});

const byPost = route({
  method: 'POST',
  path,
  who: 'public',
  summary: 'Takes a logout message of an identity provider, by post',
  // A repeated field arrives as a list and is refused.
  body: z.object({
    SAMLRequest: z.string().optional(),
    SAMLResponse: z.string().optional(),
    RelayState: z.string().optional(),
  }),
  answers,
  handler: (context) => {
    const { SAMLRequest: samlRequest, SAMLResponse: samlResponse, RelayState: relayState } = context.body;
    return take(context, { binding: 'post', samlRequest, samlResponse, relayState });
  },
});

export const sloRoutes = [byRedirect, byPost];

interface Taking {
  deps: ApiDeps;
  params: Readonly<Record<'connection', string>>;
  request: RequestFacts;
}

async function take({ deps, params, request }: Taking, arrived: ArrivedLogout): Promise<Answer> {
  const source = sourceKey(request.address);
  await deps.limits.refuseSpent('sign_in_failures', source);
  const connection = await findLivingConnection(deps, params.connection, 'saml');
  const isOn = connection?.singleLogout === true && (await isUsable(deps, connection, 'app'));
  if (!isOn) {
    await deps.limits.spend('sign_in_failures', source);
    throw new OnboardingError('not_found', { kind: 'connection' });
  }
  await deps.limits.spend('sign_in_answers', connection.id);
  const message = await read(deps, connection, arrived, request.now);
  if (message === undefined) {
    await deps.limits.spend('sign_in_failures', source);
    throw new OnboardingError('request_refused');
  }
  const environment = await deps.environments.find(connection.environmentId);
  return message.kind === 'response'
    ? signedOutPage(environment, message.isSuccess)
    : end(deps, connection, message, request);
}

async function read(
  deps: ApiDeps,
  connection: ConnectionRow,
  arrived: ArrivedLogout,
  now: Date,
): Promise<LogoutMessage | undefined> {
  const tenant = tenantOf(connection);
  const certificates = await withTenant(deps.db, tenant, (tx) => listCertificates(tx, tenant, connection.id));
  const inForce = certificates.filter(({ notAfter }) => takenUntil(notAfter) >= now);
  return deps.samlVerifier.readLogout(arrived, {
    idpEntityId: connection.idpEntityId ?? '',
    sloUrl: sloUrlOf(connection),
    signingCertificates: inForce.map(({ pem }) => pem),
    now,
  });
}

/** Beyond the instant after which the request could not be accepted anyway. */
const replayMarginMs = 60 * 60_000 + 180_000;

/** Ends the sign-ins that the request names, and answers at the address that the provider's metadata gave [SLO-03]. */
async function end(
  deps: ApiDeps,
  connection: ConnectionRow,
  message: Extract<LogoutMessage, { kind: 'request' }>,
  { now }: RequestFacts,
): Promise<Answer> {
  const tenant = tenantOf(connection);
  const { idpSloUrl } = connection;
  const { ended, key } = await withTenant(deps.db, tenant, async (tx) => {
    const expiresAt = new Date(message.replayableUntil.getTime() + replayMarginMs);
    const seen = { kind: 'logout', messageId: message.id, expiresAt } as const;
    if (!(await rememberMessages(tx, tenant, connection.id, [seen]))) {
      throw new OnboardingError('request_refused', { reason: 'replayed' });
    }
    const { nameId, sessionIndexes } = message;
    const rows = await endSignIns(tx, tenant, { connectionId: connection.id, nameId, sessionIndexes, now });
    for (const { id } of rows) {
      await insertAudit(tx, {
        id: newId('audit_'),
        ...tenant,
        actor: { type: 'provider', id: connection.id },
        action: 'sign_in.ended',
        target: { type: 'sign_in', id },
        after: { by: 'single_logout' },
        at: now,
      });
    }
    const keys = await listSpKeys(tx, tenant, connection.id);
    return { ended: rows.length, key: keys.find(({ use }) => use === 'signing') };
  });
  if (idpSloUrl === null || key === undefined) {
    return signedOutPage(await deps.environments.find(connection.environmentId), ended > 0);
  }
  return redirect(
    buildLogoutResponse({
      destination: idpSloUrl,
      issuer: connection.spEntityId,
      inResponseTo: message.id,
      isSuccess: ended > 0,
      relayState: message.relayState,
      sign: { privateKeyPem: openSpKey(deps.secrets, key) },
      now,
    }),
  );
}
