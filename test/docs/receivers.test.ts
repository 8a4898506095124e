import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';

it('[WHK-06] receivers of webhooks are told to verify in constant time, of five minutes, of repeats by id, and of the order', async () => {
  const text = await readFile(path.join(import.meta.dirname, '../../docs/integrate.md'), 'utf8');
  const [, section = ''] = /^## Being told by webhook\n([^]*?)^## /m.exec(text) ?? [];

  for (const told of ['in constant time', 'five minutes', 'twice, with the same id', 'in their order'])
    expect(section).toContain(told);
});
