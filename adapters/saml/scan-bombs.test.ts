import { describe, expect, it } from 'vitest';
import { metadataLimits, responseLimits, scanXml, type ScanRefusal } from './scan.ts';

const size = 250 * 1024;
const filled = (unit: string, bytes = size) => unit.repeat(Math.floor(bytes / unit.length));
const inside = (content: string) => `<r xmlns="urn:r">${content}</r>`;
const many = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => write(i));

describe('the scan of a SAML response', () => {
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
});

describe('the scan of metadata', () => {
  it('takes 1 MB and no more [MD-01]', () => {
    const text = inside(filled(`<a>${'x'.repeat(1000)}</a>`, 1024 * 1024 - 100));

    expect(scanXml(text, metadataLimits)).toMatchObject({ ok: true });
    expect(scanXml(text + ' '.repeat(2000), metadataLimits)).toMatchObject({
      ok: false,
      reason: 'limit_bytes',
    });
  });
});
