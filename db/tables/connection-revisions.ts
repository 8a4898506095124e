import type { Generated, Selectable } from 'kysely';
import type {
  ConfigurationCertificate,
  ConnectionConfiguration,
} from '../../onboarding/connection-configuration.ts';
import type { Json, JsonWithDefault } from './columns.ts';

/** The edited copy beside a live connection: tested by itself, then switched to or discarded. */
export interface ConnectionRevisionsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  connectionId: string;
  configuration: Json<ConnectionConfiguration>;
  certificates: JsonWithDefault<readonly ConfigurationCertificate[]>;
  clientSecretSealed: string | null;
  drafts: JsonWithDefault<Record<string, unknown>>;
  guideProgress: JsonWithDefault<Record<string, unknown>>;
  settingsRevision: Generated<number>;
  testedRevision: number | null;
  testedAt: Date | null;
  testedEmail: string | null;
  testedSigned: 'one' | 'assertion' | 'response' | 'both' | null;
  testedEncrypted: boolean | null;
  /** Who is editing it, masked, so that somebody else asks before taking over. */
  heldBy: string | null;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
  endedAt: Date | null;
  endedAs: 'switched' | 'discarded' | null;
}

export type ConnectionRevisionRow = Selectable<ConnectionRevisionsTable>;
