/** Small pages drawn by the server: what is put into the markup is escaped, and every style and script has the nonce. */

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
  readonly nonce: string;
  readonly title: string;
  readonly brand: Brand | null;
  readonly body: Markup;
}): string {
  const { nonce, title, brand, body } = page;
  const name = brand ? html`<p class="brand">${brand.productName}</p>` : null;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <style nonce="${nonce}">
          ${{ markup: stylesheet(brand?.accent ?? null) }}
        </style>
      </head>
      <body>
        <main>${name}${body}</main>
      </body>
    </html> `.markup;
}

const hexColour = /^#[0-9a-f]{6}$/i;

/** The colour roles of the portal's tokens that a card needs. */
function stylesheet(accent: string | null): string {
  const own = accent !== null && hexColour.test(accent) ? `--accent:${accent};` : '';
  return `
:root { color-scheme: light dark; --canvas:#f7f8f8; --surface:#fff; --line:#dde1e4; --text:#14181b; --muted:#4c555d;
  --accent:#0f5c63; --on-accent:#fff; --focus:#1f55a5; ${own} }
@media (prefers-color-scheme: dark) { :root { --canvas:#101315; --surface:#171b1e; --line:#2c3338; --text:#edf0f2;
  --muted:#b3bbc2; --focus:#8fbbf7; ${own === '' ? '--accent:#6cc5c8; --on-accent:#06201f;' : ''} } }
* { box-sizing: border-box; }
body { margin:0; background:var(--canvas); color:var(--text); font:16px/1.5 Inter,system-ui,sans-serif; }
main { max-width:30rem; margin:12vh auto 2rem; padding:2rem; background:var(--surface); border:1px solid var(--line);
  border-radius:12px; }
.brand { margin:0 0 1.5rem; color:var(--muted); font-weight:600; }
h1 { margin:0 0 .75rem; font-size:1.375rem; line-height:1.3; }
p { margin:0 0 1rem; } p:last-child { margin-bottom:0; }
.quiet { color:var(--muted); font-size:.875rem; }
code { font-family:ui-monospace,monospace; font-size:.95em; }
button { font:inherit; font-weight:600; min-height:44px; padding:.5rem 1.25rem; border:1px solid transparent;
  border-radius:8px; background:var(--accent); color:var(--on-accent); cursor:pointer; }
:focus-visible { outline:3px solid var(--focus); outline-offset:2px; }
@media (forced-colors: active) { main, button { border:1px solid; } }`;
}
