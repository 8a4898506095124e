import { acceptanceChecks, acceptedConfirmation, checkStatus, type ResponseReading } from './acceptance.ts';
import { readAssertion, readIssuers, readStatus } from './assertion.ts';
import { readableByItself } from './decrypted-assertion.ts';
import { decryptAssertion } from './decryption.ts';
import { readInstant } from './instants.ts';
import { decodeSamlResponse } from './posted-response.ts';
import { quoted, ResponseRefused } from './response-refused.ts';
import { responseLimits, scanXml } from './scan.ts';
import { parseInAgreement } from './second-parser.ts';
import { pinKeys, type PinnedKeys, verifySignature } from './signatures.ts';
import { readAssertionStructure, readResponseStructure, type ResponseStructure } from './structure.ts';
import type {
  CheckOutcome,
  SamlCheck,
  SamlVerdict,
  SignatureFloor,
  SignedParts,
  VerifiedAssertion,
  VerifyInput,
} from './verdict.ts';
import { attributeOf, childNamed, type XmlElement, xmlNamespaces as ns } from './xml-tree.ts';

/**
 * Decides whether a posted SAML response signs a person in: the acceptance pipeline of [SAML-02] to [SAML-17] in its
 * order, first failure stops. Pure: same input, same verdict. What needs a memory is the caller's: consuming the
 * pending request, the browser's binding [SAML-16], and the replay table [SAML-18].
 *
 * CPU-heavy on hostile input: requests go through the worker of `verifier.ts` [SAML-04].
 */
export function verifyResponse(input: VerifyInput): SamlVerdict {
  const checks: CheckOutcome[] = [];
  let posted: Message | undefined;
  const step = <T>(check: SamlCheck, run: () => T): T => {
    try {
      const result = run();
      checks.push({ check, passed: true });
      return result;
    } catch (error) {
      checks.push({ check, passed: false });
      throw error;
    }
  };

  try {
    const message = step('document', () => parseMessage(decodeSamlResponse(input.samlResponse)));
    posted = message;
    const structure = step('structure', () => readResponseStructure(message.root));
    const { assertion, encryptedAssertion } = structure;
    if (!assertion && !encryptedAssertion) {
      // Error answers are seldom signed: what they say is reported, and refused either way.
      step('status', () => stopIf(checkStatus(readStatus(message.root))));
      throw new ResponseRefused('structure_refused', { reason: 'assertion_missing' });
    }

    const { signingCertificates, expiryGraceMs, decryptionKeys, floor } = input.trust;
    const keys = step('keys', () => pinKeys(signingCertificates, expiryGraceMs, input.now));
    const outer = step('signature', () => verifyMessage(message, structure, keys));
    const signed =
      outer.assertion ?? step('encryption', () => openAssertion(outer, keys, decryptionKeys ?? []));
    step('floor', () => checkFloor(floor, signed.parts, encryptedAssertion !== undefined));

    const reading = readMessage(outer, signed.element);
    for (const [check, run] of acceptanceChecks) step(check, () => stopIf(run(reading, input)));
    return {
      ok: true,
      assertion: conclude(reading, input),
      responseId: attributeOf(outer.response, 'ID') ?? '',
      inResponseTo: input.request?.id,
      signed: signed.parts,
      encrypted: encryptedAssertion !== undefined,
      signedBy: signed.by,
      checks,
    };
  } catch (error) {
    if (!(error instanceof ResponseRefused)) throw error;
    return {
      ok: false,
      cause: error.reason,
      facts: error.facts,
      checks,
      ...namesOf(posted),
      ...(error.offeredCertificate !== undefined && { offeredCertificate: error.offeredCertificate }),
    };
  }
}

function stopIf(refusal: ResponseRefused | undefined): void {
  if (refusal) throw refusal;
}

function namesOf(message: Message | undefined): { inResponseTo?: string; issuer?: string } {
  const inResponseTo = message && attributeOf(message.root, 'InResponseTo');
  const issuer = message && readIssuers(message.root)[0]?.value;
  return {
    ...(inResponseTo !== undefined && { inResponseTo: quoted(inResponseTo) }),
    ...(issuer !== undefined && { issuer: quoted(issuer) }),
  };
}

/** One text, read by both parsers, which agree on every element, attribute and character. */
interface Message {
  readonly xml: string;
  readonly root: XmlElement;
  readonly document: Document;
}

function parseMessage(xml: string): Message {
  const root = parseTree(xml);
  const document = parseInAgreement(xml, root);
  if (!document) throw new ResponseRefused('xml_refused', { reason: 'parsers_disagree' });
  return { xml, root, document };
}

/** Enough for what the library canonicalized: it comes out of the second parser, and the first reads it. */
function parseTree(xml: string): XmlElement {
  const scanned = scanXml(xml, responseLimits);
  if (!scanned.ok) throw new ResponseRefused('xml_refused', { ...scanned.facts, reason: scanned.reason });
  return scanned.root;
}

interface SignedAssertion {
  readonly element: XmlElement;
  readonly parts: SignedParts;
  readonly by: string;
}

interface VerifiedMessage {
  /** The Response as it was signed, or as it was posted when only the assertion is signed. */
  readonly response: XmlElement;
  readonly responseSignedBy: string | undefined;
  /** Absent when it is encrypted. */
  readonly assertion: SignedAssertion | undefined;
}

/** Every signature that is there must hold, and at least one must be there [SAML-09]. */
function verifyMessage(message: Message, structure: ResponseStructure, keys: PinnedKeys): VerifiedMessage {
  const { assertion, responseIsSigned, assertionIsSigned } = structure;
  if (!responseIsSigned && !assertionIsSigned) {
    throw new ResponseRefused('signature_missing', { expected: assertion ? 'one' : 'response' });
  }
  const outer = responseIsSigned
    ? verifySignature(message.xml, message.document.documentElement, structure.response, keys)
    : undefined;
  const signedResponse = outer && parseTree(outer.xml);
  // The same gate again on what was signed: it is another text than the one that passed before.
  const response = signedResponse ? readResponseStructure(signedResponse) : structure;
  if (!assertion)
    return { response: response.response, responseSignedBy: outer?.signedBy, assertion: undefined };

  const inner = assertionIsSigned
    ? verifySignature(message.xml, nodeOfAssertion(message.document), assertion, keys)
    : undefined;
  const element = inner ? parseTree(inner.xml) : response.assertion;
  const by = inner?.signedBy ?? outer?.signedBy;
  if (!element || by === undefined)
    throw new ResponseRefused('structure_refused', { reason: 'assertion_missing' });
  readAssertionStructure(element);
  const parts = outer && inner ? 'both' : outer ? 'response' : 'assertion';
  return {
    response: response.response,
    responseSignedBy: outer?.signedBy,
    assertion: { element, parts, by },
  };
}

function nodeOfAssertion(document: Document): Element {
  for (let child = document.documentElement.firstChild; child; child = child.nextSibling) {
    if (isElement(child) && child.namespaceURI === ns.assertion && child.localName === 'Assertion')
      return child;
  }
  throw new ResponseRefused('xml_refused', { reason: 'parsers_disagree' });
}

function isElement(node: Node): node is Element {
  return node.nodeType === 1;
}

/** Decrypts what the verified Response holds, and passes it through the same gates [SAML-10]. */
function openAssertion(
  outer: VerifiedMessage,
  keys: PinnedKeys,
  privateKeys: readonly string[],
): SignedAssertion {
  const encrypted = childNamed(outer.response, ns.assertion, 'EncryptedAssertion');
  const signedBy = outer.responseSignedBy;
  if (!encrypted || signedBy === undefined) {
    throw new ResponseRefused('structure_refused', { reason: 'assertion_missing' });
  }
  const decrypted = decryptAssertion(encrypted, privateKeys);
  const message = parseMessage(readableByItself(decrypted, encrypted));
  const { isSigned } = readAssertionStructure(message.root);
  if (!isSigned) return { element: message.root, parts: 'response', by: signedBy };
  const inner = verifySignature(message.xml, message.document.documentElement, message.root, keys);
  return { element: parseTree(inner.xml), parts: 'both', by: inner.signedBy };
}

const strengths = { one: 0, assertion: 1, response: 2, both: 3 } as const;

function checkFloor(floor: SignatureFloor, signed: SignedParts, encrypted: boolean): void {
  if (strengths[signed] < strengths[floor.signed]) {
    throw new ResponseRefused('signed_less', { expected: floor.signed, received: signed });
  }
  if (floor.encrypted && !encrypted) {
    throw new ResponseRefused('signed_less', { expected: 'encrypted', received: 'plain' });
  }
}

function readMessage(outer: VerifiedMessage, assertion: XmlElement): ResponseReading {
  return {
    outerIsSigned: outer.responseSignedBy !== undefined,
    status: readStatus(outer.response),
    issuers: readIssuers(outer.response),
    destination: attributeOf(outer.response, 'Destination'),
    inResponseTo: attributeOf(outer.response, 'InResponseTo'),
    assertion: readAssertion(assertion),
  };
}

/** The accepted reading as plain values; every check has passed, so what is read here is present and sound. */
function conclude({ assertion }: ResponseReading, input: VerifyInput): VerifiedAssertion {
  const statement = assertion.authnStatements[0];
  const sessionEnds = assertion.authnStatements.flatMap(
    ({ sessionNotOnOrAfter }) => readInstant(sessionNotOnOrAfter ?? '') ?? [],
  );
  return {
    id: assertion.id,
    issuer: input.trust.idpEntityId,
    nameId: assertion.nameIds[0]?.value ?? '',
    nameIdFormat: assertion.nameIds[0]?.format,
    nameQualifier: assertion.nameIds[0]?.nameQualifier,
    spNameQualifier: assertion.nameIds[0]?.spNameQualifier,
    sessionIndex: statement?.sessionIndex,
    sessionNotOnOrAfter: earliest(sessionEnds),
    authnInstant: readInstant(statement?.authnInstant ?? '') ?? input.now,
    attributes: [...assertion.attributes].map(([name, values]) => [name, [...values]]),
    notOnOrAfter: latest(
      [assertion.conditions?.notOnOrAfter, acceptedConfirmation(assertion, input)?.notOnOrAfter],
      input.now,
    ),
  };
}

function earliest(instants: readonly Date[]): Date | undefined {
  return instants.toSorted((a, b) => a.getTime() - b.getTime())[0];
}

function latest(texts: readonly (string | undefined)[], atLeast: Date): Date {
  const times = texts.flatMap((text) => readInstant(text ?? '')?.getTime() ?? []);
  return new Date(Math.max(atLeast.getTime(), ...times));
}
