import type { Generated, Selectable } from 'kysely';
import type { ConnectionNoticeKind } from '../../onboarding/connection-notices.ts';
import type { OidcClientAuth, OidcServer, OidcTokenAlg } from '../../onboarding/connection-configuration.ts';
import { columnNames } from '../row-columns.ts';
import type { Json, JsonWithDefault } from './columns.ts';

/** One act on a live connection that its contacts are told of. */
export interface ConnectionNotice {
  readonly kind: ConnectionNoticeKind;
  readonly at: string;
  /** Who did it, masked; null where the link named nobody. */
  readonly by: string | null;
  /** The vendor's own doing, by its API or on the dashboard. */
  readonly isVendors?: boolean;
}

/** SSO configuration of an organization; `drafts` holds what was typed and not yet accepted. */
export interface ConnectionsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  name: string;
  externalId: string | null;
  connectionType: Generated<string>;
  providerId: string | null;
  protocol: Generated<'saml' | 'oidc'>;
  state: 'requires_type' | 'draft' | 'validating' | 'active' | 'inactive' | 'deleting';
  spEntityId: string;
  acsUrl: string;
  spMetadataUrl: string;
  oidcRedirectUri: string;
  idpEntityId: string | null;
  idpSsoUrl: string | null;
  idpSsoBinding: 'redirect' | 'post' | null;
  idpMetadataUrl: string | null;
  /** The certificate whose key signs the provider's metadata: unsigned documents are refused then [MD-09]. */
  idpMetadataKey: string | null;
  metadataFetchedAt: Date | null;
  metadataTriedAt: Date | null;
  metadataEtag: string | null;
  metadataFailingSince: Date | null;
  /** The last reason; says nothing once the URL answers again. */
  metadataFailingCode: string | null;
  /** How long the provider says that its metadata may be kept. */
  metadataCacheSeconds: number | null;
  idpSloUrl: string | null;
  idpSloBinding: 'redirect' | 'post' | null;
  signRequests: Generated<boolean>;
  encryptAssertions: Generated<boolean>;
  forceAuthn: Generated<boolean>;
  allowIdpInitiated: Generated<boolean>;
  singleLogout: Generated<boolean>;
  oidcIssuer: string | null;
  oidcDiscoveryUrl: string | null;
  oidcClientId: string | null;
  oidcClientSecretSealed: string | null;
  oidcClientAuth: OidcClientAuth | null;
  oidcServer: Json<OidcServer> | null;
  oidcTokenAlg: OidcTokenAlg | null;
  oidcScopes: Generated<string>;
  oidcFetchUserInfo: Generated<boolean>;
  oidcSecretEndsOn: string | null;
  oidcSecretSetAt: string | null;
  attributeMapping: JsonWithDefault<Record<string, string>>;
  signedFloor: Generated<'one' | 'assertion' | 'response' | 'both'>;
  encryptedFloor: Generated<boolean>;
  settingsRevision: Generated<number>;
  testedRevision: number | null;
  testedAt: Date | null;
  testedEmail: string | null;
  guideProgress: JsonWithDefault<Record<string, unknown>>;
  drafts: JsonWithDefault<Record<string, unknown>>;
  /** The domains whose people it is for; null: every verified one of the organization. */
  allowedDomains: string[] | null;
  /** Set up beside one that has served people, and so beside the journey. */
  isAdditional: Generated<boolean>;
  /** Until then whoever deleted it may bring it back; null where that was the vendor. */
  restorableUntil: Date | null;
  /** What the contacts have yet to be mailed. */
  notices: JsonWithDefault<readonly ConnectionNotice[]>;
  activatedAt: Date | null;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
  deletedAt: Date | null;
}

export type ConnectionRow = Selectable<ConnectionsTable>;

export const connectionColumns = columnNames<ConnectionsTable>({
  id: true,
  environmentId: true,
  organizationId: true,
  name: true,
  externalId: true,
  connectionType: true,
  providerId: true,
  protocol: true,
  state: true,
  spEntityId: true,
  acsUrl: true,
  spMetadataUrl: true,
  oidcRedirectUri: true,
  idpEntityId: true,
  idpSsoUrl: true,
  idpSsoBinding: true,
  idpMetadataUrl: true,
  idpMetadataKey: true,
  metadataFetchedAt: true,
  metadataTriedAt: true,
  metadataEtag: true,
  metadataFailingSince: true,
  metadataFailingCode: true,
  metadataCacheSeconds: true,
  idpSloUrl: true,
  idpSloBinding: true,
  signRequests: true,
  encryptAssertions: true,
  forceAuthn: true,
  allowIdpInitiated: true,
  singleLogout: true,
  oidcIssuer: true,
  oidcDiscoveryUrl: true,
  oidcClientId: true,
  oidcClientSecretSealed: true,
  oidcClientAuth: true,
  oidcServer: true,
  oidcTokenAlg: true,
  oidcScopes: true,
  oidcFetchUserInfo: true,
  oidcSecretEndsOn: true,
  oidcSecretSetAt: true,
  attributeMapping: true,
  signedFloor: true,
  encryptedFloor: true,
  settingsRevision: true,
  testedRevision: true,
  testedAt: true,
  testedEmail: true,
  guideProgress: true,
  drafts: true,
  allowedDomains: true,
  isAdditional: true,
  restorableUntil: true,
  notices: true,
  activatedAt: true,
  createdAt: true,
  updatedAt: true,
  deletedAt: true,
});
