import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { violationsOf, type Lockfile } from './lockfile.ts';

const root = path.join(import.meta.dirname, '../..');
const integrity = 'sha512-x';
const locked = (name: string, version: string, more: object = {}): Lockfile => ({
  packages: { '': {}, [`node_modules/${name}`]: { version, integrity, ...more } },
});

it('[SUP-02] finds the lockfile of the product in order', () => {
  const lockfile: Lockfile = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));

  expect(Object.keys(lockfile.packages ?? {}).length).toBeGreaterThan(100);
  expect(violationsOf(lockfile)).toEqual([]);
});

it.each([
  ['@node-saml/node-saml', '5.0.1', '5.1.0'],
  ['xml-crypto', '6.0.0', '6.0.1'],
  ['@xmldom/xmldom', '0.8.12', '0.8.13'],
  ['@xmldom/xmldom', '0.7.13', '0.8.13'],
  ['@xmldom/xmldom', '0.9.9', '0.9.10'],
  ['nodemailer', '9.1.0', '9.1.1'],
  ['body-parser', '2.3.0-beta.1', '2.3.0'],
  ['path-to-regexp', '0.1.12', '8.4.0'],
  ['qs', '6.15.9', '6.16.0'],
  ['kysely', '0.28.16', '0.28.17'],
  ['undici', '7.18.1', '7.18.2'],
  ['undici', '6.22.9', '6.23.0'],
  ['undici', '5.29.0', '6.23.0'],
  ['ssh2', '1.14.9', '1.15.0'],
])('[SUP-02] refuses %s %s and names the floor', (name, version, floor) => {
  expect(violationsOf(locked(name, version))).toEqual([
    `node_modules/${name} is ${version}, and what is safe begins with ${floor}.`,
  ]);
  expect(violationsOf(locked(name, floor))).toEqual([]);
});

it.each([
  ['undici', '6.23.0'],
  ['undici', '8.0.0'],
  ['@xmldom/xmldom', '0.10.0'],
  ['kysely', '0.29.0'],
  ['nodemailer', '10.0.0'],
])('takes %s %s', (name, version) => {
  expect(violationsOf(locked(name, version))).toEqual([]);
});

it('[SUP-02] finds a package wherever it lies, and under another name', () => {
  const nested = locked('mailparser/node_modules/nodemailer', '8.0.0');
  const renamed = locked('mail', '8.0.0', { name: 'nodemailer' });

  expect(violationsOf(nested)).toHaveLength(1);
  expect(violationsOf(renamed)).toHaveLength(1);
});

it.each(['saml-idp', 'samlp', 'passport-saml', 'private-ip', 'ip', 'ssrf-req-filter', 'xmldom'])(
  '[SUP-02] refuses %s whatever its version, among the tools too',
  (name) => {
    const [sentence] = violationsOf(locked(name, '99.0.0', { dev: true }));

    expect(sentence).toMatch(new RegExp(`^node_modules/${name} must not be used: .+\\.$`));
  },
);

it('[SUP-02] takes safe-regex among the tools only', () => {
  expect(violationsOf(locked('safe-regex', '2.1.1', { dev: true }))).toEqual([]);
  expect(violationsOf(locked('safe-regex', '2.1.1'))).toHaveLength(1);
});

it('[SUP-02] refuses what comes from git, and what nothing vouches for', () => {
  const git = locked('left-pad', '1.0.0', { resolved: 'git+ssh://git@forge.test/left-pad.git#abc' });
  const bare = locked('left-pad', '1.0.0', { integrity: undefined });

  expect(violationsOf(git)).toEqual([expect.stringContaining('comes from a git address')]);
  expect(violationsOf(bare)).toEqual([expect.stringContaining('has no integrity')]);
});
