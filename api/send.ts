import type { Response } from 'express';
import type { Answer } from './answers.ts';
import { pagePolicy } from './middleware/security-headers.ts';

/** Writes an answer. Every JSON body has its content type, an empty body has none. */
export function send(response: Response, answer: Answer): void {
  response.status(answer.status);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.cookies !== undefined && answer.cookies.length > 0)
    response.setHeader('Set-Cookie', [...answer.cookies]);
  if (answer.stream !== undefined) {
    answer.stream(response);
    return;
  }
  if (answer.body === undefined) {
    response.end();
    return;
  }
  if (typeof answer.body === 'string') {
    const type = answer.headers?.['Content-Type'] ?? '';
    if (type.startsWith('text/html')) {
      response.setHeader('Content-Security-Policy', pagePolicy(response.locals.nonce, answer));
    }
    response.end(answer.body);
    return;
  }
  if (answer.headers?.['Content-Type'] === undefined) {
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
  }
  response.end(JSON.stringify(answer.body));
}
