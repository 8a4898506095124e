import { SaxesParser } from 'saxes';
import type { ErrorFacts } from '../../onboarding/errors.ts';
import type { XmlAttribute, XmlElement } from './xml-tree.ts';

/** What a document may hold. Data, because the ACS and metadata take the same gate with other limits [SAML-03] [MD-01]. */
export interface XmlLimits {
  readonly bytes: number;
  readonly elements: number;
  readonly depth: number;
  readonly nameLength: number;
  readonly attributesPerElement: number;
  /**
   * Different prefix and URI pairs over the whole document; without end where real documents have hundreds (AD FS
   * metadata). Repeats are free: Okta declares the same two on every attribute value, and so does canonical XML.
   */
  readonly namespaceDeclarations: number;
  readonly namespaceLength: number;
  readonly attributeLength: number;
  readonly textLength: number;
  readonly comments: 'refuse' | 'drop';
}

export const responseLimits: XmlLimits = {
  bytes: 256 * 1024,
  elements: 2000,
  depth: 32,
  nameLength: 256,
  attributesPerElement: 32,
  namespaceDeclarations: 64,
  namespaceLength: 1024,
  attributeLength: 8 * 1024,
  textLength: 64 * 1024,
  comments: 'refuse',
};

export const metadataLimits: XmlLimits = {
  bytes: 1024 * 1024,
  elements: 10_000,
  depth: 64,
  nameLength: 256,
  attributesPerElement: 64,
  namespaceDeclarations: Number.POSITIVE_INFINITY,
  namespaceLength: 1024,
  attributeLength: 64 * 1024,
  textLength: 256 * 1024,
  comments: 'drop',
};

export type ScanRefusal =
  | 'not_well_formed'
  | 'doctype'
  | 'processing_instruction'
  | 'comment'
  | 'cdata'
  | 'encoding'
  | 'xml_version'
  | 'relative_namespace'
  | 'limit_bytes'
  | 'limit_elements'
  | 'limit_depth'
  | 'limit_name_length'
  | 'limit_attributes'
  | 'limit_namespaces'
  | 'limit_namespace_length'
  | 'limit_attribute_length'
  | 'limit_text_length';

export type ScanResult =
  | { readonly ok: true; readonly root: XmlElement; readonly elementCount: number }
  | {
      readonly ok: false;
      readonly reason: ScanRefusal;
      readonly facts: ErrorFacts;
      /** How many were begun before it was refused: the work that was done for it. */
      readonly elementCount: number;
    };

/** Leaves the parser at the first thing refused: what comes after it is never read. */
class Refused extends Error {
  readonly reason: ScanRefusal;
  readonly facts: ErrorFacts;

  constructor(reason: ScanRefusal, facts: ErrorFacts = {}) {
    super(reason);
    this.reason = reason;
    this.facts = facts;
  }
}

const markupRefusals: ReadonlyMap<string, ScanRefusal> = new Map([
  ['<!--', 'comment'],
  ['<![CDATA[', 'cdata'],
  ['<!DOCTYPE', 'doctype'],
]);

/**
 * Reads a document in one pass and refuses whatever a SAML message has no use for: DOCTYPE (and with it every
 * entity but the predefined five), processing instructions, CDATA, comments where the limits say so, and sizes
 * beyond the limits. Linear in the size of the text, so it stands in front of everything that is not.
 */
export function scanXml(xml: string, limits: XmlLimits): ScanResult {
  if (Buffer.byteLength(xml) > limits.bytes) {
    return { ok: false, reason: 'limit_bytes', facts: { limit: limits.bytes }, elementCount: 0 };
  }
  if (limits.comments === 'refuse') {
    // A literal "<!" opens a comment, CDATA or DOCTYPE and nothing else: refused without parsing a single one.
    const opening = /<!(?:--|\[CDATA\[|DOCTYPE|)/.exec(xml)?.[0];
    if (opening !== undefined)
      return {
        ok: false,
        reason: markupRefusals.get(opening) ?? 'not_well_formed',
        facts: {},
        elementCount: 0,
      };
  }
  const builder = createTreeBuilder(limits);
  const parser = new SaxesParser({ xmlns: true, position: false });
  let attributesOfElement = 0;
  const declarations = new Set<string>();

  parser.on('xmldecl', ({ version, encoding }) => {
    if (version !== undefined && version !== '1.0') throw new Refused('xml_version', { received: version });
    if (encoding !== undefined && !/^(utf-8|us-ascii)$/i.test(encoding)) {
      throw new Refused('encoding', { received: encoding });
    }
  });
  parser.on('doctype', () => {
    throw new Refused('doctype');
  });
  parser.on('processinginstruction', () => {
    throw new Refused('processing_instruction');
  });
  parser.on('cdata', () => {
    throw new Refused('cdata');
  });
  parser.on('error', (error) => {
    throw new Refused('not_well_formed', { detail: error.message.slice(0, 200) });
  });
  parser.on('opentagstart', ({ name }) => {
    if (name.length > limits.nameLength) throw new Refused('limit_name_length', { limit: limits.nameLength });
    attributesOfElement = 0;
    builder.countElement();
  });
  parser.on('attribute', ({ name, value }) => {
    if (++attributesOfElement > limits.attributesPerElement) {
      throw new Refused('limit_attributes', { limit: limits.attributesPerElement });
    }
    if (value.length > limits.attributeLength) {
      throw new Refused('limit_attribute_length', { limit: limits.attributeLength });
    }
    if (name === 'xmlns' || name.startsWith('xmlns:')) {
      declarations.add(`${name}=${value}`);
      checkNamespace(value, declarations.size, limits);
    }
  });
  parser.on('opentag', ({ uri, local, attributes }) => builder.open(uri, local, Object.values(attributes)));
  parser.on('text', (text) => builder.text(text));
  parser.on('closetag', () => builder.close());

  try {
    parser.write(xml).close();
  } catch (error) {
    if (error instanceof Refused) {
      return { ok: false, reason: error.reason, facts: error.facts, elementCount: builder.begun() };
    }
    throw error;
  }
  return builder.finish();
}

function checkNamespace(uri: string, declarations: number, limits: XmlLimits): void {
  if (declarations > limits.namespaceDeclarations) {
    throw new Refused('limit_namespaces', { limit: limits.namespaceDeclarations });
  }
  if (uri.length > limits.namespaceLength) {
    throw new Refused('limit_namespace_length', { limit: limits.namespaceLength });
  }
  // Canonical XML has no answer for a relative namespace URI: implementations stop, or give an empty string.
  if (uri !== '' && !/^[a-z][a-z0-9+.-]*:/i.test(uri)) throw new Refused('relative_namespace');
}

function createTreeBuilder(limits: XmlLimits) {
  let root: XmlElement | undefined;
  let current: XmlElement | undefined;
  let depth = 0;
  let elementCount = 0;

  return {
    countElement() {
      if (++elementCount > limits.elements) throw new Refused('limit_elements', { limit: limits.elements });
    },
    begun: () => elementCount,
    open(uri: string, local: string, attributes: readonly XmlAttribute[]) {
      if (++depth > limits.depth) throw new Refused('limit_depth', { limit: limits.depth });
      const element: XmlElement = {
        uri,
        local,
        parent: current,
        // Not the parser's own objects, which hold more.
        attributes: attributes.map((attribute) => ({
          uri: attribute.uri,
          local: attribute.local,
          value: attribute.value,
        })),
        children: [],
      };
      current?.children.push(element);
      root ??= element;
      current = element;
    },
    text(text: string) {
      if (text.length > limits.textLength) {
        throw new Refused('limit_text_length', { limit: limits.textLength });
      }
      if (!current) return;
      const last = current.children.at(-1);
      if (typeof last === 'string') current.children[current.children.length - 1] = last + text;
      else current.children.push(text);
    },
    close() {
      depth -= 1;
      current = current?.parent;
    },
    finish(): ScanResult {
      if (!root) {
        return { ok: false, reason: 'not_well_formed', facts: { detail: 'no element' }, elementCount };
      }
      return { ok: true, root, elementCount };
    },
  };
}
