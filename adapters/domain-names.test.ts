import { describe, expect, it } from 'vitest';
import { OnboardingError } from '../onboarding/errors.ts';
import { looksConfusable } from './confusable-names.ts';
import { normaliseDomain, toUnicodeDomain } from './domain-names.ts';

const production = { allowTestSuffix: false };
const sandbox = { allowTestSuffix: true };

function refusal(input: string, options = production) {
  try {
    normaliseDomain(input, options);
  } catch (error) {
    if (error instanceof OnboardingError) return { code: error.code, ...error.facts };
  }
  return 'accepted';
}

describe('normaliseDomain [DOM-02]', () => {
  it.each([
    ['acme.com', 'acme.com'],
    ['  ACME.Co.Uk. ', 'acme.co.uk'],
    ['eu.acme.com', 'eu.acme.com'],
    ['MÜNCHEN.de', 'xn--mnchen-3ya.de'],
    ['xn--mnchen-3ya.de', 'xn--mnchen-3ya.de'],
    ['ａｃｍｅ。com', 'acme.com'],
    ['пример.рф', 'xn--e1afmkfd.xn--p1ai'],
    ['acme.uk.com', 'acme.uk.com'],
  ])('reads %j as %s', (input, domain) => {
    expect(normaliseDomain(input, production)).toBe(domain);
  });

  it.each([
    ['', 'empty'],
    ['.', 'empty'],
    ['https://acme.com', 'url'],
    ['acme.com/login', 'url'],
    ['anna@acme.com', 'email'],
    ['acme.com:443', 'port'],
    ['*.acme.com', 'wildcard'],
    ['_dmarc.acme.com', 'underscore'],
    ['ac me.com', 'characters'],
    ['a%2eb.com', 'characters'],
    ['acme\u200b.com', 'characters'],
    ['acme\u202e.com', 'characters'],
    ['-acme.com', 'characters'],
    ['acme..com', 'characters'],
    ['xn--zzzz-.com', 'characters'],
    ['xn--a.com', 'characters'],
    ['acme.com..', 'characters'],
    [`${'a'.repeat(64)}.com`, 'characters'],
    [`${'a.'.repeat(130)}com`, 'too_long'],
    ['127.0.0.1', 'ip_address'],
    ['[::1]', 'ip_address'],
    ['0x7f.1', 'ip_address'],
    ['１２７.0.0.1', 'ip_address'],
    ['acme', 'single_label'],
    ['acme.corp', 'unknown_suffix'],
    ['acme.con', 'unknown_suffix'],
  ])('refuses %j: %s', (input, reason) => {
    expect(refusal(input)).toMatchObject({ code: 'domain_invalid', reason });
  });

  it.each(['com', 'co.uk', 'github.io', 'azurewebsites.net', 'xn--p1ai', 'uk.com'])(
    'refuses the shared ending %s',
    (input) => {
      expect(refusal(input)).toEqual({ code: 'domain_public_suffix', domain: input });
    },
  );

  it.each([
    'acme.local',
    'localhost',
    'example.com',
    'mail.example.org',
    'printer.internal',
    '1.0.10.in-addr.arpa',
  ])('refuses the special-use name %s', (input) => {
    expect(refusal(input)).toEqual({ code: 'domain_special_use', domain: input });
  });

  it.each([
    'gmail.com',
    'GoogleMail.com',
    'yahoo.co.jp',
    'hotmail.fr',
    'mail.icloud.com',
    'web.de',
    'qq.com',
  ])('refuses the public mail domain %s', (input) => {
    expect(refusal(input)).toEqual({ code: 'domain_public_mail', domain: input.toLowerCase() });
  });

  it('takes .test for an ending in a sandbox only', () => {
    expect(normaliseDomain('Acme.test', sandbox)).toBe('acme.test');
    expect(refusal('acme.test')).toMatchObject({ code: 'domain_special_use' });
    expect(refusal('test', sandbox)).toMatchObject({ code: 'domain_public_suffix' });
    expect(refusal('acme.local', sandbox)).toMatchObject({ code: 'domain_special_use' });
  });

  it('shortens what it repeats and leaves out what a page could not show', () => {
    expect(refusal(`a\u202e\u0007${'b'.repeat(200)}`)).toMatchObject({ domain: `a${'b'.repeat(119)}` });
  });
});

it('shows the form people read', () => {
  expect(toUnicodeDomain('xn--mnchen-3ya.de')).toBe('münchen.de');
});

describe('looksConfusable', () => {
  it.each([
    ['acme.com', false],
    ['münchen.de', false],
    ['пример.рф', false],
    ['東京ソニー.jp', false],
    ['аpple.com', true],
    ['аррӏе.com', true],
    ['αcme.com', true],
    ['ɡoogle.com', true],
  ])('%s: %s', (domain, expected) => {
    expect(looksConfusable(new URL(`http://${domain}`).hostname)).toBe(expected);
  });
});
