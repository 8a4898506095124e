import { afterEach, beforeEach, expect, it, vi } from 'vitest';

/** What Chromium has and the tests' document lacks: markup that is known by who made it. */
const made: string[] = [];
const createPolicy = vi.fn((_name: string, rules: { createHTML(markup: string): string }) => ({
  createHTML: (markup: string) => {
    made.push(markup);
    return rules.createHTML(markup);
  },
}));

beforeEach(() => {
  vi.resetModules();
  made.length = 0;
});
afterEach(() => vi.unstubAllGlobals());

it('[UI-02] what is parsed or framed goes by the one name that the policy of the pages has for it', async () => {
  vi.stubGlobal('trustedTypes', { createPolicy });
  const { framedMarkup, parseMarkup } = await import('./markup.ts');

  expect(parseMarkup('<a>x</a>', 'text/xml').documentElement.textContent).toBe('x');
  expect(framedMarkup('<p>y</p>')).toBe('<p>y</p>');
  expect(createPolicy.mock.calls.map(([name]) => name)).toEqual(['vestibule']);
  expect(made).toEqual(['<a>x</a>', '<p>y</p>']);
});

it('a browser that knows no such names takes the text', async () => {
  const { framedMarkup, parseMarkup } = await import('./markup.ts');

  expect(parseMarkup('<p>x</p>', 'text/html').body.textContent).toBe('x');
  expect(framedMarkup('<p>y</p>')).toBe('<p>y</p>');
});
