/**
 * Secrets at rest: envelope encryption under rotatable keys [SEC-01], and the keys derived from them.
 *
 * A sealed value is `A256GCM.<key id>.<wrapped data key>.<ciphertext>`, the last two base64url of nonce, bytes and tag.
 * Each value has its own random data key; only that key is wrapped under the operator's key, so rotation re-wraps 60
 * bytes and never touches the ciphertext [SEC-02]. Both layers are bound to the row they were made for: a value moved to
 * another row, column or organization does not open.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** One operator key of `SECRETS_KEY`: id `[a-z0-9]{1,16}`, 32 bytes. */
export interface SecretsKey {
  id: string;
  bytes: Uint8Array;
}

/** Where a sealed value lives. `organizationId` is null for rows of an environment or of the installation. */
export interface SealedAt {
  table: string;
  column: string;
  organizationId: string | null;
  rowId: string;
}

/** Each purpose has a key of its own, so that none can be used to attack another. */
export type KeyPurpose =
  | 'rows'
  | 'payload-codec'
  | 'code-pepper'
  | 'checkpoint'
  | 'bounce-address'
  | 'sign-in-request'
  | 'directory-consent'
  | 'export-link';

export type Secrets = ReturnType<typeof createSecrets>;

/** A sealed value, payload or digest names a key that was not given. */
class SecretsKeyMissing extends Error {
  readonly keyId: string;

  constructor(keyId: string) {
    super(`SECRETS_KEY holds no key "${keyId}", and something stored still needs it`);
    this.name = 'SecretsKeyMissing';
    this.keyId = keyId;
  }
}

const algorithm = 'A256GCM';
const nonceLength = 12;
const tagLength = 16;

/**
 * Opens the keys. The first one writes, all of them read. Throws one sentence for the operator when a key is short,
 * doubled or obviously not random [SEC-05]; key ids appear in messages, key bytes never.
 */
export function createSecrets(keys: readonly SecretsKey[]) {
  keys.forEach(refuseWeakKey);
  const bytesById = new Map(keys.map((key) => [key.id, key.bytes]));
  const [first] = keys;
  if (first === undefined) throw new Error('SECRETS_KEY holds no key');
  if (bytesById.size !== keys.length) throw new Error('SECRETS_KEY names a key id twice');
  const writingKeyId = first.id;
  const derived = new Map<string, Buffer>();

  /** The 32 bytes for `purpose` under the writing key, or under the key named; always the same for the same input. */
  function derive(purpose: KeyPurpose, keyId: string = writingKeyId): Buffer {
    const name = `${purpose}/${keyId}`;
    const known = derived.get(name);
    if (known) return known;
    const key = expand(keyId, purpose);
    derived.set(name, key);
    return key;
  }

  function expand(keyId: string, purpose: string): Buffer {
    const bytes = bytesById.get(keyId);
    if (!bytes) throw new SecretsKeyMissing(keyId);
    return Buffer.from(hkdfSync('sha256', bytes, 'vestibule', purpose, 32));
  }

  function wrap(dataKey: Buffer, at: SealedAt): string {
    return encrypt(derive('rows'), dataKey, bindingOf(at, writingKeyId)).toString('base64url');
  }

  function unwrap({ keyId, wrapped }: Envelope, at: SealedAt): Buffer {
    return decrypt(derive('rows', keyId), wrapped, bindingOf(at, keyId));
  }

  return {
    /** The key that writes. */
    writingKeyId,

    /** All key ids, the writing one first. */
    keyIds: keys.map((key) => key.id),

    derive,

    /** Encrypts for one place. The same text sealed twice gives two different values. */
    seal(plaintext: string, at: SealedAt): string {
      const dataKey = randomBytes(32);
      const body = encrypt(dataKey, Buffer.from(plaintext, 'utf8'), bindingOf(at));
      return [algorithm, writingKeyId, wrap(dataKey, at), body.toString('base64url')].join('.');
    },

    /** Decrypts. Throws `SecretsKeyMissing`, or an error naming the place when the value was changed or moved. */
    open(sealed: string, at: SealedAt): string {
      const envelope = parse(sealed);
      return decrypt(unwrap(envelope, at), envelope.body, bindingOf(at)).toString('utf8');
    },

    /** The same value with its data key under the writing key; unchanged when it already is. */
    rewrap(sealed: string, at: SealedAt): string {
      const envelope = parse(sealed);
      if (envelope.keyId === writingKeyId) return sealed;
      const wrapped = wrap(unwrap(envelope, at), at);
      return [algorithm, writingKeyId, wrapped, envelope.body.toString('base64url')].join('.');
    },

    /**
     * The check value of a key, safe to store: at start it is compared with the stored one of the same id, so a key
     * that was mistyped or swapped is named before it writes anything.
     */
    keyCheck(keyId: string): string {
      return createHmac('sha256', expand(keyId, 'key-check')).update(keyId).digest('hex').slice(0, 32);
    },
  };
}

/** Which key a sealed value needs: what `rewrap` and the start-up check count. */
export function keyIdOf(sealed: string): string {
  return parse(sealed).keyId;
}

interface Envelope {
  keyId: string;
  wrapped: Buffer;
  body: Buffer;
}

function parse(sealed: string): Envelope {
  const [name, keyId, wrapped, body, ...rest] = sealed.split('.');
  if (name !== algorithm || !keyId || !wrapped || !body || rest.length > 0) {
    throw new Error('this is not a sealed value');
  }
  return { keyId, wrapped: Buffer.from(wrapped, 'base64url'), body: Buffer.from(body, 'base64url') };
}

// The ciphertext must survive a re-wrap, so its binding leaves the key id out; the wrapped key's binding holds it.
function bindingOf(at: SealedAt, keyId: string | null = null): Buffer {
  const parts = [algorithm, keyId, at.table, at.column, at.organizationId, at.rowId];
  return Buffer.from(JSON.stringify(parts), 'utf8');
}

/** AES-256-GCM: nonce, ciphertext and tag in one buffer. `binding` is authenticated, not stored. */
export function encrypt(key: Uint8Array, plaintext: Uint8Array, binding: Uint8Array): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(binding);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The reverse of `encrypt`; throws when key, binding or bytes differ. */
export function decrypt(key: Uint8Array, sealed: Uint8Array, binding: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed);
  // The length of the tag is fixed here: Node would accept a shorter, forgeable one.
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceLength), {
    authTagLength: tagLength,
  });
  try {
    decipher.setAAD(binding).setAuthTag(bytes.subarray(-tagLength));
    return Buffer.concat([decipher.update(bytes.subarray(nonceLength, -tagLength)), decipher.final()]);
  } catch (cause) {
    throw new Error(`an encrypted value does not open for ${Buffer.from(binding).toString('utf8')}`, {
      cause,
    });
  }
}

function refuseWeakKey({ id, bytes }: SecretsKey): void {
  if (!/^[a-z0-9]{1,16}$/.test(id)) throw new Error(`SECRETS_KEY: "${id}" is no key id ([a-z0-9], 1 to 16)`);
  if (bytes.length !== 32) throw new Error(`SECRETS_KEY: key "${id}" has ${bytes.length} bytes, not 32`);
  if (!isRandomKey(bytes)) throw new Error(`SECRETS_KEY: key "${id}" is not random`);
}

/** 32 random bytes hold about 30 different values and are never all printable; examples and passphrases are [SEC-05]. */
export function isRandomKey(bytes: Uint8Array): boolean {
  const isText = bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  return !isText && new Set(bytes).size >= 16;
}
