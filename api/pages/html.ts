import { imagePath, type Looks } from '../../onboarding/branding.ts';
import { stylesheetPath } from './looks.ts';

/** Small pages drawn by the server: what is put into the markup is escaped. */

/** Text that is markup already. Made by `html` only. */
export interface Markup {
  readonly markup: string;
}

type Piece = Markup | string | number | null | undefined | readonly Markup[];

/** Markup from a template: values are escaped unless they are markup themselves; null and undefined are nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  return { markup: String.raw({ raw: parts }, ...values.map(write)) };
}

function write(value: Piece): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Whose page it is. Without a brand nothing is known of the vendor yet. */
export type Brand = Looks & { readonly productName: string };

/** A whole page: one card with the product's name above it. Reads well without styles and without script. */
export function drawPage(page: {
  readonly title: string;
  readonly brand: Brand | null;
  readonly body: Markup;
}): string {
  const { title, brand, body } = page;
  const name = brand ? html`<p class="brand">${logoOf(brand)}</p>` : null;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="stylesheet" href="/pages.css" />
        ${colourLink(brand)}
      </head>
      <body>
        <main>${name}${body}</main>
      </body>
    </html> `.markup;
}

/** The link to the vendor's colours; it stands after the page's own stylesheet. */
export function colourLink(brand: Looks | null | undefined): Markup | null {
  const path = brand ? stylesheetPath(brand) : undefined;
  return path === undefined ? null : html`<link rel="stylesheet" href="${path}" />`;
}

/** The vendor's logo, the dark one on dark grounds, else on a light plate; the product's name where there is none. */
export function logoOf(brand: Brand): Markup {
  const light = imagePath(brand, 'logo_light');
  const dark = imagePath(brand, 'logo_dark');
  if (light === undefined) return html`<bdi>${brand.productName}</bdi>`;
  const source =
    dark === undefined ? null : html`<source media="(prefers-color-scheme: dark)" srcset="${dark}" />`;
  return html`<picture
    >${source}<img src="${light}" alt="${brand.productName}" class="${dark === undefined ? 'plate' : ''}"
  /></picture>`;
}
