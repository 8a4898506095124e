import { describe, expect, it } from 'vitest';
import { parseEmail } from './email-address.ts';

describe('parseEmail [MAIL-01]', () => {
  it.each([
    ['Anna.Berg+it@ACME.com', 'Anna.Berg+it@acme.com'],
    ["o'hara@acme.co.uk", "o'hara@acme.co.uk"],
    ['a@MÜNCHEN.de', 'a@xn--mnchen-3ya.de'],
    ['it@acme.test', 'it@acme.test'],
  ])('reads %s as %s', (input, address) => {
    expect(parseEmail(input)).toBe(address);
  });

  it.each([
    '',
    'acme.com',
    '@acme.com',
    'anna@',
    'anna@acme',
    'anna@@acme.com',
    'anna@acme.com@evil.test',
    'anna@acme.com,eve@evil.test',
    'anna@acme.com;eve@evil.test',
    'Anna <anna@acme.com>',
    'victim@corp.test <attacker@evil.test>',
    '"anna berg"@acme.com',
    'anna(comment)@acme.com',
    'group:anna@acme.com',
    'anna @acme.com',
    ' anna@acme.com',
    'anna@acme.com ',
    'anna@acme.com\r\nBcc: eve@evil.test',
    'anna\u0000@acme.com',
    'anna\u202e@acme.com',
    'anna@acme\u200b.com',
    'anna@acme.com.',
    '.anna@acme.com',
    'anna.@acme.com',
    'an..na@acme.com',
    'anna@[127.0.0.1]',
    'anna@127.0.0.1',
    'anna@0x7f.1',
    'anna@-acme.com',
    'anna@ac_me.com',
    'anna@acme%2ecom.test',
    'ännä@acme.com',
    `${'a'.repeat(65)}@acme.com`,
    `a@${'a'.repeat(60)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.com`,
  ])('refuses %j', (input) => {
    expect(() => parseEmail(input)).toThrow('email_invalid');
  });
});
