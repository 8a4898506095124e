import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSecrets, keyIdOf, type SealedAt } from './secrets.ts';

const oldKey = { id: 'k1', bytes: randomBytes(32) };
const newKey = { id: 'k2', bytes: randomBytes(32) };
const at: SealedAt = { table: 'links', column: 'token', organizationId: 'org_1', rowId: 'link_1' };

describe('sealed values', () => {
  it('[SEC-01] what was sealed opens again, and the stored form shows nothing of it', () => {
    const secrets = createSecrets([oldKey]);

    const sealed = secrets.seal('vb_setup_ÄÖ', at);

    expect(secrets.open(sealed, at)).toBe('vb_setup_ÄÖ');
    expect(sealed).not.toContain('vb_setup');
    expect(secrets.seal('', at)).toMatch(/^A256GCM\.k1\./);
    expect(secrets.open(secrets.seal('', at), at)).toBe('');
    expect(secrets.seal('vb_setup_ÄÖ', at)).not.toBe(sealed);
  });

  it.each([
    ['table', { ...at, table: 'connections' }],
    ['column', { ...at, column: 'secret' }],
    ['organization', { ...at, organizationId: 'org_2' }],
    ['organization that is null', { ...at, organizationId: null }],
    ['row', { ...at, rowId: 'link_2' }],
  ])('[SEC-01] a value moved to another %s does not open', (_, elsewhere) => {
    const secrets = createSecrets([oldKey, newKey]);
    const sealed = secrets.seal('secret', at);

    expect(() => secrets.open(sealed, elsewhere)).toThrow('does not open');
    expect(() => createSecrets([newKey, oldKey]).rewrap(sealed, elsewhere)).toThrow('does not open');
  });

  it('[SEC-01] one changed character anywhere is noticed, a shortened tag too', () => {
    const secrets = createSecrets([oldKey]);
    const sealed = secrets.seal('secret', at);

    for (const position of [0, 1, 2, 3]) {
      const parts = sealed.split('.');
      const part = parts[position] ?? '';
      parts[position] = (part[0] === 'A' ? 'B' : 'A') + part.slice(1);
      expect(() => secrets.open(parts.join('.'), at), `part ${position}`).toThrow();
    }
    expect(() => secrets.open(sealed.slice(0, -8), at)).toThrow('does not open');
    expect(() => secrets.open(`${sealed}.x`, at)).toThrow('not a sealed value');
  });
});

describe('rotation', () => {
  it('[SEC-02] the first key writes, all read, and re-wrapping moves a value without touching its ciphertext', () => {
    const before = createSecrets([oldKey, newKey]);
    const after = createSecrets([newKey, oldKey]);
    const sealed = before.seal('secret', at);

    const moved = after.rewrap(sealed, at);

    expect(keyIdOf(sealed)).toBe('k1');
    expect(keyIdOf(moved)).toBe('k2');
    expect(moved.split('.')[3]).toBe(sealed.split('.')[3]);
    expect(after.rewrap(moved, at)).toBe(moved);
    expect(createSecrets([newKey]).open(moved, at)).toBe('secret');
    expect(before.open(moved, at)).toBe('secret');
  });

  it('[SEC-02] a value under a key that is gone names the missing id', () => {
    const sealed = createSecrets([oldKey]).seal('secret', at);

    expect(() => createSecrets([newKey]).open(sealed, at)).toThrow('holds no key "k1"');
  });

  it('[SEC-02] a wrong key under a known id has another check value', () => {
    const check = createSecrets([oldKey]).keyCheck('k1');

    expect(createSecrets([newKey, oldKey]).keyCheck('k1')).toBe(check);
    expect(createSecrets([{ id: 'k1', bytes: randomBytes(32) }]).keyCheck('k1')).not.toBe(check);
  });
});

describe('keys', () => {
  it('each purpose and each key derives its own bytes, the same ones every time', () => {
    const secrets = createSecrets([oldKey, newKey]);
    const all = [
      secrets.derive('rows'),
      secrets.derive('payload-codec'),
      secrets.derive('code-pepper'),
      secrets.derive('checkpoint'),
      secrets.derive('rows', 'k2'),
    ];

    expect(new Set(all.map((key) => key.toString('hex'))).size).toBe(all.length);
    expect(createSecrets([oldKey]).derive('rows')).toEqual(secrets.derive('rows', 'k1'));
    expect(secrets.derive('rows')).toHaveLength(32);
  });

  it.each([
    ['is short', [{ id: 'k1', bytes: randomBytes(16) }], 'has 16 bytes'],
    ['is all zeros', [{ id: 'k1', bytes: Buffer.alloc(32) }], 'is not random'],
    [
      'is a sentence',
      [{ id: 'k1', bytes: Buffer.from('change me before production!!123') }],
      'is not random',
    ],
    ['has a wrong id', [{ id: 'K 1', bytes: randomBytes(32) }], 'is no key id'],
    ['comes twice', [oldKey, { ...newKey, id: 'k1' }], 'twice'],
    ['is missing', [], 'holds no key'],
  ])('[SEC-05] a key that %s stops the start', (_, keys, words) => {
    expect(() => createSecrets(keys)).toThrow(words);
  });
});
