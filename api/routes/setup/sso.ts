import { z } from 'zod';
import { readCertificates } from '../../../adapters/saml/certificates.ts';
import {
  getLink,
  hasRoles,
  listSpKeys,
  type ConnectionChanges,
  type ConnectionRow,
  type Tx,
  listConnectionsOf,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { maskEmail } from '../../../onboarding/masking.ts';
import { pastedKind } from '../../../onboarding/preflight.ts';
import { fillGuide, findGuide } from '../../../onboarding/providers/sign-in/index.ts';
import { guideValuesOf } from '../../../onboarding/providers/sign-in/values.ts';
import { ok, type Answer } from '../../answers.ts';
import { isTested } from '../../configuration-changes.ts';
import { formerViewsOf } from '../../configuration-views.ts';
import { clientKeysUrlOf, loginUrlOf } from '../../connections.ts';
import { saved } from '../../contract/setup.ts';
import {
  draftsBody,
  draftsSaved,
  guideProgressBody,
  ssoState,
  type SsoState,
} from '../../contract/setup-connections.ts';
import { stepResult } from '../../contract/shared.ts';
import { sendCommand } from '../../journey.ts';
import { fingerprintOf } from '../../metadata-key.ts';
import { route } from '../../route.ts';
import { effectiveConnection, type EffectiveConnection } from '../../sign-in/effective-connection.ts';
import { findCurrentConnection, healthOf, lockCurrentConnection } from './connection.ts';
import { deletedViewsOf, draftViewOf } from './draft-views.ts';
import {
  findEdited,
  isBesideJourney,
  keepEdited,
  listEditedCertificates,
  lockEdited,
  type EditedCertificate,
} from './edited.ts';
import { optionsOf } from './options.ts';
import { findOthersChange, findTypist, markOf, typedBy } from './others-changes.ts';
import {
  change,
  covers,
  ensured,
  findShownOnboarding,
  requireChange,
  tenantOf,
  type SetupContext,
  type Tenant,
} from './scope.ts';
import { tellNothing } from './switches.ts';

/** What the sign-in pages share: the connection, its guide filled in, and the person's place in it. */

const getState = route({
  method: 'GET',
  path: '/setup/:handle/api/sso',
  who: 'portal_session',
  summary: 'Single sign-on: the connection, its guide, the place in it',
  answers: { 200: ssoState },
  handler: (context) =>
    context.read(async (tx) => {
      const { session } = context.caller;
      const tenant = tenantOf(context);
      const link = await getLink(tx, tenant, session.linkId);
      const onboarding = await findShownOnboarding(tx, tenant, link);
      const isCovered = covers(session, 'certificate_renewal');
      const current = isCovered ? await findCurrentConnection(tx, context) : undefined;
      const connection = current === undefined ? undefined : await findEdited(tx, context, link);
      const isDraft = connection !== undefined && connection.revisionId !== null;
      return ok({
        view: onboarding?.view ?? null,
        connection: connection === undefined ? null : await connectionOf(tx, context, connection),
        serving:
          current !== undefined && isDraft
            ? await connectionOf(tx, context, effectiveConnection(current, undefined))
            : null,
        draft: current === undefined ? null : await draftViewOf(tx, context.deps, tenant, current, link),
        beside: await besideOf(tx, tenant, covers(session, 'sso') ? current : undefined),
        formers: current === undefined ? [] : await formerViewsOf(tx, tenant, current, context.request.now),
        deleted: covers(session, 'sso') ? await deletedViewsOf(tx, tenant, context.request.now) : [],
        hasRoles: await hasRoles(tx, tenant),
        guide: connection === undefined ? null : await guideOf(tx, context, connection),
        mark: connection === undefined ? null : markOf(connection),
        changed: connection === undefined ? null : await findOthersChange(tx, context, connection),
        typing: connection === undefined ? null : await findTypist(tx, context, connection),
        progress: progressOf(connection),
        drafts: draftsOf(connection),
      });
    }),
});

async function besideOf(
  tx: Tx,
  tenant: Tenant,
  current: ConnectionRow | undefined,
): Promise<SsoState['beside']> {
  if (current === undefined) return { own: null, others: [] };
  const all = await listConnectionsOf(tx, tenant, [tenant.organizationId]);
  const others = all.filter(({ id, state }) => id !== current.id && state === 'active');
  return {
    own: current.allowedDomains,
    others: others.map(({ name, allowedDomains }) => ({ name, domains: allowedDomains })),
  };
}

const keepProgress = route({
  method: 'PUT',
  path: '/setup/:handle/api/sso/progress',
  who: 'portal_session',
  summary: 'Keeps ticks and the place in the guide',
  body: guideProgressBody,
  answers: { 200: saved },
  handler: (context) =>
    keep(context, (connection) => ({ guideProgress: { ...progressOf(connection), ...context.body } })),
});

/** A document of 1 MB, written as JSON. */
const maxDraftBytes = 2_400_000;

const keepDrafts = route({
  method: 'PUT',
  path: '/setup/:handle/api/sso/drafts',
  who: 'portal_session',
  summary: 'Keeps what was typed and not yet saved',
  body: draftsBody,
  maxBodyBytes: maxDraftBytes,
  answers: { 200: draftsSaved },
  handler: (context) => {
    const { body, request } = context;
    refusePrivateKeys(Object.values(body), body.certificate ?? '', request.now);
    const typist = typedBy(context);
    return keep(
      context,
      (connection) => ({ drafts: { ...draftsOf(connection), ...body, ...typist } }),
      async (tx, before) => ({ typing: await findTypist(tx, context, before) }),
    );
  },
});

const finishConfiguration = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/configuration-done',
  who: 'portal_session',
  summary: 'States that the provider’s console is filled in',
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, by } = changing;
      const edited = await lockEdited(changing);
      const { id: connectionId } = edited;
      if (isBesideJourney(edited)) return tellNothing(context, changing);
      const { onboarding, queued } = await ensured(context, changing, 'sso');
      const act = { kind: 'finish_configuration', connectionId } as const;
      return { onboarding, queued: await sendCommand(tx, onboarding, act, by, queued) };
    }),
});

export const ssoRoutes = [getState, keepProgress, keepDrafts, finishConfiguration];

/** Our side under the names that guides and advice use. */
function ourValues(
  { deps, caller }: SetupContext,
  connection: ConnectionRow,
  clientCertificate: string | undefined,
) {
  const { productName: product } = caller.environment;
  return guideValuesOf({ ...connection, product, testIdp: deps.urls.testIdp, clientCertificate });
}

/** Autosave: kept on the connection, without a command and without an entry in the log of acts. */
async function keep(
  context: SetupContext,
  changesOf: (connection: ConnectionRow) => Pick<ConnectionChanges, 'guideProgress' | 'drafts'>,
  tell: (tx: Tx, before: ConnectionRow) => Promise<object> = async () => ({}),
): Promise<Answer> {
  const { request } = context;
  return context.commit(async (tx) => {
    const tenant = tenantOf(context);
    const link = await requireChange(tx, context, 'sso');
    const current = await lockCurrentConnection(tx, context);
    const place = (await findEdited(tx, context, link)) ?? effectiveConnection(current, undefined);
    await keepEdited(tx, tenant, place, changesOf(place), request.now);
    return ok({ savedAt: request.now.toISOString(), ...(await tell(tx, place)) });
  });
}

/** A private key is refused before anything of it is kept [MD-04]. */
function refusePrivateKeys(typed: readonly unknown[], certificate: string, now: Date): void {
  const isKey =
    typed.some((text) => typeof text === 'string' && pastedKind(text) === 'private_key') ||
    readCertificates(certificate, { now, expiryGraceMs: 0 }).findings.some(
      ({ code }) => code === 'certificate_is_private_key',
    );
  if (isKey) throw new OnboardingError('certificate_is_private_key');
}

async function guideOf(tx: Tx, context: SetupContext, connection: ConnectionRow): Promise<SsoState['guide']> {
  const chosen = findGuide(connection.providerId ?? '') ?? findGuide('custom-saml');
  const needsKey = chosen?.openId?.provesByKey === true;
  const keys = needsKey ? await listSpKeys(tx, tenantOf(context), connection.id) : [];
  const certificate = keys.find(({ use }) => use === 'client_assertion')?.certificatePem;
  // A developer may have set it up with a secret; then there is no certificate to hand out.
  const guide = needsKey && certificate === undefined ? findGuide('custom-oidc') : chosen;
  if (guide === undefined) return null;
  return ssoState.shape.guide.parse(plain(fillGuide(guide, ourValues(context, connection, certificate))));
}

/** Data as it travels: without `undefined`. */
const plain = (value: object): unknown => JSON.parse(JSON.stringify(value));

const editedCertificateView = ({
  id,
  subject,
  fingerprint,
  keyBits,
  notBefore,
  notAfter,
  source,
  retiredAt,
}: EditedCertificate) => ({ id, subject, fingerprint, keyBits, notBefore, notAfter, source, retiredAt });

async function connectionOf(
  tx: Tx,
  context: SetupContext,
  connection: EffectiveConnection,
): Promise<SsoState['connection']> {
  const tenant = tenantOf(context);
  const certificates = await listEditedCertificates(tx, tenant, connection);
  const { idpEntityId, idpSsoUrl, idpMetadataUrl, idpMetadataKey: pem } = connection;
  return {
    id: connection.id,
    name: connection.name,
    state: connection.state,
    providerId: connection.providerId,
    protocol: connection.protocol,
    serviceProvider: {
      entityId: connection.spEntityId,
      acsUrl: connection.acsUrl,
      metadataUrl: connection.spMetadataUrl,
      loginUrl: loginUrlOf(connection),
      redirectUri: connection.oidcRedirectUri,
      jwksUrl: clientKeysUrlOf(connection),
    },
    openIdProvider: openIdProviderOf(connection),
    identityProvider:
      idpEntityId === null || idpSsoUrl === null
        ? null
        : {
            entityId: idpEntityId,
            ssoUrl: idpSsoUrl,
            metadataUrl: idpMetadataUrl,
            metadataKey: pem === null ? null : { pem, fingerprint: fingerprintOf(pem) },
            certificates: certificates.map(editedCertificateView),
          },
    attributeMapping: connection.attributeMapping,
    options: await optionsOf(tx, connection),
    testedAt: connection.testedAt?.toISOString() ?? null,
    testedEmail: connection.testedEmail === null ? null : maskEmail(connection.testedEmail),
    changedSinceTest: connection.testedRevision !== null && !isTested(connection),
    activatedAt: connection.activatedAt?.toISOString() ?? null,
    isAdditional: connection.isAdditional,
    accepted:
      connection.protocol === 'saml' && isTested(connection)
        ? { signed: connection.signedFloor, encrypted: connection.encryptedFloor }
        : null,
    ...(await healthOf(tx, tenant, connection, context.request.now)),
  };
}

/** What the pages may know of a provider of OpenID Connect: never its secret, only that there is one. */
function openIdProviderOf(connection: EffectiveConnection): OpenIdProviderView {
  const { oidcIssuer, oidcDiscoveryUrl, oidcClientId, oidcClientAuth, oidcTokenAlg } = connection;
  if (connection.protocol !== 'oidc') return null;
  if (oidcIssuer === null || oidcClientId === null || oidcClientAuth === null || oidcTokenAlg === null) {
    return null;
  }
  return {
    issuer: oidcIssuer,
    discoveryUrl: oidcDiscoveryUrl ?? oidcIssuer,
    clientId: oidcClientId,
    clientAuth: oidcClientAuth,
    tokenAlg: oidcTokenAlg,
    hasSecret: connection.oidcClientSecretSealed !== null,
    secretSetAt: connection.oidcSecretSetAt,
    secretEndsOn: connection.oidcSecretEndsOn,
  };
}
type OpenIdProviderView = NonNullable<SsoState['connection']>['openIdProvider'];

const storedProgress = z.object({
  copied: ssoState.shape.progress.shape.copied.catch({}),
  doneSteps: ssoState.shape.progress.shape.doneSteps.catch([]),
  currentStep: ssoState.shape.progress.shape.currentStep.catch(null),
});

function progressOf(connection: ConnectionRow | undefined): SsoState['progress'] {
  return storedProgress.parse(connection?.guideProgress ?? {});
}

const drafted = ssoState.shape.drafts.shape;
const storedDrafts = z.object({
  way: drafted.way.catch(null),
  metadataUrl: drafted.metadataUrl.catch(''),
  metadataText: drafted.metadataText.catch(''),
  entityId: drafted.entityId.catch(''),
  ssoUrl: drafted.ssoUrl.catch(''),
  certificate: drafted.certificate.catch(''),
  signingCertificate: drafted.signingCertificate.catch(''),
  discoveryUrl: drafted.discoveryUrl.catch(''),
  clientId: drafted.clientId.catch(''),
  secretEndsOn: drafted.secretEndsOn.catch(''),
});

function draftsOf(connection: ConnectionRow | undefined): SsoState['drafts'] {
  return storedDrafts.parse(connection?.drafts ?? {});
}
