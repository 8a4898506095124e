import { X509Certificate } from 'node:crypto';
import { listSpKeys, withTenant } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { ok } from '../../answers.ts';
import { route } from '../../route.ts';
import { findLivingConnection, tenantOf } from '../../sign-in/usable-connection.ts';

/** The public half of the keys with which we prove ourselves to the provider [OIDC-08]; empty without one. */
export const clientKeys = route({
  method: 'GET',
  path: '/sso/oidc/:connection/jwks',
  who: 'public',
  summary: 'Our keys for one connection',
  answers: { 200: 'JSON Web Key Set', 404: 'page: no such connection' },
  async handler({ deps, params }) {
    const connection = await findLivingConnection(deps, params.connection);
    if (connection === undefined) throw new OnboardingError('not_found', { kind: 'connection' });
    const tenant = tenantOf(connection);
    const keys = await withTenant(deps.db, tenant, (tx) => listSpKeys(tx, tenant, connection.id));
    const published = keys
      .filter(({ use }) => use === 'client_assertion')
      .map(({ id, certificatePem }) => ({
        ...new X509Certificate(certificatePem).publicKey.export({ format: 'jwk' }),
        kid: id,
        use: 'sig',
        alg: 'RS256',
      }));
    return ok({ keys: published });
  },
});
