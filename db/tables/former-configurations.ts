import type { Generated, Selectable } from 'kysely';
import type {
  ConfigurationCertificate,
  ConnectionConfiguration,
} from '../../onboarding/connection-configuration.ts';
import type { Json, JsonWithDefault } from './columns.ts';

/** What a connection used before: kept for 30 days, so that one press brings it back. */
export interface FormerConfigurationsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  connectionId: string;
  configuration: Json<ConnectionConfiguration>;
  certificates: JsonWithDefault<readonly ConfigurationCertificate[]>;
  clientSecretSealed: string | null;
  signedFloor: Generated<'one' | 'assertion' | 'response' | 'both'>;
  encryptedFloor: Generated<boolean>;
  wasLive: boolean;
  reason: 'switched' | 'reset' | 'brought_back';
  createdAt: Generated<Date>;
  keptUntil: Date;
  restoredAt: Date | null;
}

export type FormerConfigurationRow = Selectable<FormerConfigurationsTable>;
