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
export interface Brand {
  readonly productName: string;
  /** `#rrggbb`; anything else is left out. */
  readonly accent: string | null;
}

/** A whole page: one card with the product's name above it. Reads well without styles and without script. */
export function drawPage(page: {
  readonly title: string;
  readonly brand: Brand | null;
  readonly body: Markup;
}): string {
  const { title, brand, body } = page;
  const name = brand ? html`<p class="brand">${brand.productName}</p>` : null;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="stylesheet" href="/pages.css${accentQuery(brand?.accent ?? null)}" />
      </head>
      <body>
        <main>${name}${body}</main>
      </body>
    </html> `.markup;
}

const hexColour = /^#[0-9a-f]{6}$/i;

function accentQuery(accent: string | null): string {
  return accent !== null && hexColour.test(accent) ? `?accent=${accent.slice(1)}` : '';
}
