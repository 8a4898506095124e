// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../onboarding/errors.ts';
import { compileMessage } from '../build/message-plugin.ts';
import { statuses } from './statuses.ts';

type Tree = { [key: string]: Tree | string };

const portal = join(import.meta.dirname, '..');
const files = readdirSync(portal, { recursive: true, encoding: 'utf8' }).sort();
const read = (file: string) => readFileSync(join(portal, file), 'utf8');
const isSource = (file: string) => /\.(vue|ts)$/.test(file) && !/\.test\.ts$|^dev\/|^build\//.test(file);

/** The catalogue of one app as `area.group.key → sentence`, with the shared areas. */
function catalogueOf(app: string): Map<string, string> {
  const wanted = new RegExp(`^(shared|${app})/messages/en/[a-z-]+(\\.first)?\\.json$`);
  return new Map(
    files
      .filter((file) => wanted.test(file))
      .flatMap((file) => flatten(areaOf(file), JSON.parse(read(file)))),
  );
}

const areaOf = (file: string) => basename(file).replace(/(\.first)?\.json$/, '');

function flatten(prefix: string, node: Tree | string): [string, string][] {
  if (typeof node === 'string') return [[prefix, node]];
  return Object.entries(node).flatMap(([key, value]) => flatten(`${prefix}.${key}`, value));
}

/** Keys named in the code: whole ones, and the fixed beginning of those that end in a value. */
function keysUsedIn(file: string): { whole: string[]; beginnings: string[] } {
  const source = read(file).replaceAll(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->/g, '');
  const whole = [
    ...[...source.matchAll(/(?<![\w.])(?:t|has)\(\s*'([^']+)'/g)].map(([, key = '']) => key),
    ...[...source.matchAll(/keypath="([^"]+)"/g)].map(([, key = '']) => key),
  ];
  const beginnings = [...source.matchAll(/(?<![\w.])(?:t|has)\(\s*`([^`$]+)\$\{/g)].map(
    ([, start = '']) => start,
  );
  return { whole, beginnings };
}

describe.each(['customer', 'staff'])('the catalogue of the %s app', (app) => {
  const catalogue = catalogueOf(app);
  const sources = files.filter((file) => isSource(file) && /^(shared|customer|staff)\//.test(file));
  const mine = sources.filter((file) => file.startsWith('shared/') || file.startsWith(`${app}/`));

  it('begins no sentence with a name that may be “your HR system”, “your identity provider” or “your endpoint”', () => {
    // Whoever sends by the clock has a name of its own.
    const named = ['directory.watch.next'];
    const begun = [...catalogue].filter(
      ([key, sentence]) =>
        /^(directory|renewal|logstreams)\./.test(key) &&
        !named.includes(key) &&
        /(^|[.!?] |\| )\{(source|provider|to)\}/.test(sentence),
    );

    expect(begun).toEqual([]);
  });

  it('holds every sentence the code asks for', () => {
    const missing = mine.flatMap((file) => {
      const { whole, beginnings } = keysUsedIn(file);
      return [
        ...whole.filter((key) => !catalogue.has(key)),
        ...beginnings.filter((start) => ![...catalogue.keys()].some((key) => key.startsWith(start))),
      ].map((key) => `${file}: ${key}`);
    });

    expect(missing).toEqual([]);
  });

  it('compiles to a message each', () => {
    const broken = [...catalogue].flatMap(([key, message]) => {
      try {
        compileMessage(message, key);
        return [];
      } catch (error) {
        return [String(error)];
      }
    });

    expect(broken).toEqual([]);
  });

  it('keeps the voice: no exclamation marks, none of the words we avoid', () => {
    const avoided = /!|\b(please|oops|simply|successfully|invalid|wizard|failed to)\b/i;
    const loud = [...catalogue].filter(([, message]) => avoided.test(message));

    expect(loud).toEqual([]);
  });
});

describe('the shared words', () => {
  const catalogue = catalogueOf('customer');

  it.each([...errorCodes, 'internal', 'offline', 'timed_out', 'unexpected'])(
    'the refusal %s says what and what to do',
    (code) => {
      expect(catalogue.get(`errors.${code}.what`)).toBeTruthy();
      expect(catalogue.get(`errors.${code}.act`)).toBeTruthy();
    },
  );

  it('every state has its word', () => {
    const wordless = Object.entries(statuses).flatMap(([kind, states]) =>
      Object.keys(states)
        .map((state) => `chips.${kind}.${state}`)
        .filter((key) => !catalogue.has(key)),
    );

    expect(wordless).toEqual([]);
  });
});

describe("the customer's first view", () => {
  it('asks only for the sentences that come with it', () => {
    const [, listed = ''] = /messages\/en\/\{([^}]+)\}/.exec(read('customer/catalogues.ts')) ?? [];
    const later = [...read('customer/catalogues.ts').matchAll(/'!\.\.\/(shared\/messages\/en\/[^']+)'/g)].map(
      ([, file]) => file,
    );
    const shared = files
      .filter((file) => file.startsWith('shared/messages/en/') && !later.includes(file))
      .map(areaOf);
    const there = new Set([...listed.split(','), ...shared]);

    const missing = [...importsOf('customer/main.ts'), ...importsOf('customer/pages/HomePage.vue')].flatMap(
      (file) => {
        const { whole, beginnings } = keysUsedIn(file);
        return [...whole, ...beginnings]
          .filter((key) => !there.has(key.split('.')[0] ?? ''))
          .map((key) => `${file}: ${key}`);
      },
    );

    expect(missing).toEqual([]);
  });
});

/** A source file of the portal and what it imports at once, without what it loads later. */
function importsOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file) || !files.includes(file)) return seen;
  seen.add(file);
  for (const [, path = ''] of read(file).matchAll(/^(?:import (?!type)[^;]*?|\}) from '(\.[^']+)';/gm)) {
    importsOf(join(dirname(file), path), seen);
  }
  return seen;
}
