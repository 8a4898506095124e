import { describe, expect, it } from 'vitest';
import { metadataLimits, responseLimits, scanXml, type ScanRefusal } from './scan.ts';
import { parseInAgreement } from './second-parser.ts';
import { attributeOf, childNamed, textOf } from './xml-tree.ts';

const size = 250 * 1024;
const filled = (unit: string, bytes = size) => unit.repeat(Math.floor(bytes / unit.length));
const inside = (content: string) => `<r xmlns="urn:r">${content}</r>`;
const many = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => write(i));

const refusals: readonly (readonly [string, string, ScanRefusal])[] = [
  ['a DOCTYPE', '<!DOCTYPE r><r/>', 'doctype'],
  ['an external subset', '<!DOCTYPE r SYSTEM "https://evil.test/x.dtd"><r/>', 'doctype'],
  ['a parameter entity', '<!DOCTYPE r [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><r/>', 'doctype'],
  ['an entity bomb', '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><r>&b;</r>', 'doctype'],
  ['an entity beyond the five', inside('&nbsp;'), 'not_well_formed'],
  ['a comment', inside('admin@corp<!---->.evil'), 'comment'],
  ['CDATA', inside('<![CDATA[x]]>'), 'cdata'],
  ['a processing instruction', `<?xml-stylesheet href="x"?>${inside('')}`, 'processing_instruction'],
  ['XML 1.1', '<?xml version="1.1"?><r/>', 'xml_version'],
  ['another encoding', '<?xml version="1.0" encoding="UTF-16"?><r/>', 'encoding'],
  ['a relative namespace', '<r xmlns="relative"/>', 'relative_namespace'],
  ['an oversized namespace', `<r xmlns="urn:${filled('x', 2000)}"/>`, 'limit_namespace_length'],
  ['one attribute under two prefixes', '<r xmlns:a="u:x" xmlns:b="u:x" a:i="1" b:i="2"/>', 'not_well_formed'],
  ['a second root', '<r/><r/>', 'not_well_formed'],
  ['nothing', '', 'not_well_formed'],
];

describe('the scan of a SAML response', () => {
  it.each(refusals)('refuses %s [SAML-03]', (_name, xml, reason) => {
    expect(scanXml(xml, responseLimits)).toMatchObject({ ok: false, reason });
  });

  const bombs: readonly (readonly [string, string, ScanRefusal])[] = [
    ['siblings', inside(filled('<a/>')), 'limit_elements'],
    ['depth', `<r xmlns="urn:r">${filled('<a>')}`, 'limit_depth'],
    ['attributes', `<r ${many(20_000, (i) => `a${i}=""`).join(' ')}/>`, 'limit_attributes'],
    ['namespaces', inside(many(100, (i) => `<a xmlns:n="urn:${i}"/>`).join('')), 'limit_namespaces'],
    ['a DOCTYPE full of comments', `<!DOCTYPE r [${filled('<!-- x -->')}]><r/>`, 'doctype'],
    ['a DOCTYPE full of entities', `<!DOCTYPE r [${filled('<!ENTITY a "b">')}]><r/>`, 'doctype'],
    ['one long comment', inside(`<!--${filled('- ')}-->`), 'comment'],
    ['one long text', inside(filled('x')), 'limit_text_length'],
    ['one long attribute', `<r a="${filled('y')}"/>`, 'limit_attribute_length'],
    ['an attribute of references', `<r a="${filled('&amp;')}"/>`, 'limit_attribute_length'],
    ['one long name', `<${filled('n')}/>`, 'limit_name_length'],
    ['open brackets', filled('<'), 'not_well_formed'],
    ['more than the size', inside(filled('<a/>', 300 * 1024)), 'limit_bytes'],
  ];

  it.each(bombs)(
    'refuses a bomb of %s at its limit, however long it goes on [SAML-03] [SAML-04]',
    (_name, xml, reason) => {
      const scanned = scanXml(xml, responseLimits);

      expect(scanned).toMatchObject({ ok: false, reason });
      expect(scanned.ok ? Infinity : scanned.elementCount).toBeLessThanOrEqual(responseLimits.elements + 1);
    },
  );

  it('does no more work for a bomb that is ten times as large', () => {
    const bombOf = (count: number) => scanXml(inside('<a/>'.repeat(count)), responseLimits);

    const [small, large] = [bombOf(3_000), bombOf(30_000)];

    expect(small.ok || large.ok).toBe(false);
    expect([small.elementCount, large.elementCount]).toEqual([2001, 2001]);
  });

  it('takes the same namespaces declared on hundreds of values, as Okta sends them', () => {
    const value = '<v xmlns:xs="urn:xs" xmlns:xsi="urn:xsi" xsi:type="xs:string">group</v>';

    expect(scanXml(inside(value.repeat(300)), responseLimits)).toMatchObject({ ok: true });
  });

  it('joins text across references, so that no value stops at a node boundary', () => {
    const scanned = scanXml(inside('<a>one &amp; two &#38; three</a>'), responseLimits);

    const a = scanned.ok ? childNamed(scanned.root, 'urn:r', 'a') : undefined;
    expect(a && textOf(a)).toBe('one & two & three');
    expect(a?.children).toHaveLength(1);
  });

  it('keeps an attribute named __proto__ an attribute', () => {
    const scanned = scanXml('<r __proto__="x"/>', responseLimits);

    expect(scanned.ok && attributeOf(scanned.root, '__proto__')).toBe('x');
  });
});

describe('the scan of metadata', () => {
  it('drops comments and takes any number of namespaces [MD-01]', () => {
    const xml = inside(
      `<!-- licence -->${many(150, (i) => `<a xmlns:n="urn:${i}">x<!-- -->y</a>`).join('')}`,
    );

    const scanned = scanXml(xml, metadataLimits);

    expect(scanned.ok && textOf(scanned.root).slice(0, 4)).toBe('xyxy');
  });

  it.each(refusals.filter(([, , reason]) => reason !== 'comment'))(
    'refuses %s [MD-01]',
    (_name, xml, reason) => {
      expect(scanXml(xml, metadataLimits)).toMatchObject({ ok: false, reason });
    },
  );

  it('takes 1 MB and no more [MD-01]', () => {
    const text = inside(filled(`<a>${'x'.repeat(1000)}</a>`, 1024 * 1024 - 100));

    expect(scanXml(text, metadataLimits)).toMatchObject({ ok: true });
    expect(scanXml(text + ' '.repeat(2000), metadataLimits)).toMatchObject({
      ok: false,
      reason: 'limit_bytes',
    });
  });
});

describe('the second parser', () => {
  const scannedRoot = (xml: string) => {
    const scanned = scanXml(xml, metadataLimits);
    if (!scanned.ok) throw new Error(scanned.reason);
    return scanned.root;
  };

  it.each([
    '<a b="x\ny\tz"/>',
    '<a>x&#13;y</a>',
    '<a xmlns="urn:a"><b xmlns=""/></a>',
    '<a xmlns:b="urn:b" b:c="1" c="2">t<b:d/>u</a>',
    '<a>\u{1F600}&#x1F600;]]&gt;</a>',
    '<a><!-- gone -->x<!-- gone -->y</a>',
  ])('reads %s as the scan does', (xml) => {
    expect(parseInAgreement(xml, scannedRoot(xml))).toBeDefined();
  });

  it.each([
    ['an element more', '<a><b/></a>', '<a><b/><b/></a>'],
    ['another namespace', '<a xmlns="urn:a"/>', '<a xmlns="urn:b"/>'],
    ['another attribute', '<a ID="1"/>', '<a ID="2"/>'],
    ['other text', '<a>x</a>', '<a>y</a>'],
    ['another order', '<a><b/>x</a>', '<a>x<b/></a>'],
  ])('refuses a document that it reads with %s (CVE-2025-25291)', (_name, one, other) => {
    expect(parseInAgreement(one, scannedRoot(other))).toBeUndefined();
  });

  it('refuses text on which the two parsers differ', () => {
    // xmldom reads NEL as a line end, as XML 1.1 would.
    const xml = '<a>x\u0085y</a>';

    expect(parseInAgreement(xml, scannedRoot(xml))).toBeUndefined();
  });
});
