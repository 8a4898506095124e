import { page } from '../answers.ts';
import { retryAfter } from '../middleware/problems.ts';
import type { ErrorStyle } from '../route.ts';
import { drawPage, html } from './html.ts';

const words: Readonly<Record<number, readonly [title: string, sentence: string]>> = {
  400: ['Something is missing', 'The request could not be read. Go back and start again.'],
  404: ['Nothing is here', 'The address is wrong, or what it led to is gone.'],
  413: ['That was too much', 'The answer of the identity provider is larger than we take.'],
  415: ['That cannot be read', 'The answer must be posted as a form.'],
  429: ['Too many tries', 'Wait a minute, then try again.'],
  503: ['Busy right now', 'Nothing is lost. Try again in a moment.'],
};
const unforeseen = ['Something went wrong on our side', 'Try again in a moment.'] as const;

/** Errors as pages, for addresses that people open: a title, a sentence, and the request's id for support. */
export const pageErrors: ErrorStyle = ({ status: found, facts }, requestId) => {
  const status = found === 422 ? 400 : found;
  const [title, sentence] = words[status] ?? (status < 500 ? (words[400] ?? unforeseen) : unforeseen);
  const body = html`<h1>${title}</h1>
    <p>${sentence}</p>
    <p class="quiet">Reference <code>${requestId}</code></p>`;
  return page(drawPage({ title, brand: null, body }), { status, headers: retryAfter(status, facts) });
};
