import { audited, type Acting } from '../../acting.ts';
import { InsteadAnswer } from '../../answers.ts';
import { addressesOf } from '../../connections.ts';
import type { CreateConnectionBody } from '../../contract/developer-connections.ts';
import type { ApiDeps } from '../../deps.ts';
import { newId } from '../../../adapters/ids.ts';
import {
  findOpenOnboarding,
  findSharingConnection,
  insertAudit,
  insertCertificates,
  insertCommand,
  insertConnection,
  switchConnectionOn,
  updateConnection,
  updateConnectionSettings,
  type ConnectionRow,
  type OrganizationRow,
  type Tx,
} from '../../../db/index.ts';
import { detectFromMetadata } from '../../../onboarding/provider-detection.ts';
import { findGuide } from '../../../onboarding/providers/sign-in/index.ts';
import { factRow } from '../../../onboarding/workflow-names.ts';
import { replaceKeys } from './change-saml-keys.ts';
import type { IdpSettings } from './saml-options.ts';
import type { SpSide } from './saml-sp-side.ts';
import { customField } from '../../../onboarding/attributes.ts';

/** Writes a connection that is live at once, with its certificates and their watch, and tells the open onboarding. */
export async function insertVouched(
  tx: Tx,
  deps: ApiDeps,
  organization: OrganizationRow,
  body: CreateConnectionBody,
  idp: IdpSettings,
  sp: SpSide,
  by: Acting,
): Promise<ConnectionRow> {
  const id = newId('conn_');
  const { now } = by.request;
  const whose = { environmentId: organization.environmentId, organizationId: organization.id };
  const guide = findGuide(
    detectFromMetadata({ entityId: idp.idpEntityId, ssoUrl: idp.idpSsoUrl })?.guideId ?? '',
  );
  await insertConnection(tx, {
    id,
    ...whose,
    name: body.name ?? organization.name,
    externalId: body.external_id ?? null,
    connectionType: body.connection_type ?? guide?.connectionType ?? 'GenericSAML',
    providerId: guide?.id ?? 'custom-saml',
    state: 'validating',
    ...addressesOf(deps.urls, id),
    ...(sp.acsUrl === undefined ? {} : { acsUrl: sp.acsUrl }),
    ...(sp.spEntityId === undefined ? {} : { spEntityId: sp.spEntityId }),
    createdAt: now,
  });
  const { idpEntityId, idpSsoUrl, idpSsoBinding, idpMetadataUrl } = idp;
  const settings = {
    ...{ idpEntityId, idpSsoUrl, idpSsoBinding, idpMetadataUrl },
    ...{ idpSloUrl: idp.idpSloUrl, idpSloBinding: idp.idpSloUrl === null ? null : ('redirect' as const) },
    attributeMapping: mappingOf(body.attribute_maps ?? {}),
    signRequests: sp.signingPair !== undefined,
    encryptAssertions: sp.encryptionPairs.length > 0,
  };
  const made = await updateConnectionSettings(tx, whose, id, settings, now);
  if (await findSharingConnection(tx, whose.environmentId, made)) {
    throw new InsteadAnswer({
      status: 400,
      body: {
        code: 'ambiguous_saml_options',
        message: 'Another live connection has this provider and this address.',
      },
    });
  }
  if (sp.signingPair) await replaceKeys(tx, deps, made, 'signing', [sp.signingPair], by);
  await replaceKeys(tx, deps, made, 'encryption', sp.encryptionPairs, by);
  if (idpMetadataUrl !== null) {
    const fetched = { metadataFetchedAt: now, metadataEtag: idp.metadataEtag };
    await updateConnection(tx, whose, id, fetched, now);
  }
  await insertCertificates(
    tx,
    idp.certificates.map((certificate) => ({
      id: newId('saml_x509_cert_'),
      ...whose,
      connectionId: id,
      pem: certificate.pem,
      fingerprint: certificate.sha256,
      spkiFingerprint: certificate.spkiSha256,
      subject: certificate.subject,
      keyBits: certificate.keySizeBits,
      notBefore: certificate.notBefore,
      notAfter: certificate.notAfter,
      source: idp.source,
      createdAt: now,
    })),
  );
  const target = { type: 'connection', id };
  await insertAudit(tx, audited(by, whose, { action: 'connection.created', target, after: { idpEntityId } }));
  return switchOnVouched(tx, organization, id, by);
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
  if (onboarding !== undefined) {
    const fact = { key: newId('cmd_'), actor: by.actor, kind: 'connection_live', connectionId: id } as const;
    await insertCommand(tx, factRow(onboarding, fact, now));
  }
  return live;
}

export function mappingOf(maps: NonNullable<CreateConnectionBody['attribute_maps']>): Record<string, string> {
  const { idp_id, email, first_name, last_name, name: whole, groups } = maps.standard_attributes ?? {};
  const named = { id: idp_id, email, firstName: first_name, lastName: last_name, name: whole, groups };
  const custom = Object.entries(maps.custom_attributes ?? {}).map(([key, name]) => [customField(key), name]);
  return Object.fromEntries([...Object.entries(named), ...custom].filter(([, name]) => Boolean(name)));
}
