/**
 * The small tree that the pre-scan builds and that every later step reads. Names are always namespace + local name;
 * prefixes are never looked at, so a look-alike element in another namespace is another element [SAML-05].
 */
export const xmlNamespaces = {
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  metadataUi: 'urn:oasis:names:tc:SAML:metadata:ui',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  encryption: 'http://www.w3.org/2001/04/xmlenc#',
  encryption11: 'http://www.w3.org/2009/xmlenc11#',
  xml: 'http://www.w3.org/XML/1998/namespace',
  xmlns: 'http://www.w3.org/2000/xmlns/',
} as const;

export interface XmlAttribute {
  readonly uri: string;
  readonly local: string;
  readonly value: string;
}

export interface XmlElement {
  readonly uri: string;
  readonly local: string;
  readonly parent: XmlElement | undefined;
  readonly attributes: readonly XmlAttribute[];
  /** Elements and text in document order; neighbouring text is joined, so a node boundary never cuts a value. */
  readonly children: (XmlElement | string)[];
}

export function isNamed(element: XmlElement, uri: string, local: string): boolean {
  return element.uri === uri && element.local === local;
}

/** The value of an attribute without a namespace, as SAML's own attributes are. */
export function attributeOf(element: XmlElement, local: string): string | undefined {
  return element.attributes.find((attribute) => attribute.uri === '' && attribute.local === local)?.value;
}

export function elementsIn(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => typeof child !== 'string');
}

export function childrenNamed(element: XmlElement, uri: string, local: string): XmlElement[] {
  return elementsIn(element).filter((child) => isNamed(child, uri, local));
}

/** The first child of that name; callers that must not meet two count with {@link childrenNamed}. */
export function childNamed(element: XmlElement, uri: string, local: string): XmlElement | undefined {
  return elementsIn(element).find((child) => isNamed(child, uri, local));
}

/** All text below the element, in order. */
export function textOf(element: XmlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}

/** The element and everything below it, in document order. */
export function* everyElement(root: XmlElement): Generator<XmlElement> {
  yield root;
  for (const child of elementsIn(root)) yield* everyElement(child);
}
