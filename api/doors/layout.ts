import { page, type Answer } from '../answers.ts';
import type { EnvironmentRow } from '../../db/index.ts';
import type { Looks } from '../../onboarding/branding.ts';
import { colourLink, html, logoOf, type Markup } from '../pages/html.ts';
import { doorWords } from './messages.ts';
import { doorStyleFile } from './style.ts';

/** Whose door it is; undefined where the address names nobody we know. */
export type Brand = Pick<
  EnvironmentRow,
  'kind' | 'productName' | 'vendorName' | 'supportEmail' | 'supportHours'
> &
  Looks;

/**
 * A page drawn by the server that works without script: one heading, one act, nothing from anywhere else. It is never
 * stored, sends no referrer and is not indexed, because its address holds a secret [LNK-07].
 */
export function doorPage(
  {
    title,
    brand,
    content,
    footer,
  }: { title: string; brand: Brand | undefined; content: Markup; footer?: Markup },
  more: Partial<Answer> = {},
): Answer {
  const isSandbox = brand?.kind === 'sandbox';
  const sandboxMark = isSandbox ? html`<span class="kind">${doorWords.sandbox}</span>` : null;
  const { markup } = html`<!doctype html>
    <html lang="en" dir="ltr">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>${brand === undefined ? title : `${title} · ${brand.productName}`}</title>
        <link rel="stylesheet" href="/doors/${doorStyleFile}" />
        ${colourLink(brand)}
      </head>
      <body class="${isSandbox ? 'sandbox' : ''}">
        ${brand === undefined ? null : html`<header>${logoOf(brand)}${sandboxMark}</header>`}
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
        ${footer === undefined ? null : html`<footer>${footer}</footer>`}
      </body>
    </html> `;
  return page(markup, {
    ...more,
    headers: {
      'Referrer-Policy': 'no-referrer',
      'X-Robots-Tag': 'noindex',
      'Cache-Control': 'no-store',
      ...more.headers,
    },
  });
}

/** How to reach the vendor; nothing where no address is known. */
export function supportLine(
  brand: Brand | undefined,
  words: (address: string) => string,
): Markup | undefined {
  if (brand?.supportEmail == null) return undefined;
  const [before = '', after = ''] = words('\0').split('\0');
  const address = brand.supportEmail;
  return html`<p class="muted small">${before}<a href="mailto:${address}">${address}</a>${after}</p>`;
}
