import ssh2 from 'ssh2';

export interface SshKeyPair {
  /** A line of OpenSSH without a comment. */
  public: string;
  /** In OpenSSH's format, unencrypted: seal it before it is kept. */
  private: string;
}

const ed25519Bytes = 51;

/**
 * A new key of type ed25519. The library drops zeros at the beginning of the public half, so that one key of 256 opens
 * nothing: such a key is thrown away and another one made.
 */
export function makeSshKeyPair(): SshKeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    const [type = '', base64 = ''] = pair.public.split(' ');
    if (Buffer.from(base64, 'base64').length === ed25519Bytes) {
      return { public: `${type} ${base64}`, private: pair.private };
    }
  }
}
