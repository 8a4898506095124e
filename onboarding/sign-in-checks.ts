/**
 * The checks of a sign-in by name, in the order in which they run: first those of the SAML answer
 * (`adapters/saml/verdict.ts` names them), then those that need the connection's people and the browser. Their words are
 * in the catalogue `checks.json`.
 */
export const signInChecks = [
  'document',
  'structure',
  'keys',
  'signature',
  'encryption',
  'floor',
  'status',
  'issuer',
  'destination',
  'subject_confirmation',
  'conditions',
  'audience',
  'authn_statement',
  'name_id',
  'in_response_to',
  'profile',
  'domains',
  'browser',
  'replay',
  'directory',
] as const;
