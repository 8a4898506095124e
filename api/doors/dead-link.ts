import type { Answer } from '../answers.ts';
import type { EnvironmentRow } from '../../db/index.ts';
import { html } from '../pages/html.ts';
import { doorPage, supportLine } from './layout.ts';
import { doorWords } from './messages.ts';

/**
 * P3: one page for links that have ended, were revoked, replaced, mistyped, cut off or never were [LNK-03]. The brand
 * comes from the handle. What a portal link looks like is no secret, so its page may say where to get another.
 */
export function deadLinkPage(
  { handle, token }: { handle: string; token: string },
  environment: EnvironmentRow | undefined,
): Answer {
  const words = doorWords.dead;
  const isPortal = token.startsWith('vb_portal_');
  return doorPage(
    {
      title: words.heading,
      brand: environment,
      content: html` <p>${words.text}</p>
        ${
          isPortal
            ? html`<p>${words.goBack(environment?.productName ?? 'where you came from')}</p>`
            : html`<form method="post" action="/setup/${encodeURIComponent(handle)}/fresh-link">
                <input type="hidden" name="token" value="${token.slice(0, 300)}" />
                <button type="submit">${words.fresh}</button>
              </form>`
        }
        ${supportLine(environment, (address) => words.ask(environment?.vendorName ?? '', address))}`,
    },
    { status: 404 },
  );
}

/** What the button leads to, whatever came of it. */
export function freshLinkPage(environment: EnvironmentRow | undefined): Answer {
  const words = doorWords.dead;
  return doorPage({
    title: words.sentHeading,
    brand: environment,
    content: html` <p>${words.sent}</p>
      ${supportLine(environment, (address) => words.ask(environment?.vendorName ?? '', address))}`,
  });
}
