import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Why a body could not be had; `cut` bodies are not errors. */
export class BodyRefused extends Error {
  readonly reason: 'too_large' | 'unreadable';

  constructor(reason: 'too_large' | 'unreadable', options?: { cause?: unknown }) {
    super(reason, options);
    this.name = 'BodyRefused';
    this.reason = reason;
  }
}

/**
 * Reads and decodes an answer's body. The cap counts both the bytes on the wire and the decoded ones, so neither a bomb
 * nor endless empty blocks get through; more than one content-encoding is refused unread [NET-07].
 */
export async function readBody(
  body: Readable,
  encoding: string,
  limits: { bodyBytes: number; overflow: 'refuse' | 'cut' },
): Promise<Buffer> {
  const decoder = decoderFor(encoding);
  const chunks: Buffer[] = [];
  let decodedBytes = 0;

  async function* counted(source: AsyncIterable<Buffer>) {
    let wireBytes = 0;
    for await (const chunk of source) {
      wireBytes += chunk.length;
      yield chunk;
      if (wireBytes > limits.bodyBytes) throw new BodyRefused('too_large');
    }
  }
  async function collect(source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      chunks.push(chunk.subarray(0, limits.bodyBytes - decodedBytes));
      decodedBytes += chunk.length;
      if (decodedBytes > limits.bodyBytes) throw new BodyRefused('too_large');
    }
  }

  try {
    await (decoder ? pipeline(body, counted, decoder, collect) : pipeline(body, counted, collect));
  } catch (error) {
    if (error instanceof BodyRefused) {
      if (limits.overflow === 'refuse') throw error;
    } else if (isZlibError(error)) {
      throw new BodyRefused('unreadable', { cause: error });
    } else {
      throw error;
    }
  }
  return Buffer.concat(chunks);
}

function decoderFor(encoding: string) {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new BodyRefused('unreadable');
  }
}

function isZlibError(error: unknown): boolean {
  return /^(Z_|ERR_BROTLI|ERR__ERROR_FORMAT)/.test(String(Reflect.get(Object(error), 'code')));
}
