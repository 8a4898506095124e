/**
 * Why a sign-in attempt through a connection did not work: one closed list, shared by the verifier, the stored
 * attempt, the test page and the staff's list. Words per cause and provider live in the catalogues.
 */
export const signInCauses = [
  // the connection and the door
  'connection_not_usable',
  'request_malformed',
  'too_large',
  // the document, before anything in it is believed
  'xml_refused',
  'not_a_response',
  'structure_refused',
  // signatures and encryption
  'no_keys',
  'signature_missing',
  'signature_invalid',
  'signature_unknown_key',
  'signature_algorithm_refused',
  'signed_less',
  'certificate_ended',
  'encryption_refused',
  'decryption_failed',
  'encrypted_without_key',
  // meaning
  'status_not_success',
  'issuer_differs',
  'destination_differs',
  'recipient_differs',
  'audience_differs',
  'subject_confirmation_refused',
  'conditions_missing',
  'expired',
  'not_yet_valid',
  'session_over',
  'authn_statement_missing',
  'authn_too_old',
  'name_id_refused',
  'email_missing',
  'attribute_missing',
  'email_invalid',
  'email_outside_domains',
  'email_domain_held_elsewhere',
  'email_domain_not_chosen',
  // OpenID Connect: the answer, what it was exchanged for, and the ID token
  'state_unknown',
  'answer_issuer_differs',
  'provider_unreachable',
  'client_refused',
  'code_refused',
  'token_answer_refused',
  'token_refused',
  'token_algorithm_refused',
  'token_issuer_differs',
  'token_audience_differs',
  'token_nonce_differs',
  'token_unknown_key',
  'token_signature_invalid',
  'user_info_refused',
  'authn_time_missing',
  'email_unverified',
  // state
  'in_response_to_unknown',
  'in_response_to_differs',
  'request_expired',
  'browser_differs',
  'replayed',
  'unsolicited',
  'provider_error',
  'not_allowed',
  'not_in_directory',
  'timed_out',
  'settings_switched',
  'internal',
] as const;

export type SignInCause = (typeof signInCauses)[number];

/**
 * What an answer fails with when it was asked for under other settings than it is judged by. When they were replaced
 * meanwhile, that is what people are told: nothing that the provider's console shows needs mending.
 */
export const causesOfASwitch: ReadonlySet<SignInCause> = new Set<SignInCause>([
  'connection_not_usable',
  'no_keys',
  'signature_missing',
  'signature_invalid',
  'signature_unknown_key',
  'certificate_ended',
  'issuer_differs',
  'name_id_refused',
  'email_missing',
  'attribute_missing',
  'answer_issuer_differs',
  'client_refused',
  'code_refused',
  'token_answer_refused',
  'token_refused',
  'token_algorithm_refused',
  'token_issuer_differs',
  'token_audience_differs',
  'token_nonce_differs',
  'token_unknown_key',
  'token_signature_invalid',
  'user_info_refused',
  'authn_time_missing',
]);

/** What was received, what was expected, and whatever else the words of the cause need. No secrets, no documents. */
export type SignInFacts = Readonly<Record<string, string | number | boolean | readonly string[]>>;
