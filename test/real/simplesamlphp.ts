import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/api.ts';
import { startServer, type Running } from './program.ts';

/** SimpleSAMLphp as an identity provider with one person, on PHP's own web server. */
export interface SimpleSamlPhp extends Running {
  readonly metadataUrl: string;
  /** Appends to `metadata/saml20-sp-remote.php`, as the guide says. */
  appendRemoteSp(entry: string): Promise<void>;
}

export const person = {
  username: 'anna',
  password: 'correct horse battery',
  uid: 'u-4711',
  mail: 'anna@acme.test',
  givenName: 'Anna',
  sn: 'Schmidt-Müller',
};

/** The program stays as it is: configuration, keys and sessions lie in a folder of the run. */
export async function startSimpleSamlPhp(home: string): Promise<SimpleSamlPhp> {
  const port = await freePort();
  const base = `http://localhost:${port}/simplesaml/`;
  const folder = await mkdtemp(path.join(tmpdir(), 'vestibule-simplesamlphp-'));
  const inside = (...names: string[]) => path.join(folder, ...names);
  for (const name of ['config', 'metadata', 'cert', 'data', 'tmp', 'log', 'public'])
    await mkdir(inside(name));
  await symlink(path.join(home, 'www'), inside('public', 'simplesaml'));
  await promisify(execFile)('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:3072',
    '-nodes',
    '-days',
    '365',
    '-subj',
    '/CN=login.acme.test',
    '-keyout',
    inside('cert', 'server.pem'),
    '-out',
    inside('cert', 'server.crt'),
  ]);
  await writeFile(inside('config', 'config.php'), configuration(base, folder));
  await writeFile(inside('config', 'authsources.php'), authenticationSource);
  await writeFile(inside('metadata', 'saml20-idp-hosted.php'), hostedIdp);
  const remoteSps = inside('metadata', 'saml20-sp-remote.php');
  await writeFile(remoteSps, '<?php\n');

  const metadataUrl = `${base}saml2/idp/metadata.php`;
  const { stop } = await startServer(
    ['php', '-S', `localhost:${port}`, '-t', inside('public'), '-d', `session.save_path=${inside('tmp')}`],
    { url: metadataUrl, env: { SIMPLESAMLPHP_CONFIG_DIR: inside('config') }, withinMs: 30_000 },
  );
  return {
    metadataUrl,
    async appendRemoteSp(entry) {
      await writeFile(remoteSps, `${await readFile(remoteSps, 'utf8')}\n${entry}\n`);
    },
    async stop() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const configuration = (base: string, folder: string) => `<?php
$config = [
    'baseurlpath' => '${base}',
    'metadatadir' => '${folder}/metadata',
    'certdir' => '${folder}/cert/',
    'datadir' => '${folder}/data/',
    'tempdir' => '${folder}/tmp',
    'loggingdir' => '${folder}/log/',
    'logging.handler' => 'file',
    'secretsalt' => '${crypto.randomUUID()}',
    'auth.adminpassword' => '${crypto.randomUUID()}',
    'technicalcontact_email' => 'it@acme.test',
    'timezone' => 'UTC',
    'enable.saml20-idp' => true,
    'module.enable' => ['core' => true, 'saml' => true, 'exampleauth' => true],
    'metadata.sources' => [['type' => 'flatfile']],
    'store.type' => 'phpsession',
    'session.cookie.secure' => false,
    'session.phpsession.cookiename' => 'SimpleSAML',
];
`;

const authenticationSource = `<?php
$config = [
    'people' => [
        'exampleauth:UserPass',
        '${person.username}:${person.password}' => [
            'uid' => ['${person.uid}'],
            'mail' => ['${person.mail}'],
            'givenName' => ['${person.givenName}'],
            'sn' => ['${person.sn}'],
        ],
    ],
];
`;

const hostedIdp = `<?php
$metadata['__DYNAMIC:1__'] = [
    'host' => '__DEFAULT__',
    'privatekey' => 'server.pem',
    'certificate' => 'server.crt',
    'auth' => 'people',
];
`;
