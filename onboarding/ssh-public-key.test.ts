import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import { expect, it } from 'vitest';
import { makeSshKeyPair } from '../adapters/sftp/key-pairs.ts';
import { readSshKey, sshFingerprint } from './ssh-public-key.ts';

const { generateKeyPairSync } = ssh2.utils;
const made = makeSshKeyPair();
const ed25519 = { public: `${made.public} anna@acme`, private: made.private };
const ecdsa = generateKeyPairSync('ecdsa', { bits: 384 });
const rsa = (bits: number) => generateKeyPairSync('rsa', { bits });
const base64Of = (line: string) => line.split(' ')[1] ?? '';

it.each([
  ['the line of ssh-keygen', ed25519.public, 'ssh-ed25519', 256],
  ['the line without its comment', ed25519.public.replace(' anna@acme', ''), 'ssh-ed25519', 256],
  ['its bytes alone', base64Of(ed25519.public), 'ssh-ed25519', 256],
  ['a line that was broken in two', ed25519.public.replace('AAAA', 'AAAA\n'), 'ssh-ed25519', 256],
  ['a curve of NIST', ecdsa.public, 'ecdsa-sha2-nistp384', 384],
  ['RSA', rsa(2_048).public, 'ssh-rsa', 2_048],
  [
    'the block of RFC 4716',
    `---- BEGIN SSH2 PUBLIC KEY ----\nComment: "anna"\n${base64Of(ed25519.public).replace(/.{40}/g, '$&\n')}\n---- END SSH2 PUBLIC KEY ----`,
    'ssh-ed25519',
    256,
  ],
])('takes %s', (_what, text, algorithm, bits) => {
  expect(readSshKey(text)).toMatchObject({ ok: true, algorithm, bits });
});

const dsa = Buffer.concat(
  ['ssh-dss', 'p', 'q', 'g', 'y'].flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, Buffer.from(part)];
  }),
).toString('base64');

it.each([
  ['nothing', '  ', 'empty'],
  ['a private key', ed25519.private, 'private_key'],
  ['a private key of PuTTY', 'PuTTY-User-Key-File-3: ssh-ed25519', 'private_key'],
  ['two keys', `${ed25519.public}\n${ecdsa.public}`, 'several'],
  ['more than any key has', `${ed25519.public}${'x'.repeat(2_048)}`, 'too_long'],
  ['something else', 'ssh key of anna', 'unreadable'],
  ['half a key', ed25519.public.slice(0, 50), 'unreadable'],
  ['DSA that calls itself RSA', `ssh-rsa ${dsa}`, 'type_refused'],
  ['DSA', `ssh-dss ${dsa}`, 'type_refused'],
  ['RSA of 1024 bits', rsa(1_024).public, 'too_weak'],
])('[IMP-01] refuses %s', (_what, text, problem) => {
  expect(readSshKey(text)).toEqual({ ok: false, problem });
});

it('says the fingerprint as ssh-keygen does', () => {
  const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl github';
  const key = readSshKey(line);

  expect(
    sshFingerprint(
      createHash('sha256')
        .update(key.ok ? key.bytes : '')
        .digest(),
    ),
  ).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU');
});
