import { buildSpMetadata } from '../../../adapters/saml/sp-metadata.ts';
import { listSpKeys, withTenant, type SpKeyRow } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { text } from '../../answers.ts';
import { sloUrlOf } from '../../connections.ts';
import { route } from '../../route.ts';
import { findLivingConnection, tenantOf } from '../../sign-in/usable-connection.ts';

/** Our side of a connection, from its first draft on: the provider is set up with it. */
export const spMetadata = route({
  method: 'GET',
  path: '/sso/saml/:connection/metadata',
  who: 'public',
  summary: 'Our SAML metadata for one connection',
  answers: { 200: 'application/samlmetadata+xml', 404: 'page: no such connection' },
  async handler({ deps, params }) {
    const connection = await findLivingConnection(deps, params.connection);
    if (connection === undefined) throw new OnboardingError('not_found', { kind: 'connection' });
    const tenant = tenantOf(connection);
    const keys = await withTenant(deps.db, tenant, (tx) => listSpKeys(tx, tenant, connection.id));
    const certificatesFor = (use: 'signing' | 'encryption', isWanted = (_key: SpKeyRow) => true) =>
      keys.filter((key) => key.use === use && isWanted(key)).map((key) => key.certificatePem);
    const xml = buildSpMetadata({
      entityId: connection.spEntityId,
      acsUrl: connection.acsUrl,
      signsRequests: connection.signRequests,
      sloUrl: connection.singleLogout ? sloUrlOf(connection) : undefined,
      signingCertificates:
        connection.signRequests || connection.singleLogout ? certificatesFor('signing') : [],
      // One that was replaced opens what is still under way; nobody shall encrypt for it again.
      encryptionCertificates: connection.encryptAssertions
        ? certificatesFor('encryption', ({ state }) => state !== 'previous')
        : [],
    });
    return text(200, xml, 'application/samlmetadata+xml; charset=utf-8');
  },
});
