import { describe, expect, it } from 'vitest';
import type { SignatureFloor } from '../../adapters/saml/verdict.ts';
import { verifyResponse } from '../../adapters/saml/verify-response.ts';
import {
  acsUrl,
  aTrust,
  idpEntityId,
  now,
  requestId,
  samlKeys,
  spEntityId,
  verdictOn,
} from '../../test/support/saml.ts';
import { type Fault, faultNames, faults, isFaultName, withoutFault } from './faults.ts';
import { signInCauses } from '../../onboarding/sign-in-causes.ts';
import { firstPeople, findPerson, isTestAddress, peopleAt, type TestPerson, testPeople } from './people.ts';
import { type OidcFault, oidcFaults } from './oidc/faults.ts';
import { buildTestResponse, planResponse, type TestResponseInput } from './response.ts';

const keys = await samlKeys();
const anna = aPerson();

const bothKeys = [keys.idp.current, keys.idp.next].map(({ certificatePem }) => ({ pem: certificatePem }));
const untested: SignatureFloor = { signed: 'one', encrypted: false };
const tested: SignatureFloor = { signed: 'both', encrypted: false };

function aPerson(): TestPerson {
  const [person] = testPeople();
  if (!person) throw new Error('The Test IdP has no people');
  return person;
}

function answer(change: Partial<TestResponseInput> = {}) {
  return buildTestResponse({
    request: { id: requestId, spEntityId, acsUrl },
    idpEntityId,
    person: anna,
    keys: keys.idp,
    now,
    ...change,
  });
}

const decoded = (base64: string) => Buffer.from(base64, 'base64').toString();

function verifyInput(floor: SignatureFloor, decryptionKeys: readonly string[] = []) {
  return {
    trust: aTrust(keys, { signingCertificates: bothKeys, floor, decryptionKeys }),
    request: { id: requestId, issuedAt: new Date(now.getTime() - 30_000), forceAuthn: false },
    clockSkewMs: 60_000,
    now,
  };
}

function judge(
  { SAMLResponse, RelayState }: { readonly SAMLResponse: string; readonly RelayState?: string },
  floor: SignatureFloor,
  decryptionKeys?: readonly string[],
) {
  const { request, ...input } = verifyInput(floor, decryptionKeys);
  // Whose answer it is, is told by the request it names or by RelayState: without both it belongs to none.
  const isKnown = RelayState !== undefined || !decoded(SAMLResponse).includes('-unknown"');
  const verdict = verifyResponse({
    ...input,
    samlResponse: SAMLResponse,
    request: isKnown ? request : undefined,
  });
  return verdict.ok ? 'ok' : verdict.cause;
}

describe('the Test IdP and the verifier, pair by pair [TIDP-05]', () => {
  it('a good answer is accepted, before and after a passed test', () => {
    const { fields } = answer();

    expect([judge(fields, untested), judge(fields, tested)]).toEqual(['ok', 'ok']);
  });

  it.each(faultNames)('%s gets the verdict it is owed', (name) => {
    const fault: Fault = faults[name];
    const { fields } = answer({ fault: name });

    // What the profile or the state finds is no matter of the message: the verifier lets it pass.
    const whenTrusted = fault.also?.when === 'next_key_trusted' ? fault.also.expected : fault.expected;
    const expected = fault.foundBy === 'verifier' ? whenTrusted : 'ok';
    const afterTest = fault.also?.when === 'after_passed_test' ? fault.also.expected : expected;
    expect(judge(fields, untested)).toBe(expected);
    expect(judge(fields, tested)).toBe(afterTest);
  });

  it.each(faultNames)(
    '%s gets the same verdict when its assertion is encrypted, or the one it names',
    (name) => {
      const fault: Fault = faults[name];
      const { fields } = answer({ fault: name, encryptionCertificate: keys.decryption.certificatePem });

      const isOther = fault.also?.when === 'encrypting' || fault.also?.when === 'next_key_trusted';
      const whenEncrypting = isOther ? fault.also.expected : fault.expected;
      const expected = fault.foundBy === 'verifier' ? whenEncrypting : 'ok';
      expect(judge(fields, untested, [keys.decryption.privateKeyPem])).toBe(expected);
    },
  );

  it('unencrypted is less than what a passed test has brought', () => {
    const { fields } = answer({
      fault: 'unencrypted',
      encryptionCertificate: keys.decryption.certificatePem,
    });

    expect(judge(fields, { signed: 'both', encrypted: true })).toBe(faults.unencrypted.also.expected);
  });

  it('stale_sign_in is refused where a fresh one was asked for', () => {
    const { fields } = answer({ fault: 'stale_sign_in' });
    const request = { id: requestId, issuedAt: now, forceAuthn: true };
    const verdict = verifyResponse({ ...verifyInput(untested), samlResponse: fields.SAMLResponse, request });

    expect(verdict).toMatchObject({ ok: false, cause: faults.stale_sign_in.also.expected });
  });

  it('each cause of a refused sign-in has a fault that provokes it, or a reason why none can', () => {
    const both: Readonly<Record<string, Pick<Fault | OidcFault, 'expected' | 'also'>>> = {
      ...faults,
      ...oidcFaults,
    };
    const provoked = new Set<string>(
      Object.values(both).flatMap(({ expected, also }) => [expected, ...(also ? [also.expected] : [])]),
    );

    const unprovoked = signInCauses.filter((cause) => !provoked.has(cause));
    expect(Object.keys(withoutFault).toSorted()).toEqual(unprovoked.toSorted());
  });

  it('missing_email leaves no address anywhere', () => {
    expect(answer({ fault: 'missing_email' }).xml).not.toContain('@');
  });

  it('replayed repeats both ids of an earlier answer', () => {
    const first = answer();

    const second = answer({ fault: 'replayed', previousIds: first.ids });

    expect(second.ids).toEqual(first.ids);
    expect(answer().ids).not.toEqual(first.ids);
  });

  it('next_key is signed by the next key, and refused where only the current one is pinned', () => {
    const verdict = verdictOn(keys, answer({ fault: 'next_key' }).xml);

    expect(verdict).toMatchObject({ ok: false, cause: 'signature_unknown_key' });
  });
});

it('hands out the form fields of the auto-posting page', () => {
  const { acsUrl: action, fields } = answer({ relayState: '"><script>' });

  expect(action).toBe(acsUrl);
  expect(fields.RelayState).toBe('"><script>');
  expect(Buffer.from(fields.SAMLResponse, 'base64').toString()).toContain('<samlp:Response');
  expect(answer().fields).not.toHaveProperty('RelayState');
});

it('knows its faults by name only', () => {
  expect(isFaultName('expired')).toBe(true);
  expect(isFaultName('toString')).toBe(false);
});

describe('test people [TIDP-04]', () => {
  it('exist under .test and nowhere else', () => {
    expect(() => testPeople('corp.example')).toThrow(RangeError);
    expect(() => testPeople('evil.com/.test')).toThrow(RangeError);
    expect(testPeople('acme.test').map(({ email }) => email)).toContain('anna@acme.test');
  });

  it('are found by their address, or by their id', () => {
    const people = testPeople('acme.test');

    expect(findPerson(people, 'Anna@acme.test')).toMatchObject({
      firstName: 'Anna',
      email: 'anna@acme.test',
    });
    expect(findPerson(people, 'tp-noor-acme.test')).toMatchObject({ firstName: 'Noor', email: null });
    expect(findPerson(people, 'anna@acme.com')).toBeUndefined();
    expect(findPerson(people, 'nobody@acme.test')).toBeUndefined();
  });

  it('move into the domain of the customer, except guests', () => {
    const guest = { ...aPerson(), id: 'tp-guest', email: 'kim@people.test.guests.test' };

    expect(peopleAt([...firstPeople, guest], 'acme.test').map(({ email }) => email)).toEqual([
      'anna@acme.test',
      'malik@acme.test',
      'zofia@acme.test',
      'greta@guests.test',
      null,
      'kim@people.test.guests.test',
    ]);
  });

  it.each([
    ['kim@acme.test', true],
    ['kim@a.b.TEST', true],
    ['kim@acme.com', false],
    ['kim@test', false],
    ['kim@acme.test.com', false],
    ['kim@acme.test@corp.com', false],
  ])('%s may be an address here: %s', (email, may) => {
    expect(isTestAddress(email)).toBe(may);
  });

  it('keep their id apart from every other domain', () => {
    const ids = [...testPeople('a.test'), ...testPeople('b.test')].map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('a NameID [TIDP-03]', () => {
  const [, , , , withoutEmail] = testPeople();
  const nameIdFor = (nameIdFormat: string | undefined, person = aPerson()) =>
    planResponse({
      request: { id: requestId, spEntityId, acsUrl, nameIdFormat },
      idpEntityId,
      person,
      now,
    }).nameId;
  const format = (name: string) => `urn:oasis:names:tc:SAML:${name}`;

  it('is of the format that was asked for', () => {
    expect(nameIdFor(undefined)).toMatchObject({ value: 'anna@people.test' });
    expect(nameIdFor(format('1.1:nameid-format:emailAddress'))).toMatchObject({ value: 'anna@people.test' });
    expect(nameIdFor(format('2.0:nameid-format:persistent'))).toMatchObject({ value: 'tp-anna-people.test' });
    expect(nameIdFor(format('2.0:nameid-format:transient'))?.value).toMatch(/^_[0-9a-f]{32}$/);
    expect(nameIdFor(undefined, withoutEmail)).toMatchObject({ value: 'tp-noor-people.test' });
  });

  it('that this person does not have is an answer that says so', () => {
    const nameIdFormat = format('2.0:nameid-format:kerberos');
    const { fields } = answer({ request: { id: requestId, spEntityId, acsUrl, nameIdFormat } });

    expect(nameIdFor(format('1.1:nameid-format:emailAddress'), withoutEmail)).toBeUndefined();
    expect(judge(fields, untested)).toBe('status_not_success');
    expect(decoded(fields.SAMLResponse)).toContain('InvalidNameIDPolicy');
  });
});
