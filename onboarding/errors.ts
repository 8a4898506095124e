/**
 * Every error the product can give to somebody who can put it right: a closed list of codes, with facts.
 * Each code has its HTTP status once (`api/middleware/handle-errors.ts`), its words once (the catalogues), and is
 * tried again only when `activities/failures.ts` calls it passing.
 */
export const errorCodes = [
  // who is asking
  'unauthorized',
  'forbidden',
  'request_refused',
  'session_ended',
  'session_differs',
  'link_ended',
  'outside_link',
  'set_up_finished',
  'code_wrong',
  'code_needed',
  'too_many_requests',
  'audit_range_refused',
  'last_admin',
  'still_a_member',
  'image_refused',
  // what was asked
  'invalid_request',
  'body_too_large',
  'media_type_unsupported',
  'not_found',
  'conflict',
  'idempotency_key_reused',
  'idempotency_in_progress',
  // the vendor's own side
  'handle_taken',
  'settings_changed',
  'key_not_in_use',
  'address_block_invalid',
  'end_past',
  'proof_needed',
  'sign_in_again',
  'sso_needed',
  'sso_not_ready',
  'sso_untried',
  'redirect_uri_known',
  'redirect_uri_is_default',
  'redirect_uri_wildcard',
  'attribute_known',
  'attributes_full',
  'role_known',
  'role_in_use',
  'roles_differ',
  'roles_full',
  'webhook_known',
  'webhook_off',
  // organizations, contacts, domains
  'email_invalid',
  'contact_known',
  'contacts_full',
  'invitation_active',
  'name_refused',
  'domain_invalid',
  'domain_public_suffix',
  'domain_public_mail',
  'domain_special_use',
  'domain_already_exists',
  'domain_already_verified',
  'domain_held_elsewhere',
  'domain_record_gone',
  'domains_full',
  'external_id_already_used',
  'metadata_limits',
  'url_not_allowed',
  // the journey
  'onboarding_open',
  'onboarding_ended',
  'step_blocked',
  'step_done',
  'step_held',
  'step_not_resettable',
  'feature_off',
  'feature_required',
  'plan_empty',
  'no_contact',
  'reminded_recently',
  // metadata and certificates
  'metadata_unreachable',
  'metadata_not_xml',
  'metadata_login_page',
  'metadata_forbidden_xml',
  'metadata_too_large',
  'metadata_is_sp',
  'metadata_is_ours',
  'metadata_several_entities',
  'metadata_no_idp',
  'metadata_no_signing_key',
  'metadata_no_endpoint',
  'metadata_endpoint_refused',
  'metadata_entity_differs',
  'metadata_signature_refused',
  'certificate_unreadable',
  'certificate_is_private_key',
  'certificate_weak',
  'certificate_ended',
  'certificate_not_yet_valid',
  'certificate_algorithm_unsupported',
  'certificate_duplicate',
  // providers of OpenID Connect
  'discovery_unreachable',
  'discovery_refused',
  'provider_keys_unusable',
  // connections
  'connection_incomplete',
  'connection_not_tested',
  'connection_changed_since_test',
  'connection_state_refused',
  'former_ended',
  'domain_required',
  'test_idp_refused',
  // groups and roles
  'top_role_lost',
  'mapping_changed',
  // directories
  'directory_user_exists',
  'directory_group_exists',
  'directory_version_differs',
  'directory_snapshot_empty',
  'directory_state_refused',
  'directory_tokens_full',
  'directory_hold_decided',
  'directory_more_leave',
  'directory_switch_open',
  'directory_switch_missing',
  'directory_not_read',
  'directory_source_refused',
  // log streams
  'stream_fields_refused',
  'stream_destination_refused',
  'stream_test_missing',
  'stream_state_refused',
  'streams_full',
  'stream_records_gone',
  // the world outside
  'mail_refused',
  'egress_refused',
  'service_unavailable',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Plain values that fill the words of an error: never secrets, never whole documents. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** A refusal that names what differs. `message` is for logs; people read the catalogue's words for `code`. */
export class OnboardingError extends Error {
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, facts: ErrorFacts = {}, options?: { cause?: unknown }) {
    super(code, options);
    this.name = 'OnboardingError';
    this.code = code;
    this.facts = facts;
  }
}
