import { describe, expect, it } from 'vitest';
import type { SignatureFloor } from '../../adapters/saml/verdict.ts';
import {
  acsUrl,
  idpEntityId,
  now,
  requestId,
  samlKeys,
  spEntityId,
  verdictOn,
} from '../../test/support/saml.ts';
import { type Fault, faultNames, faults, isFaultName } from './faults.ts';
import { findTestPerson, type TestPerson, testPeople } from './people.ts';
import { buildTestResponse, type TestResponseInput } from './response.ts';

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

function judge(xml: string, floor: SignatureFloor) {
  const verdict = verdictOn(keys, xml, { trust: { signingCertificates: bothKeys, floor } });
  return verdict.ok ? 'ok' : verdict.cause;
}

describe('the Test IdP and the verifier, pair by pair [TIDP-05]', () => {
  it('a good answer is accepted, before and after a passed test', () => {
    const { xml } = answer();

    expect([judge(xml, untested), judge(xml, tested)]).toEqual(['ok', 'ok']);
  });

  it.each(faultNames)('%s gets the verdict it is owed', (name) => {
    const fault: Fault = faults[name];
    const { xml } = answer({ fault: name });

    // What the profile or the state finds is no matter of the message: the verifier lets it pass.
    const expected = fault.foundBy === 'verifier' ? fault.expected : 'ok';
    expect(judge(xml, untested)).toBe(expected);
    expect(judge(xml, tested)).toBe(fault.expectedAfterPassedTest ?? expected);
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

  it('two_keys_published is signed by the next key, and refused where only the current one is pinned', () => {
    const verdict = verdictOn(keys, answer({ fault: 'two_keys_published' }).xml);

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

  it('are found by their address', () => {
    expect(findTestPerson('Anna@acme.test')).toMatchObject({ firstName: 'Anna', email: 'anna@acme.test' });
    expect(findTestPerson('anna@acme.com')).toBeUndefined();
    expect(findTestPerson('nobody@acme.test')).toBeUndefined();
    expect(findTestPerson('anna@a b.test')).toBeUndefined();
  });

  it('keep their id apart from every other domain', () => {
    const ids = [...testPeople('a.test'), ...testPeople('b.test')].map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
  });
});
