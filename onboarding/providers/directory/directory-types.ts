/** The `type` values of a directory in the WorkOS contract. SDKs decode them by name; spaces and dots belong to them. */
export const directoryTypes = [
  'azure scim v2.0',
  'bamboohr',
  'breathe hr',
  'cezanne hr',
  'cyberark scim v2.0',
  'fourth hr',
  'generic scim v2.0',
  'gsuite directory',
  'hibob',
  'jump cloud scim v2.0',
  'okta scim v2.0',
  'onelogin scim v2.0',
  'people hr',
  'personio',
  'pingfederate scim v2.0',
  'rippling scim v2.0',
  's3',
  'sailpoint scim v2.0',
  'sftp',
  'sftp workday',
  'workday',
] as const;

export type DirectoryType = (typeof directoryTypes)[number];

/** How people of such a directory come; undefined where we have no road for it. */
export function roadOfType(
  type: DirectoryType,
): 'scim' | 'sftp' | 'google' | 'workday' | 'bamboohr' | undefined {
  if (type.endsWith(' scim v2.0')) return 'scim';
  switch (type) {
    case 'sftp':
    case 'sftp workday':
      return 'sftp';
    case 'gsuite directory':
      return 'google';
    case 'workday':
    case 'bamboohr':
      return type;
    default:
      return undefined;
  }
}
