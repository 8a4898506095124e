import type { ErrorStyle } from '../route.ts';
import { retryAfter } from '../middleware/problems.ts';
import { html } from '../pages/html.ts';
import { doorPage } from './layout.ts';
import { doorWords } from './messages.ts';

/** Errors where a person looks at a page: what happened, what to do, an id to read aloud. */
export const errorPages: ErrorStyle = ({ status, facts }, requestId) => {
  const { title, text } = wordsOf(status, facts);
  return doorPage(
    {
      title,
      brand: undefined,
      content: html`<p>${text}</p>
        ${status >= 500 ? html`<p class="muted small">${doorWords.error.id(requestId)}</p>` : null}`,
    },
    { status, headers: retryAfter(status, facts) },
  );
};

function wordsOf(status: number, facts: Readonly<Record<string, unknown>>): { title: string; text: string } {
  const words = doorWords.error;
  if (status === 429) {
    const { retry_after_s: seconds } = facts;
    return { title: words.tooMany, text: words.wait(typeof seconds === 'number' ? seconds : 60) };
  }
  if (status === 503) return { title: words.away, text: words.awayText };
  if (status >= 500) return { title: words.ours, text: words.oursText };
  if (status === 404) return { title: words.notFound, text: words.notFoundText };
  return { title: words.refused, text: words.refusedText };
}
