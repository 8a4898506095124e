import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Headers of every answer [UI-02]. Answers that are no pages may load nothing at all; a page replaces that policy by
 * `pagePolicy` with the request's nonce. Nothing is kept by anybody on the way, or on a disk, unless it says itself that
 * it may be: caches in front of us take silence for leave, and do not ask whose cookie it was.
 */
export function setSecurityHeaders({ https }: { https: boolean }): RequestHandler {
  const setOthers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"] },
    },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
    originAgentCluster: true,
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    xDnsPrefetchControl: { allow: false },
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xPoweredBy: false,
    xFrameOptions: { action: 'deny' },
    xXssProtection: true,
  });
  return (request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    setOthers(request, response, next);
  };
}

/**
 * The content policy of a page: our own files, and what carries the nonce. `formAction` adds origins to post to. Markup is
 * made by Vue's compiler, or goes to the two places of `portal/shared/markup.ts`, unless a script of others makes its own.
 */
export function pagePolicy(
  nonce: string,
  { formAction = [], writesMarkup = false }: { formAction?: readonly string[]; writesMarkup?: boolean } = {},
): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    `form-action ${["'self'", ...formAction].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    ...(writesMarkup ? [] : ["require-trusted-types-for 'script'", 'trusted-types vue vestibule']),
  ].join('; ');
}

/** A nonce nobody can guess, new for each request. */
export const newNonce = (): string => randomBytes(16).toString('base64url');
