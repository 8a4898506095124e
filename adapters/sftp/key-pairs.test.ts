import ssh2 from 'ssh2';
import { expect, it } from 'vitest';
import { readSshKey } from '../../onboarding/ssh-public-key.ts';
import { makeSshKeyPair } from './key-pairs.ts';

it('makes keys of which each one opens', () => {
  for (let made = 0; made < 1_000; made += 1) {
    const pair = makeSshKeyPair();

    expect(readSshKey(pair.public)).toMatchObject({ ok: true, algorithm: 'ssh-ed25519' });
    expect(ssh2.utils.parseKey(pair.private)).not.toBeInstanceOf(Error);
  }
});
