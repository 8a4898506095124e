import { createHash } from 'node:crypto';

/**
 * The doors' own stylesheet: small, so that the first page shows at once on a slow line. The colours are the roles of
 * `portal/shared/styles/tokens.css`, and `doors-pages.test.ts` holds the two together.
 */
export const doorStyle = `
:root {
  color-scheme: light dark;
  --canvas: #f7f8f8; --surface: #ffffff; --line: #dde1e4; --text: #14181b; --muted: #4c555d;
  --accent: #0f5c63; --accent-fill: #0f5c63; --accent-fill-hover: #0b484e; --accent-fill-line: transparent;
  --on-accent: #ffffff;
  --line-strong: #7a8289; --sunken: #eff1f2; --bad: #b3241b; --wait: #8a4b00; --focus: #1f55a5;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --canvas: #101315; --surface: #171b1e; --line: #2c3338; --text: #edf0f2; --muted: #b3bbc2;
    --accent: #6cc5c8; --accent-fill: #6cc5c8; --accent-fill-hover: #8ad6d8; --on-accent: #06201f;
    --line-strong: #757f88; --sunken: #0c0f10; --bad: #ff9d94; --wait: #f0b961; --focus: #8fbbf7;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column;
  background: var(--canvas); color: var(--text);
  font: 1rem/1.5 'Inter Variable', -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  overflow-wrap: anywhere;
}
body.sandbox { border-block-start: 3px solid var(--wait); }
/* The same column as the pages behind the door. */
header, footer, main { padding-inline: max(1rem, (100% - 67.5rem) / 2 + 1.5rem); }
header, footer { background: var(--surface); padding-block: 0.875rem; }
header { border-block-end: 1px solid var(--line); font-weight: 600; }
header img { display: block; height: 2rem; width: auto; max-width: 12.5rem; object-fit: contain; }
header { display: flex; align-items: center; }
@media screen and (prefers-color-scheme: dark) { header img.plate { padding: 0.25rem; border-radius: 4px; background: #ffffff; } }
header .kind { margin-inline-start: 1rem; font-size: 0.875rem; font-weight: 500; color: var(--wait); }
footer { border-block-start: 1px solid var(--line); font-size: 0.875rem; color: var(--muted); }
main { flex: 1; width: 100%; padding-block: 2rem 3rem; }
main > * { max-width: 44rem; }
@media (width >= 60rem) { main { padding-block: 4rem; } }
h1 { margin: 0 0 1rem; font-size: 1.875rem; line-height: 2.375rem; font-weight: 600; text-wrap: balance; }
p { margin: 0 0 1rem; max-width: 68ch; }
.muted { color: var(--muted); }
.small { font-size: 0.875rem; line-height: 1.25rem; }
dl { margin: 0 0 1.5rem; border-block-start: 1px solid var(--line); }
dl > div { display: grid; gap: 0 1.5rem; padding: 0.625rem 0; border-block-end: 1px solid var(--line); }
@media (width >= 40rem) { dl > div { grid-template-columns: 8rem 1fr; } }
dt { color: var(--muted); }
dd { margin: 0; }
ul { margin: 0; padding: 0; list-style: none; }
li + li { margin-block-start: 0.375rem; }
form { margin: 1.5rem 0; }
button {
  min-height: 2.75rem; padding: 0.5rem 1.25rem; border: 1px solid var(--accent-fill-line); border-radius: 4px;
  background: var(--accent-fill); color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer;
  transition: background-color 120ms cubic-bezier(.2, 0, 0, 1);
}
button:hover { background: var(--accent-fill-hover); }
button.quiet { border-color: var(--line-strong); background: var(--surface); color: var(--text); font-weight: 500; }
button.quiet:hover { background: var(--sunken); }
label { display: block; margin-block-end: 0.25rem; font-weight: 500; }
input[type='text'] {
  display: block; width: 100%; max-width: 14rem; min-height: 2.75rem; margin-block-end: 1rem; padding: 0.5rem 0.75rem;
  border: 1px solid var(--line-strong); border-radius: 4px; background: var(--surface); color: var(--text);
  font: inherit; font-variant-numeric: tabular-nums; letter-spacing: 0.15em;
}
input[aria-invalid] { border-color: var(--bad); }
.problem { margin: 0 0 0.5rem; color: var(--bad); }
a { color: var(--accent); text-underline-offset: 3px; }
summary { display: inline-block; min-height: 1.5rem; color: var(--accent); text-decoration: underline; text-underline-offset: 3px; cursor: pointer; }
summary::-webkit-details-marker { display: none; }
details { margin-block-end: 1rem; }
details p { margin-block-start: 0.5rem; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 2px; }
@media (max-width: 40rem) { button { width: 100%; } }
@media (prefers-reduced-motion: reduce) { * { transition: none; } }
@media (forced-colors: active) { button { border-color: ButtonText; } }
`.trimStart();

const hash = createHash('sha256').update(doorStyle).digest('hex').slice(0, 12);
export const doorStyleFile = `door-${hash}.css`;
