/** What is checked of a SAML answer, in the order in which it runs. */
export const samlChecks = [
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
] as const;

/** What is checked of an OpenID Connect answer, in the order in which it is reported. */
export const oidcChecks = [
  'answer_issuer',
  'answer_success',
  'code_exchange',
  'token_algorithm',
  'token_issuer',
  'token_audience',
  'token_subject',
  'token_nonce',
  'token_times',
  'token_signature',
  'user_info',
] as const;

/**
 * The checks of a sign-in by name: those of the answer, then those that need the connection's people and the browser.
 * Their words are in the catalogue `checks.json`.
 */
export const signInChecks = [
  ...samlChecks,
  ...oidcChecks,
  'profile',
  'domains',
  'browser',
  'replay',
  'directory',
] as const;

/** The messages of an OpenID Connect sign-in, in the order in which they pass. */
export const trailKinds = [
  'authorization_request',
  'authorization_response',
  'token_request',
  'token_response',
  'keys_fetched_again',
  'id_token',
  'user_info',
] as const;
