import { text } from '../answers.ts';
import { route } from '../route.ts';

/** The colour roles of the portal's tokens that one card needs; a vendor's own come by a second stylesheet. */
const stylesheet = `:root { color-scheme: light dark; --canvas:#f7f8f8; --surface:#fff; --line:#dde1e4; --text:#14181b;
  --muted:#4c555d; --focus:#1f55a5; --accent-fill:#0f5c63; --accent-fill-line:transparent; --on-accent:#fff; }
@media (prefers-color-scheme: dark) { :root { --canvas:#101315; --surface:#171b1e; --line:#2c3338; --text:#edf0f2;
  --muted:#b3bbc2; --focus:#8fbbf7; --accent-fill:#6cc5c8; --on-accent:#06201f; } }
* { box-sizing: border-box; }
body { margin:0; background:var(--canvas); color:var(--text); font:16px/1.5 Inter,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif; }
main { max-width:30rem; margin:12vh auto 2rem; padding:2rem; background:var(--surface); border:1px solid var(--line);
  border-radius:12px; }
.brand { margin:0 0 1.5rem; color:var(--muted); font-weight:600; }
.brand img { display:block; height:2rem; max-width:12.5rem; object-fit:contain; }
@media (prefers-color-scheme: dark) { .brand img.plate { padding:.25rem; border-radius:4px; background:#fff; } }
h1 { margin:0 0 .75rem; font-size:1.375rem; line-height:1.3; overflow-wrap:anywhere; }
p { margin:0 0 1rem; } p:last-child { margin-bottom:0; }
.quiet { color:var(--muted); font-size:.875rem; }
code { font-family:ui-monospace,monospace; font-size:.95em; }
a { color:inherit; }
button { font:inherit; font-weight:600; min-height:44px; padding:.5rem 1.25rem; border:1px solid var(--accent-fill-line);
  border-radius:8px; background:var(--accent-fill); color:var(--on-accent); cursor:pointer; }
:focus-visible { outline:3px solid var(--focus); outline-offset:2px; }
`;

const pagesStylesheet = route({
  method: 'GET',
  path: '/pages.css',
  who: 'public',
  summary: 'The stylesheet of the pages that the server draws',
  answers: { 200: 'CSS' },
  handler: () => {
    const css = text(200, stylesheet, 'text/css; charset=utf-8');
    return { ...css, headers: { ...css.headers, 'Cache-Control': 'public, max-age=3600' } };
  },
});

export const pageRoutes = [pagesStylesheet];
