import type { ErrorRequestHandler, Request, Response } from 'express';
import { OnboardingError } from '../../onboarding/errors.ts';
import { refusedPage } from './pages.ts';

/** Sends a page under a policy that lets it post to itself and to `formAction`, and run the one script it has. */
export function show(
  response: Response,
  page: string,
  {
    formAction = [],
    nonce,
    status = 200,
  }: {
    readonly formAction?: readonly string[];
    readonly nonce?: string | undefined;
    readonly status?: number;
  } = {},
): void {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    nonce === undefined ? "script-src 'none'" : `script-src 'nonce-${nonce}'`,
    `form-action ${["'self'", ...formAction].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  response.status(status).set('Content-Security-Policy', policy.join('; ')).set('Cache-Control', 'no-store');
  response.type('html').send(page);
}

/** The fields of a posted form that are known here; single texts only. */
export function fieldsOf(request: Request): Record<string, string> {
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null) return {};
  const known = ['person', 'connection', 'redirect_uri', 'query', 'SAMLRequest', 'RelayState'];
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => known.includes(name) && typeof value === 'string'),
  );
}

/** Every refusal is a page that says why. */
export const refuse: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof OnboardingError)) {
    next(error);
    return;
  }
  show(response, refusedPage(String(error.facts.reason ?? error.code)), { status: 400 });
};
