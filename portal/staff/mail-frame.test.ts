import { expect, it } from 'vitest';
import { framedMail } from './mail-frame.ts';

const html = '<html><head></head><body style="margin:0"><p style="color:red">Hello</p></body></html>';

it('[UI-02] a mail keeps its looks in a sheet with the nonce, and no style attribute is left', () => {
  const framed = framedMail(html, 'n0nce');

  expect(framed).not.toMatch(/ style=/);
  expect(framed).toContain('nonce="n0nce"');
  expect(framed).toContain('[data-mail-style="0"] { margin:0 }');
  expect(framed).toContain('<p data-mail-style="1">Hello</p>');
});

it('a mail without looks is only framed', () => {
  expect(framedMail('<p>Hello</p>', 'n0nce')).toContain('<p>Hello</p>');
});
