/** What a client's call to us was, and why one was refused: the words that the request log and the portal share. */

export const directoryRequestKinds = [
  'connection_test',
  'look_up',
  'create_user',
  'update_user',
  'deactivate_user',
  'reactivate_user',
  'delete_user',
  'create_group',
  'update_group',
  'change_members',
  'delete_group',
  'bulk',
  'other',
] as const;
export type DirectoryRequestKind = (typeof directoryRequestKinds)[number];

export const directoryRequestCauses = [
  'token_missing',
  'token_unknown',
  'token_ended',
  'token_retired',
  'directory_off',
  'path_unknown',
  'method_unknown',
  'body_not_json',
  'body_invalid',
  'too_large',
  'too_many',
  'user_name_missing',
  'email_missing',
  'user_exists',
  'user_unknown',
  'group_name_missing',
  'group_exists',
  'group_unknown',
  'filter_invalid',
  'change_invalid',
  'version_differs',
  'internal',
] as const;
export type DirectoryRequestCause = (typeof directoryRequestCauses)[number];

/** What the portal waits for while a directory is set up, in the order in which people meet it. */
export const directoryCalls = [
  'connection_test',
  'create_user',
  'update_user',
  'deactivate_user',
  'push_group',
] as const;
export type DirectoryCall = (typeof directoryCalls)[number];

/** The kinds of request that show one thing of the checklist done, or tried. */
export const kindsOfCall: Readonly<Record<DirectoryCall, readonly DirectoryRequestKind[]>> = {
  connection_test: ['connection_test', 'look_up'],
  create_user: ['create_user'],
  update_user: ['update_user', 'reactivate_user'],
  deactivate_user: ['deactivate_user', 'delete_user'],
  push_group: ['create_group', 'update_group', 'change_members'],
};

/** The things in a source's console that something gone wrong can send somebody to. */
export const directorySubjects = [
  'base_url',
  'token',
  'user_name',
  'email',
  'actions',
  'assignment',
  'groups',
  'restart',
  'credentials',
  'report',
  'file',
] as const;
export type DirectorySubject = (typeof directorySubjects)[number];

/** Where a refused call is mended; null where nothing in the console would help. */
export const subjectOfCause: Readonly<Record<DirectoryRequestCause, DirectorySubject | null>> = {
  token_missing: 'token',
  token_unknown: 'token',
  token_ended: 'token',
  token_retired: 'token',
  directory_off: null,
  path_unknown: 'base_url',
  method_unknown: 'base_url',
  body_not_json: null,
  body_invalid: null,
  too_large: 'groups',
  too_many: null,
  user_name_missing: 'user_name',
  email_missing: 'email',
  user_exists: 'user_name',
  user_unknown: 'restart',
  group_name_missing: 'groups',
  group_exists: 'groups',
  group_unknown: 'groups',
  filter_invalid: null,
  change_invalid: null,
  version_differs: null,
  internal: null,
};
