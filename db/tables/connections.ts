import type { Generated, Selectable } from 'kysely';
import type { JsonWithDefault } from './columns.ts';

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
  idpEntityId: string | null;
  idpSsoUrl: string | null;
  idpSsoBinding: 'redirect' | 'post' | null;
  idpMetadataUrl: string | null;
  metadataFetchedAt: Date | null;
  metadataTriedAt: Date | null;
  metadataEtag: string | null;
  metadataFailingSince: Date | null;
  signRequests: Generated<boolean>;
  attributeMapping: JsonWithDefault<Record<string, string>>;
  signedFloor: Generated<'one' | 'assertion' | 'response' | 'both'>;
  encryptedFloor: Generated<boolean>;
  settingsRevision: Generated<number>;
  testedRevision: number | null;
  testedAt: Date | null;
  testedEmail: string | null;
  guideProgress: JsonWithDefault<Record<string, unknown>>;
  drafts: JsonWithDefault<Record<string, unknown>>;
  activatedAt: Date | null;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
  deletedAt: Date | null;
}

export type ConnectionRow = Selectable<ConnectionsTable>;
