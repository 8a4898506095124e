import type { Generated, Selectable } from 'kysely';

/** Signing keys of a connection's identity provider: the only keys its answers are verified with [SAML-08]. */
export interface IdpCertificatesTable {
  id: string;
  environmentId: string;
  organizationId: string;
  connectionId: string;
  pem: string;
  fingerprint: string;
  spkiFingerprint: string;
  subject: string;
  keyBits: number;
  notBefore: Date;
  notAfter: Date;
  source: 'metadata' | 'pasted' | 'api' | 'refresh' | 'test' | 'renewal';
  absentSince: Date | null;
  /** When an answer was first verified with it. */
  firstUsedAt: Date | null;
  lastUsedAt: Date | null;
  createdAt: Generated<Date>;
  retiredAt: Date | null;
  /** Nobody writes it: notices are in `ageing_notices`. It goes when no version that reads it can be running any more. */
  lastNotice: string | null;
}

export type IdpCertificateRow = Selectable<IdpCertificatesTable>;
