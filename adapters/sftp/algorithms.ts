import type { Algorithms } from 'ssh2';

/**
 * What we speak, as server and as client [IMP-01]: no SHA-1, no CBC, and none of the ciphers that a cut connection can
 * be told apart by where the other side knows no strict key exchange (Terrapin, CVE-2023-48795). `ssh2` offers the
 * strict exchange by itself.
 */
export const modernAlgorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
  ],
  cipher: ['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com', 'aes256-ctr', 'aes192-ctr', 'aes128-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
} satisfies Algorithms;
