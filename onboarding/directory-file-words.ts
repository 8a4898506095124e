import type { FileCause, FileChange, LineCause } from './directory-files.ts';

/**
 * What is wrong with a file or a line, and what to do: for the portal's pages and for the result that lies beside the
 * file where it was sent.
 */
export const fileCauseWords: Readonly<Record<FileCause, string>> = {
  name_unknown:
    'Only files named users.csv, groups.csv and user_groups.csv are read. Rename it, or send it again under one of these names.',
  connection_lost: 'The connection broke before the whole file had arrived. Send it again.',
  too_large: 'The file has more than 50 MB. Leave out the columns that are not needed.',
  empty: 'The file is empty. It needs its header and its lines.',
  not_utf8: 'The file is not encoded in UTF-8. In Excel choose CSV UTF-8 (comma delimited) when you save it.',
  other_separator:
    'The columns are not separated by commas. Set the comma as separator where you export the file.',
  header_missing: 'The first line must name the columns, under exactly the names that are listed.',
  column_missing:
    'A column that is needed is missing. Add it to the export, under exactly the name that is listed.',
  column_twice: 'A column comes twice. Leave one of them out.',
  too_many_columns: 'The file has more than 100 columns. Leave out those that are not needed.',
  too_many_rows: 'The file has more than 200,000 lines.',
  quotes:
    'A quotation mark stands where none may. Put the whole value into quotation marks, and write those inside it twice.',
  cut_off:
    'The file ends in the middle of this line, or a quotation mark in it is never closed. Write the whole file again.',
  no_people:
    'Nobody is in the file. It is always the full list, so it would remove everybody; nothing was changed.',
  mostly_refused:
    'More than half of the lines could not be taken, so none was. Mend the lines below and export it again.',
  discarded: 'It was discarded in the portal.',
  overtaken: 'A newer file of this name came before this one was used.',
  users_missing:
    'users.csv is not here yet. It says who the people are; this file is read with it as soon as it comes.',
};

export const lineCauseWords: Readonly<Record<LineCause, string>> = {
  columns_differ: 'The line has more or fewer columns than the header.',
  cell_too_long: 'The value is too long.',
  character_unreadable: 'The value holds a character that cannot be kept (NUL).',
  user_id_missing: 'The user id is missing.',
  user_id_twice: 'This user id has come before. The first line with it counts.',
  user_name_twice: 'Somebody before has the same user name.',
  email_missing: 'The e-mail address is missing.',
  email_invalid: 'This is no e-mail address.',
  group_name_missing: 'The name of the group is missing.',
  user_unknown: 'Nobody in users.csv has this user id.',
};

/** One of them, and several. */
export const fileChangeWords: Readonly<Record<FileChange, readonly [string, string]>> = {
  created: ['person added', 'people added'],
  updated: ['person changed', 'people changed'],
  deactivated: ['person made inactive', 'people made inactive'],
  removed: ['person removed', 'people removed'],
  groupsCreated: ['group added', 'groups added'],
  groupsUpdated: ['group changed', 'groups changed'],
  groupsRemoved: ['group removed', 'groups removed'],
  membersAdded: ['membership added', 'memberships added'],
  membersRemoved: ['membership removed', 'memberships removed'],
};
