import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { finishAttempt, markConnectionTested } from '../../db/index.ts';
import { startTestApi } from './api.ts';
import { anOrganization, asSystem, aVendor } from './builders.ts';
import { runJourneys } from './journeys.ts';
import { aCertificate } from './saml.ts';
import { anInvited, type Visitor } from './visitor.ts';

export type SsoSetUp = Awaited<ReturnType<typeof startSsoSetUp>>;

/** An admin who sets up sign-in by SAML, and an identity provider on this machine that publishes its metadata. */
export async function startSsoSetUp() {
  const api = await startTestApi();
  const [certificate, renewed] = await Promise.all([
    aCertificate({ name: 'idp' }),
    aCertificate({ name: 'idp two' }),
  ]);
  let answer: { status?: number; body: string } = { body: '' };
  const published = createServer((_request, response) => {
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/samlmetadata+xml' });
    response.end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(published, 'listening');

  async function someone() {
    const vendor = await aVendor(api);
    const { id } = await anOrganization(vendor);
    const invited = await anInvited(api, vendor, id);
    const visitor: Visitor = invited;
    return { vendor, organizationId: id, visitor, link: invited.link };
  }

  function metadata({
    entityId = 'https://idp.acme.example/saml',
    certificates = [certificate.pem],
    wantsSigned = false,
    role = 'IDPSSODescriptor',
  }: { entityId?: string; certificates?: string[]; wantsSigned?: boolean; role?: string } = {}): string {
    const keys = certificates
      .map(
        (pem) =>
          `<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${base64Of(pem)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
      )
      .join('');
    return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityId}"><md:${role} protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"${
      wantsSigned ? ' WantAuthnRequestsSigned="true"' : ''
    }>${keys}<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.acme.example/sso"/></md:${role}></md:EntityDescriptor>`;
  }

  const setUp = {
    api,
    certificate,
    renewed,
    metadata,
    publishedUrl: `http://127.0.0.1:${(published.address() as AddressInfo).port}/metadata`,
    ...(await someone()),
    journeys: runJourneys(api),

    /** Another customer, whose provider publishes good metadata. Call it before each test. */
    async begin(): Promise<void> {
      setUp.journeys = runJourneys(api);
      Object.assign(setUp, await someone());
      setUp.publish({ body: metadata() });
    },
    /** What the provider's address answers from now on. */
    publish(given: { status?: number; body: string }): void {
      answer = given;
    },
    async close(): Promise<void> {
      published.close();
      await api.close();
    },

    file: (text: string, more: object = {}) => ({ way: 'metadata_file', text, ...more }),
    byHand: (more: object = {}) => ({
      way: 'manual',
      entityId: 'https://idp.acme.example/saml',
      ssoUrl: 'https://idp.acme.example/sso',
      certificate: certificate.pem,
      ...more,
    }),

    /** Oldest first. */
    connections: () =>
      asSystem(api, (tx) =>
        tx
          .selectFrom('connections')
          .selectAll()
          .where('organizationId', '=', setUp.organizationId)
          .orderBy('createdAt')
          .execute(),
      ),
    async theConnection() {
      const [connection] = await setUp.connections();
      if (connection === undefined) throw new Error('no connection');
      return connection;
    },
    /** What was written to the audit log about the customer. */
    async audits(): Promise<string[]> {
      const rows = await asSystem(api, (tx) =>
        tx
          .selectFrom('auditEvents')
          .select('action')
          .where('organizationId', '=', setUp.organizationId)
          .execute(),
      );
      return rows.map(({ action }) => action);
    },
    async chosen(providerId = 'custom-saml'): Promise<void> {
      expect((await setUp.visitor.ask('POST', '/sso/provider', { providerId })).status).toBe(200);
    },
    /** As the sign-in pages leave it when a test has passed. */
    async tested(): Promise<void> {
      const { organizationId } = setUp;
      const { id, environmentId, settingsRevision } = await setUp.theConnection();
      await asSystem(api, (tx) =>
        markConnectionTested(tx, { environmentId, organizationId }, id, {
          settingsRevision,
          email: 'anna@acme.com',
          signedFloor: 'both',
          encryptedFloor: false,
          now: api.deps.now(),
        }),
      );
    },
    /** A test sign-in that ended like this; answers the id of its attempt. */
    async failed(
      facts: Record<string, string | string[]>,
      cause: 'email_missing' | 'signature_unknown_key' | 'issuer_differs' | 'audience_differs',
    ): Promise<string> {
      const { vendor, organizationId, visitor } = setUp;
      const { body } = await visitor.ask('POST', '/sso/tests');
      const { environmentId } = vendor.key;
      await asSystem(api, (tx) =>
        finishAttempt(tx, { environmentId, organizationId }, body.attemptId, {
          state: 'failed',
          cause,
          facts,
          checks: [{ check: 'document', passed: true }],
          responseXml: '<Response>anna@acme.com</Response>',
          now: api.deps.now(),
        }),
      );
      return String(body.attemptId);
    },
  };
  return setUp;
}

/** What a PEM holds, in one line. */
export const base64Of = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, '');

/** How a step stands in a view of the portal; undefined for one that it has not. */
export const stepOf = (
  view: { features: { steps: { step: string; state: string }[] }[] },
  step: string,
): string | undefined => view.features.flatMap(({ steps }) => steps).find((one) => one.step === step)?.state;
