import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { signInGuides } from '../../onboarding/providers/sign-in/index.ts';
import { providersDocument, walkedRoads } from './document.ts';

const root = path.join(import.meta.dirname, '../..');

it('keeps the table of providers as the guides are: run `npm run providers-table` after a change', () => {
  expect(readFileSync(path.join(root, 'docs/providers.md'), 'utf8')).toBe(providersDocument());
});

it('calls a road walked only for a guide that exists, with a test that can be run', () => {
  for (const [id, road] of Object.entries(walkedRoads)) {
    expect(signInGuides.map((guide) => guide.id)).toContain(id);
    expect(existsSync(path.join(root, road?.proof ?? ''))).toBe(true);
  }
});
