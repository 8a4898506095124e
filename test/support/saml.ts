import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KeyPair } from '../../adapters/saml/sp-keys.ts';
import { makeKeyPair } from '../../adapters/saml/sp-keys.ts';
import type { ResponseTrust, SamlVerdict, VerifyInput } from '../../adapters/saml/verdict.ts';
import { signElement } from '../../adapters/saml/sign-element.ts';
import { verifyResponse } from '../../adapters/saml/verify-response.ts';
import {
  type Encryption,
  withEncryptedAssertion as encryptAssertion,
} from '../../sandbox/test-idp/encryption.ts';
import { makeTestIdpKeys, type TestIdpKeys } from '../../sandbox/test-idp/keys.ts';
import { testPeople } from '../../sandbox/test-idp/people.ts';
import {
  planResponse,
  type ResponsePlan,
  responseXml,
  signResponse,
} from '../../sandbox/test-idp/response.ts';

/** One connection and its identity provider at one moment, for tests that need signed responses. */
export const now = new Date('2026-11-25T12:00:00.000Z');
export const idpEntityId = 'https://idp.test/saml';
export const spEntityId = 'https://vestibule.test/sso/saml/conn_1';
export const acsUrl = `${spEntityId}/acs`;
export const requestId = '_a1b2c3d4e5f60718293a4b5c6d7e8f90';

export interface SamlKeys {
  readonly idp: TestIdpKeys;
  readonly decryption: KeyPair;
}

let keys: Promise<SamlKeys> | undefined;

const keptIn = path.join('.cache', 'saml-test-keys.json');

/** Made once a checkout and kept: making keys is the slow part, and nothing depends on which they are. */
export function samlKeys(): Promise<SamlKeys> {
  keys ??= keptKeys().then((kept) => kept ?? makeAndKeep());
  return keys;
}

async function keptKeys(): Promise<SamlKeys | undefined> {
  try {
    return JSON.parse(await readFile(keptIn, 'utf8'), (name, value: unknown) =>
      name === 'notAfter' ? new Date(String(value)) : value,
    ) as SamlKeys;
  } catch {
    return undefined;
  }
}

async function makeAndKeep(): Promise<SamlKeys> {
  const [idp, decryption] = await Promise.all([
    makeTestIdpKeys(new Date('2026-01-01T00:00:00Z')),
    makeKeyPair({ commonName: 'decryption', now, validDays: 30, modulusLength: 2048 }),
  ]);
  await mkdir(path.dirname(keptIn), { recursive: true });
  // Under a name of its own first: other test files read at the same time.
  const own = `${keptIn}.${randomUUID()}`;
  await writeFile(own, JSON.stringify({ idp, decryption }), { mode: 0o600 });
  await rename(own, keptIn);
  return { idp, decryption };
}

export function aTrust({ idp }: SamlKeys, change: Partial<ResponseTrust> = {}): ResponseTrust {
  return {
    idpEntityId,
    spEntityId,
    acsUrl,
    signingCertificates: [{ pem: idp.current.certificatePem }],
    expiryGraceMs: 0,
    floor: { signed: 'one', encrypted: false },
    allowUnsolicited: false,
    ...change,
  };
}

export function aPlan(change: Partial<ResponsePlan> = {}): ResponsePlan {
  const [person] = testPeople();
  if (!person) throw new Error('The Test IdP has no people');
  const good = planResponse({ request: { id: requestId, spEntityId, acsUrl }, idpEntityId, person, now });
  return { ...good, ...change };
}

/** A signed response; `edit` changes its XML before it is signed, `tamper` afterwards. */
export function aResponse(
  { idp }: SamlKeys,
  options: {
    readonly plan?: Partial<ResponsePlan>;
    readonly edit?: (xml: string) => string;
    readonly tamper?: (xml: string) => string;
  } = {},
): string {
  const plan = aPlan(options.plan);
  const edited = (options.edit ?? same)(responseXml(plan));
  return (options.tamper ?? same)(signResponse(edited, plan, idp));
}

const same = (xml: string) => xml;

/** Replaces and insists that there was something to replace, so that a test cannot pass by not testing. */
export function replaced(xml: string, what: string | RegExp, by: string): string {
  const result = xml.replace(what, by);
  if (result === xml) throw new Error(`Nothing to replace: ${String(what)}`);
  return result;
}

export function posted(xml: string | Buffer): string {
  return Buffer.from(xml).toString('base64');
}

export function verdictOn(
  samlKeysInUse: SamlKeys,
  xml: string,
  change: Partial<Omit<VerifyInput, 'trust'>> & { readonly trust?: Partial<ResponseTrust> } = {},
): SamlVerdict {
  const { trust, ...rest } = change;
  return verifyResponse({
    samlResponse: posted(xml),
    request: { id: requestId, issuedAt: new Date(now.getTime() - 30_000), forceAuthn: false },
    clockSkewMs: 60_000,
    now,
    ...rest,
    trust: aTrust(samlKeysInUse, trust),
  });
}

export interface MadeCertificate {
  readonly pem: string;
  readonly keys: CryptoKeyPair;
  readonly name: string;
}

/** A certificate of any kind, also of those that are refused; self-signed unless `issuer` is given. */
export async function aCertificate(description: {
  readonly name: string;
  readonly modulusLength?: number;
  readonly publicExponent?: 3 | 65537;
  readonly curve?: 'P-256';
  readonly isAuthority?: boolean;
  readonly issuer?: MadeCertificate;
}): Promise<MadeCertificate> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const algorithm = description.curve
    ? { name: 'ECDSA', namedCurve: description.curve, hash: 'SHA-256' }
    : {
        name: 'RSASSA-PKCS1-v1_5',
        hash: 'SHA-256',
        publicExponent: new Uint8Array(description.publicExponent === 3 ? [3] : [1, 0, 1]),
        modulusLength: description.modulusLength ?? 2048,
      };
  const own = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${description.name}`,
    issuer: `CN=${description.issuer?.name ?? description.name}`,
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2030-01-01T00:00:00Z'),
    publicKey: own.publicKey,
    signingKey: description.issuer?.keys.privateKey ?? own.privateKey,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(description.isAuthority ?? false, undefined, true)],
  });
  return { pem: `${certificate.toString('pem')}\n`, keys: own, name: description.name };
}

/** The assertion of an unsigned response, encrypted for `recipient`. */
export function withEncryptedAssertion(
  xml: string,
  recipient: KeyPair,
  algorithms: Omit<Encryption, 'certificatePem'> = {},
): string {
  return encryptAssertion(xml, { ...algorithms, certificatePem: recipient.certificatePem });
}

/** Metadata signed as a whole, as federations and Entra sign theirs. */
export function signedMetadata(
  xml: string,
  key: { readonly privateKeyPem: string; readonly certificatePem: string },
): string {
  // The signer places signatures behind an Issuer; metadata has none, so one is lent, which no reader looks at.
  const issuer = '<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>';
  const lent = replaced(
    xml,
    /<md:EntityDescriptor([^>]*)>/,
    `<md:EntityDescriptor ID="_metadata"$1>${issuer}`,
  );
  return signElement(lent.replace(/^<\?xml[^>]*>\s*/, ''), '_metadata', key);
}
