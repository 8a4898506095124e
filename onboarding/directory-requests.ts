/** What a call of a directory's client was, in the words of the checklist that the admin watches. */
export const directoryRequestKinds = [
  /** asked what we offer, or for somebody while nobody has come yet */
  'connection_test',
  'read',
  'person_created',
  'person_changed',
  'person_deactivated',
  'person_reactivated',
  'person_removed',
  'group_pushed',
  'group_changed',
  'group_removed',
  /** who is in a group */
  'members_changed',
  /** several changes in one call */
  'bulk',
  /** see its cause */
  'refused',
] as const;

export type DirectoryRequestKind = (typeof directoryRequestKinds)[number];

/**
 * Why a call was refused: a closed list. The client is told in a sentence of the protocol (`adapters/scim/errors.ts`);
 * the admin in the catalogue's words, with what to do.
 */
export const directoryRequestCauses = [
  // who calls
  'token_missing',
  'token_unknown',
  'token_expired',
  'token_revoked',
  'too_many_requests',
  // what is called
  'protocol_version_unknown',
  'address_unknown',
  'method_unknown',
  'not_offered',
  'person_unknown',
  'group_unknown',
  'version_differs',
  // the body
  'body_unreadable',
  'body_too_large',
  'media_type_unsupported',
  'name_forbidden',
  'user_name_missing',
  'group_name_missing',
  'value_wrong',
  'value_too_long',
  'person_exists',
  'group_exists',
  // changes of a part
  'patch_unreadable',
  'patch_path_unreadable',
  'patch_no_target',
  'attribute_read_only',
  'too_many_operations',
  'bulk_reference_unknown',
  // questions
  'filter_unreadable',
  'filter_attribute_unknown',
  'filter_too_large',
  'sort_unknown',
  'page_unreadable',
  'too_many_results',
  // we
  'unavailable',
  'internal',
] as const;

export type DirectoryRequestCause = (typeof directoryRequestCauses)[number];

/** Days that calls are kept. */
export const directoryRequestDays = 30;
