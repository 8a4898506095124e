// @vitest-environment node
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Entry = { file: string; imports?: string[]; css?: string[] };

const repository = join(import.meta.dirname, '..');
const kibibyte = 1024;
let folder = '';
let manifest: Record<string, Entry> = {};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vestibule-portal-'));
  const vite = join(repository, 'node_modules/vite/bin/vite.js');
  execFileSync(process.execPath, [vite, 'build', '--outDir', folder, '--logLevel', 'error'], {
    cwd: repository,
    env: { NODE_ENV: 'production' },
  });
  manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the browser loads before it can show these modules: the files they need, each once. */
function filesOf(modules: string[], seen = new Set<string>()): Set<string> {
  for (const name of modules) {
    const entry = manifest[name];
    if (entry === undefined) throw new Error(`${name} is not part of the build`);
    if (seen.has(entry.file)) continue;
    seen.add(entry.file);
    filesOf(entry.imports ?? [], seen);
  }
  return seen;
}

function kibibytesOf(files: Iterable<string>): number {
  const sizes = [...files].map((file) => gzipSync(readFileSync(join(folder, file))).length);
  return sizes.reduce((sum, size) => sum + size, 0) / kibibyte;
}

describe('on a slow line', () => {
  it("the customer's first view needs at most 90 KiB of script, compressed", () => {
    const files = filesOf(['customer/index.html', 'customer/pages/HomePage.vue']);

    expect(kibibytesOf(files)).toBeLessThanOrEqual(90);
  });

  it('neither menus and dialogs nor the message compiler are part of it', () => {
    const files = filesOf(['customer/index.html', 'customer/pages/HomePage.vue']);
    const script = [...files].map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');

    expect([...files].filter((file) => file.includes('floating'))).toEqual([]);
    expect(script).not.toContain('Unterminated closing brace');
  });

  it('[UI-02] every script, style and link of the pages waits for its nonce', () => {
    for (const app of ['customer', 'staff']) {
      const page = readFileSync(join(folder, app, 'index.html'), 'utf8');
      const tags = [...page.matchAll(/<(script|link|style)\b[^>]*>/g)].map(([tag]) => tag);

      expect(tags.length).toBeGreaterThan(2);
      expect(tags.filter((tag) => !tag.includes('nonce="__NONCE__"'))).toEqual([]);
      expect(page).toMatch(/__LANG__[\s\S]*__TITLE__[\s\S]*<!--HEAD-->[\s\S]*__BOOT__[\s\S]*<!--BODY-->/);
    }
  });
});
