import type { Generated, Selectable } from 'kysely';

/** Our own keys of a connection. */
export interface SpKeysTable {
  id: string;
  environmentId: string;
  organizationId: string;
  connectionId: string;
  use: 'signing' | 'encryption' | 'client_assertion';
  certificatePem: string;
  privateKeySealed: string;
  notBefore: Date;
  notAfter: Date;
  /** Next: published, not used yet. Previous: not used any more; what was encrypted for it still opens. */
  state: Generated<'next' | 'current' | 'previous'>;
  createdAt: Generated<Date>;
  retiredAt: Date | null;
}

export type SpKeyRow = Selectable<SpKeysTable>;
