/**
 * Why a directory that we read could not be read: one closed list, shared by the readers, the stored run, the admin's
 * page and the staff's. Words per cause, with the field in the source's console that mends it, live in the catalogues.
 */
export const directoryRefusals = [
  // Google Workspace: the service account
  'google_key_refused',
  'google_account_gone',
  'google_delegation_missing',
  'google_admin_unknown',
  // Google Workspace: the consent
  'google_consent_ended',
  'google_consent_refused',
  'google_app_blocked',
  'google_client_refused',
  'google_consent_incomplete',
  // Google Workspace: what the account may see
  'google_api_off',
  'google_not_allowed',
  'google_group_gone',
  // Workday
  'workday_login_refused',
  'workday_report_not_shared',
  'workday_report_unknown',
  'workday_not_json',
  'workday_fields_missing',
  'workday_rows_without_id',
  'workday_groups_unnamed',
  // BambooHR
  'bamboohr_key_refused',
  'bamboohr_not_allowed',
  'bamboohr_company_unknown',
  'bamboohr_emails_hidden',
  // A server of SFTP
  'sftp_host_key_new',
  'sftp_host_key_changed',
  'sftp_login_refused',
  'sftp_not_spoken',
  'sftp_folder_missing',
  'sftp_users_missing',
  'sftp_not_allowed',
  'sftp_file_unreadable',
  'sftp_file_changing',
  // any of them
  'nobody_there',
  'too_many_people',
  'too_much_to_read',
  'answer_unreadable',
  'source_busy',
  'source_away',
  'source_unreachable',
  'settings_incomplete',
  'interrupted',
] as const;

export type DirectoryRefusal = (typeof directoryRefusals)[number];

/** What ends by itself; everything else needs a person at the source. */
const passing: readonly DirectoryRefusal[] = [
  'answer_unreadable',
  'source_busy',
  'source_away',
  'source_unreachable',
  'sftp_file_changing',
  'interrupted',
];

/** What only other credentials mend, so that trying again in vain could lock the account. */
const needsCredentials: readonly DirectoryRefusal[] = [
  'google_key_refused',
  'google_account_gone',
  'google_consent_ended',
  'workday_login_refused',
  'bamboohr_key_refused',
  'sftp_host_key_new',
  'sftp_host_key_changed',
  'sftp_login_refused',
  'settings_incomplete',
];

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How often a directory is read that is well. */
export const readEveryMs = 30 * minuteMs;
/** What may have been mended at the source, without a word to us, is looked at this often. */
const lookForRepairEveryMs = 6 * hourMs;
const longestPauseMs = 4 * hourMs;

export const isPassing = (refusal: DirectoryRefusal): boolean => passing.includes(refusal);

/**
 * When to try again after a reading that was refused `inARow` times; null where only new credentials, or a person who
 * asks for it, help.
 */
export function nextReadingAfter(
  refusal: DirectoryRefusal,
  { inARow, retryAfterMs }: { inARow: number; retryAfterMs?: number | undefined },
  now: Date,
): Date | null {
  if (needsCredentials.includes(refusal)) return null;
  if (!passing.includes(refusal)) return new Date(now.getTime() + lookForRepairEveryMs);
  const pauseMs = Math.min(longestPauseMs, 5 * minuteMs * 2 ** Math.min(inARow - 1, 10));
  return new Date(now.getTime() + Math.max(pauseMs, retryAfterMs ?? 0));
}
