import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aDirectory } from '../support/running-directory.ts';
import { aBrowser, aSignInWorld, chooseAtTestIdp, type SignInWorld } from '../support/sign-in.ts';
import { languages, type Language } from './languages.ts';

/**
 * `docs/integrate.md` is run as it stands: every block that names a file becomes that file, with the official SDK of its
 * language, against the api over HTTP and the Test IdP.
 */

const root = path.join(import.meta.dirname, '../..');
const cache = path.join(root, 'node_modules/.cache/vestibule');
const longMs = 300_000;

let world: SignInWorld;
let folder: string;
beforeAll(async () => {
  world = await aSignInWorld();
  await mkdir(cache, { recursive: true });
  // Below node_modules, so that the SDK of Node is found.
  folder = await mkdtemp(path.join(cache, 'integrate-'));
  for (const { file, code } of await blocks()) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), code);
  }
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await world.close();
});

async function blocks(): Promise<{ file: string; code: string }[]> {
  const text = await readFile(path.join(root, 'docs/integrate.md'), 'utf8');
  return [...text.matchAll(/^```\w+ file=(\S+)\n([^]*?)^```$/gm)].map(([, file = '', code = '']) => ({
    file,
    code,
  }));
}

it('every block of the page is a file of one of the languages that are run', async () => {
  const files = (await blocks()).map(({ file }) => file);

  expect(files.length).toBe(18);
  expect(new Set(files.map((file) => file.split('/')[0]))).toEqual(new Set(['node', 'python', 'go', 'curl']));
});

for (const language of await languages(cache)) {
  const title = `${language.name} leads from nothing to a customer whose people sign in`;
  if ('missing' in language) {
    it.skip(`${title} [skipped: ${language.missing}]`, () => undefined);
    continue;
  }
  describe(language.name, () => {
    it(title, () => leadToSignIn(language));
    if (language.folder === 'node' || language.folder === 'python') {
      it(`${language.name} reads who came from a directory`, () => readPeople(language));
    }
  });
}

it('Node sends audit events and asks for a file of them', async () => {
  const node = (await languages(cache)).find((language) => language.name === 'Node');
  if (node === undefined || 'missing' in node) throw new Error('Node is what runs this');
  await node.prepare(path.join(folder, node.folder));
  const { body: organization } = await world.vendor.call('POST', '/organizations', { name: 'Audited' });

  expect(await actsOf(node)('audit', organization.id)).toMatch(/^audit_log_export_\w+ pending$/);
});

/** Runs an act of the page, and gives what it has said. */
function actsOf(language: Language) {
  const { api, vendor } = world;
  return async (name: string, ...words: string[]) => {
    const [program = '', ...before] = language.command(name);
    const { stdout } = await promisify(execFile)(program, [...before, ...words], {
      cwd: path.join(folder, language.folder),
      env: {
        ...process.env,
        ...language.env,
        VESTIBULE_URL: api.url,
        WORKOS_API_KEY: vendor.secret,
        WORKOS_CLIENT_ID: vendor.environment.clientId,
      },
      timeout: longMs,
    });
    return stdout.trim();
  };
}

async function readPeople(language: Language): Promise<void> {
  await language.prepare(path.join(folder, language.folder));
  const running = await aDirectory(world.api, world.vendor);
  const anna = await running.addPerson('anna');
  await running.addPerson('bela', { active: false });
  await running.addGroup('Sales', [anna]);

  const said = await actsOf(language)('people', running.organizationId);

  expect(
    said
      .split('\n')
      .map((line) => line.trim())
      .toSorted(),
  ).toEqual(['ext-anna anna@acme.test active Sales', 'ext-bela bela@acme.test inactive']);
}

async function leadToSignIn(language: Language): Promise<void> {
  const { api, vendor, idp, redirectUri } = world;
  const act = actsOf(language);
  await language.prepare(path.join(folder, language.folder));

  const contact = `it@${language.folder}.example`;
  const [organization = '', link = ''] = (await act('start', `${language.name} Works`, contact)).split(' ');
  expect(link).toMatch(new RegExp(`^${api.url}/setup/${vendor.environment.handle}/vb_setup_`));
  // What the customer's admin does behind the link, in one call.
  const made = await vendor.call('POST', '/connections', {
    organization_id: organization,
    name: language.name,
    connection_type: 'GenericSAML',
    saml_options: {
      idp_entity_id: idp.entityId,
      idp_sso_url: idp.ssoUrl,
      idp_signing_certs: [world.keys.current.certificatePem],
    },
  });
  expect([made.status, made.text]).toEqual([201, expect.stringContaining('active')]);

  const told = await act('follow');
  expect(told).toContain('connection.activated');
  expect(told).toContain(organization);
  const [newest = ''] = [...told.matchAll(/event_\w+/g)].map(([id]) => id).slice(-1);
  expect(await act('follow', newest)).not.toContain(organization);

  const browser = aBrowser();
  const start = await browser.get(await act('sign-in', organization, redirectUri, 'the-state'));
  const { action, fields } = await chooseAtTestIdp(browser, start);
  const { leadsTo } = await browser.follow(await browser.post(action, fields));
  expect(Object.fromEntries(leadsTo?.searchParams ?? [])).toEqual({
    code: expect.any(String),
    state: 'the-state',
  });
  const profile = await act('callback', leadsTo?.searchParams.get('code') ?? '', organization);

  expect(profile).toMatch(/prof_\w+/);
  expect(profile).toContain('anna@people.test');
}
