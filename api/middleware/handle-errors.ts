import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { OnboardingError, type ErrorCode } from '../../onboarding/errors.ts';
import { InsteadAnswer, type Answer } from '../answers.ts';
import type { ErrorStyle, Failure } from '../route.ts';
import { send } from '../send.ts';

/**
 * From anything thrown to an answer: `failureOf` reads the error, a style (`developer-errors.ts`, `problems.ts`, the
 * protocols' own) puts it into the words of its surface. What nobody foresaw is a 500 that says nothing but its id.
 */

/** Input that does not fit its schema. */
export class InvalidInput extends Error {
  readonly fields: Failure['fields'];

  constructor(fields: Failure['fields']) {
    super(`invalid input: ${fields.map(({ field }) => field).join(', ')}`);
    this.name = 'InvalidInput';
    this.fields = fields;
  }

  static ofIssues(issues: readonly z.core.$ZodIssue[]): InvalidInput {
    return new InvalidInput(
      issues.map((issue) => {
        const field = issue.path.map(String).join('.');
        return { field, code: issue.code, message: `${field || 'body'} ${issue.message}` };
      }),
    );
  }
}

/** HTTP status of each code. The developer API deviates where its contract does (`developer-errors.ts`). */
const statuses = {
  unauthorized: 401,
  forbidden: 403,
  request_refused: 403,
  session_ended: 401,
  session_differs: 409,
  link_ended: 410,
  outside_link: 403,
  set_up_finished: 403,
  code_wrong: 422,
  code_needed: 403,
  too_many_requests: 429,
  invalid_request: 422,
  body_too_large: 413,
  media_type_unsupported: 415,
  not_found: 404,
  conflict: 409,
  idempotency_key_reused: 422,
  idempotency_in_progress: 409,
  handle_taken: 409,
  settings_changed: 409,
  key_not_in_use: 409,
  address_block_invalid: 422,
  end_past: 422,
  proof_needed: 403,
  sign_in_again: 403,
  sso_needed: 403,
  sso_not_ready: 409,
  sso_untried: 409,
  redirect_uri_known: 422,
  redirect_uri_is_default: 409,
  redirect_uri_wildcard: 422,
  attribute_known: 409,
  webhook_known: 409,
  webhook_off: 409,
  attributes_full: 422,
  role_known: 409,
  role_in_use: 409,
  roles_differ: 409,
  roles_full: 422,
  email_invalid: 422,
  contact_known: 409,
  contacts_full: 422,
  invitation_active: 409,
  name_refused: 422,
  domain_invalid: 422,
  domain_public_suffix: 422,
  domain_public_mail: 422,
  domain_special_use: 422,
  domain_already_exists: 409,
  domain_already_verified: 409,
  domain_held_elsewhere: 409,
  domain_record_gone: 409,
  domains_full: 409,
  external_id_already_used: 409,
  metadata_limits: 422,
  url_not_allowed: 422,
  onboarding_open: 409,
  onboarding_ended: 409,
  step_blocked: 409,
  step_done: 409,
  step_held: 409,
  step_not_resettable: 409,
  plan_empty: 409,
  feature_off: 409,
  feature_required: 409,
  no_contact: 409,
  audit_range_refused: 422,
  last_admin: 409,
  still_a_member: 409,
  image_refused: 422,
  reminded_recently: 409,
  metadata_unreachable: 422,
  metadata_not_xml: 422,
  metadata_login_page: 422,
  metadata_forbidden_xml: 422,
  metadata_too_large: 422,
  metadata_is_sp: 422,
  metadata_is_ours: 422,
  metadata_several_entities: 422,
  metadata_no_idp: 422,
  metadata_no_signing_key: 422,
  metadata_no_endpoint: 422,
  metadata_endpoint_refused: 422,
  metadata_entity_differs: 422,
  metadata_signature_refused: 422,
  certificate_unreadable: 422,
  certificate_is_private_key: 422,
  certificate_weak: 422,
  certificate_ended: 422,
  certificate_not_yet_valid: 422,
  certificate_algorithm_unsupported: 422,
  certificate_duplicate: 409,
  discovery_unreachable: 422,
  discovery_refused: 422,
  provider_keys_unusable: 422,
  connection_incomplete: 409,
  connection_not_tested: 409,
  connection_changed_since_test: 409,
  connection_state_refused: 409,
  former_ended: 410,
  domain_required: 409,
  directory_user_exists: 409,
  directory_group_exists: 409,
  directory_version_differs: 412,
  directory_snapshot_empty: 422,
  directory_state_refused: 409,
  directory_tokens_full: 409,
  directory_hold_decided: 409,
  directory_more_leave: 409,
  directory_switch_open: 409,
  directory_switch_missing: 409,
  directory_not_read: 409,
  directory_source_refused: 422,
  stream_fields_refused: 422,
  stream_destination_refused: 422,
  stream_test_missing: 409,
  stream_state_refused: 409,
  streams_full: 409,
  stream_records_gone: 410,
  test_idp_refused: 422,
  top_role_lost: 409,
  mapping_changed: 409,
  mail_refused: 422,
  egress_refused: 422,
  service_unavailable: 503,
} as const satisfies Record<ErrorCode, number>;

const failure = (code: ErrorCode, facts: Failure['facts'] = {}, fields: Failure['fields'] = []): Failure => ({
  status: statuses[code],
  code,
  facts,
  fields,
});

/** What an error means for its caller. Errors of the programs around us are known by their codes, never by their text. */
export function failureOf(error: unknown): Failure {
  if (error instanceof OnboardingError) return failure(error.code, error.facts, fieldsOf(error));
  if (error instanceof InvalidInput) return failure('invalid_request', {}, error.fields);
  if (error instanceof URIError) return failure('not_found');
  const { type, code } = codesOf(error);
  return (
    bodyFailures[type] ??
    databaseFailures[code] ??
    databaseFailures[code.slice(0, 2)] ?? { status: 500, code: 'internal', facts: {}, fields: [] }
  );
}

const ofOneField: ReadonlySet<ErrorCode> = new Set([
  ...([
    'handle_taken',
    'address_block_invalid',
    'end_past',
    'url_not_allowed',
    'redirect_uri_known',
    'attribute_known',
    'role_known',
    'webhook_known',
    'email_invalid',
    'domain_invalid',
    'domain_public_suffix',
    'domain_public_mail',
    'domain_special_use',
  ] as const),
]);

/** A refusal that names the field it is about, as repositories throw it. */
function fieldsOf({ code, facts }: OnboardingError): Failure['fields'] {
  const { field } = facts;
  if (typeof field !== 'string') return [];
  if (code === 'invalid_request') return [{ field, code: 'unknown', message: `${field} is not known` }];
  return ofOneField.has(code) ? [{ field, code, message: `${field} is refused` }] : [];
}

/** Errors of the body parser. */
const unreadable = [{ field: 'body', code: 'unreadable', message: 'The body could not be read.' }];
const bodyFailures: Readonly<Record<string, Failure>> = {
  'entity.too.large': failure('body_too_large'),
  'parameters.too.many': failure('body_too_large'),
  'querystring.parse.rangeError': failure('body_too_large'),
  'entity.parse.failed': failure('invalid_request', {}, unreadable),
  'request.aborted': failure('invalid_request', {}, unreadable),
  'request.size.invalid': failure('invalid_request', {}, unreadable),
  'encoding.unsupported': failure('media_type_unsupported'),
  'charset.unsupported': failure('media_type_unsupported'),
};

/** SQLSTATEs and network codes: the database is away, full, overloaded or only reads [REL-25], or a text cannot be stored. */
const away = failure('service_unavailable');
const databaseFailures: Readonly<Record<string, Failure>> = {
  '08': away,
  '40': away,
  '53': away,
  '57': away,
  '58': away,
  '25006': away,
  '55P03': away,
  '22021': failure('invalid_request', {}, unreadable),
  '22P05': failure('invalid_request', {}, unreadable),
  ECONNREFUSED: away,
  ECONNRESET: away,
  ENOENT: away,
  EPIPE: away,
  ETIMEDOUT: away,
};

function codesOf(error: unknown): { type: string; code: string } {
  const has = typeof error === 'object' && error !== null ? error : {};
  return {
    type: 'type' in has && typeof has.type === 'string' ? has.type : '',
    code: 'code' in has && typeof has.code === 'string' ? has.code : '',
  };
}

/** The answer to an error, in a surface's style. "Not found" names the id of the path where it names a kind of thing. */
function answerError(
  error: unknown,
  style: ErrorStyle,
  { requestId, objectId }: Pick<Express.Locals, 'requestId' | 'objectId'>,
): { code: string; answer: Answer } {
  if (error instanceof InsteadAnswer) return { code: 'exact', answer: error.answer };
  const found = failureOf(error);
  const isNamed = found.code !== 'not_found' || found.facts.kind === undefined || objectId === undefined;
  const named = isNamed ? found : { ...found, facts: { id: objectId, ...found.facts } };
  return { code: found.code, answer: style(named, requestId) };
}

/** The answer to a refusal that is given without being thrown, because what was counted with it must be kept. */
export const refusalOf = (error: OnboardingError, style: ErrorStyle, requestId: string): Answer =>
  answerError(error, style, { requestId, objectId: undefined }).answer;

/** What a repeated request is to be told again: refusals of the input, not of the moment. */
export function finalRefusal(
  error: unknown,
  style: ErrorStyle,
  locals: Pick<Express.Locals, 'requestId' | 'objectId'>,
): Answer | undefined {
  const { code, answer } = answerError(error, style, locals);
  const isPassing = answer.status >= 500 || answer.status === 408 || answer.status === 429;
  return isPassing || code.startsWith('idempotency_') ? undefined : answer;
}

/** The last middleware of each table. The error is logged once, here. */
export function handleErrors(style: ErrorStyle, logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const { requestId } = response.locals;
    const { code, answer } = answerError(error, style, response.locals);
    response.locals.refusal = code;
    if (answer.status >= 500) logger.error({ err: error, requestId }, 'a request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    send(response, answer);
  };
}
