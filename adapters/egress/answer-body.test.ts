import { Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readBody } from './answer-body.ts';

const limits = (bodyBytes: number, overflow: 'refuse' | 'cut' = 'refuse') => ({ bodyBytes, overflow });
const text = 'x'.repeat(1000);
const read = (bytes: string | Buffer, encoding: string, limit = limits(1000)) =>
  readBody(Readable.from([Buffer.from(bytes)]), encoding, limit);
const refused = (reason: string) => expect.objectContaining({ name: 'BodyRefused', reason }) as Error;

describe('an answer’s body [NET-07]', () => {
  it.each([
    ['', text],
    ['identity', text],
    [' GZIP ', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
  ])('is decoded, if at all, by one encoding: "%s"', async (encoding, bytes) => {
    expect((await read(bytes, encoding)).toString()).toBe(text);
  });

  it.each(['gzip, gzip', 'zstd', 'compress'])('in "%s" is refused unread', async (encoding) => {
    await expect(read(text, encoding)).rejects.toThrow(refused('unreadable'));
  });

  it('may have its cap to the byte, and not one more', async () => {
    expect(await read(text, '')).toHaveLength(1000);
    expect(await read(gzipSync(text), 'gzip')).toHaveLength(1000);
    await expect(read(`${text}x`, '')).rejects.toThrow(refused('too_large'));
    await expect(read(gzipSync(`${text}x`), 'gzip')).rejects.toThrow(refused('too_large'));
  });

  it('counts on the wire, too, where nothing is behind it', async () => {
    const emptyBlocks = Buffer.concat(Array.from({ length: 100 }, () => gzipSync('')));

    await expect(read(emptyBlocks, 'gzip')).rejects.toThrow(refused('too_large'));
  });

  it('may fill the wire’s cap to the byte', async () => {
    const bytes = gzipSync('');

    expect(await read(bytes, 'gzip', limits(bytes.length))).toHaveLength(0);
  });

  it('that is only shown is cut at the cap, wherever its parts end', async () => {
    const parts = Readable.from([Buffer.alloc(600, 'a'), Buffer.alloc(600, 'b'), Buffer.alloc(600, 'c')]);
    const body = await readBody(parts, '', limits(1000, 'cut'));

    expect(body.toString()).toBe('a'.repeat(600) + 'b'.repeat(400));
  });

  it.each([
    ['gzip', gzipSync(text).fill(0, 20)],
    ['gzip', Buffer.from(text)],
    ['deflate', Buffer.from(text)],
    ['br', Buffer.alloc(10, 0xff)],
  ])('broken in %s is unreadable, and logs learn why', async (encoding, bytes) => {
    const why = { cause: expect.any(Error) as Error };
    await expect(read(bytes, encoding)).rejects.toThrow(refused('unreadable'));
    await expect(read(bytes, encoding)).rejects.toMatchObject(why);
  });

  it.each([new Error('the line broke'), Object.assign(new Error('reset'), { code: 'ECONNRESET' })])(
    'that breaks off does so for the reason of the line: %s',
    async (error) => {
      const broken = new Readable({ read: () => undefined });
      const body = readBody(broken, '', limits(1000));
      broken.destroy(error);

      await expect(body).rejects.toBe(error);
    },
  );
});
