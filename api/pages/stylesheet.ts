import { z } from 'zod';
import { text } from '../answers.ts';
import { route } from '../route.ts';

/** The colour roles of the portal's tokens that one card needs, with the vendor's accent where there is one. */
function stylesheet(accent: string | undefined): string {
  const light = accent === undefined ? '--accent:#0f5c63; --on-accent:#fff;' : ownAccent(accent);
  const dark = accent === undefined ? '--accent:#6cc5c8; --on-accent:#06201f;' : '';
  return `:root { color-scheme: light dark; --canvas:#f7f8f8; --surface:#fff; --line:#dde1e4; --text:#14181b;
  --muted:#4c555d; --focus:#1f55a5; ${light} }
@media (prefers-color-scheme: dark) { :root { --canvas:#101315; --surface:#171b1e; --line:#2c3338; --text:#edf0f2;
  --muted:#b3bbc2; --focus:#8fbbf7; ${dark} } }
* { box-sizing: border-box; }
body { margin:0; background:var(--canvas); color:var(--text); font:16px/1.5 Inter,system-ui,sans-serif; }
main { max-width:30rem; margin:12vh auto 2rem; padding:2rem; background:var(--surface); border:1px solid var(--line);
  border-radius:12px; }
.brand { margin:0 0 1.5rem; color:var(--muted); font-weight:600; }
h1 { margin:0 0 .75rem; font-size:1.375rem; line-height:1.3; }
p { margin:0 0 1rem; } p:last-child { margin-bottom:0; }
.quiet { color:var(--muted); font-size:.875rem; }
code { font-family:ui-monospace,monospace; font-size:.95em; }
a { color:inherit; }
button { font:inherit; font-weight:600; min-height:44px; padding:.5rem 1.25rem; border:1px solid transparent;
  border-radius:8px; background:var(--accent); color:var(--on-accent); cursor:pointer; }
:focus-visible { outline:3px solid var(--focus); outline-offset:2px; }
`;
}

/** Text on the accent is black or white, whichever stands out more (WCAG 2.2 relative luminance, 0.179 in the middle). */
function ownAccent(accent: string): string {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const share = Number.parseInt(accent.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const isLight = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179;
  return `--accent:#${accent}; --on-accent:${isLight ? '#000' : '#fff'};`;
}

const pagesStylesheet = route({
  method: 'GET',
  path: '/pages.css',
  who: 'public',
  summary: 'The stylesheet of the pages that the server draws',
  query: z.object({
    accent: z
      .string()
      .regex(/^[0-9a-f]{6}$/i)
      .optional(),
  }),
  answers: { 200: 'CSS' },
  handler: ({ query }) => {
    const css = text(200, stylesheet(query.accent), 'text/css; charset=utf-8');
    return { ...css, headers: { ...css.headers, 'Cache-Control': 'public, max-age=3600' } };
  },
});

export const pageRoutes = [pagesStylesheet];
