import { describe, expect, it } from 'vitest';
import { directoryCalls, directorySubjects } from '../../directory-checklist.ts';
import { findGuide } from '../sign-in/index.ts';
import { directoryTypes } from './directory-types.ts';
import {
  directoryGuides,
  directoryOfSignIn,
  fillDirectoryGuide,
  findDirectories,
  findDirectoryGuide,
  workingRoads,
} from './index.ts';
import type { DirectoryGuide, DirectoryValues } from './provider.ts';

const values: DirectoryValues = {
  SCIM_BASE_URL: 'https://auth.example/scim/v2/q7k2m9x4c8v1b5n3',
  SCIM_FIRST_BASE_URL: 'https://auth.example/scim/v1.1/q7k2m9x4c8v1b5n3',
  PRODUCT: 'Ledgerly',
  SFTP_HOST: 'auth.example',
  SFTP_PORT: '8415',
  SFTP_USER: 'dir-9f2c',
  SFTP_FOLDER: '/in',
};

const every = directoryGuides.map((guide) => [guide.id, guide] as const);
const calling = every.filter(([, { road }]) => road === 'scim');
const blocksOf = (guide: DirectoryGuide) => guide.steps.flatMap((step) => [...step.blocks]);
const found = (query: string) => findDirectories(query, { includeSandbox: false }).map(({ id }) => id);

function textsOf(node: unknown): string[] {
  if (typeof node === 'string') return [node];
  if (node === null || typeof node !== 'object') return [];
  return Object.values(node).flatMap((child: unknown) => textsOf(child));
}

describe.each(every)('the directory guide %s', (_id, guide) => {
  it('has a type of the contract, says when changes come and what it needs', () => {
    expect(directoryTypes).toContain(guide.type);
    expect(guide.rhythm.sentence).toMatch(/^[A-Z].*\.$/);
    expect(guide.rhythm.everyMinutes ?? 1).toBeGreaterThan(0);
    expect(guide.needs.length).toBeGreaterThan(0);
  });

  it('belongs to sign-in guides that exist', () => {
    for (const id of guide.signInGuides) expect(findGuide(id), id).toBeDefined();
  });

  it('sends people to fields that exist', () => {
    for (const { subject } of guide.mistakes) {
      if (subject === undefined) continue;
      expect(directorySubjects).toContain(subject);
      expect(guide.console[subject]?.label, subject).toBeTruthy();
    }
    expect(guide.mistakes.length).toBeGreaterThan(0);
  });

  it('never writes a token, and leaves no placeholder behind when it is filled', () => {
    const texts = textsOf(fillDirectoryGuide(guide, values));

    expect(texts.filter((text) => /\{[A-Z_]+\}/.test(text))).toEqual([]);
    expect(texts.join()).not.toContain('SCIM_TOKEN');
  });

  it('has a checklist only where the client calls us', () => {
    expect(guide.checklist.length > 0).toBe(guide.road === 'scim');
  });
});

describe.each(calling)('the SCIM guide %s', (_id, guide) => {
  const given = blocksOf(guide);

  it('gives the base URL to copy and a place for the token, under the labels that a refused call is mended at', () => {
    const urls = given.flatMap((block) =>
      block.kind === 'value' && block.placeholder === 'SCIM_BASE_URL' ? [block.label] : [],
    );
    const tokens = given.flatMap((block) => (block.kind === 'token' ? [block.label] : []));

    expect(urls).toContain(guide.console.base_url?.label);
    expect(tokens).toContain(guide.console.token?.label);
    expect(guide.console.assignment?.label).toBeTruthy();
  });

  it('says of each call on its checklist once what makes it happen now, a first person among the needed', () => {
    const calls = guide.checklist.map(({ call }) => call);

    expect(calls).toEqual(directoryCalls.filter((call) => calls.includes(call)));
    expect(guide.checklist.filter(({ need }) => need === 'needed').map(({ call }) => call)).toContain(
      'create_user',
    );
    for (const { trigger } of guide.checklist) expect(trigger).toMatch(/^[A-Z].*\.$/);
  });
});

describe('findDirectories', () => {
  it.each([
    ['azure ad', 'microsoft-entra-id'],
    ['office', 'microsoft-entra-id'],
    ['OKTA', 'okta'],
    ['lifecycle', 'okta'],
  ])('finds %s', (query, id) => {
    expect(found(query)[0]).toBe(id);
  });

  it('lists a source once, with its rhythm, its needs and its ways', () => {
    const okta = findDirectories('', { includeSandbox: false }).find(({ name }) => name === 'Okta');

    expect(okta).toMatchObject({ rhythm: 'Sends every change at once.', matchedName: null });
    expect(okta?.needs).toContain('Okta Lifecycle Management');
    expect(okta?.ways.map(({ id }) => id)).toEqual(['okta', 'okta-own-app']);
  });

  it('offers no source whose road does not work, and the sandbox’s in a sandbox only', () => {
    const offered = findDirectories('', { includeSandbox: false });

    for (const { id } of offered) expect(workingRoads).toContain(findDirectoryGuide(id)?.road);
    expect(offered.map(({ id }) => findDirectoryGuide(id)?.audience)).not.toContain('sandbox');
  });

  it('offers files where a server for them runs', () => {
    const offered = (takesFiles: boolean) =>
      findDirectories('csv', { includeSandbox: false, takesFiles }).map(({ id }) => id);

    expect(offered(true)).toContain('sftp');
    expect(offered(false)).not.toContain('sftp');
  });

  it.each([
    ['hotschedules', 'fourth'],
    ['people hr', 'people-hr'],
    // How these export people nobody has published: the guide for any HR system stands for them.
    ['Cezanne', 'sftp'],
    ['breathe', 'sftp'],
  ])('finds the HR system %s', (query, id) => {
    expect(findDirectories(query, { includeSandbox: false, takesFiles: true })[0]?.id).toBe(id);
  });

  it('knows the directory of the provider that people sign in with', () => {
    const of = (id: string) => directoryOfSignIn(id, { includeSandbox: false })?.id;

    expect(of('okta-oidc')).toBe('okta');
    expect(of('microsoft-entra-id')).toBe('microsoft-entra-id');
    expect(of('custom-saml')).toBeUndefined();
  });
});

describe('fillDirectoryGuide', () => {
  it('keeps what a console wants behind the base URL', () => {
    const entra = findDirectoryGuide('microsoft-entra-id');
    const filled = entra && fillDirectoryGuide(entra, values);

    expect(filled?.steps.find(({ id }) => id === 'connect')?.blocks).toContainEqual(
      expect.objectContaining({
        label: 'Tenant URL',
        value: 'https://auth.example/scim/v2/q7k2m9x4c8v1b5n3?aadOptscim062020',
      }),
    );
  });

  it('gives the address of SCIM 1.1 where any client may come, and recommends 2.0 wherever there is a choice', () => {
    const custom = findDirectoryGuide('custom-scim');
    const filled = custom && fillDirectoryGuide(custom, values);

    expect(filled?.steps[0]?.blocks).toContainEqual(
      expect.objectContaining({ value: 'https://auth.example/scim/v1.1/q7k2m9x4c8v1b5n3' }),
    );
    expect(found('scim 1.1')).toEqual(['custom-scim']);
    const versions = textsOf(
      calling.map(([, guide]) =>
        blocksOf(guide).filter((block) => JSON.stringify(block).includes('Version')),
      ),
    );
    expect(versions).toContain('2.0');
    expect(versions).not.toContain('1.1');
  });

  it('refuses to send a guide with a value missing', () => {
    const okta = findDirectoryGuide('okta');

    expect(() => okta && fillDirectoryGuide(okta, { PRODUCT: 'Ledgerly' })).toThrow('{SCIM_BASE_URL}');
  });
});
