import { describe, expect, it } from 'vitest';
import { decodeSamlResponse, peekInResponseTo, peekIssuer } from './posted-response.ts';
import { ResponseRefused } from './response-refused.ts';
import { responseLimits } from './scan.ts';

const posted = (text: string | Buffer) => Buffer.from(text).toString('base64');

function refusalOf(text: string) {
  try {
    decodeSamlResponse(text);
    return undefined;
  } catch (error) {
    if (error instanceof ResponseRefused) return { reason: error.reason, facts: error.facts };
    throw error;
  }
}

describe('a posted response is decoded [SAML-02]', () => {
  it.each(['<r/>', '<r/>x', '<r/>xy'])('with whatever padding its length needs: %s', (text) => {
    expect(decodeSamlResponse(posted(text))).toBe(text);
  });

  it('with line ends anywhere in its base64', () => {
    expect(decodeSamlResponse(`PH\r\nIv\nPg\r==\n`)).toBe('<r/>');
  });

  it('with CRLF and CR made LF, once', () => {
    expect(decodeSamlResponse(posted('a\r\nb\rc\n\rd'))).toBe('a\nb\nc\n\nd');
  });

  it.each([
    ['nothing', ''],
    ['line ends only', '\r\n'],
    ['base64url', 'PHIvPg-_'],
    ['a character before', '*PHI'],
    ['a character after', 'PHI*'],
    ['too little padding', 'PHIvPg='],
    ['too much padding', 'P==='],
    ['padding inside', 'PH==PHIv'],
    ['padding only', '===='],
  ])('but not %s', (_name, text) => {
    expect(refusalOf(text)).toEqual({ reason: 'request_malformed', facts: { reason: 'base64' } });
  });

  it('but not with a NUL, or with bytes that are not UTF-8', () => {
    expect(refusalOf(posted('<r>\0</r>'))).toEqual({ reason: 'request_malformed', facts: { reason: 'nul' } });
    expect(refusalOf(posted(Buffer.from([0x3c, 0x72, 0xff])))).toEqual({
      reason: 'request_malformed',
      facts: { reason: 'utf8' },
    });
  });

  it('up to the limit of bytes and no further, whatever line ends are between them', () => {
    const largest = posted('x'.repeat(responseLimits.bytes));
    const tooLarge = posted('x'.repeat(responseLimits.bytes + 3));

    expect(refusalOf(largest.replace(/(.{76})/g, '$1\r\n'))).toBeUndefined();
    expect(refusalOf(tooLarge)).toEqual({ reason: 'too_large', facts: { limit: responseLimits.bytes } });
  });
});

describe('a peek at InResponseTo', () => {
  it.each([
    '<r InResponseTo="_1">',
    '<r InResponseTo="_1"/>',
    '\n <r InResponseTo="_1"/>',
    '<?xml version="1.0"?>\n<r InResponseTo="_1"/>',
    '  <?xml version="1.0" encoding="utf-8"?><r InResponseTo="_1"/>',
    `<r a="x>y" b='x>y' InResponseTo="_1"><next InResponseTo="_2"/>`,
    '<_r InResponseTo="_1"/>',
  ])('finds it in the root: %s', (xml) => {
    expect(peekInResponseTo(xml)).toBe('_1');
  });

  it.each([
    '<r><next InResponseTo="_2"/></r>',
    'text <r InResponseTo="_1"/>',
    '<!-- --><r InResponseTo="_1"/>',
    '<!DOCTYPE a><a InResponseTo="x"/>',
    '<1 InResponseTo="x"/>',
    '<r InResponseTo="_1"',
    '<r InResponseTo="a<b"/>',
    '<r InResponseTo="_1" InResponseTo="_2"/>',
    '<r x:InResponseTo="_1" xmlns:x="urn:x"/>',
  ])('finds none elsewhere: %s', (xml) => {
    expect(peekInResponseTo(xml)).toBeUndefined();
  });

  it('reads no more than the beginning of what was posted', () => {
    expect(peekInResponseTo(`<r ${' '.repeat(32 * 1024)} InResponseTo="_1"/>`)).toBeUndefined();
    expect(peekInResponseTo(`<r InResponseTo="_1">${' '.repeat(64 * 1024)}</r>`)).toBe('_1');
  });

  it.each(['', 'nonsense', 'hello', '<a'])('answers nothing for %j', (text) => {
    expect(peekInResponseTo(text)).toBeUndefined();
  });
});

describe('a peek at the issuer', () => {
  const namespaces =
    'xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns="urn:oasis:names:tc:SAML:2.0:assertion"';
  const peeked = (content: string) => peekIssuer(posted(`<p:Response ${namespaces}>${content}</p:Response>`));

  it('finds the one that is named outside, inside or in both places', () => {
    expect(peeked('<Issuer>a</Issuer>')).toBe('a');
    expect(peeked('<Assertion><Issuer>a</Issuer></Assertion>')).toBe('a');
    expect(peeked('<Issuer>a</Issuer><Assertion><Issuer>a</Issuer></Assertion>')).toBe('a');
  });

  it('finds none where there are several, or none', () => {
    expect(peeked('<Issuer>a</Issuer><Assertion><Issuer>b</Issuer></Assertion>')).toBeUndefined();
    expect(peeked('<Issuer>a</Issuer><Issuer>b</Issuer>')).toBeUndefined();
    expect(peeked('')).toBeUndefined();
    expect(peeked('<p:Assertion><Issuer>a</Issuer></p:Assertion>')).toBeUndefined();
  });

  it.each(['', 'nonsense', posted('hello')])('answers nothing for %j', (text) => {
    expect(peekIssuer(text)).toBeUndefined();
  });
});
