import { created, InsteadAnswer, noContent, ok } from '../../answers.ts';
import { acting } from '../../acting.ts';
import {
  addCertificateBody,
  idpSigningCertificate,
  spEncryptionCertificate,
  spSigningCertificate,
  wholeListOf,
} from '../../contract/developer-connections.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { makeSpKey, type SamlKeyUse } from '../../sp-keys.ts';
import { newId } from '../../../adapters/ids.ts';
import { readCertificates, type CertificateReading } from '../../../adapters/saml/certificates.ts';
import {
  getConnection,
  insertSpKey,
  listCertificates,
  listSpKeys,
  lockConnection,
  recordKeyRenewed,
  retireCertificates,
  retireSpKey,
  updateConnectionSettings,
  type ConnectionRow,
  type IdpCertificateRow,
  type SpKeyRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { route, type Commit, type Read, type RequestFacts, type Callers } from '../../route.ts';
import type { ApiDeps } from '../../deps.ts';
import { record, trustCertificates, wakeWatch } from '../../change-saml-keys.ts';
import { mostEncryptionKeys } from './saml-sp-side.ts';

/** A change of keys needs two; more than these are no help [MD-06]. */
const mostCertificates = 5;

/** Certificates of a SAML connection: the provider's, and those of our own keys. Nothing here shows a private key. */

const listIdp = route({
  method: 'GET',
  path: '/connections/:id/saml_idp_signing_certs',
  who: 'api_key',
  scope: 'connections',
  summary: 'Lists the certificates that answers are verified with, ended ones too, oldest first',
  answers: { 200: wholeListOf(idpSigningCertificate) },
  handler: ({ params, caller, read }) =>
    read(async (tx) => {
      const connection = samlOnly(await getConnection(tx, tenantOf(caller), params.id));
      const rows = await listCertificates(tx, connection, connection.id);
      return ok(listAnswer(byAge(rows).map(idpObject)));
    }),
});

const addIdp = route({
  method: 'POST',
  path: '/connections/:id/saml_idp_signing_certs',
  who: 'api_key',
  scope: 'connections',
  summary: 'Trusts one more certificate of the provider; those that are there keep working',
  body: addCertificateBody,
  answers: { 201: idpSigningCertificate },
  handler: async ({ body, params, caller, read, commit, request }) => {
    samlOnly(await read((tx) => getConnection(tx, tenantOf(caller), params.id)));
    if (body.value === undefined) {
      throw new InvalidInput([{ field: 'value', code: 'required', message: 'value is required' }]);
    }
    const certificate = readOne(body.value, request.now);
    return commit(async (tx) => {
      const connection = samlOnly(await lockConnection(tx, tenantOf(caller), params.id));
      const by = acting(caller, request);
      const known = await listCertificates(tx, connection, connection.id);
      const isNew = known.every(({ spkiFingerprint }) => spkiFingerprint !== certificate.spkiSha256);
      if (isNew && known.length >= mostCertificates) {
        const message = `A connection trusts up to ${mostCertificates} certificates. Delete one first.`;
        throw new InsteadAnswer({ status: 422, body: { message } });
      }
      await trustCertificates(tx, connection, [certificate], 'api', by);
      await wakeWatch(tx, connection, request.now);
      const rows = await listCertificates(tx, connection, connection.id);
      const trusted = rows.find(({ spkiFingerprint }) => spkiFingerprint === certificate.spkiSha256);
      if (trusted === undefined) throw new Error(`certificate ${certificate.sha256} was not kept`);
      return created(idpObject(trusted));
    });
  },
});

const deleteIdp = route({
  method: 'DELETE',
  path: '/connections/:id/saml_idp_signing_certs/:certificate',
  who: 'api_key',
  scope: 'connections',
  summary:
    'Stops trusting a certificate; one that the metadata still names may come back with the next refresh',
  answers: { 204: 'nothing' },
  handler: ({ params, caller, commit, request }) =>
    commit(async (tx) => {
      const connection = samlOnly(await lockConnection(tx, tenantOf(caller), params.id));
      const rows = await listCertificates(tx, connection, connection.id);
      const gone = rows.find(({ id }) => id === params.certificate);
      if (gone === undefined) throw new OnboardingError('not_found', { kind: 'certificate' });
      if (rows.length === 1) {
        throw refusal(
          400,
          'cannot_delete_last_certificate',
          'Add another certificate first: without one nobody can sign in.',
        );
      }
      await retireCertificates(tx, connection, connection.id, [gone.id], request.now);
      const by = acting(caller, request);
      const { fingerprint } = gone;
      await record(tx, connection, 'connection.certificate_retired', { fingerprint }, by);
      await wakeWatch(tx, connection, request.now);
      return noContent();
    }),
});

const listEncryption = route({
  method: 'GET',
  path: '/connections/:id/saml_sp_encryption_certs',
  who: 'api_key',
  scope: 'connections',
  summary: 'Lists the certificates that the provider may encrypt for',
  answers: { 200: wholeListOf(spEncryptionCertificate) },
  handler: ({ params, caller, read }) =>
    read(async (tx) => {
      const connection = samlOnly(await getConnection(tx, tenantOf(caller), params.id));
      return ok(listAnswer(byAge(await keysOf(tx, connection, 'encryption')).map(encryptionObject)));
    }),
});

const addEncryption = route({
  method: 'POST',
  path: '/connections/:id/saml_sp_encryption_certs',
  who: 'api_key',
  scope: 'connections',
  summary:
    'Makes one more key to decrypt with; earlier ones keep working, so that the provider can change over',
  answers: { 201: spEncryptionCertificate },
  handler: (context) =>
    addKey(context, 'encryption', (keys) => {
      if (keys.length >= mostEncryptionKeys) {
        throw refusal(409, 'too_many_sp_encryption_certs', 'Delete the certificate that is no longer used.');
      }
    }),
});

const deleteEncryption = route({
  method: 'DELETE',
  path: '/connections/:id/saml_sp_encryption_certs/:certificate',
  who: 'api_key',
  scope: 'connections',
  summary: 'Retires a key to decrypt with',
  answers: { 204: 'nothing' },
  handler: (context) => deleteKey(context, 'encryption'),
});

const getSigning = route({
  method: 'GET',
  path: '/connections/:id/saml_sp_signing_cert',
  who: 'api_key',
  scope: 'connections',
  summary: 'Gets the certificate of the key that requests are signed with',
  answers: { 200: spSigningCertificate },
  handler: ({ params, caller, read }) =>
    read(async (tx) => {
      const connection = samlOnly(await getConnection(tx, tenantOf(caller), params.id));
      const [key] = connection.signRequests ? await keysOf(tx, connection, 'signing') : [];
      if (key === undefined) throw noSigningCertificate();
      return ok(signingObject(key));
    }),
});

const addSigning = route({
  method: 'POST',
  path: '/connections/:id/saml_sp_signing_cert',
  who: 'api_key',
  scope: 'connections',
  summary: 'Makes a key to sign requests with; they are signed from then on',
  answers: { 201: spSigningCertificate },
  handler: (context) =>
    addKey(context, 'signing', (keys, { signRequests }) => {
      if (keys.length > 0 && signRequests) {
        throw refusal(409, 'sp_signing_cert_already_exists', 'Requests are signed already.');
      }
    }),
});

const deleteSigning = route({
  method: 'DELETE',
  path: '/connections/:id/saml_sp_signing_cert/:certificate',
  who: 'api_key',
  scope: 'connections',
  summary: 'Retires the key that requests are signed with; they are unsigned afterwards',
  answers: { 204: 'nothing' },
  handler: (context) => deleteKey(context, 'signing'),
});

export const connectionCertificateRoutes = [
  listIdp,
  addIdp,
  deleteIdp,
  listEncryption,
  addEncryption,
  deleteEncryption,
  getSigning,
  addSigning,
  deleteSigning,
];

interface KeyContext {
  deps: ApiDeps;
  caller: Callers['api_key'];
  params: Readonly<Record<'id', string>>;
  read: Read;
  commit: Commit;
  request: RequestFacts;
}

const switches = { signing: 'signRequests', encryption: 'encryptAssertions' } as const;

/** The key is made before the connection is locked; what would make it one too many is asked before and after. */
async function addKey(
  { deps, caller, params, read, commit, request }: KeyContext,
  use: SamlKeyUse,
  refuseMore: (keys: readonly SpKeyRow[], connection: ConnectionRow) => void,
) {
  const { now } = request;
  const known = await read(async (tx) => {
    const connection = samlOnly(await getConnection(tx, tenantOf(caller), params.id));
    refuseMore(await keysOf(tx, connection, use), connection);
    return connection;
  });
  const made = await makeSpKey(deps.secrets, known, use, now);
  return commit(async (tx) => {
    const connection = samlOnly(await lockConnection(tx, tenantOf(caller), params.id));
    const keys = await keysOf(tx, connection, use);
    refuseMore(keys, connection);
    // A key that was switched off with its switch is used again, not made anew.
    const idle = use === 'signing' ? keys[0] : undefined;
    const key = idle ?? (await insertSpKey(tx, made));
    await updateConnectionSettings(tx, connection, connection.id, { [switches[use]]: true }, now);
    const after = { key: key.id, use };
    await record(tx, connection, 'connection.key_made', after, acting(caller, request));
    if (idle === undefined && keys.length > 0) await recordKeyRenewed(tx, connection, key, { now, newId });
    return created(use === 'signing' ? signingObject(key) : encryptionObject(key));
  });
}

async function deleteKey(
  {
    caller,
    params,
    commit,
    request,
  }: Omit<KeyContext, 'params'> & { params: Readonly<Record<'id' | 'certificate', string>> },
  use: SamlKeyUse,
) {
  return commit(async (tx) => {
    const { now } = request;
    const connection = samlOnly(await lockConnection(tx, tenantOf(caller), params.id));
    const of = { connectionId: connection.id, keyId: params.certificate, use, now };
    const retired = await retireSpKey(tx, connection, of);
    if (retired === undefined) throw new OnboardingError('not_found', { kind: 'certificate' });
    if ((await keysOf(tx, connection, use)).length === 0) {
      await updateConnectionSettings(tx, connection, connection.id, { [switches[use]]: false }, now);
    }
    const after = { key: retired.id, use };
    await record(tx, connection, 'connection.key_retired', after, acting(caller, request));
    return noContent();
  });
}

const tenantOf = ({ environment }: Callers['api_key']) => ({ environmentId: environment.id });

function samlOnly(connection: ConnectionRow): ConnectionRow {
  if (connection.protocol === 'saml') return connection;
  throw refusal(400, 'connection_is_not_saml', 'The connection does not speak SAML.');
}

async function keysOf(tx: Tx, connection: ConnectionRow, use: SamlKeyUse): Promise<SpKeyRow[]> {
  return (await listSpKeys(tx, connection, connection.id)).filter((key) => key.use === use);
}

/** One certificate that can verify; an ended one has a refusal of its own. */
function readOne(value: string, now: Date): CertificateReading {
  const { certificates, findings } = readCertificates(value, { now, expiryGraceMs: 0 });
  const [certificate, ...more] = certificates;
  if (certificate !== undefined && more.length === 0) return certificate;
  throw findings.some(({ code }) => code === 'certificate_ended')
    ? refusal(400, 'certificate_expired', 'The certificate has ended.')
    : refusal(400, 'invalid_certificate', 'Give one X.509 certificate with an RSA key of 2048 bits or more.');
}

const byAge = <Row extends { createdAt: Date; id: string }>(rows: readonly Row[]): Row[] =>
  rows.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1));

const listAnswer = (data: readonly object[]) => ({ object: 'list' as const, data });

const idpObject = (row: IdpCertificateRow) => ({
  object: 'saml_idp_signing_certificate' as const,
  id: row.id,
  value: row.pem,
  ...datesOf(row),
});
const encryptionObject = (row: SpKeyRow) => ({
  object: 'saml_sp_encryption_certificate' as const,
  id: row.id,
  value: row.certificatePem,
  ...datesOf(row),
});
const signingObject = (row: SpKeyRow) => ({
  object: 'saml_sp_signing_certificate' as const,
  id: row.id,
  value: row.certificatePem,
  ...datesOf(row),
});

const datesOf = ({
  notBefore,
  notAfter,
  createdAt,
}: Pick<SpKeyRow, 'notBefore' | 'notAfter' | 'createdAt'>) => ({
  not_before: notBefore.toISOString(),
  not_after: notAfter.toISOString(),
  created_at: createdAt.toISOString(),
});

/** The connection is there, so its id is not what was not found. */
const noSigningCertificate = () =>
  new InsteadAnswer({
    status: 404,
    body: { message: 'The connection has no certificate to sign requests with.' },
  });

const refusal = (status: number, code: string, message: string) =>
  new InsteadAnswer({ status, body: { code, message } });
