import { describe, expect, it } from 'vitest';
import { aResponse, now, requestId, verdictOn } from '../../test/support/saml.ts';
import { causeOf, instant, keys, minute, onSigned, swap } from '../../test/support/saml-verdicts.ts';

describe('time [SAML-13] [SAML-14] [SAML-15]', () => {
  const times: readonly (readonly [string, RegExp])[] = [
    ['SubjectConfirmationData NotOnOrAfter', /(<saml:SubjectConfirmationData NotOnOrAfter=")[^"]*/],
    ['Conditions NotBefore', /(<saml:Conditions NotBefore=")[^"]*/],
    ['Conditions NotOnOrAfter', /(<saml:Conditions NotBefore="[^"]*" NotOnOrAfter=")[^"]*/],
    ['AuthnInstant', /(AuthnInstant=")[^"]*/],
    ['SessionNotOnOrAfter', /(SessionNotOnOrAfter=")[^"]*/],
    ['IssueInstant', /(<saml:Assertion [^>]*IssueInstant=")[^"]*/],
  ];

  it.each(times)('refuses %s that is garbage, empty, or without a zone', (_name, pattern) => {
    for (const text of [
      'yesterday',
      '',
      '2026-11-25T12:00:00',
      '2026-11-25T13:00:00+01:00',
      '2026-13-45T00:00:00Z',
    ]) {
      expect(onSigned(swap(pattern, `$1${text}`))).toMatchObject({ ok: false, cause: 'structure_refused' });
    }
  });

  it.each([
    ['SubjectConfirmationData NotOnOrAfter', times[0]?.[1], -61_000, 'expired'],
    ['Conditions NotBefore', times[1]?.[1], 61_000, 'not_yet_valid'],
    ['Conditions NotOnOrAfter', times[2]?.[1], -61_000, 'expired'],
    ['AuthnInstant', times[3]?.[1], 61_000, 'not_yet_valid'],
    ['SessionNotOnOrAfter', times[4]?.[1], -61_000, 'session_over'],
    ['IssueInstant ahead', times[5]?.[1], 61_000, 'not_yet_valid'],
    ['IssueInstant too long ago', times[5]?.[1], -661_000, 'expired'],
  ])('refuses %s one second beyond the skew and accepts it inside', (_name, pattern = /^$/, ms, cause) => {
    const inside = ms > 0 ? ms - 2000 : ms + 2000;

    expect(causeOf(onSigned(swap(pattern, `$1${instant(ms)}`)))).toBe(cause);
    expect(causeOf(onSigned(swap(pattern, `$1${instant(inside)}`)))).toBe('accepted');
  });

  it('says by how much the clocks differ', () => {
    expect(onSigned(swap(/(<saml:Conditions NotBefore=")[^"]*/, `$1${instant(412_000)}`))).toMatchObject({
      facts: { field: 'NotBefore', differenceSeconds: 412 },
    });
  });

  it('never allows more skew than 180 seconds, and no negative one [REL-24]', () => {
    const edit = swap(/(<saml:Conditions NotBefore=")[^"]*/, `$1${instant(181_000)}`);

    expect(causeOf(onSigned(edit, { clockSkewMs: 10 * minute }))).toBe('not_yet_valid');
    expect(causeOf(onSigned(edit, { clockSkewMs: -1 }))).toBe('not_yet_valid');
  });

  it('wants a fresh authentication when one was asked for', () => {
    const request = { id: requestId, issuedAt: new Date(now.getTime() - minute), forceAuthn: true };
    const edit = swap(/(AuthnInstant=")[^"]*/, `$1${instant(-10 * minute)}`);

    expect(causeOf(onSigned(edit, { request }))).toBe('authn_too_old');
    expect(causeOf(onSigned(edit, { request: { ...request, forceAuthn: false } }))).toBe('accepted');
    expect(causeOf(onSigned((xml) => xml, { request }))).toBe('accepted');
  });

  it('may leave out NotBefore and the end of the session', () => {
    expect(causeOf(onSigned(swap(/(<saml:Conditions) NotBefore="[^"]*"/, '$1')))).toBe('accepted');
    expect(onSigned(swap(/ SessionNotOnOrAfter="[^"]*"/, ''))).toMatchObject({
      ok: true,
      assertion: { sessionNotOnOrAfter: undefined },
    });
  });
});

describe('a sign-in that starts at the provider [SAML-19]', () => {
  const unasked = aResponse(keys, { plan: { inResponseTo: undefined, subjectInResponseTo: undefined } });

  it('is refused unless the connection allows it', () => {
    expect(causeOf(verdictOn(keys, unasked, { request: undefined }))).toBe('unsolicited');
    expect(verdictOn(keys, unasked, { request: undefined, trust: { allowUnsolicited: true } })).toMatchObject(
      {
        ok: true,
        inResponseTo: undefined,
      },
    );
  });

  it('carries no InResponseTo: one that answers nothing of ours is refused', () => {
    const verdict = verdictOn(keys, aResponse(keys), {
      request: undefined,
      trust: { allowUnsolicited: true },
    });

    expect(verdict).toMatchObject({ cause: 'in_response_to_unknown', facts: { received: requestId } });
  });

  it('is not taken for the answer to a pending request', () => {
    expect(causeOf(verdictOn(keys, unasked, { trust: { allowUnsolicited: true } }))).toBe('unsolicited');
  });
});
