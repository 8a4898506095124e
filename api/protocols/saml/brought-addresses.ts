import express, { type RequestHandler } from 'express';
import { peekIssuer } from '../../../adapters/saml/posted-response.ts';
import { lookUpConnectionsByAcsPath } from '../../../db/index.ts';
import type { ApiDeps } from '../../deps.ts';
import { pageErrors } from '../../pages/page-errors.ts';
import { mount } from '../../registrar.ts';
import { acs } from './acs.ts';

const form = 'application/x-www-form-urlencoded';

/**
 * Answers that come to an address which a vendor brought along (`acs_url`), on our host or through a proxy that keeps
 * the path: they are handed to the row of `acs.ts`, as if they had come to the connection's own address, and verified
 * against the address that was brought. What is nobody's address passes on.
 */
export function broughtAddresses(deps: ApiDeps): RequestHandler {
  const take = mount({ surface: 'api', errors: pageErrors, routes: [acs] }, deps);
  const readForm = express.urlencoded({
    limit: 256 * 1024,
    inflate: false,
    extended: true,
    parameterLimit: 1_000,
  });

  return async (request, response, next) => {
    const isAnswer =
      request.method === 'POST' &&
      response.locals.surfaces.includes('api') &&
      request.headers['content-type']?.startsWith(form) === true &&
      request.originalUrl.length <= 2000;
    const found = isAnswer ? await lookUpConnectionsByAcsPath(deps.db, request.originalUrl) : [];
    if (found.length === 0) {
      next();
      return;
    }
    const hand = (id: string | undefined) => {
      if (id === undefined) {
        next();
        return;
      }
      request.url = `/sso/saml/${id}/acs`;
      take(request, response, next);
    };
    if (found.length === 1) {
      hand(found[0]?.id);
      return;
    }
    // One address for many customers: the provider's name says which. It is believed only once it is verified.
    readForm(request, response, (error?: unknown) => {
      if (error !== undefined) {
        next(error);
        return;
      }
      const body: unknown = request.body;
      const posted =
        typeof body === 'object' && body !== null && 'SAMLResponse' in body ? body.SAMLResponse : '';
      const issuer = typeof posted === 'string' ? peekIssuer(posted) : undefined;
      const named = found.filter(({ state, idpEntityId }) => state === 'active' && idpEntityId === issuer);
      hand(named.length === 1 ? named[0]?.id : undefined);
    });
  };
}
