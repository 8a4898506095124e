import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { inflateRawSync } from 'node:zlib';
import { makeKeyPair, type KeyPair } from '../../adapters/saml/sp-keys.ts';
import { escapeXml } from '../../adapters/saml/xml-text.ts';
import { makeTestIdpKey } from '../../sandbox/test-idp/keys.ts';
import { buildTestResponse } from '../../sandbox/test-idp/response.ts';
import { idpMetadata } from './live-customer.ts';

/**
 * Other people's hosts, over TLS, for environments that take no Test IdP: the identity provider of a customer, which
 * signs whoever comes there in as Anna, and the vendor's app, which says Welcome. A browser finds them by
 * `launchBrowser({ examplePort })`.
 */
export interface OthersHosts {
  port: number;
  provider: CustomersProvider;
  close(): Promise<void>;
}

export interface CustomersProvider {
  metadata(): string;
  /** PEM of the certificate it will change over to. */
  nextCertificate: string;
  changeOver(): void;
}

const anna = {
  id: 'anna',
  email: 'anna@globex.com',
  firstName: 'Anna',
  lastName: 'Grün',
  groups: ['Everyone'],
  attributes: {},
};

const host = 'idp.globex.example';

/** The provider's certificate has 90 days from `ageingFrom` on. */
export async function startOthersHosts(ageingFrom: Date): Promise<OthersHosts> {
  const entityId = `https://${host}/saml`;
  const [current, next, unpublished] = await Promise.all([
    makeKeyPair({ commonName: 'Globex 2026', now: ageingFrom, validDays: 90, modulusLength: 2048 }),
    makeTestIdpKey(new Date(), 'Globex 2027'),
    makeTestIdpKey(new Date(), 'Nobody'),
  ]);
  const keys: Record<'current' | 'next' | 'unpublished', KeyPair> = { current, next, unpublished };
  let signsWith: 'current' | 'next' = 'current';

  function answerPage(asked: URLSearchParams): string {
    const request = inflateRawSync(Buffer.from(asked.get('SAMLRequest') ?? '', 'base64')).toString('utf8');
    const [, id] = /\sID="([^"]+)"/.exec(request) ?? [];
    const [, acsUrl = ''] = /AssertionConsumerServiceURL="([^"]+)"/.exec(request) ?? [];
    const [, spEntityId = ''] = /Issuer[^>]*>([^<]+)</.exec(request) ?? [];
    const { fields } = buildTestResponse({
      request: { id, acsUrl, spEntityId },
      idpEntityId: entityId,
      person: anna,
      keys,
      signsWith,
      relayState: asked.get('RelayState') ?? undefined,
      now: new Date(),
    });
    const inputs = Object.entries(fields).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${escapeXml(value)}">`,
    );
    return `<!doctype html><title>Globex</title><form method="post" action="${escapeXml(acsUrl)}">${inputs.join('')}</form><script>document.forms[0].submit()</script>`;
  }

  const server = createServer(
    { key: unpublished.privateKeyPem, cert: unpublished.certificatePem },
    (request, response) => {
      const { searchParams } = new URL(request.url ?? '/', entityId);
      response.setHeader('content-type', 'text/html');
      response.end(request.headers.host === host ? answerPage(searchParams) : 'Welcome');
    },
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    provider: {
      metadata: () => idpMetadata([keys[signsWith].certificatePem], entityId),
      nextCertificate: next.certificatePem,
      changeOver: () => (signsWith = 'next'),
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
