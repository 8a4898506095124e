import { expect, it } from 'vitest';
import { textOfFile } from './file-text.ts';

it.each([
  ['text as it is', [...Buffer.from('<a>é</a>')], '<a>é</a>'],
  ['text without its byte order mark', [0xef, 0xbb, 0xbf, 0x3c], '<'],
  ['figures as they are', [0x30, 0x31], '01'],
  ['a certificate in DER as its base64', [0x30, 0x82, 0x01, 0x00, 0xff], 'MIIBAP8='],
  ['nothing as nothing', [], ''],
])('a file gives %s', async (_what, bytes, text) => {
  expect(await textOfFile(new Blob([new Uint8Array(bytes)]))).toBe(text);
});
