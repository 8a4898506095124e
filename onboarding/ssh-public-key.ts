/**
 * A public key of SSH as a person pastes it: the line of OpenSSH or the block of RFC 4716. Read from the bytes, not from
 * what the line says of itself, so that the page can tell while somebody types what is wrong with it.
 */

/** What opens an account of ours. DSA and keys bound to a touch of hardware are none: nobody is there at night. */
export const sshKeyTypes = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
] as const;

export type SshKeyType = (typeof sshKeyTypes)[number];

export const sshKeyProblems = [
  'empty',
  'private_key',
  'several',
  'too_long',
  'unreadable',
  'type_refused',
  'too_weak',
] as const;

export type SshKeyProblem = (typeof sshKeyProblems)[number];

export type ReadSshKey =
  | { ok: true; algorithm: SshKeyType; bits: number; base64: string; bytes: Uint8Array<ArrayBuffer> }
  | { ok: false; problem: SshKeyProblem };

/** Of what is pasted, with its comment: RSA keys of 8192 bits fit. */
const longest = 2_048;
const leastRsaBits = 2_048;

export function readSshKey(text: string): ReadSshKey {
  const pasted = text.trim();
  if (pasted === '') return refused('empty');
  if (/PRIVATE KEY|PuTTY-User-Key-File/.test(pasted)) return refused('private_key');
  if (pasted.length > longest) return refused('too_long');
  const line = lineOf(pasted);
  if (line === undefined) return refused('several');
  const [first = '', second] = line.split(/\s+/);
  // The type stands before the bytes, and again in them: only there it counts.
  const base64 = second ?? first;
  const bytes = bytesOf(base64);
  const parts = bytes && partsOf(bytes);
  if (bytes === undefined || parts === undefined) return refused('unreadable');
  const type = textOf(parts[0]);
  const algorithm = sshKeyTypes.find((known) => known === type);
  if (algorithm === undefined) return refused(/^[a-z0-9@.-]+$/.test(type) ? 'type_refused' : 'unreadable');
  const bits = bitsOf(algorithm, parts);
  if (bits === undefined) return refused('unreadable');
  if (algorithm === 'ssh-rsa' && bits < leastRsaBits) return refused('too_weak');
  return { ok: true, algorithm, bits, base64, bytes };
}

const refused = (problem: SshKeyProblem): ReadSshKey => ({ ok: false, problem });

/** The one line that holds the key; undefined where there are several keys. */
function lineOf(pasted: string): string | undefined {
  const block = /^---- BEGIN SSH2 PUBLIC KEY ----\s([\s\S]*)---- END SSH2 PUBLIC KEY ----$/.exec(pasted)?.[1];
  if (block !== undefined) {
    const lines = block.split(/\r?\n/).filter((line) => !line.includes(':'));
    return lines.join('').replace(/\s+/g, '');
  }
  const lines = pasted.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const keys = lines.filter((line) => /^\s*(ssh-|ecdsa-|sk-)/.test(line));
  if (keys.length > 1) return undefined;
  // A terminal or a mail may have broken the line in two.
  const [start = '', ...rest] = lines;
  return [start, ...rest.map((line) => line.trim())].join('');
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** The strings of RFC 4253 §6.6; undefined where their lengths do not add up. */
function partsOf(bytes: Uint8Array<ArrayBuffer>): Uint8Array[] | undefined {
  const parts: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + view.getUint32(at);
    if (end > bytes.length) return undefined;
    parts.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return parts.length === 0 ? undefined : parts;
}

const textOf = (part: Uint8Array | undefined): string => String.fromCharCode(...(part ?? []));

/** The strength of the key; undefined where it is none of its type. */
function bitsOf(algorithm: SshKeyType, parts: readonly Uint8Array[]): number | undefined {
  if (algorithm === 'ssh-ed25519') return parts.length === 2 && parts[1]?.length === 32 ? 256 : undefined;
  const [, second, third] = parts;
  if (parts.length !== 3 || second === undefined || third === undefined) return undefined;
  if (algorithm === 'ssh-rsa') return bitsOfNumber(third);
  const curve = algorithm.slice('ecdsa-sha2-'.length);
  const bits = Number(curve.slice('nistp'.length));
  const isPoint = third.length === 1 + 2 * Math.ceil(bits / 8) && third[0] === 4;
  return textOf(second) === curve && isPoint ? bits : undefined;
}

function bitsOfNumber(bytes: Uint8Array): number {
  const start = bytes.findIndex((byte) => byte !== 0);
  const first = bytes[start];
  return first === undefined ? 0 : (bytes.length - start - 1) * 8 + (32 - Math.clz32(first));
}

/** `SHA256:…` as `ssh-keygen -l` prints it, of the digest of a key's bytes. */
export function sshFingerprint(sha256: Uint8Array): string {
  return `SHA256:${btoa(String.fromCharCode(...sha256)).replace(/=+$/, '')}`;
}
