import { describe, expect, it } from 'vitest';
import { streamPlaceholders, type StreamDestination } from '../log-streams/destination.ts';
import { destinations } from '../log-streams/destinations/index.ts';
import { directoryGuides } from './directory/index.ts';
import { directoryPlaceholders, type DirectoryGuide } from './directory/provider.ts';
import { signInGuides } from './sign-in/index.ts';
import { guidePlaceholders, type SignInGuide } from './sign-in/provider.ts';

/** What holds for every guide that people follow through a console, whatever it sets up. */

type Guide = SignInGuide | DirectoryGuide | StreamDestination;

const kinds: readonly [string, readonly Guide[], readonly string[]][] = [
  ['sign-in', signInGuides, guidePlaceholders],
  ['directory', directoryGuides, directoryPlaceholders],
  ['log stream', destinations, streamPlaceholders],
];
const every = kinds.flatMap(([kind, guides, placeholders]) =>
  guides.map((guide) => [`${kind} guide ${guide.id}`, guide, placeholders] as const),
);

function textsOf(node: unknown): string[] {
  if (typeof node === 'string') return [node];
  if (node === null || typeof node !== 'object') return [];
  return Object.values(node).flatMap((child: unknown) => textsOf(child));
}

const blocksOf = (guide: Guide) => guide.steps.flatMap((step) => [...step.blocks]);

describe.each(every)('the %s', (_name, guide, placeholders) => {
  it('names only values that we can fill in', () => {
    const named = textsOf(guide).flatMap((text) =>
      [...text.matchAll(/\{([A-Z_]+)\}/g)].map((match) => match[1]),
    );

    expect(placeholders).toEqual(expect.arrayContaining(named));
  });

  it('has a two-letter mark, a date that is a date and sources to look it up in', () => {
    expect(guide.mark).toMatch(/^[A-Z][A-Za-z0-9]$/);
    expect(guide.checkedOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(new Date(guide.checkedOn).toISOString()).toContain(guide.checkedOn);
    for (const source of guide.sources) expect(new URL(source.url).protocol).toBe('https:');
  });

  it('gives every step an id of its own, a title, a way there and something to do', () => {
    const ids = guide.steps.map((step) => step.id);

    expect(new Set(ids).size).toBe(ids.length);
    for (const step of guide.steps) {
      expect(step.id).toMatch(/^[a-z-]+$/);
      expect(step.title).not.toBe('');
      expect(step.where.path.length).toBeGreaterThan(0);
      expect(step.blocks.length).toBeGreaterThan(0);
      if (step.where.link) expect(new URL(step.where.link).protocol).toBe('https:');
    }
  });

  it('labels every slip, setting and field as a console would', () => {
    for (const block of blocksOf(guide)) {
      if (block.kind === 'value') expect(block.value).toContain(`{${block.placeholder}}`);
      if ('label' in block) expect(block.label.trim()).not.toBe('');
      if (block.kind === 'setting') expect(block.choice).not.toBe('');
      if (block.kind === 'form') for (const field of block.fields) expect(field.label.trim()).not.toBe('');
    }
    expect(textsOf(guide).filter((text) => (text.match(/\*\*/g)?.length ?? 0) % 2 === 1)).toEqual([]);
  });

  it('keeps to the voice', () => {
    for (const text of textsOf(guide)) expect(text).not.toMatch(/\b(please|oops|simply|successfully)\b|!$/i);
  });
});

describe.each(kinds)('the ways of one name among the %s guides', (_kind, guides) => {
  const names = [...new Set(guides.map(({ name }) => name))];
  const waysOf = (name: string) => guides.filter((guide) => guide.name === name);

  it.each(names)('are told apart for %s, the recommended one first', (name) => {
    const ways = waysOf(name);
    if (ways.length === 1) {
      expect(ways[0]?.variant).toBeUndefined();
      return;
    }
    const labels = ways.map(({ variant }) => variant?.label);

    expect(labels.every((label) => label !== undefined && label !== '')).toBe(true);
    expect(new Set(labels).size).toBe(labels.length);
    expect(ways.map(({ variant }) => variant?.gain.startsWith('Recommended: '))).toEqual(
      ways.map((_way, index) => index === 0),
    );
  });

  it('stand together in the list', () => {
    const runs = guides.filter(({ name }, index) => name !== guides[index - 1]?.name);

    expect(runs.map(({ name }) => name)).toEqual(names);
  });

  it('have ids of their own', () => {
    expect(new Set(guides.map(({ id }) => id)).size).toBe(guides.length);
  });
});
