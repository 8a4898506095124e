import { describe, expect, it } from 'vitest';
import { readableByItself } from './decrypted-assertion.ts';
import { ResponseRefused } from './response-refused.ts';
import { responseLimits, scanXml } from './scan.ts';
import { elementsIn, isNamed, type XmlElement, xmlNamespaces as ns } from './xml-tree.ts';

/** The innermost element of a document, which is where something encrypted stood. */
function innermost(xml: string): XmlElement {
  const scanned = scanXml(xml, responseLimits);
  if (!scanned.ok) throw new Error(scanned.reason);
  let at = scanned.root;
  for (let [next] = elementsIn(at); next; [next] = elementsIn(at)) at = next;
  return at;
}

function read(decrypted: string, surroundings: string) {
  const xml = readableByItself(decrypted, innermost(surroundings));
  const scanned = scanXml(xml, responseLimits);
  return { xml, isAssertion: scanned.ok && isNamed(scanned.root, ns.assertion, 'Assertion') };
}

function refusalOf(decrypted: string, surroundings: string) {
  try {
    return read(decrypted, surroundings);
  } catch (error) {
    if (!(error instanceof ResponseRefused)) throw error;
    return { reason: error.reason, facts: error.facts };
  }
}

const prefixed = `<p:R xmlns:p="${ns.protocol}" xmlns:s="urn:other"><s:E xmlns:s="${ns.assertion}"/></p:R>`;

describe('a decrypted assertion [SAML-10]', () => {
  it('that declares what it uses stays as it is', () => {
    const whole = `<s:Assertion xmlns:s="${ns.assertion}"><s:Issuer/></s:Assertion>`;

    expect(read(whole, prefixed)).toEqual({ xml: whole, isAssertion: true });
  });

  it.each([
    ['a prefix, as the nearest of its surroundings declares it', '<s:Assertion ID="_1"/>', prefixed],
    ['the default namespace', '<Assertion ID="_1"/>', `<R xmlns="${ns.assertion}"><E/></R>`],
    ['a prefix, behind white space', '\n  <s:Assertion/>', prefixed],
    ['types of values', '<s:Assertion xmlns:t="urn:t" t:a="xs:x" xsi:type="t:y"/>', prefixed],
    ['nothing that it has itself', `<s:Assertion\n xmlns:s="${ns.assertion}" p:a="1"/>`, prefixed],
    [
      'a prefix that something inside declares for itself',
      `<s:Assertion><s:Issuer xmlns:s="${ns.assertion}"/></s:Assertion>`,
      prefixed,
    ],
    ['a prefix inside', `<Assertion xmlns="${ns.assertion}"><s:Issuer/></Assertion>`, prefixed],
  ])('takes %s', (_what, decrypted, surroundings) => {
    expect(read(decrypted, surroundings).isAssertion).toBe(true);
  });

  it('takes no prefix that stands beside it or below', () => {
    const beside = `<s:R xmlns:s="${ns.assertion}"><s:E/><s:F xmlns:x="urn:x"/></s:R>`;

    expect(refusalOf('<s:Assertion outside:a="1"/>', beside)).toEqual({
      reason: 'encryption_refused',
      facts: { reason: 'namespace_outside', prefix: 'outside' },
    });
  });

  it('takes declarations alone, and no other attribute', () => {
    const versioned = `<s:R xmlns:s="${ns.assertion}" Version="2.0"><s:E ID="_1"/></s:R>`;

    expect(read('<s:Assertion/>', versioned).xml).not.toMatch(/Version|ID/);
  });

  it.each([
    '<s:Assertion>',
    'no XML at all',
    '',
    '<s:Assertion/><s:Assertion/>',
    'words <s:Assertion/>',
    '<!DOCTYPE a><s:Assertion/>',
  ])('is left for the parser to refuse when it is %j', (decrypted) => {
    expect(read(decrypted, prefixed).isAssertion).toBe(false);
  });

  it.each(['no XML at all', '', 'words <s:Assertion/>', '<!DOCTYPE a><s:Assertion/>'])(
    'is left as it is when nothing in it can be completed: %j',
    (decrypted) => {
      expect(read(decrypted, prefixed).xml).toBe(decrypted);
    },
  );

  it('carries what a namespace holds as text', () => {
    const quoting = '<R xmlns:q="urn:a&quot; b=&quot;c"><E/></R>';

    expect(read('<q:Assertion/>', quoting).xml).toContain('xmlns:q="urn:a&quot; b=&quot;c"');
  });
});
