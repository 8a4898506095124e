import { DOMParser } from '@xmldom/xmldom';
import type { XmlElement } from './xml-tree.ts';

/**
 * Parses with xmldom, the parser that the signature library uses, and answers the document only if it holds exactly
 * what the pre-scan saw: same elements, attributes and text in the same order. Two parsers that read one message
 * differently are how signatures get wrapped (CVE-2025-25291, CVE-2025-25292; ASVS 1.5.3).
 */
export function parseInAgreement(xml: string, scanned: XmlElement): Document | undefined {
  const document = parseDom(xml);
  return document && sameElement(document.documentElement, scanned) ? document : undefined;
}

function parseDom(xml: string): Document | undefined {
  let complained = false;
  const complain = () => {
    complained = true;
  };
  const parser = new DOMParser({
    errorHandler: { warning: complain, error: complain, fatalError: complain },
  });
  try {
    const document = parser.parseFromString(xml, 'text/xml');
    // xmldom answers undefined, or a document without a root, for some broken input.
    const root: unknown = Reflect.get(Object(document), 'documentElement');
    return complained || !root ? undefined : document;
  } catch {
    return undefined;
  }
}

function isElement(node: Node): node is Element {
  return node.nodeType === 1;
}

function isText(node: Node): node is Text {
  return node.nodeType === 3;
}

const commentNode = 8;

function sameElement(node: Element, element: XmlElement): boolean {
  if ((node.namespaceURI ?? '') !== element.uri || node.localName !== element.local) return false;
  if (!sameAttributes(node, element)) return false;
  const children = childrenOf(node);
  return (
    children !== undefined &&
    children.length === element.children.length &&
    element.children.every((expected, index) => {
      const child = children[index];
      if (typeof expected === 'string' || typeof child === 'string') return child === expected;
      return child !== undefined && sameElement(child, expected);
    })
  );
}

function sameAttributes(node: Element, element: XmlElement): boolean {
  if (node.attributes.length !== element.attributes.length) return false;
  for (let index = 0; index < node.attributes.length; index++) {
    const attribute = node.attributes.item(index);
    if (!attribute) return false;
    const uri = attribute.namespaceURI ?? '';
    const local = attribute.localName;
    const agrees = element.attributes.some(
      (other) => other.uri === uri && other.local === local && other.value === attribute.value,
    );
    if (!agrees) return false;
  }
  return true;
}

/** Elements and joined text, as the pre-scan keeps them; undefined when there is anything else. */
function childrenOf(node: Element): (Element | string)[] | undefined {
  const children: (Element | string)[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (isElement(child)) {
      children.push(child);
    } else if (isText(child)) {
      const last = children.at(-1);
      if (typeof last === 'string') children[children.length - 1] = last + child.data;
      else children.push(child.data);
    } else if (child.nodeType !== commentNode) {
      return undefined;
    }
  }
  return children;
}
