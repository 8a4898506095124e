import type { Selectable } from 'kysely';

/** Messages already accepted, kept until they could not be accepted anyway [SAML-18]. */
export interface SamlReplaysTable {
  connectionId: string;
  environmentId: string;
  organizationId: string;
  kind: 'assertion' | 'response' | 'logout';
  messageId: string;
  expiresAt: Date;
}

export type SamlReplayRow = Selectable<SamlReplaysTable>;
