import { expect } from 'vitest';
import { finishAttempt, markConnectionTested, type ConnectionRow } from '../../db/index.ts';
import type { SignInCause, SignInFacts } from '../../onboarding/sign-in-causes.ts';
import type { TestApi } from './api.ts';
import { anOrganization, asSystem, type Vendor } from './builders.ts';
import { anInvited, type Visitor } from './visitor.ts';
import { eventually } from './eventually.ts';

/** A customer whose connection is live, with the person who set it up still at their desk. */
export interface LiveCustomer {
  organizationId: string;
  visitor: Visitor & { link: string };
  /** The row as it is now. */
  connection(): Promise<ConnectionRow>;
}

/** What an identity provider publishes, with these certificates. */
export function idpMetadata(
  certificates: readonly string[],
  entityId = 'https://idp.acme.example/saml',
): string {
  const keys = certificates.map(
    (pem) =>
      `<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${pem.replace(/-----[^-]+-----|\s/g, '')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
  );
  return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityId}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys.join('')}<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${entityId}/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`;
}

/** Set up over the portal's own endpoints, with this metadata; the test and going live are taken as done. */
export async function aLiveCustomer(
  api: TestApi,
  vendor: Vendor,
  { metadata, contacts = ['anna@acme.com'] }: { metadata: string; contacts?: string[] },
): Promise<LiveCustomer> {
  const { id: organizationId } = await anOrganization(vendor);
  const visitor = await anInvited(api, vendor, organizationId, { contacts });
  await visitor.ask('POST', '/sso/provider', { providerId: 'custom-saml' });
  const saved = await visitor.ask('POST', '/sso/metadata', {
    way: 'metadata_file',
    text: metadata,
    accepted: true,
  });
  expect(saved.status).toBeLessThan(300);
  const connection = () =>
    asSystem(api, (tx) =>
      tx
        .selectFrom('connections')
        .selectAll()
        .where('organizationId', '=', organizationId)
        .executeTakeFirstOrThrow(),
    );
  const { id, environmentId, settingsRevision } = await connection();
  const now = api.deps.now();
  await asSystem(api, async (tx) => {
    await markConnectionTested(tx, { environmentId, organizationId }, id, {
      settingsRevision,
      email: 'anna@acme.com',
      signedFloor: 'both',
      encryptedFloor: false,
      now,
    });
    await tx
      .updateTable('connections')
      .set({ state: 'active', activatedAt: now })
      .where('id', '=', id)
      .execute();
  });
  return { organizationId, visitor, connection };
}

/** A test sign-in of the visitor's that ended like this. */
export async function aFailedTest(
  api: TestApi,
  { visitor, organizationId, connection }: LiveCustomer,
  cause: SignInCause,
  facts: SignInFacts,
): Promise<string> {
  const { body } = await visitor.ask('POST', '/sso/tests');
  const { environmentId } = await connection();
  await asSystem(api, (tx) =>
    finishAttempt(tx, { environmentId, organizationId }, body.attemptId, {
      state: 'failed',
      cause,
      facts,
      now: api.deps.now(),
    }),
  );
  return String(body.attemptId);
}

/** The digits of the newest mail to the address, once there are more than `earlier` mails. */
export async function codeMailedTo(api: TestApi, address: string, earlier = 0): Promise<string> {
  const mails = await eventually(() => {
    const found = api.mailbox.list({ to: address });
    if (found.length <= earlier) throw new Error(`no mail to ${address} yet`);
    return found;
  });
  const mail = await api.mailbox.get(mails[0]?.id ?? '');
  return /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] ?? '';
}
