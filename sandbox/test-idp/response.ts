import { randomBytes } from 'node:crypto';
import { rsaSha256, signElement, type SigningMethods } from '../../adapters/saml/sign-element.ts';
import { escapeXml } from '../../adapters/saml/xml-text.ts';
import { type Encryption, withEncryptedAssertion } from './encryption.ts';
import { type Fault, type FaultName, faults } from './faults.ts';
import type { TestIdpKeys } from './keys.ts';
import type { TestPerson } from './people.ts';

/** Everything an answer says, before it is written and signed. A fault is a change to it. */
export interface ResponsePlan {
  readonly responseId: string;
  readonly assertionId: string;
  readonly issuer: string;
  readonly destination: string;
  readonly recipient: string;
  readonly audience: string;
  readonly inResponseTo: string | undefined;
  /** What the assertion says it answers; the same in a good answer. */
  readonly subjectInResponseTo: string | undefined;
  readonly confirmation: 'bearer' | 'holder-of-key';
  readonly hasConditions: boolean;
  readonly hasAuthnStatement: boolean;
  readonly issueInstant: Date;
  readonly notBefore: Date;
  readonly notOnOrAfter: Date;
  readonly authnInstant: Date;
  readonly sessionNotOnOrAfter: Date;
  readonly sessionIndex: string;
  readonly nameId: { readonly value: string; readonly format: string } | undefined;
  readonly persistentId: string;
  readonly attributes: readonly (readonly [string, readonly string[]])[];
  readonly status: 'success' | 'denied' | 'name_id_policy';
  readonly sign: 'both' | 'response' | 'assertion' | 'none';
  readonly algorithm: 'sha256' | 'sha512' | 'pss' | 'sha1';
  readonly key: keyof TestIdpKeys;
  readonly alterAfterSigning: boolean;
  readonly wrapAfterSigning: boolean;
  /** The service provider's key, when it has published one. */
  readonly encryption: Encryption | undefined;
  /** Signed as it should be, and put into what is no SAML response. */
  readonly sentAs: 'response' | 'with_doctype' | 'logout_response' | 'no_base64';
  readonly returnsRelayState: boolean;
  readonly previousIds: { readonly responseId: string; readonly assertionId: string } | undefined;
}

export interface TestResponseInput {
  /** `id` is absent when the sign-in starts at the Test IdP. */
  readonly request: {
    readonly id?: string | undefined;
    readonly spEntityId: string;
    readonly acsUrl: string;
    /** Of its NameIDPolicy. */
    readonly nameIdFormat?: string | undefined;
  };
  /** PEM: whom the assertion is encrypted for. */
  readonly encryptionCertificate?: string | undefined;
  readonly idpEntityId: string;
  readonly person: TestPerson;
  readonly keys: TestIdpKeys;
  /** Which of the published keys signs. */
  readonly signsWith?: 'current' | 'next';
  readonly fault?: FaultName | undefined;
  readonly previousIds?: ResponsePlan['previousIds'];
  readonly relayState?: string | undefined;
  readonly now: Date;
}

/** What the auto-posting page sends to the service provider, and what a later `replayed` answer repeats. */
export interface TestResponse {
  readonly acsUrl: string;
  readonly fields: { readonly SAMLResponse: string; readonly RelayState?: string };
  readonly ids: { readonly responseId: string; readonly assertionId: string };
  /** What a logout names later; absent where the answer names nobody. */
  readonly session?: TestSession;
  readonly xml: string;
}

export interface TestSession {
  readonly nameId: { readonly value: string; readonly format: string };
  readonly sessionIndex: string;
}

/** Answers a sign-in of `person`: signed Response and Assertion, or with one fault [TIDP-05]. */
export function buildTestResponse(input: TestResponseInput): TestResponse {
  const fault: Fault | undefined = input.fault && faults[input.fault];
  const good = planResponse(input);
  const plan = fault ? fault.change(good, input.keys) : good;
  const xml = writeResponse(plan, input.keys);
  const relayState = plan.returnsRelayState ? input.relayState : undefined;
  return {
    acsUrl: input.request.acsUrl,
    fields: {
      SAMLResponse: plan.sentAs === 'no_base64' ? xml : Buffer.from(xml).toString('base64'),
      ...(relayState !== undefined && { RelayState: relayState }),
    },
    ids: { responseId: plan.responseId, assertionId: plan.assertionId },
    ...(plan.nameId && { session: { nameId: plan.nameId, sessionIndex: plan.sessionIndex } }),
    xml,
  };
}

const minuteMs = 60_000;

/** A good answer, before any fault. */
export function planResponse({
  request,
  encryptionCertificate,
  idpEntityId,
  person,
  signsWith = 'current',
  previousIds,
  now,
}: Omit<TestResponseInput, 'keys' | 'fault' | 'relayState'>): ResponsePlan {
  const nameId = nameIdOf(person, request.nameIdFormat);
  return {
    responseId: newId(),
    assertionId: newId(),
    issuer: idpEntityId,
    destination: request.acsUrl,
    recipient: request.acsUrl,
    audience: request.spEntityId,
    inResponseTo: request.id,
    subjectInResponseTo: request.id,
    confirmation: 'bearer',
    hasConditions: true,
    hasAuthnStatement: true,
    issueInstant: now,
    notBefore: now,
    notOnOrAfter: new Date(now.getTime() + 5 * minuteMs),
    // Nobody stays signed in here: every answer follows a choice of this moment, so ForceAuthn is always met.
    authnInstant: now,
    sessionNotOnOrAfter: new Date(now.getTime() + 8 * 60 * minuteMs),
    sessionIndex: newId(),
    nameId,
    persistentId: person.id,
    attributes: attributesOf(person),
    status: nameId ? 'success' : 'name_id_policy',
    sign: 'both',
    algorithm: 'sha256',
    key: signsWith,
    alterAfterSigning: false,
    wrapAfterSigning: false,
    encryption: encryptionCertificate === undefined ? undefined : { certificatePem: encryptionCertificate },
    sentAs: 'response',
    returnsRelayState: true,
    previousIds,
  };
}

const newId = () => `_${randomBytes(16).toString('hex')}`;

const nameIdFormats = {
  email: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
} as const;

/** The NameID that was asked for, or nothing when this person has none of that kind (SAML core §3.4.1.1). */
function nameIdOf(person: TestPerson, asked: string | undefined): ResponsePlan['nameId'] {
  const persistent = { value: person.id, format: nameIdFormats.persistent };
  const email = person.email === null ? undefined : { value: person.email, format: nameIdFormats.email };
  switch (asked) {
    case undefined:
    case nameIdFormats.unspecified:
      return email ?? persistent;
    case nameIdFormats.email:
      return email;
    case nameIdFormats.persistent:
      return persistent;
    case nameIdFormats.transient:
      return { value: newId(), format: nameIdFormats.transient };
    default:
      return undefined;
  }
}

function attributesOf(person: TestPerson): ResponsePlan['attributes'] {
  const values: (readonly [string, readonly string[]])[] = [
    ['id', [person.id]],
    ['email', person.email === null ? [] : [person.email]],
    ['firstName', [person.firstName]],
    ['lastName', [person.lastName]],
    ['groups', person.groups],
    ...Object.entries(person.attributes).map(([name, value]) => [name, [value]] as const),
  ];
  return values.filter(([, list]) => list.length > 0);
}

function writeResponse(plan: ResponsePlan, keys: TestIdpKeys): string {
  const signed = signResponse(responseXml(plan), plan, keys);
  const altered = plan.alterAfterSigning && !plan.encryption ? alter(signed) : signed;
  const wrapped = plan.wrapAfterSigning ? wrap(altered, plan) : altered;
  switch (plan.sentAs) {
    case 'with_doctype':
      return `<!DOCTYPE samlp:Response>${wrapped}`;
    case 'logout_response':
      return wrapped.replaceAll('samlp:Response', 'samlp:LogoutResponse');
    case 'response':
    case 'no_base64':
      return wrapped;
  }
}

const alter = (xml: string) => xml.replace('</saml:NameID>', '.test</saml:NameID>');

/**
 * Signs what the plan says, inner element first, so that a signed Response covers its assertion's signature; between
 * the two the assertion is encrypted, when it is.
 */
export function signResponse(xml: string, plan: ResponsePlan, keys: TestIdpKeys): string {
  const key = keys[plan.key];
  const method = methods[plan.algorithm];
  const hasAssertion = plan.status === 'success';
  const signsAssertion = hasAssertion && (plan.sign === 'both' || plan.sign === 'assertion');
  const inner = signsAssertion ? signElement(xml, plan.assertionId, key, method) : xml;
  const sealed = plan.encryption && hasAssertion ? encrypt(inner, plan, plan.encryption) : inner;
  const signsResponse = plan.sign === 'both' || plan.sign === 'response';
  return signsResponse ? signElement(sealed, plan.responseId, key, method) : sealed;
}

/** What is altered lies inside, so it has to happen before. */
function encrypt(xml: string, plan: ResponsePlan, encryption: Encryption): string {
  return withEncryptedAssertion(plan.alterAfterSigning ? alter(xml) : xml, encryption);
}

/** The simplest wrapping: an assertion about somebody else in front of the signed one (XSW3). */
function wrap(xml: string, plan: ResponsePlan): string {
  const forged = assertionXml({
    ...plan,
    assertionId: `${plan.assertionId}-forged`,
    nameId: plan.nameId && { ...plan.nameId, value: 'somebody.else@people.test' },
  });
  return xml.replace('</samlp:Status>', `</samlp:Status>${forged}`);
}

const statusXml = {
  success: '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>',
  denied:
    '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder">' +
    '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:RequestDenied"/></samlp:StatusCode>' +
    '<samlp:StatusMessage>The person is not assigned to this application</samlp:StatusMessage>',
  name_id_policy:
    '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Requester">' +
    '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy"/></samlp:StatusCode>' +
    '<samlp:StatusMessage>The person has no Name ID of the format that was asked for</samlp:StatusMessage>',
} as const;

function attribute(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` ${name}="${escapeXml(value)}"`;
}

/** Unsigned XML of a plan, by hand and in the order of the schema: faults must survive any XML writer. */
export function responseXml(plan: ResponsePlan): string {
  return (
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"' +
    ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"' +
    attribute('ID', plan.responseId) +
    ' Version="2.0"' +
    attribute('IssueInstant', plan.issueInstant.toISOString()) +
    attribute('Destination', plan.destination) +
    attribute('InResponseTo', plan.inResponseTo) +
    `><saml:Issuer>${escapeXml(plan.issuer)}</saml:Issuer>` +
    `<samlp:Status>${statusXml[plan.status]}</samlp:Status>` +
    (plan.status === 'success' ? assertionXml(plan) : '') +
    '</samlp:Response>'
  );
}

function assertionXml(plan: ResponsePlan): string {
  const nameId = plan.nameId
    ? `<saml:NameID${attribute('Format', plan.nameId.format)}>${escapeXml(plan.nameId.value)}</saml:NameID>`
    : '';
  const attributes = plan.attributes.map(
    ([name, values]) =>
      `<saml:Attribute${attribute('Name', name)}` +
      ' NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic">' +
      values.map((value) => `<saml:AttributeValue>${escapeXml(value)}</saml:AttributeValue>`).join('') +
      '</saml:Attribute>',
  );
  return (
    '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"' +
    attribute('ID', plan.assertionId) +
    ' Version="2.0"' +
    attribute('IssueInstant', plan.issueInstant.toISOString()) +
    `><saml:Issuer>${escapeXml(plan.issuer)}</saml:Issuer>` +
    `<saml:Subject>${nameId}` +
    `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:${plan.confirmation}">` +
    '<saml:SubjectConfirmationData' +
    attribute('NotOnOrAfter', plan.notOnOrAfter.toISOString()) +
    attribute('Recipient', plan.recipient) +
    attribute('InResponseTo', plan.subjectInResponseTo) +
    '/></saml:SubjectConfirmation></saml:Subject>' +
    (plan.hasConditions ? conditionsXml(plan) : '') +
    (plan.hasAuthnStatement ? authnStatementXml(plan) : '') +
    (attributes.length > 0
      ? `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>`
      : '') +
    '</saml:Assertion>'
  );
}

function conditionsXml(plan: ResponsePlan): string {
  return (
    '<saml:Conditions' +
    attribute('NotBefore', plan.notBefore.toISOString()) +
    attribute('NotOnOrAfter', plan.notOnOrAfter.toISOString()) +
    `><saml:AudienceRestriction><saml:Audience>${escapeXml(plan.audience)}</saml:Audience>` +
    '</saml:AudienceRestriction></saml:Conditions>'
  );
}

function authnStatementXml(plan: ResponsePlan): string {
  return (
    '<saml:AuthnStatement' +
    attribute('AuthnInstant', plan.authnInstant.toISOString()) +
    attribute('SessionIndex', plan.sessionIndex) +
    attribute('SessionNotOnOrAfter', plan.sessionNotOnOrAfter.toISOString()) +
    '><saml:AuthnContext><saml:AuthnContextClassRef>' +
    'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport' +
    '</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>'
  );
}

const methods: Readonly<Record<ResponsePlan['algorithm'], SigningMethods>> = {
  sha256: rsaSha256,
  sha512: {
    signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
    digest: 'http://www.w3.org/2001/04/xmlenc#sha512',
  },
  pss: {
    signature: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
    digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
  },
  sha1: {
    signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
    digest: 'http://www.w3.org/2000/09/xmldsig#sha1',
  },
};
