import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listCertificates, withTenant, type ConnectionRow, type ConnectionSettings } from '../db/index.ts';
import { buildTestIdpMetadata } from '../sandbox/test-idp/metadata.ts';
import { now } from '../test/db/builders.ts';
import {
  aMetadataServer,
  anInvited,
  aSamlConnection,
  asSystem,
  openActivityWorld,
  run,
  type ActivityWorld,
} from '../test/support/activity-builders.ts';
import { replaced, samlKeys, signedMetadata, type SamlKeys } from '../test/support/saml.ts';

/** What a refresh may never do, whatever the document says [MD-08] [MD-09]. */

let world: ActivityWorld;
let idp: SamlKeys['idp'];
let server: Awaited<ReturnType<typeof aMetadataServer>>;
beforeAll(async () => {
  const [opened, keys] = await Promise.all([openActivityWorld(), samlKeys()]);
  world = opened;
  idp = keys.idp;
});
beforeEach(async () => {
  world.clock.at = now;
  server = await aMetadataServer();
});
afterEach(() => server.close());
afterAll(() => world.close());

/** A document with a second key, so that taking it can be seen. */
const document = () =>
  buildTestIdpMetadata({
    entityId: 'https://idp.test/saml',
    ssoUrl: 'https://idp.test/sso',
    keys: idp,
    publishes: 'current_and_next',
  });

async function aLiveConnection(settings: ConnectionSettings = {}): Promise<ConnectionRow> {
  const { customer } = await anInvited(world);
  return aSamlConnection(world, customer, {
    pems: [idp.current.certificatePem],
    settings: { idpMetadataUrl: server.url, ...settings },
  });
}

/** How many keys are trusted after the document was fetched, and what the connection says. */
async function afterRefresh(connection: ConnectionRow, served: string) {
  const { environmentId, organizationId, id } = connection;
  const whose = { environmentId, organizationId, connectionId: id };
  server.serve(served);
  await run(world.activities.refreshMetadata, whose);
  const keys = await withTenant(world.app, whose, (tx) => listCertificates(tx, whose, id));
  const row = await asSystem(world, (tx) =>
    tx.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  );
  return { keys: keys.length, row };
}

describe('a refresh of metadata [MD-08]', () => {
  it('changes no address and no binding: a person has to', async () => {
    const connection = await aLiveConnection();
    const elsewhere = document().replaceAll('https://idp.test/sso', 'https://idp.test/elsewhere');

    const { keys, row } = await afterRefresh(connection, elsewhere);

    expect(keys).toBe(2);
    expect(row).toMatchObject({
      idpSsoUrl: connection.idpSsoUrl,
      idpSsoBinding: connection.idpSsoBinding,
      idpEntityId: connection.idpEntityId,
      idpMetadataUrl: server.url,
      settingsRevision: connection.settingsRevision,
    });
  });

  it.each([
    [
      'has ended',
      (xml: string) =>
        replaced(xml, '<md:EntityDescriptor', '<md:EntityDescriptor validUntil="2026-11-25T09:59:59Z"'),
    ],
    ['names no key', (xml: string) => xml.replaceAll(/ *<md:KeyDescriptor.*<\/md:KeyDescriptor>\n?/g, '')],
    [
      'leads its sign-ins to an address over http',
      (xml: string) => xml.replaceAll('https://idp.test/sso', 'http://idp.test/sso'),
    ],
  ])('takes nothing from a document that %s, and keeps the last good state', async (_what, change) => {
    const connection = await aLiveConnection();

    const { keys, row } = await afterRefresh(connection, change(document()));

    expect(keys).toBe(1);
    expect(row.metadataFailingSince).toEqual(now);
    expect(row.state).toBe('active');
  });
});

describe('metadata that is held to a key [MD-09]', () => {
  const pinned = () => aLiveConnection({ idpMetadataKey: idp.unpublished.certificatePem });

  it('is taken when it is signed with it', async () => {
    const { keys, row } = await afterRefresh(await pinned(), signedMetadata(document(), idp.unpublished));

    expect([keys, row.metadataFailingSince]).toEqual([2, null]);
  });

  it.each([
    ['is unsigned', () => document()],
    [
      'is signed with another key, though it names that one itself',
      () => signedMetadata(document(), idp.current),
    ],
    [
      'was changed after it was signed',
      () =>
        replaced(
          signedMetadata(document(), idp.unpublished),
          'WantAuthnRequestsSigned="false"',
          'WantAuthnRequestsSigned="true"',
        ),
    ],
  ])('is refused when it %s, and nothing of it is taken', async (_what, served) => {
    const { keys, row } = await afterRefresh(await pinned(), served());

    expect([keys, row.metadataFailingSince]).toEqual([1, now]);
    const audits = await asSystem(world, (tx) =>
      tx.selectFrom('auditEvents').selectAll().where('organizationId', '=', row.organizationId).execute(),
    );
    expect(audits).toContainEqual(
      expect.objectContaining({
        action: 'connection.metadata_failing',
        after: { code: 'metadata_signature_refused' },
      }),
    );
  });

  it('may be signed or not where no key was agreed', async () => {
    expect((await afterRefresh(await aLiveConnection(), signedMetadata(document(), idp.next))).keys).toBe(2);
  });
});
