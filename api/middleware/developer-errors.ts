import type { ErrorCode } from '../../onboarding/errors.ts';
import type { Answer } from '../answers.ts';
import type { ErrorStyle, Failure } from '../route.ts';
import { retryAfter } from './problems.ts';

/**
 * Errors of the developer API, in the shapes of its contract: `{message}`, `{code, message}`, and for 422
 * `{message, errors: [{field, code}]}`, whose `code` is readable text, because SDKs build their message from it.
 * Never an `error` key: SDKs then take the body for an OAuth error and lose the message.
 */
interface Words {
  status: number;
  /** Shown as `code`; without it the body is a message only. */
  code?: string;
  /** The field a 422 is about: shape with `errors`. */
  field?: string;
  message: (facts: Failure['facts']) => string;
}

/** What `not_found` calls things. */
const objectNames: Readonly<Record<string, string>> = {
  organization: 'Organization',
  domain: 'Organization Domain',
  connection: 'Connection',
  directory: 'Directory',
  directory_user: 'Directory User',
  directory_group: 'Directory Group',
  onboarding: 'Onboarding',
  step: 'Step',
  redirect_uri: 'Redirect URI',
  certificate: 'Certificate',
  api_key: 'API key',
  role: 'Role',
  it_contact: 'IT contact',
  webhook_endpoint: 'Webhook Endpoint',
  audit_action: 'Audit Log action',
  audit_export: 'Audit Log export',
};

const say = (sentence: string) => () => sentence;
const domainOf = ({ domain }: Failure['facts']) => `"${String(domain ?? '')}"`;
const counted = (n: unknown, one: string) => `${String(n)} ${one}${n === 1 ? '' : 's'}`;

const conflict = (code: string, sentence: string): Words => ({ status: 409, code, message: say(sentence) });
const refused = (code: string, sentence: string): Words => ({ status: 422, code, message: say(sentence) });
const badDomain = (end: string): Words => ({
  status: 422,
  field: 'domain',
  message: (facts) => `${domainOf(facts)} ${end}`,
});
const badMetadata = (sentence: string) => refused('idp_metadata_fetch_failed', sentence);
const unverified = (sentence: string) => refused('connection_could_not_be_verified', sentence);
const badCertificate = (sentence: string): Words => ({
  status: 400,
  code: 'invalid_certificate',
  message: say(sentence),
});

const words = {
  unauthorized: { status: 401, message: say('Unauthorized') },
  forbidden: {
    status: 403,
    message: ({ scope, address, intent }) => {
      if (intent !== undefined) return `The intent "${String(intent)}" is not offered here.`;
      if (address !== undefined) return `This key may not be used from ${String(address)}.`;
      return scope === undefined
        ? 'This key may not do that.'
        : `This key may not do that: it needs the scope "${String(scope)}".`;
    },
  },
  request_refused: { status: 403, message: say('The request was refused.') },
  session_ended: { status: 401, message: say('Unauthorized') },
  session_differs: conflict('session_differs', 'The session belongs to somebody else.'),
  link_ended: { status: 410, code: 'link_ended', message: say('The link has ended.') },
  set_up_finished: {
    status: 403,
    code: 'set_up_finished',
    message: say('The set-up is finished; nothing changes in it.'),
  },
  outside_link: { status: 403, code: 'outside_link', message: say('The link does not cover this.') },
  code_wrong: refused('code_wrong', 'The code is wrong or has expired.'),
  code_needed: { status: 403, code: 'code_needed', message: say('A confirmation code is needed.') },
  too_many_requests: { status: 429, code: 'rate_limit_exceeded', message: say('Too many requests.') },
  invalid_request: { status: 422, message: say('Validation failed') },
  body_too_large: { status: 413, code: 'body_too_large', message: say('The body is too large.') },
  media_type_unsupported: {
    status: 415,
    code: 'media_type_unsupported',
    message: say(
      'Send the body as application/json or application/x-www-form-urlencoded, in UTF-8 and not compressed.',
    ),
  },
  not_found: {
    status: 404,
    message: ({ kind, id }) =>
      id === undefined ? 'Not Found' : `${objectNames[String(kind)] ?? 'Object'} not found: '${String(id)}'.`,
  },
  conflict: conflict('conflict', 'Something else changed at the same time. Try again.'),
  idempotency_key_reused: {
    status: 400,
    message: ({ key }) =>
      `Another idempotency key (${String(key)}) with different request parameters was found. Please use a different idempotency key.`,
  },
  idempotency_in_progress: conflict(
    'idempotency_error',
    'A request with this idempotency key is still being processed.',
  ),
  handle_taken: conflict('handle_taken', 'Another environment has this handle.'),
  settings_changed: conflict('settings_changed', 'Somebody else changed these settings meanwhile.'),
  key_not_in_use: conflict('key_not_in_use', 'The key was revoked, has ended, or was replaced by another.'),
  proof_needed: { status: 403, message: say('Sign in with a code by e-mail first.') },
  sign_in_again: { status: 403, message: say('This takes a sign-in of the last 15 minutes.') },
  sso_needed: { status: 403, message: say('This environment lets its members in by single sign-on.') },
  sso_not_ready: conflict('sso_not_ready', 'There is no live connection to sign members in with.'),
  sso_untried: conflict('sso_untried', 'Sign in by single sign-on yourself first.'),
  redirect_uri_known: {
    status: 422,
    message: ({ uri }) => `The redirect URI ${String(uri)} already exists.`,
  },
  redirect_uri_is_default: conflict(
    'redirect_uri_is_default',
    'The default redirect URI cannot be removed. Make another one the default first.',
  ),
  redirect_uri_wildcard: refused('redirect_uri_wildcard', 'A redirect URI with * cannot be the default.'),
  attribute_known: conflict('attribute_known', 'There is an attribute with this key.'),
  webhook_known: conflict('duplicate_endpoint', 'There is a webhook endpoint with this URL.'),
  webhook_off: conflict(
    'webhook_off',
    'The webhook endpoint is disabled. Enable it first, then replay what it missed.',
  ),
  attributes_full: { status: 422, message: say('An environment has at most 50 custom attributes.') },
  role_known: {
    status: 409,
    code: 'role_already_exists',
    message: ({ slug }) => `There is a role with the slug "${String(slug)}".`,
  },
  role_in_use: {
    status: 409,
    code: 'role_in_use',
    message: ({ slug, groups, organizations, is_default: isDefault }) =>
      `The role "${String(slug)}" is in use: ${counted(groups, 'group')} of ${counted(organizations, 'organization')} ${groups === 1 ? 'gives' : 'give'} it${isDefault === true ? ', and it is the default' : ''}. Say what takes its place: replacement=<slug of another role>, or replacement=none.`,
  },
  roles_differ: {
    status: 409,
    code: 'roles_differ',
    message: ({ roles }) =>
      `The order must name each role once. The roles are: ${[roles].flat().join(', ')}.`,
  },
  roles_full: {
    status: 422,
    message: ({ most }) => `An environment has at most ${String(most)} roles.`,
  },
  top_role_lost: conflict('top_role_lost', 'Nobody would be left with the top role.'),
  mapping_changed: conflict('mapping_changed', 'Somebody else changed who gets which role meanwhile.'),
  address_block_invalid: {
    status: 422,
    field: 'addresses',
    message: ({ value }) =>
      `"${String(value)}" is neither an address nor a block of them like 203.0.113.0/24`,
  },
  end_past: { status: 422, field: 'expires_at', message: say('expires_at must lie in the future') },
  email_invalid: {
    status: 422,
    field: 'email',
    message: ({ email }) => `"${String(email ?? '')}" is not an e-mail address`,
  },
  contact_known: conflict(
    'it_contact_already_exists',
    'The organization has an IT contact with this address.',
  ),
  contacts_full: {
    status: 422,
    field: 'email',
    message: ({ most }) => `an organization has at most ${String(most)} IT contacts`,
  },
  invitation_active: conflict(
    'it_contact_invitation_already_active',
    'An invitation of this organization is active. Revoke it first.',
  ),
  name_refused: {
    status: 422,
    field: 'name',
    message: say('the name may not contain links or control characters'),
  },
  domain_invalid: badDomain('is not a valid domain'),
  domain_public_suffix: badDomain('is a public suffix; nobody can own it'),
  domain_public_mail: badDomain('is a public email domain'),
  domain_special_use: badDomain('is reserved for special use'),
  domain_already_exists: {
    status: 409,
    code: 'domain_already_exists',
    message: (facts) => `The domain ${domainOf(facts)} already exists for this organization.`,
  },
  domain_already_verified: {
    status: 400,
    code: 'domain_already_verified',
    message: (facts) => `The domain ${domainOf(facts)} is already verified.`,
  },
  domain_held_elsewhere: {
    status: 409,
    code: 'domain_already_exists',
    message: ({ domain }) => `An Organization with the domain ${String(domain)} already exists.`,
  },
  domain_record_gone: {
    status: 409,
    code: 'domain_record_gone',
    message: (facts) => `The record of ${domainOf(facts)} is not there any more.`,
  },
  external_id_already_used: {
    status: 400,
    code: 'external_id_already_used',
    message: ({ externalId }) =>
      `The external_id "${String(externalId ?? '')}" is already used by another organization.`,
  },
  metadata_limits: {
    status: 400,
    code: 'invalid_metadata',
    message: say('Metadata takes up to 50 keys of 40 characters with values of 600 characters.'),
  },
  url_not_allowed: {
    status: 400,
    message: ({ field }) =>
      field === 'uri'
        ? 'uri must be an https URL without credentials or a fragment. "*" may stand for one label, below a name that one company can own.'
        : `${String(field ?? 'The URL')} must be an https URL without credentials.`,
  },
  onboarding_open: conflict('onboarding_open', 'An onboarding is already open for this organization.'),
  onboarding_ended: conflict('onboarding_ended', 'The onboarding has ended.'),
  step_blocked: conflict('step_blocked', 'Another step has to be finished first.'),
  step_done: conflict('step_done', 'The step is already done.'),
  step_held: conflict('step_held', 'Somebody else holds the step.'),
  step_not_resettable: conflict(
    'step_not_resettable',
    'This step has no reset of its own: reset connect_directory, add_domain or choose_destination, where its part begins. choose_directory can be reset until people come.',
  ),
  plan_empty: conflict('plan_empty', 'An onboarding covers at least one feature.'),
  feature_off: conflict('feature_off', 'The feature is not part of this onboarding.'),
  feature_required: conflict('feature_required', 'The feature is required and cannot be skipped.'),
  no_contact: conflict(
    'no_contact',
    'There is nobody to mail: the onboarding has no contact with a live link.',
  ),
  image_refused: { status: 422, message: say('The image is not a PNG or JPEG of at most 200 KB.') },
  audit_range_refused: {
    status: 400,
    code: 'invalid_audit_log_export_range_date',
    message: say('Invalid date range'),
  },
  last_admin: conflict('last_admin', 'The environment needs an admin.'),
  still_a_member: conflict('still_a_member', 'This person is a member; remove them first.'),
  reminded_recently: conflict('reminded_recently', 'A reminder went out a short while ago.'),
  metadata_unreachable: badMetadata('The metadata could not be fetched.'),
  metadata_not_xml: badMetadata('The metadata is not XML.'),
  metadata_login_page: badMetadata('The metadata URL answers with a web page.'),
  metadata_forbidden_xml: badMetadata('The metadata uses XML that is not accepted.'),
  metadata_too_large: badMetadata('The metadata is too large.'),
  metadata_is_sp: badMetadata('The metadata describes a service provider, not an identity provider.'),
  metadata_is_ours: badMetadata('The metadata is our own.'),
  metadata_several_entities: badMetadata(
    'The metadata holds several identity providers; name one by idp_entity_id.',
  ),
  metadata_no_idp: badMetadata('The metadata describes no identity provider.'),
  metadata_no_signing_key: badMetadata('The metadata holds no signing certificate.'),
  metadata_no_endpoint: badMetadata('The metadata holds no single sign-on endpoint that we can use.'),
  metadata_endpoint_refused: refused('invalid_idp_sso_url', 'The single sign-on URL is not accepted.'),
  metadata_entity_differs: badMetadata('The metadata has another entity id than the one given.'),
  metadata_signature_refused: badMetadata(
    'The metadata is not signed with the key that it must be signed with.',
  ),
  certificate_unreadable: badCertificate('The certificate could not be read.'),
  certificate_is_private_key: badCertificate('This is a private key. Never send it; send the certificate.'),
  certificate_weak: badCertificate('The key of the certificate is too weak.'),
  certificate_ended: {
    status: 400,
    code: 'certificate_expired',
    message: say('The certificate has expired.'),
  },
  certificate_not_yet_valid: badCertificate('The certificate is not valid yet.'),
  certificate_algorithm_unsupported: badCertificate('The algorithm of the certificate is not supported.'),
  certificate_duplicate: badCertificate('The certificate is there already.'),
  discovery_unreachable: unverified('The discovery document or its keys could not be fetched.'),
  discovery_refused: unverified('The discovery document does not describe the provider that was saved.'),
  provider_keys_unusable: unverified('The provider publishes no key that its ID tokens can be checked with.'),
  connection_incomplete: refused('incomplete_saml_options', 'The connection lacks settings.'),
  connection_not_tested: conflict('connection_not_tested', 'No test sign-in has passed yet.'),
  connection_changed_since_test: conflict(
    'connection_changed_since_test',
    'The settings changed after the test.',
  ),
  connection_state_refused: conflict(
    'connection_state_refused',
    'The state of the connection does not allow that.',
  ),
  former_ended: { status: 410, message: say('This former configuration is not kept any more.') },
  domain_required: conflict('domain_required', 'A verified domain is required first.'),
  directory_user_exists: conflict('directory_user_exists', 'The directory has such a user.'),
  directory_group_exists: conflict('directory_group_exists', 'The directory has such a group.'),
  directory_version_differs: {
    status: 412,
    code: 'directory_version_differs',
    message: say('Somebody else changed the resource meanwhile.'),
  },
  directory_snapshot_empty: refused('directory_snapshot_empty', 'The source holds nobody.'),
  directory_state_refused: conflict(
    'directory_state_refused',
    'The state of the directory does not allow that.',
  ),
  directory_tokens_full: conflict(
    'directory_tokens_full',
    'A directory has at most two running tokens. Revoke one first.',
  ),
  directory_hold_decided: conflict('directory_hold_decided', 'The change on hold was decided already.'),
  directory_more_leave: conflict('directory_more_leave', 'More people would leave than was agreed to.'),
  directory_switch_open: conflict('directory_switch_open', 'A switch of the directory is being prepared.'),
  directory_not_read: conflict(
    'directory_not_read',
    'The client of this directory calls us: there is nothing to read. Start a cycle in its console.',
  ),
  directory_switch_missing: conflict('directory_switch_missing', 'No switch of the directory is prepared.'),
  directory_source_refused: refused(
    'directory_source_refused',
    'The source of the directory cannot be read.',
  ),
  stream_fields_refused: refused('stream_fields_refused', 'A setting of the log stream is not right.'),
  stream_destination_refused: refused(
    'stream_destination_refused',
    'The destination of the log stream does not take these settings.',
  ),
  stream_test_missing: conflict('stream_test_missing', 'Send a test event first.'),
  stream_state_refused: conflict('stream_state_refused', 'The log stream is not in a state for this.'),
  stream_records_gone: conflict('stream_records_gone', 'These records are not kept any more.'),
  domains_full: conflict('domains_full', 'As many domains wait for their record as may wait.'),
  streams_full: conflict('streams_full', 'There are as many log streams as there may be.'),
  test_idp_refused: refused('test_idp_refused', 'Test identity providers are for sandbox environments.'),
  mail_refused: refused('mail_refused', 'Mail to this address is refused.'),
  egress_refused: refused('egress_refused', 'The address could not be reached.'),
  service_unavailable: { status: 503, message: say('The service is busy. Try again in a moment.') },
} satisfies Record<ErrorCode, Words>;

const wordsOf: Readonly<Record<string, Words>> = words;

export const developerErrors: ErrorStyle = (failure) => {
  const known = wordsOf[failure.code];
  if (known === undefined) return { status: 500, body: { message: 'Internal Server Error' } };
  const message = known.message(failure.facts);
  const headers = retryAfter(known.status, failure.facts);
  if (failure.code === 'invalid_request') return invalid(failure.fields);
  if (failure.code === 'not_found' && isNamedByContract(failure.facts)) {
    return { status: 404, body: { message, code: 'entity_not_found', entity_id: failure.facts['id'] } };
  }
  if (known.field !== undefined) return invalid([{ field: known.field, message }]);
  const body = known.code === undefined ? { message } : { code: known.code, message };
  return { status: known.status, body, headers };
};

/** Whether the contract wants the code and the id of what was not found besides the message. */
const isNamedByContract = ({ kind, id }: Failure['facts']) =>
  id !== undefined && ['directory', 'directory_user', 'directory_group'].includes(String(kind));

/** A body that cannot be read at all is a 400, single wrong fields are a 422. */
function invalid(fields: readonly { field: string; code?: string; message: string }[]): Answer {
  const unreadable = fields.find(({ code }) => code === 'unreadable');
  if (unreadable !== undefined) return { status: 400, body: { message: unreadable.message } };
  return {
    status: 422,
    body: {
      message: 'Validation failed',
      errors: fields.map(({ field, message }) => ({ field, code: message })),
    },
  };
}
