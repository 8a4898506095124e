/**
 * Encrypts everything that workflows hand to Temporal: inputs, results, signals, updates, failure details [TMP-01].
 * What Temporal still sees in clear are ids, type names, search attributes, times and sizes.
 */
import { fileURLToPath } from 'node:url';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { decrypt, encrypt, type Secrets } from './secrets.ts';

const encryptedEncoding = 'binary/encrypted';
const plainCipher = 'A256GCM';
const deflatedCipher = 'A256GCM+deflate';
const deflateAboveBytes = 1024;

/**
 * A codec whose payloads name their key, so old histories stay readable while any key that wrote them is given.
 * Decoding throws `SecretsKeyMissing` when it is not; payloads that are not ours pass through unchanged.
 */
export function createPayloadCodec(secrets: Secrets): PayloadCodec {
  return {
    async encode(payloads) {
      const wire = await loadWire();
      return payloads.map((payload) => encode(secrets, wire, payload));
    },
    async decode(payloads) {
      const wire = await loadWire();
      return payloads.map((payload) => decode(secrets, wire, payload));
    },
  };
}

/** The same options for every client, worker and workflow bundle; they must agree, or messages of failures stay unread. */
export function createDataConverter(secrets: Secrets): DataConverter {
  return { payloadCodecs: [createPayloadCodec(secrets)], failureConverterPath };
}

/** For the workflow bundle, which is built without keys. */
export const failureConverterPath = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? './failure-converter.ts' : './failure-converter.js',
    import.meta.url,
  ),
);

type Wire = Awaited<ReturnType<typeof loadWire>>;

/** Loaded with the first payload: it is large. A default export, because Node finds no names in this CommonJS package. */
async function loadWire() {
  const { default: proto } = await import('@temporalio/proto');
  return proto.temporal.api.common.v1.Payload;
}

function encode(secrets: Secrets, wire: Wire, payload: Payload): Payload {
  const bytes = wire.encode(payload).finish();
  const isLarge = bytes.length > deflateAboveBytes;
  const keyId = secrets.writingKeyId;
  const cipher = isLarge ? deflatedCipher : plainCipher;
  const plaintext = isLarge ? deflateRawSync(bytes) : bytes;
  return {
    metadata: {
      encoding: Buffer.from(encryptedEncoding),
      'encryption-cipher': Buffer.from(cipher),
      'encryption-key-id': Buffer.from(keyId),
    },
    data: encrypt(secrets.derive('payload-codec'), plaintext, bindingOf(cipher, keyId)),
  };
}

function decode(secrets: Secrets, wire: Wire, payload: Payload): Payload {
  if (metadataOf(payload, 'encoding') !== encryptedEncoding) return payload;
  const cipher = metadataOf(payload, 'encryption-cipher');
  const keyId = metadataOf(payload, 'encryption-key-id');
  const key = secrets.derive('payload-codec', keyId);
  const plaintext = decrypt(key, payload.data ?? new Uint8Array(), bindingOf(cipher, keyId));
  const bytes = cipher === deflatedCipher ? inflateRawSync(plaintext) : plaintext;
  return wire.decode(bytes);
}

function metadataOf(payload: Payload, name: string): string {
  return Buffer.from(payload.metadata?.[name] ?? []).toString('utf8');
}

function bindingOf(cipher: string, keyId: string): Buffer {
  return Buffer.from(JSON.stringify([cipher, keyId]), 'utf8');
}
