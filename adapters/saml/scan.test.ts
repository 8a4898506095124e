import { describe, expect, it } from 'vitest';
import { metadataLimits, responseLimits, scanXml, type ScanRefusal } from './scan.ts';
import { parseInAgreement } from './second-parser.ts';
import { attributeOf, childNamed, textOf } from './xml-tree.ts';

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
  ['an oversized namespace', `<r xmlns="urn:${'x'.repeat(2000)}"/>`, 'limit_namespace_length'],
  ['one attribute under two prefixes', '<r xmlns:a="u:x" xmlns:b="u:x" a:i="1" b:i="2"/>', 'not_well_formed'],
  ['a second root', '<r/><r/>', 'not_well_formed'],
  ['nothing', '', 'not_well_formed'],
];

describe('the scan of a SAML response', () => {
  it.each(refusals)('refuses %s [SAML-03]', (_name, xml, reason) => {
    expect(scanXml(xml, responseLimits)).toMatchObject({ ok: false, reason });
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

  const limited: readonly (readonly [string, string, string, ScanRefusal, keyof typeof responseLimits])[] = [
    ['elements', '<r><a/><a/></r>', '<r><a/><a/><a/></r>', 'limit_elements', 'elements'],
    ['depth', '<r><a><b/></a><a><b/></a></r>', '<r><a><b><c/></b></a></r>', 'limit_depth', 'depth'],
    ['a name', '<rrr/>', '<rrrr/>', 'limit_name_length', 'nameLength'],
    [
      'attributes',
      '<r a="" b="" c=""><s a="" b="" c=""/></r>',
      '<r a="" b="" c="" d=""/>',
      'limit_attributes',
      'attributesPerElement',
    ],
    [
      'namespaces',
      '<r xmlns:a="u:1" xmlns:b="u:2"><s xmlns="u:3"/><s xmlns="u:3"/></r>',
      '<r xmlns:a="u:1" xmlns:b="u:2"><s xmlns="u:3"/><s xmlns="u:4"/></r>',
      'limit_namespaces',
      'namespaceDeclarations',
    ],
    ['a namespace', '<r xmlns="u:x"/>', '<r xmlns="u:xx"/>', 'limit_namespace_length', 'namespaceLength'],
    ['an attribute', '<r a="123"/>', '<r a="1234"/>', 'limit_attribute_length', 'attributeLength'],
    ['a text', '<r>123</r>', '<r>1234</r>', 'limit_text_length', 'textLength'],
  ];

  it.each(limited)(
    'takes %s up to the limit, and names it beyond [SAML-03]',
    (_name, fits, exceeds, reason, limit) => {
      const limits = { ...responseLimits, [limit]: 3 };

      expect(scanXml(fits, limits)).toMatchObject({ ok: true });
      expect(scanXml(exceeds, limits)).toMatchObject({ ok: false, reason, facts: { limit: 3 } });
    },
  );

  it('takes bytes, not characters, up to the limit [SAML-03]', () => {
    const xml = '<r>é</r>';

    expect(scanXml(xml, { ...responseLimits, bytes: 9 })).toMatchObject({ ok: true });
    expect(scanXml(xml, { ...responseLimits, bytes: 8 })).toEqual({
      ok: false,
      reason: 'limit_bytes',
      facts: { limit: 8 },
      elementCount: 0,
    });
  });

  it.each([
    '<?xml version="1.0" encoding="utf-8"?><r/>',
    '<?xml version="1.0" encoding="US-ASCII"?><r/>',
    '<?xml version="1.0"?><r/>',
    '<r/>\n ',
    '<r/>',
  ])('takes %s', (xml) => {
    expect(scanXml(xml, responseLimits)).toMatchObject({ ok: true, elementCount: 1 });
  });

  it.each([
    ['xml_version', '<?xml version="1.1"?><r/>', { received: '1.1' }],
    ['encoding', '<?xml version="1.0" encoding="x-utf-8"?><r/>', { received: 'x-utf-8' }],
    ['encoding', '<?xml version="1.0" encoding="utf-8x"?><r/>', { received: 'utf-8x' }],
    ['not_well_formed', '', { detail: 'document must contain a root element.' }],
    ['not_well_formed', '<!x><r/>', {}],
  ])('names what it refuses: %s in %s', (reason, xml, facts) => {
    expect(scanXml(xml, responseLimits)).toMatchObject({ ok: false, reason, facts, elementCount: 0 });
  });

  it('says in 200 characters at most why a document is not well formed', () => {
    const scanned = scanXml(`<${'x'.repeat(240)}:a/>`, responseLimits);

    expect(scanned).toMatchObject({ ok: false, reason: 'not_well_formed' });
    expect(scanned.ok ? '' : String(scanned.facts['detail'])).toHaveLength(200);
  });

  it.each(['u:x', 'U2+.-:x', 'https://x.test'])('takes the absolute namespace %s', (uri) => {
    expect(scanXml(`<r xmlns="${uri}"/>`, responseLimits)).toMatchObject({ ok: true });
  });

  it.each(['/x', '2u:x', ' u:x', 'ux'])('refuses the relative namespace "%s"', (uri) => {
    expect(scanXml(`<r xmlns:a="${uri}"/>`, responseLimits)).toMatchObject({ reason: 'relative_namespace' });
  });

  it('keeps names by their namespace, parents, attributes and text', () => {
    const scanned = scanXml('<a:r xmlns:a="u:a" a:i="1" j="2">x<s/>y</a:r>', responseLimits);
    const root = scanned.ok ? scanned.root : undefined;

    expect(root).toMatchObject({ uri: 'u:a', local: 'r', parent: undefined });
    expect(root?.attributes).toEqual([
      { uri: 'http://www.w3.org/2000/xmlns/', local: 'a', value: 'u:a' },
      { uri: 'u:a', local: 'i', value: '1' },
      { uri: '', local: 'j', value: '2' },
    ]);
    expect(root?.children).toEqual([
      'x',
      expect.objectContaining({ uri: '', local: 's', parent: root }),
      'y',
    ]);
  });

  it('keeps the declaration of the default namespace among those of prefixes', () => {
    const scanned = scanXml('<r xmlns="u:a"/>', responseLimits);

    expect(scanned.ok && scanned.root.attributes).toEqual([
      { uri: 'http://www.w3.org/2000/xmlns/', local: 'xmlns', value: 'u:a' },
    ]);
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

  it.each([
    ['another name', '<a/>', '<b/>'],
    ['an attribute less', '<a b="1"/>', '<a/>'],
    ['an attribute more', '<a b="1"/>', '<a b="1" c="2"/>'],
    ['an attribute of another name', '<a b="1"/>', '<a c="1"/>'],
    ['an attribute of another namespace', '<a xmlns:x="u:x" x:b="1"/>', '<a xmlns:x="u:x" b="1"/>'],
    ['another prefix', '<a xmlns:x="u:x"/>', '<a xmlns:y="u:x"/>'],
    ['another default namespace below', '<a><b xmlns="u:x"/></a>', '<a><b/></a>'],
    ['text for an element', '<a>b</a>', '<a><b/></a>'],
    ['an element for text', '<a><b/></a>', '<a>b</a>'],
    ['an element less', '<a><b/><b/></a>', '<a><b/></a>'],
    ['other text deeper down', '<a><b>x</b></a>', '<a><b>y</b></a>'],
  ])('refuses a document that it reads with %s', (_name, one, other) => {
    expect(parseInAgreement(one, scannedRoot(other))).toBeUndefined();
  });

  it.each([
    ['broken', '<a>'],
    ['of warnings', '<a b=1/>'],
    ['without a root', '  '],
    ['with something else than elements, text and comments', '<a><![CDATA[x]]></a>'],
    ['with a processing instruction', '<a><?x?></a>'],
  ])('refuses a document that is %s', (_name, xml) => {
    expect(parseInAgreement(xml, scannedRoot('<a>x</a>'))).toBeUndefined();
    expect(parseInAgreement(xml, scannedRoot('<a/>'))).toBeUndefined();
  });

  it('refuses an element that it takes to be of another namespace, though every declaration is the same', () => {
    const xml = '<a xmlns="urn:a"/>';

    expect(parseInAgreement(xml, { ...scannedRoot(xml), uri: 'urn:b' })).toBeUndefined();
  });

  it('refuses text on which the two parsers differ', () => {
    // xmldom reads NEL as a line end, as XML 1.1 would.
    const xml = '<a>x\u0085y</a>';

    expect(parseInAgreement(xml, scannedRoot(xml))).toBeUndefined();
  });
});
