import { expect, it } from 'vitest';
import { buildAuthnRequest } from '../../adapters/saml/authn-request.ts';
import { buildSpMetadata } from '../../adapters/saml/sp-metadata.ts';
import { verifyResponse } from '../../adapters/saml/verify-response.ts';
import { describeWithPythonSaml } from '../../test/support/python-saml.ts';
import {
  acsUrl,
  aTrust,
  idpEntityId,
  posted,
  replaced,
  requestId,
  samlKeys,
  spEntityId,
} from '../../test/support/saml.ts';
import { faultNames, type FaultName } from './faults.ts';
import { buildTestIdpMetadata } from './metadata.ts';
import { testPeople } from './people.ts';
import { buildTestResponse, planResponse, responseXml, type TestResponseInput } from './response.ts';

const keys = await samlKeys();
const { current } = keys.idp;
/** For what our own verifier judges, which is told the time. */
const now = new Date();
const encryptionCertificate = keys.decryption.certificatePem;
const request = { id: requestId, spEntityId, acsUrl };

function inputOf(change: Partial<TestResponseInput> = {}): TestResponseInput {
  const [person] = testPeople();
  if (!person) throw new Error('The Test IdP has no people');
  return { request, idpEntityId, person, keys: keys.idp, now, ...change };
}

/** Made at the time of asking: python3-saml reads the machine's clock and no other. */
const judged = (change: Partial<TestResponseInput> = {}) => ({
  ask: 'judge',
  response: buildTestResponse(inputOf({ now: new Date(), ...change })).fields.SAMLResponse,
  requestId,
  spEntityId,
  acsUrl,
  idpEntityId,
  certificate: current.certificatePem,
  decryptionKey: keys.decryption.privateKeyPem,
  decryptionCertificate: encryptionCertificate,
});

interface Opinion {
  readonly error?: string;
  readonly nameId?: string;
  readonly attributes?: Readonly<Record<string, string[]>>;
}

const unsigned = () => responseXml({ ...planResponse(inputOf()), sign: 'none' });

interface Signing {
  readonly algorithm: 'sha256' | 'sha512';
  readonly parts: 'both' | 'response' | 'assertion';
  readonly encryptFor?: string;
}

const signedByXmlsec = (signing: Signing) => ({
  ask: 'sign',
  xml: unsigned(),
  ...signing,
  privateKey: current.privateKeyPem,
  certificate: current.certificatePem,
});

function verdictOn(xml: string, decryptionKeys: readonly string[] = []) {
  return verifyResponse({
    samlResponse: posted(xml),
    trust: aTrust(keys, { decryptionKeys }),
    request: { id: requestId, issuedAt: new Date(now.getTime() - 30_000), forceAuthn: false },
    clockSkewMs: 60_000,
    now,
  });
}

/** What python3-saml says to each fault; undefined where it looks less closely than we do. */
const opinions: Readonly<Record<FaultName, RegExp | undefined>> = {
  expired: /valid SubjectConfirmation was not found/,
  clock_ahead: /not yet valid/,
  session_over: /SessionNotOnOrAfter/,
  stale_sign_in: undefined,
  wrong_audience: /is not a valid audience/,
  // It asks whether the recipient begins with its address.
  wrong_recipient: undefined,
  wrong_destination: /The response was received at/,
  wrong_issuer: /Invalid issuer/,
  another_request: /valid SubjectConfirmation was not found/,
  unknown_request: /does not match the ID of the AuthNRequest/,
  // Both are left to whoever calls it: it keeps no memory.
  unsolicited: undefined,
  replayed: undefined,
  unsigned: /No Signature found/,
  signed_response_only: undefined,
  signed_assertion_only: undefined,
  altered: /Signature validation failed/,
  wrapped: /must contain 1 assertion/,
  other_key: /Signature validation failed/,
  next_key: /Signature validation failed/,
  sha1: /Deprecated signature algorithm/,
  unencrypted: undefined,
  encrypted_for_another: /failed to decrypt/,
  encrypted_weakly: /failed to decrypt/,
  missing_name_id: /NameID not found/,
  // Attributes are the application's.
  missing_email: undefined,
  invalid_email: undefined,
  status_denied: /status code of the Response was not Success/,
  no_base64: /Start tag expected/,
  with_doctype: /DTDForbidden/,
  logout_response: /Missing Status/,
  holder_of_key: /valid SubjectConfirmation was not found/,
  no_conditions: /must include a Conditions element/,
  no_authn_statement: /must include an AuthnStatement element/,
};

await describeWithPythonSaml('an independent service provider [TIDP-06]', (ask) => {
  it('accepts good answers, plain and encrypted, and reads the same of them', async () => {
    const [plain, encrypted] = await ask<Opinion>([judged(), judged({ encryptionCertificate })]);

    expect(plain).toMatchObject({
      nameId: 'anna@people.test',
      attributes: { groups: ['Everyone', 'Admins'], department: ['Operations'] },
    });
    expect(encrypted).toEqual(plain);
  });

  it('refuses each fault for the reason that it has, where it looks', async () => {
    const said = await ask<Opinion>(faultNames.map((fault) => judged({ fault })));

    const about = faultNames.map((name, at) => [name, said[at]?.error] as const);
    const wrong = about.filter(
      ([name, error]) => !(opinions[name]?.test(error ?? '') ?? error === undefined),
    );
    expect(wrong).toEqual([]);
  });

  it('finds every document of ours valid by its schema', async () => {
    const xmlOf = (change: Partial<TestResponseInput>) => buildTestResponse(inputOf(change)).xml;
    const nameIdFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos';
    const messages = [
      xmlOf({}),
      xmlOf({ encryptionCertificate }),
      xmlOf({ fault: 'signed_response_only' }),
      xmlOf({ fault: 'status_denied' }),
      xmlOf({ request: { ...request, nameIdFormat } }),
      xmlOf({ request: { spEntityId, acsUrl } }),
      authnRequest(),
    ];
    const metadata = [
      ...(['current', 'current_and_next'] as const).map((publishes) =>
        buildTestIdpMetadata({
          entityId: idpEntityId,
          ssoUrl: `${idpEntityId}/sso`,
          sloUrl: `${idpEntityId}/slo`,
          keys: keys.idp,
          publishes,
        }),
      ),
      buildSpMetadata({
        entityId: spEntityId,
        acsUrl,
        signingCertificates: [current.certificatePem],
        encryptionCertificates: [encryptionCertificate],
      }),
    ];
    const asked = [
      ...messages.map((xml) => ({ ask: 'validate', schema: 'protocol', xml })),
      ...metadata.map((xml) => ({ ask: 'validate', schema: 'metadata', xml })),
    ];

    expect(await ask(asked)).toEqual(asked.map(() => ({ errors: [] })));
  });

  it('finds what is not valid by its schema', async () => {
    const xml = replaced(unsigned(), /<saml:Issuer>[^<]*<\/saml:Issuer><saml:Subject>/, '<saml:Subject>');

    const [{ errors } = { errors: [] }] = await ask<{ errors: string[] }>([
      { ask: 'validate', schema: 'protocol', xml },
    ]);

    expect(errors.join()).toContain('Issuer');
  });
});

await describeWithPythonSaml('answers signed by xmlsec, which is none of our code', (ask) => {
  const signings = (['sha256', 'sha512'] as const).flatMap((algorithm) =>
    (['both', 'response', 'assertion'] as const).map((parts) => ({ algorithm, parts })),
  );

  it('are accepted, whichever part is signed [SAML-07] [SAML-09]', async () => {
    const answers = await ask<{ xml: string }>(signings.map(signedByXmlsec));

    expect(answers.map(({ xml }) => verdictOn(xml))).toMatchObject(
      signings.map(({ parts }) => ({ ok: true, signed: parts, assertion: { nameId: 'anna@people.test' } })),
    );
  });

  it('are accepted when the assertion is encrypted [SAML-10]', async () => {
    const encrypted = signings
      .filter(({ parts }) => parts !== 'assertion')
      .map((signing) => signedByXmlsec({ ...signing, encryptFor: encryptionCertificate }));
    const answers = await ask<{ xml: string }>(encrypted);

    const verdicts = answers.map(({ xml }) => verdictOn(xml, [keys.decryption.privateKeyPem]));
    expect(verdicts).toMatchObject(encrypted.map(() => ({ ok: true, encrypted: true })));
  });

  it('are refused once they were altered', async () => {
    const answers = await ask<{ xml: string }>(signings.map(signedByXmlsec));

    const altered = answers.map(({ xml }) =>
      replaced(xml, 'anna@people.test</saml:NameID>', 'boss@people.test</saml:NameID>'),
    );
    expect(altered.map((xml) => verdictOn(xml))).toMatchObject(
      signings.map(() => ({ ok: false, cause: 'signature_invalid' })),
    );
  });
});

function authnRequest(): string {
  const made = buildAuthnRequest({
    spEntityId,
    acsUrl,
    destination: `${idpEntityId}/sso`,
    binding: 'post',
    forceAuthn: true,
    sign: current,
    relayState: 'handle',
    issuedAt: now,
  });
  if (made.binding !== 'post') throw new Error('not posted');
  return Buffer.from(made.fields.SAMLRequest, 'base64').toString();
}
