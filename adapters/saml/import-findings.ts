import type { ErrorCode, ErrorFacts } from '../../onboarding/errors.ts';

/** What is to be said about an import and is no error code, because it seldom refuses anything by itself. */
export type ImportRemark =
  | 'metadata_ended'
  | 'metadata_signature_refused'
  | 'metadata_element_order'
  | 'metadata_entity_id_unusual'
  | 'metadata_one_of_several'
  | 'metadata_post_only'
  | 'metadata_tenant_wide'
  | 'metadata_wants_signed_requests'
  | 'certificate_chain_shortened'
  | 'certificate_ends_soon'
  | 'certificate_in_grace'
  | 'certificate_limit'
  | 'certificate_listed_twice'
  | 'certificate_several';

/**
 * One thing the importer of metadata and certificates has to say: `stop` must be put right first, `warn` needs a
 * person's "use it anyway", `note` is told.
 */
export interface Finding {
  readonly severity: 'stop' | 'warn' | 'note';
  readonly code: ErrorCode | ImportRemark;
  readonly facts: ErrorFacts;
}

export function finding(
  severity: Finding['severity'],
  code: Finding['code'],
  facts: ErrorFacts = {},
): Finding {
  return { severity, code, facts };
}

export function hasStop(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'stop');
}
