import { expect, it } from 'vitest';
import { createLogger, redactText } from './logger.ts';
import { mintToken, tokenPrefixes } from './tokens.ts';

function loggerInto(lines: string[], level = 'info') {
  return createLogger({ level, program: 'api' }, { write: (line: string) => lines.push(line) });
}

it('a record is one JSON line with program, level and time', () => {
  const lines: string[] = [];

  loggerInto(lines).child({ requestId: 'req_1' }).info({ path: '/a\nb' }, 'two\nlines');

  expect(lines).toHaveLength(1);
  expect(lines[0]?.trim()).not.toContain('\n');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    program: 'api',
    requestId: 'req_1',
    path: '/a\nb',
    msg: 'two\nlines',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
  });
});

it('what is below the level is not written', () => {
  const lines: string[] = [];

  loggerInto(lines, 'warn').info('quiet');

  expect(lines).toEqual([]);
});

it.each(tokenPrefixes)(
  '[LNK-07] [SEC-04] %s is hidden in paths, messages, nested values, errors and child fields',
  (prefix) => {
    const lines: string[] = [];
    const token = mintToken(prefix);
    const logger = loggerInto(lines).child({ opened: token });

    logger.error(
      {
        req: { url: `/setup/acme/${token}/home` },
        deep: { er: [token] },
        err: new Error(`no link ${token}`),
      },
      `opened ${token}`,
    );

    expect(lines.join('')).not.toContain(token.slice(prefix.length, prefix.length + 12));
    expect(JSON.parse(lines[0] ?? '').req.url).toBe('/setup/acme/[hidden]/home');
  },
);

it('[SEC-04] credentials in headers and named fields are hidden', () => {
  const lines: string[] = [];

  loggerInto(lines).info({
    req: { headers: { authorization: 'Digest abc', cookie: '__Host-session=abc', accept: 'text/html' } },
    res: { headers: { 'set-cookie': 'abc' } },
    connection: { clientSecret: 'abc' },
  });

  expect(lines.join('')).not.toContain('abc');
  expect(lines.join('')).toContain('text/html');
});

it.each([
  ['a bearer', 'sent Bearer abcDEF123456.xyz', 'sent Bearer [hidden]'],
  ['an ID token', 'got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln today', 'got [hidden] today'],
  ['a webhook secret', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', '[hidden]'],
  ['an answer of an IdP', '/cb?code=SplxlOBe&state=af0ifjsldkj&x=1', '/cb?code=[hidden]&state=[hidden]&x=1'],
  ['a SAML response', '/acs?SAMLResponse=PHNhbWw%2B', '/acs?SAMLResponse=[hidden]'],
  [
    'a private key',
    'key: -----BEGIN RSA PRIVATE KEY-----\\nMIIE\\n-----END RSA PRIVATE KEY-----.',
    'key: [hidden].',
  ],
])('[SEC-04] %s is hidden wherever it stands', (_, text, expected) => {
  expect(redactText(text)).toBe(expected);
  expect(redactText(expected)).toBe(expected);
});
