import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** `docs/security-tests.md` says which test stands against which attack; here it is held to the tests. */

const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** The rows of every table: attack, then file and title of the test. */
const rows = [...read('docs/security-tests.md').matchAll(/^\| (.+?) \| `([^`]+)` \| (.+?) \|$/gm)].map(
  ([, attack = '', file = '', title = '']) => ({ attack, file, title }),
);

const folders = ['activities', 'adapters', 'api', 'db', 'onboarding', 'portal', 'relay', 'sandbox', 'test'];
const testFiles = [
  'config.test.ts',
  ...folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => path.join(folder, file)),
  ),
];

/** Requirement ids, each of which some test cites in its title. */
const claimed = [
  ...numbered('LNK', 11),
  ...numbered('NET', 11),
  ...numbered('WHK', 6),
  ...numbered('STR', 4),
  ...numbered('DNS', 3),
  ...numbered('MAIL', 6),
  ...numbered('UI', 4),
  ...numbered('API', 6),
  ...numbered('SEC', 5),
  ...numbered('MD', 10),
  ...numbered('SAML', 22),
  ...numbered('KEYS', 1),
  ...numbered('SLO', 3),
  ...numbered('SCIM', 10),
  // [OIDC-09], logout on the back channel, is not offered.
  ...numbered('OIDC', 8),
  ...numbered('IMP', 5),
  // [REL-10], [REL-14], [REL-15] and [REL-27] are figures: of the bench, and of long runs.
  ...numbered('REL', 30).filter((id) => !['REL-10', 'REL-14', 'REL-15', 'REL-27'].includes(id)),
];

function numbered(area: string, last: number): string[] {
  return Array.from({ length: last }, (_, at) => `${area}-${String(at + 1).padStart(2, '0')}`);
}

/** Ids in titles; `[SAML-12] to [SAML-17]` names those between, too. */
function citedIn(text: string): string[] {
  const ranges = [...text.matchAll(/\[([A-Z]+)-(\d+)\] to \[\1-(\d+)\]/g)].flatMap(
    ([, area = '', from, to]) => numbered(area, Number(to)).slice(Number(from) - 1),
  );
  return [...ranges, ...[...text.matchAll(/\[([A-Z]+-\d+)\]/g)].map(([, id = '']) => id)];
}

describe('docs/security-tests.md', () => {
  it('names tests that are there, by the words of their titles', () => {
    const missing = rows.filter(
      ({ file, title }) => !testFiles.includes(file) || !read(file).includes(title),
    );

    expect(rows.length).toBeGreaterThan(150);
    expect(missing).toEqual([]);
  });

  it('names each attack once', () => {
    const attacks = rows.map(({ attack, title }) => `${attack}: ${title}`);

    expect(new Set(attacks).size).toBe(attacks.length);
  });
});

it('[REL-26] everything that docs/operate.md says of what is away has a test', () => {
  const away = (page: string) => {
    const text = read(page);
    const table = text.slice(text.search(/^\| Away \|/m)).split('\n\n', 1)[0] ?? '';
    return [...table.matchAll(/^\| (.+?) \|/gm)].map(([, name]) => name).filter((name) => name !== '---');
  };

  expect(away('docs/operate.md').length).toBeGreaterThan(5);
  expect(away('docs/security-tests.md')).toEqual(away('docs/operate.md'));
});

it('every requirement that is claimed is cited by a test', () => {
  const cited = new Set(testFiles.flatMap((file) => citedIn(read(file))));

  expect(claimed.filter((id) => !cited.has(id))).toEqual([]);
});
