import { describe, expect, it } from 'vitest';
import { causesOfConnections, judgeSignIns, type EndedSignIn } from './connection-health.ts';
import type { SignInCause } from './sign-in-causes.ts';

const now = new Date('2026-03-02T09:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

/** Newest first, a minute apart: `f` failed, `w` worked, `t` a test that worked; every browser once. */
function signIns(
  letters: string,
  {
    from = 1,
    cause = 'expired',
    browser = '',
  }: { from?: number; cause?: SignInCause; browser?: string } = {},
): EndedSignIn[] {
  return [...letters].map((letter, number) => ({
    at: ago(from + number),
    worked: letter !== 'f',
    cause: letter === 'f' ? cause : null,
    isTest: letter === 't',
    browser: browser || `browser_${number}`,
  }));
}
const isFailing = (newest: readonly EndedSignIn[], wasFailing = false) =>
  judgeSignIns(newest, wasFailing, now).isFailing;

describe('sign-ins of a live connection', () => {
  it.each([
    ['nobody has signed in', '', false],
    ['one has failed', 'f', false],
    ['four have failed and nothing else happened', 'ffff', false],
    ['five have failed', 'fffff', true],
    ['five of ten have failed', 'fwfwfwfwfw', true],
    ['five of eleven have failed', 'fwfwfwfwfww', false],
    ['the newest five have worked', 'wwwwwfffffffff', false],
    ['all of many have failed', 'f'.repeat(30), true],
  ])('when %s: failing begins: %s', (_what, letters, expected) => {
    expect(isFailing(signIns(letters))).toBe(expected);
  });

  it('of one browser that tries again and again are that person’s trouble', () => {
    expect(isFailing(signIns('ffffffff', { browser: 'one' }))).toBe(false);
  });

  it('that failed a day ago begin nothing', () => {
    expect(isFailing(signIns('fffff', { from: 24 * 60 }))).toBe(false);
  });

  it('begin with a single one that had less signed, whoever met it [SAML-09]', () => {
    expect(isFailing(signIns('f', { cause: 'signed_less' }))).toBe(true);
  });

  it.each([
    ['one has worked', 'wffff', 1, true],
    ['four in a row have worked', 'wwwwff', 1, true],
    ['five in a row have worked', 'wwwwwf', 1, false],
    ['a test has worked just now', 'tfffff', 1, true],
    ['a test has worked and nothing has failed for an hour', 'tfffff', 60, false],
    ['nothing has worked, however quiet it is', 'ffff', 600, true],
    ['nothing has failed within what is looked at', 'www', 1, false],
    ['nobody has tried within what is looked at', '', 1, false],
  ])('that failed go on failing when %s: %s %i: %s', (_what, letters, from, expected) => {
    expect(isFailing(signIns(letters, { from }), true)).toBe(expected);
  });

  it('say since when and mostly why; of causes that are as frequent the newest', () => {
    const newest = [
      ...signIns('ff', { from: 1, cause: 'audience_differs' }),
      ...signIns('fff', { from: 10, cause: 'signature_unknown_key' }),
      ...signIns('w', { from: 20 }),
    ];

    expect(judgeSignIns(newest, false, now)).toEqual({
      isFailing: true,
      since: ago(12),
      cause: 'signature_unknown_key',
    });
  });

  it('count by what lies with the connection, not with a person, a browser or with us', () => {
    expect(causesOfConnections).toContain('signature_unknown_key');
    for (const cause of [
      'not_allowed',
      'not_in_directory',
      'browser_differs',
      'internal',
      'email_outside_domains',
      'timed_out',
      'settings_switched',
    ] as const)
      expect(causesOfConnections).not.toContain(cause);
  });
});
