import {
  attributeOf,
  childNamed,
  childrenNamed,
  elementsIn,
  isNamed,
  textOf,
  type XmlElement,
  xmlNamespaces as ns,
} from './xml-tree.ts';

/**
 * A signed assertion read into plain values, without judging them. Times are kept as written: an unreadable one must
 * be refused where it matters, not silently become "absent". The names of fields follow SAML core §2.
 */
export interface AssertionReading {
  readonly id: string;
  readonly issueInstant: string | undefined;
  readonly issuers: readonly { readonly value: string; readonly format: string | undefined }[];
  readonly subjectCount: number;
  readonly nameIds: readonly NameIdReading[];
  readonly hasEncryptedId: boolean;
  readonly confirmations: readonly SubjectConfirmation[];
  readonly conditions: Conditions | undefined;
  readonly conditionsCount: number;
  readonly authnStatements: readonly AuthnStatement[];
  /** Values by attribute name, all values of repeated names together [SAML-15]. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

export interface NameIdReading {
  readonly value: string;
  readonly format: string | undefined;
  readonly nameQualifier: string | undefined;
  readonly spNameQualifier: string | undefined;
}

export interface SubjectConfirmation {
  readonly method: string;
  readonly dataCount: number;
  readonly recipient: string | undefined;
  readonly inResponseTo: string | undefined;
  readonly notBefore: string | undefined;
  readonly notOnOrAfter: string | undefined;
}

export interface Conditions {
  readonly notBefore: string | undefined;
  readonly notOnOrAfter: string | undefined;
  readonly audienceRestrictions: readonly (readonly string[])[];
  /** A condition we do not understand makes the assertion's validity indeterminate (core §2.5.1.1). */
  readonly hasUnknown: boolean;
}

export interface AuthnStatement {
  readonly authnInstant: string | undefined;
  readonly sessionIndex: string | undefined;
  readonly sessionNotOnOrAfter: string | undefined;
}

export function readAssertion(assertion: XmlElement): AssertionReading {
  const subjects = childrenNamed(assertion, ns.assertion, 'Subject');
  const inSubjects = (local: string) =>
    subjects.flatMap((subject) => childrenNamed(subject, ns.assertion, local));
  const conditions = childrenNamed(assertion, ns.assertion, 'Conditions');

  return {
    id: attributeOf(assertion, 'ID') ?? '',
    issueInstant: attributeOf(assertion, 'IssueInstant'),
    issuers: readIssuers(assertion),
    subjectCount: subjects.length,
    nameIds: inSubjects('NameID').map((nameId) => ({
      value: textOf(nameId).trim(),
      format: attributeOf(nameId, 'Format'),
      nameQualifier: attributeOf(nameId, 'NameQualifier'),
      spNameQualifier: attributeOf(nameId, 'SPNameQualifier'),
    })),
    hasEncryptedId: inSubjects('EncryptedID').length > 0,
    confirmations: inSubjects('SubjectConfirmation').map(readConfirmation),
    conditions: conditions[0] && readConditions(conditions[0]),
    conditionsCount: conditions.length,
    authnStatements: childrenNamed(assertion, ns.assertion, 'AuthnStatement').map((statement) => ({
      authnInstant: attributeOf(statement, 'AuthnInstant'),
      sessionIndex: attributeOf(statement, 'SessionIndex'),
      sessionNotOnOrAfter: attributeOf(statement, 'SessionNotOnOrAfter'),
    })),
    attributes: readAttributes(assertion),
  };
}

/** `Issuer` children of a Response or an Assertion; more than one is for the caller to refuse. */
export function readIssuers(element: XmlElement): AssertionReading['issuers'] {
  return childrenNamed(element, ns.assertion, 'Issuer').map((issuer) => ({
    value: textOf(issuer).trim(),
    format: attributeOf(issuer, 'Format'),
  }));
}

function readConfirmation(confirmation: XmlElement): SubjectConfirmation {
  const data = childrenNamed(confirmation, ns.assertion, 'SubjectConfirmationData');
  const read = (local: string) => data[0] && attributeOf(data[0], local);
  return {
    method: attributeOf(confirmation, 'Method') ?? '',
    dataCount: data.length,
    recipient: read('Recipient'),
    inResponseTo: read('InResponseTo'),
    notBefore: read('NotBefore'),
    notOnOrAfter: read('NotOnOrAfter'),
  };
}

const knownConditions = new Set(['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction']);

function readConditions(conditions: XmlElement): Conditions {
  return {
    notBefore: attributeOf(conditions, 'NotBefore'),
    notOnOrAfter: attributeOf(conditions, 'NotOnOrAfter'),
    audienceRestrictions: childrenNamed(conditions, ns.assertion, 'AudienceRestriction').map((restriction) =>
      childrenNamed(restriction, ns.assertion, 'Audience').map((audience) => textOf(audience).trim()),
    ),
    hasUnknown: elementsIn(conditions).some(
      (condition) => condition.uri !== ns.assertion || !knownConditions.has(condition.local),
    ),
  };
}

function readAttributes(assertion: XmlElement): Map<string, string[]> {
  const attributes = new Map<string, string[]>();
  for (const statement of childrenNamed(assertion, ns.assertion, 'AttributeStatement')) {
    for (const attribute of childrenNamed(statement, ns.assertion, 'Attribute')) {
      const name = attributeOf(attribute, 'Name');
      if (!name) continue;
      const values = childrenNamed(attribute, ns.assertion, 'AttributeValue')
        .map((value) => textOf(value).trim())
        .filter((value) => value !== '');
      const known = attributes.get(name);
      if (known) known.push(...values);
      else attributes.set(name, values);
    }
  }
  return attributes;
}

export interface StatusReading {
  readonly codes: readonly string[];
  readonly message: string | undefined;
}

/** Top-level status code first, then what is nested in it (core §3.2.2). */
export function readStatus(response: XmlElement): StatusReading {
  const statuses = childrenNamed(response, ns.protocol, 'Status');
  const status = statuses.length === 1 ? statuses[0] : undefined;
  const codes: string[] = [];
  let code = status && childNamed(status, ns.protocol, 'StatusCode');
  while (code) {
    codes.push(attributeOf(code, 'Value') ?? '');
    code = elementsIn(code).find((child) => isNamed(child, ns.protocol, 'StatusCode'));
  }
  const message = status && childNamed(status, ns.protocol, 'StatusMessage');
  return { codes, message: message && textOf(message).trim() };
}
