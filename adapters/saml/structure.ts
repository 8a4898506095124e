import type { SignInFacts } from '../../onboarding/sign-in-causes.ts';
import {
  digestMethods,
  envelopedSignature,
  exclusiveCanonicalization,
  signatureMethods,
} from './algorithms.ts';
import { ResponseRefused } from './response-refused.ts';
import {
  attributeOf,
  childNamed,
  childrenNamed,
  elementsIn,
  everyElement,
  isNamed,
  textOf,
  type XmlElement,
  xmlNamespaces as ns,
} from './xml-tree.ts';

/**
 * The shape a message must have before anything in it is believed [SAML-05] [SAML-06] [SAML-07]. This gate refuses
 * every known signature wrapping by itself, whatever the signature library does.
 */
export interface ResponseStructure {
  readonly response: XmlElement;
  /** Absent in error answers, which carry only a status. */
  readonly assertion: XmlElement | undefined;
  readonly encryptedAssertion: XmlElement | undefined;
  readonly responseIsSigned: boolean;
  readonly assertionIsSigned: boolean;
}

const refuse = (reason: string, facts: SignInFacts = {}): ResponseRefused =>
  new ResponseRefused('structure_refused', { reason, ...facts });

/** @throws ResponseRefused */
export function readResponseStructure(root: XmlElement): ResponseStructure {
  if (!isNamed(root, ns.protocol, 'Response')) {
    throw new ResponseRefused('not_a_response', { received: `{${root.uri}}${root.local}`.slice(0, 200) });
  }
  gate(root);
  const assertion = childNamed(root, ns.assertion, 'Assertion');
  return {
    response: root,
    assertion,
    encryptedAssertion: childNamed(root, ns.assertion, 'EncryptedAssertion'),
    responseIsSigned: childNamed(root, ns.signature, 'Signature') !== undefined,
    assertionIsSigned:
      assertion !== undefined && childNamed(assertion, ns.signature, 'Signature') !== undefined,
  };
}

/**
 * The same gate for what came out of an encrypted assertion: one assertion, nothing encrypted or nested inside.
 *
 * @throws ResponseRefused
 */
export function readAssertionStructure(root: XmlElement): { readonly isSigned: boolean } {
  if (!isNamed(root, ns.assertion, 'Assertion')) throw refuse('assertion_missing');
  gate(root);
  return { isSigned: childNamed(root, ns.signature, 'Signature') !== undefined };
}

function gate(root: XmlElement): void {
  const refusal = checkPlaces(root) ?? checkVersions(root) ?? checkIds(root) ?? checkSignatures(root);
  if (refusal) throw refusal;
}

/** The names that carry trust, in whatever namespace: each may stand in one place only, and once. */
function checkPlaces(root: XmlElement): ResponseRefused | undefined {
  let assertions = 0;
  for (const element of everyElement(root)) {
    switch (element.local) {
      case 'Response':
        if (element !== root) return refuse('response_nested');
        break;
      case 'Assertion':
      case 'EncryptedAssertion': {
        const inPlace = element.uri === ns.assertion && (element === root || element.parent === root);
        if (!inPlace || (element !== root && isNamed(root, ns.assertion, 'Assertion'))) {
          return refuse('assertion_misplaced');
        }
        if (++assertions > 1) return refuse('assertion_twice');
        break;
      }
      case 'Signature':
        if (element.uri !== ns.signature || !element.parent || !maySign(element.parent, root)) {
          return refuse('signature_misplaced');
        }
        break;
      case 'SignedInfo':
      case 'SignatureValue':
        if (element.uri !== ns.signature || element.parent?.local !== 'Signature') {
          return refuse('signature_misplaced');
        }
        break;
      case 'Object':
      case 'Manifest':
        if (element.uri === ns.signature) return refuse('signature_object');
        break;
    }
  }
  return undefined;
}

function maySign(element: XmlElement, root: XmlElement): boolean {
  return element === root || (element.parent === root && isNamed(element, ns.assertion, 'Assertion'));
}

function checkVersions(root: XmlElement): ResponseRefused | undefined {
  for (const element of [root, ...childrenNamed(root, ns.assertion, 'Assertion')]) {
    const version = attributeOf(element, 'Version');
    if (version !== '2.0') return refuse('version', { received: version ?? '', expected: '2.0' });
  }
  return undefined;
}

/** An xs:ID: no quotes, so that it can never leave the XPath the library builds from it. */
const idPattern = /^[A-Za-z_][A-Za-z0-9_.-]{0,255}$/;

function checkIds(root: XmlElement): ResponseRefused | undefined {
  const seen = new Set<string>();
  for (const element of everyElement(root)) {
    for (const { uri, local, value } of element.attributes) {
      const isId = (uri === '' && /^id$/i.test(local)) || (uri === ns.xml && local === 'id');
      if (!isId) continue;
      if (seen.has(value)) return refuse('id_twice');
      seen.add(value);
    }
  }
  for (const element of [root, ...childrenNamed(root, ns.assertion, 'Assertion')]) {
    if (!idPattern.test(attributeOf(element, 'ID') ?? '')) return refuse('id_refused');
  }
  return undefined;
}

function checkSignatures(root: XmlElement): ResponseRefused | undefined {
  for (const element of [root, ...childrenNamed(root, ns.assertion, 'Assertion')]) {
    const signatures = childrenNamed(element, ns.signature, 'Signature');
    if (signatures.length > 1) return refuse('signature_twice');
    const refusal = signatures[0] && checkSignature(signatures[0], element);
    if (refusal) return refusal;
  }
  return undefined;
}

/** One signature over its own parent, in the one form that SAML asks for (core §5.4), and nothing beside it. */
export function checkSignature(signature: XmlElement, signed: XmlElement): ResponseRefused | undefined {
  const [signedInfo, signatureValue] =
    exactly(signature, ['SignedInfo', 'SignatureValue'], ['KeyInfo']) ?? [];
  if (!signedInfo || !signatureValue) return refuse('signature_children');

  const [canonicalization, method, reference] =
    exactly(signedInfo, ['CanonicalizationMethod', 'SignatureMethod', 'Reference']) ?? [];
  if (!canonicalization || !method || !reference) return refuse('signed_info_children');

  const [transforms, digestMethod, digestValue] =
    exactly(reference, ['Transforms', 'DigestMethod', 'DigestValue']) ?? [];
  if (!transforms || !digestMethod || !digestValue) return refuse('reference_children');

  const id = attributeOf(signed, 'ID');
  if (!id || attributeOf(reference, 'URI') !== `#${id}`) return refuse('reference_elsewhere');

  return (
    checkCanonicalization(canonicalization) ??
    checkTransforms(transforms) ??
    checkAlgorithm(method, 'SignatureMethod', signatureMethods) ??
    checkAlgorithm(digestMethod, 'DigestMethod', digestMethods) ??
    checkBase64(digestValue) ??
    checkBase64(signatureValue)
  );
}

/** The ds: children in that order, each once; `optional` ones may follow. Anything else beside them: undefined. */
function exactly(
  element: XmlElement,
  required: readonly string[],
  optional: readonly string[] = [],
): XmlElement[] | undefined {
  const children = elementsIn(element);
  const names = [...required, ...optional.slice(0, children.length - required.length)];
  const fits =
    children.length === names.length &&
    children.every((child, index) => isNamed(child, ns.signature, names[index] ?? '')) &&
    element.children.every((child) => typeof child !== 'string' || child.trim() === '');
  return fits ? children : undefined;
}

function checkCanonicalization(method: XmlElement): ResponseRefused | undefined {
  if (attributeOf(method, 'Algorithm') !== exclusiveCanonicalization) return refuse('canonicalization');
  return hasOnlyPrefixList(method) ? undefined : refuse('canonicalization');
}

function checkTransforms(transforms: XmlElement): ResponseRefused | undefined {
  const [enveloped, exclusive] = exactly(transforms, ['Transform', 'Transform']) ?? [];
  const fits =
    enveloped !== undefined &&
    exclusive !== undefined &&
    attributeOf(enveloped, 'Algorithm') === envelopedSignature &&
    enveloped.children.length === 0 &&
    attributeOf(exclusive, 'Algorithm') === exclusiveCanonicalization &&
    hasOnlyPrefixList(exclusive);
  return fits ? undefined : refuse('transforms');
}

/** Exclusive canonicalization may carry one InclusiveNamespaces with prefixes; nothing else has a meaning there. */
function hasOnlyPrefixList(element: XmlElement): boolean {
  const children = elementsIn(element);
  return (
    children.length <= 1 &&
    children.every((child) => isNamed(child, exclusiveCanonicalization, 'InclusiveNamespaces')) &&
    textOf(element).trim() === ''
  );
}

function checkAlgorithm(
  element: XmlElement,
  what: string,
  allowed: ReadonlySet<string>,
): ResponseRefused | undefined {
  const algorithm = attributeOf(element, 'Algorithm') ?? '';
  if (!allowed.has(algorithm)) {
    return new ResponseRefused('signature_algorithm_refused', {
      algorithm: what,
      received: algorithm.slice(0, 200),
    });
  }
  // No HMACOutputLength and no parameters: the accepted methods have none.
  return elementsIn(element).length === 0 ? undefined : refuse('algorithm_parameters', { algorithm: what });
}

function checkBase64(element: XmlElement): ResponseRefused | undefined {
  const [text] = element.children;
  const isText = element.children.length === 1 && typeof text === 'string';
  const isBase64 = isText && /^[A-Za-z0-9+/]+={0,2}$/.test(text.replace(/[ \t\r\n]/g, ''));
  return isBase64 ? undefined : refuse('signature_value');
}
