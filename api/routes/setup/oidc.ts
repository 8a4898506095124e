import { ok } from '../../answers.ts';
import { oidcBody, oidcCheck, type OidcBody } from '../../contract/setup-provider-settings.ts';
import { stepResult } from '../../contract/shared.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { route } from '../../route.ts';
import { findEdited, lockEdited } from './edited.ts';
import { tellSaved } from './metadata.ts';
import { hasStop, readOidc, type OidcFinding, type OidcReading } from './read-oidc.ts';
import { saveOidcSide } from './save-oidc-side.ts';
import { change, requireChange, tenantOf, type SetupContext } from './scope.ts';

/** P8: a provider of OpenID Connect, looked at while it is typed, and saved. The secret goes in and never comes out. */

const check = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/oidc/check',
  who: 'portal_session',
  summary: 'Looks at a provider of OpenID Connect; keeps nothing',
  body: oidcBody,
  answers: { 200: oidcCheck },
  handler: async (context) => {
    const { deps, body, request } = context;
    const { findings, side } = await read(context, body);
    const canSave = side !== undefined && !hasStop(findings);
    return ok({
      canSave,
      needsAccepting: canSave && findings.some(({ severity }) => severity === 'warn'),
      findings: [...findings],
      summary:
        side === undefined
          ? null
          : { issuer: side.server.issuer, tokenAlg: side.tokenAlg, clientAuth: side.clientAuth },
      elapsedMs: Math.max(0, Math.round(deps.now().getTime() - request.now.getTime())),
    });
  },
});

const save = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/oidc',
  who: 'portal_session',
  summary: 'Saves a provider of OpenID Connect; what needs accepting has to be accepted',
  body: oidcBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: async (context) => {
    const { deps, body } = context;
    const { findings, side } = await read(context, body);
    if (side === undefined || hasStop(findings)) throw refusalOf(findings);
    const doubt = findings.find(({ severity }) => severity === 'warn');
    if (doubt !== undefined && body.accepted !== true) {
      throw new InvalidInput([{ field: 'accepted', code: doubt.code, message: 'accepted is required' }]);
    }
    return change(context, 'sso', async (changing) => {
      const connection = await lockEdited(changing);
      const needsSecret = side.clientAuth !== 'private_key_jwt' && side.clientSecret === null;
      if (needsSecret && connection.oidcClientSecretSealed === null) throw secretMissing();
      return tellSaved(context, changing, await saveOidcSide(changing, deps, connection, side));
    });
  },
});

export const oidcSetupRoutes = [check, save];

async function read(context: SetupContext, body: OidcBody): Promise<OidcReading> {
  const { deps, caller, request } = context;
  const tenant = tenantOf(context);
  const connection = await context.read(async (tx) =>
    findEdited(tx, context, await requireChange(tx, context, 'sso')),
  );
  return readOidc(deps, body, {
    environment: caller.environment,
    organizationId: tenant.organizationId,
    guideId: connection?.providerId ?? null,
    hasSecret: typeof connection?.oidcClientSecretSealed === 'string',
    secretGoesTo: connection?.oidcServer?.tokenEndpoint ?? null,
    now: request.now,
  });
}

/** The first thing that has to be put right, at its field. */
function refusalOf(findings: readonly OidcFinding[]): Error {
  const first = findings.find(({ severity }) => severity === 'stop');
  if (first === undefined) return new OnboardingError('connection_incomplete');
  if (first.code === 'private_key') return new OnboardingError('certificate_is_private_key');
  if (first.code === 'test_idp_refused') return new OnboardingError('test_idp_refused');
  const { field, code } = first;
  return new InvalidInput([{ field, code, message: `${field} is refused: ${code}` }]);
}

const secretMissing = () =>
  new InvalidInput([{ field: 'clientSecret', code: 'empty', message: 'clientSecret is required' }]);
