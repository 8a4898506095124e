import { STATUS_CODES } from 'node:http';
import type { ErrorStyle } from '../route.ts';

/** RFC 9457 with our code [API-05]: the JSON endpoints of the portal, the dashboard and the sandbox. */
export const problems: ErrorStyle = ({ status, code, facts, fields }, requestId) => ({
  status,
  body: {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    facts,
    request_id: requestId,
    ...(fields.length === 0
      ? {}
      : { fields: Object.fromEntries(fields.map(({ field, code: fault }) => [field, fault])) }),
  },
  headers: { 'Content-Type': 'application/problem+json', ...retryAfter(status, facts) },
});

/** Integer seconds, because some clients read nothing else. */
export function retryAfter(status: number, facts: Readonly<Record<string, unknown>>): Record<string, string> {
  if (status !== 429 && status !== 503) return {};
  const { retry_after_s: seconds } = facts;
  return { 'Retry-After': String(typeof seconds === 'number' ? Math.max(1, Math.ceil(seconds)) : 1) };
}
