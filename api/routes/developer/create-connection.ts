import { audited, type Acting } from '../../acting.ts';
import { InsteadAnswer } from '../../answers.ts';
import { addressesOf } from '../../connections.ts';
import type { CreateConnectionBody } from '../../contract/developer-connections.ts';
import type { ApiDeps } from '../../deps.ts';
import { newId } from '../../../adapters/ids.ts';
import {
  awaitWithCommit,
  findOpenOnboarding,
  findSurroundings,
  insertAudit,
  insertCertificates,
  insertCommand,
  insertLiveConnection,
  recordSwitchedOn,
  switchConnectionOn,
  type ConnectionRow,
  type OrganizationRow,
  type Tx,
} from '../../../db/index.ts';
import { detectFromMetadata } from '../../../onboarding/provider-detection.ts';
import { findGuide } from '../../../onboarding/providers/sign-in/index.ts';
import { connectionObject } from '../../../onboarding/wire-objects.ts';
import { factRow } from '../../../onboarding/workflow-names.ts';
import { bringKeys } from '../../change-saml-keys.ts';
import type { IdpSettings } from './saml-options.ts';
import type { SpSide } from './saml-sp-side.ts';
import { customField } from '../../../onboarding/attributes.ts';

/**
 * Writes a connection that is live at once, with its certificates and their watch, and tells the open onboarding. Gives
 * it as the API answers it. What it depends on is asked first, in one statement; then everything is written in one packet.
 */
export async function insertVouched(
  tx: Tx,
  deps: ApiDeps,
  organization: OrganizationRow,
  body: CreateConnectionBody,
  idp: IdpSettings,
  sp: SpSide,
  by: Acting,
) {
  const { now } = by.request;
  const whose = { environmentId: organization.environmentId, organizationId: organization.id };
  const made = { ...connectionOf(deps, organization, body, idp, sp, now), ...whose };
  const bringsAddresses = sp.acsUrl !== undefined || sp.spEntityId !== undefined;
  const { isShared, onboarding, domains } = await findSurroundings(tx, whose, made, bringsAddresses);
  if (isShared) {
    throw new InsteadAnswer({
      status: 400,
      body: {
        code: 'ambiguous_saml_options',
        message: 'Another live connection has this provider and this address.',
      },
    });
  }
  const { id, idpEntityId } = made;
  const live = { ...made, state: 'active' as const, updatedAt: now };
  const target = { type: 'connection', id };
  const audit = audited(by, whose, { action: 'connection.created', target, after: { idpEntityId } });
  awaitWithCommit(tx, insertLiveConnection(tx, made));
  awaitWithCommit(tx, insertCertificates(tx, certificateRows(idp, made, now)));
  awaitWithCommit(tx, insertAudit(tx, audit));
  awaitWithCommit(tx, recordSwitchedOn(tx, live, domains, { actor: by.actor, now, newId }));
  if (onboarding !== null) awaitWithCommit(tx, tellLive(tx, { ...onboarding, ...whose }, id, by));
  if (sp.signingPair) await bringKeys(tx, deps, made, 'signing', [sp.signingPair], by);
  await bringKeys(tx, deps, made, 'encryption', sp.encryptionPairs, by);
  return connectionObject(live, domains);
}

function connectionOf(
  deps: ApiDeps,
  organization: OrganizationRow,
  body: CreateConnectionBody,
  idp: IdpSettings,
  sp: SpSide,
  now: Date,
) {
  const id = newId('conn_');
  const { idpEntityId, idpSsoUrl, idpSsoBinding, idpSloUrl } = idp;
  const { idpMetadataUrl, idpMetadataKey, metadataEtag } = idp;
  const guide = findGuide(detectFromMetadata({ entityId: idpEntityId, ssoUrl: idpSsoUrl })?.guideId ?? '');
  const ours = addressesOf(deps.urls, id);
  return {
    id,
    name: body.name ?? organization.name,
    externalId: body.external_id ?? null,
    connectionType: body.connection_type ?? guide?.connectionType ?? 'GenericSAML',
    providerId: guide?.id ?? 'custom-saml',
    ...ours,
    acsUrl: sp.acsUrl ?? ours.acsUrl,
    spEntityId: sp.spEntityId ?? ours.spEntityId,
    idpEntityId,
    idpSsoUrl,
    idpSsoBinding,
    idpSloUrl,
    idpMetadataUrl,
    idpMetadataKey,
    metadataEtag,
    attributeMapping: mappingOf(body.attribute_maps ?? {}),
    signRequests: sp.signingPair !== undefined,
    encryptAssertions: sp.encryptionPairs.length > 0,
    createdAt: now,
  };
}

function certificateRows(
  idp: IdpSettings,
  of: { id: string; environmentId: string; organizationId: string },
  now: Date,
) {
  return idp.certificates.map((certificate) => ({
    id: newId('saml_x509_cert_'),
    environmentId: of.environmentId,
    organizationId: of.organizationId,
    connectionId: of.id,
    pem: certificate.pem,
    fingerprint: certificate.sha256,
    spkiFingerprint: certificate.spkiSha256,
    subject: certificate.subject,
    keyBits: certificate.keySizeBits,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    source: idp.source,
    createdAt: now,
  }));
}

/** Lets people sign in through it at once, and tells the open onboarding. */
export async function switchOnVouched(
  tx: Tx,
  organization: OrganizationRow,
  id: string,
  by: Acting,
): Promise<ConnectionRow> {
  const { now } = by.request;
  const whose = { environmentId: organization.environmentId, organizationId: organization.id };
  const live = await switchConnectionOn(tx, whose, id, { actor: by.actor, now, newId });
  if (live === undefined) throw new Error(`connection ${id} was not switched on`);
  const onboarding = await findOpenOnboarding(tx, whose, organization.id);
  if (onboarding !== undefined) await tellLive(tx, onboarding, id, by);
  return live;
}

async function tellLive(
  tx: Tx,
  onboarding: Parameters<typeof factRow>[0],
  connectionId: string,
  { actor, request }: Acting,
): Promise<void> {
  const fact = { key: newId('cmd_'), actor, kind: 'connection_live', connectionId } as const;
  await insertCommand(tx, factRow(onboarding, fact, request.now));
}

export function mappingOf(maps: NonNullable<CreateConnectionBody['attribute_maps']>): Record<string, string> {
  const { idp_id, email, first_name, last_name, name: whole, groups } = maps.standard_attributes ?? {};
  const named = { id: idp_id, email, firstName: first_name, lastName: last_name, name: whole, groups };
  const custom = Object.entries(maps.custom_attributes ?? {}).map(([key, name]) => [customField(key), name]);
  return Object.fromEntries([...Object.entries(named), ...custom].filter(([, name]) => Boolean(name)));
}
