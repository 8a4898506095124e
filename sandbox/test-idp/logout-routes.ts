import express, { Router, type RequestHandler } from 'express';
import { readLogout } from '../../adapters/saml/logout-messages.ts';
import { buildLogoutRequest, buildLogoutResponse } from '../../adapters/saml/our-logout-messages.ts';
import { withTenant } from '../../db/index.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import {
  certificatesOf,
  findConnectionBehind,
  findSandboxConnection,
  spSloUrlOf,
  tenantOf,
} from './connections.ts';
import type { TestIdpDeps } from './deps.ts';
import { signedOutPage } from './pages.ts';
import { claimedIssuerOf } from './request.ts';
import { fieldsOf, show } from './show.ts';
import { addressesOf, findLastSession } from './state.ts';
import type { ReadKeys } from './stored-keys.ts';
import { readSwitches } from './switches.ts';

/**
 * Single logout of the Test IdP, by redirect. It keeps no session of its own, so it ends none: it answers the product's
 * requests, and asks the product to end what the last answer began.
 */
export function logoutRoutes(deps: TestIdpDeps, keys: ReadKeys): RequestHandler {
  const { db, now } = deps;
  const addresses = addressesOf(deps.url);
  const home = { environmentId: deps.environmentId };

  async function signer() {
    const { rollover } = await withTenant(db, home, (tx) => readSwitches(tx, home));
    const { current, next } = await keys();
    return rollover === 'next_signs' ? next : current;
  }

  async function read(query: string) {
    const field = query.includes('SAMLResponse=') ? 'SAMLResponse' : 'SAMLRequest';
    const connection = await findConnectionBehind(db, claimedIssuerOf(query, field), addresses.entityId);
    if (connection === undefined) {
      throw new OnboardingError('request_refused', { reason: 'unknown_service_provider' });
    }
    // The same reader from the other side: here the product is who sends.
    const message = readLogout(
      { binding: 'redirect', query },
      {
        idpEntityId: connection.spEntityId,
        sloUrl: addresses.sloUrl,
        signingCertificates: await certificatesOf(db, connection, 'signing'),
        now: now(),
      },
    );
    return { connection, message };
  }

  const router = Router({ caseSensitive: true });
  const form = express.urlencoded({ extended: false, limit: 16 * 1024, parameterLimit: 10 });
  router.get('/test-idp/saml/slo', async (request, response) => {
    const { connection, message } = await read(/\?(.*)$/s.exec(request.originalUrl)?.[1] ?? '');
    if (message.kind === 'response') {
      show(response, signedOutPage(message.isSuccess));
      return;
    }
    const answer = buildLogoutResponse({
      destination: spSloUrlOf(connection),
      issuer: addresses.entityId,
      inResponseTo: message.id,
      isSuccess: true,
      relayState: message.relayState,
      sign: await signer(),
      now: now(),
    });
    response.redirect(303, answer);
  });
  router.post('/test-idp/sign-out', form, async (request, response) => {
    const connection = await findSandboxConnection(db, fieldsOf(request).connection ?? '');
    const isBehind = connection?.protocol === 'saml' && connection.idpEntityId === addresses.entityId;
    if (!isBehind) throw new OnboardingError('request_refused', { reason: 'unknown_service_provider' });
    const tenant = tenantOf(connection);
    const session = await withTenant(db, tenant, (tx) => findLastSession(tx, tenant, connection));
    if (session === undefined) throw new OnboardingError('request_refused', { reason: 'signed_out_already' });
    const asked = buildLogoutRequest({
      destination: spSloUrlOf(connection),
      issuer: addresses.entityId,
      subject: session.nameId,
      sessionIndexes: [session.sessionIndex],
      sign: await signer(),
      now: now(),
    });
    response.redirect(303, asked);
  });
  return router;
}
