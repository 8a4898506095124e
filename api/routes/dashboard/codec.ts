import { createHash } from 'node:crypto';
import { z } from 'zod';
import { createPayloadCodec } from '../../../adapters/payload-codec.ts';
import { insertAudit, withTenant } from '../../../db/index.ts';
import { acting, audited } from '../../acting.ts';
import { ok, type Answer } from '../../answers.ts';
import type { ApiDeps } from '../../deps.ts';
import { findStaff } from '../../middleware/authenticate.ts';
import { problems } from '../../middleware/problems.ts';
import { route, type RequestFacts } from '../../route.ts';

/**
 * The codec server of the engine's own UI [TMP-01]: decodes payloads for a member who is signed in, and keeps who has
 * decoded what. It stands on another port of the same site, so the Lax cookie comes along; CORS lets in its origin
 * exactly, with credentials [API-06]. Encoding is refused: nobody writes into a workflow that way.
 */
const maxBodyBytes = 2 * 1024 * 1024;

/** Payloads as JSON has them (proto3 JSON: bytes are base64). */
const payloads = z.object({
  payloads: z
    .array(
      z.object({
        metadata: z.record(z.string(), z.base64()).optional(),
        data: z.base64().optional(),
      }),
    )
    .max(1_000),
});

const preflight = (operation: 'decode' | 'encode') =>
  route({
    method: 'OPTIONS',
    path: `/dashboard/codec/${operation}`,
    who: 'public',
    summary: `Lets the engine’s own UI ask for ${operation}`,
    answers: { 204: 'allowed', 403: 'another origin' },
    handler: ({ deps, request }) => {
      const cors = corsOf(deps, request);
      if (cors === undefined) return refusal(403, 'request_refused', request);
      const allowed = {
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': 'content-type, x-namespace, authorization',
        'Access-Control-Max-Age': '600',
      };
      return { status: 204, headers: { ...cors, ...allowed } };
    },
  });

const decode = route({
  method: 'POST',
  path: '/dashboard/codec/decode',
  who: 'public',
  summary: 'Decodes payloads for the engine’s own UI, on behalf of the member who is signed in',
  body: payloads,
  maxBodyBytes,
  answers: { 200: payloads, 401: 'nobody is signed in', 403: 'another origin' },
  handler: async ({ deps, body, request }) => {
    const cors = corsOf(deps, request);
    if (cors === undefined) return refusal(403, 'request_refused', request);
    const caller = await findStaff(deps, request);
    if (caller === undefined) return refusal(401, 'unauthorized', request, cors);
    await deps.limits.spend('session_requests', caller.session.id);
    const whose = { environmentId: caller.environment.id, organizationId: null };
    const after = {
      namespace: namespaceIn(request),
      payloads: body.payloads.map(({ data }) => nameOf(data)),
    };
    await withTenant(deps.db, { environmentId: whose.environmentId }, (tx) =>
      insertAudit(
        tx,
        audited(acting(caller, request), whose, { action: 'workflow.payloads_decoded', after }),
      ),
    );
    const codec = createPayloadCodec(deps.secrets);
    const plain = await codec.decode(
      body.payloads.map(({ metadata = {}, data = '' }) => ({
        metadata: mapValues(metadata, (value) => Buffer.from(value, 'base64')),
        data: Buffer.from(data, 'base64'),
      })),
    );
    const decoded = plain.map(({ metadata, data }) => ({
      metadata: mapValues(metadata ?? {}, base64),
      data: base64(data ?? new Uint8Array()),
    }));
    return { ...ok({ payloads: decoded }), headers: { ...cors, 'Cache-Control': 'no-store' } };
  },
});

const encode = route({
  method: 'POST',
  path: '/dashboard/codec/encode',
  who: 'public',
  summary: 'Refused: nothing is written into workflows by hand',
  answers: { 403: 'refused' },
  maxBodyBytes,
  handler: ({ deps, request }) => refusal(403, 'request_refused', request, corsOf(deps, request)),
});

export const codecRoutes = [preflight('decode'), preflight('encode'), decode, encode];

/** CORS headers for the engine's UI; undefined for everybody else. */
function corsOf({ embedded }: ApiDeps, { headers }: RequestFacts): Record<string, string> | undefined {
  const ui = embedded?.temporalUiUrl;
  if (ui == null || headers.origin !== new URL(ui).origin) return undefined;
  return {
    'Access-Control-Allow-Origin': headers.origin,
    'Access-Control-Allow-Credentials': 'true',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    Vary: 'Origin',
  };
}

function refusal(status: number, code: string, { id }: RequestFacts, cors?: Record<string, string>): Answer {
  const answer = problems({ status, code, facts: {}, fields: [] }, id);
  return { ...answer, headers: { ...answer.headers, ...cors } };
}

/** What names a payload in the audit log without telling what is in it. */
function nameOf(data = ''): string {
  return createHash('sha256').update(data).digest('hex').slice(0, 16);
}

function namespaceIn({ headers }: RequestFacts): string | null {
  const sent = headers['x-namespace'];
  return typeof sent === 'string' ? sent.slice(0, 100) : null;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

function mapValues<From, To>(record: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
