import {
  fileColumns,
  fileLimits,
  userNameOf,
  type RefusedLine,
  type UserColumns,
} from '../../onboarding/directory-files.ts';
import { parseEmail } from '../email-address.ts';
import { FileRefused, readCsv, shown } from './csv-reader.ts';

type Bytes = AsyncIterable<Uint8Array>;

/** What a file had to say: what was taken of it, and the lines that were not. */
interface Reading {
  /** Below the header, refused ones among them. */
  rows: number;
  refused: RefusedLines;
}

export interface UsersReading extends Reading {
  people: UserColumns[];
  /** Those that a refused line is about, as far as it says: they stay as they are. */
  unclear: { userIds: Set<string>; emails: Set<string> };
}

/**
 * Reads `users.csv`, the full list of people. Throws `FileRefused`, also where nobody is in it or most lines are
 * refused: a list like that says nothing about who has left [IMP-04].
 */
export async function readUsersFile(bytes: Bytes): Promise<UsersReading> {
  const people: UserColumns[] = [];
  const refused = createRefusedLines();
  const userIds = new Set<string>();
  const userNames = new Set<string>();
  const unclear = { userIds: new Set<string>(), emails: new Set<string>() };
  let rows = 0;
  for await (const row of readCsv(bytes, fileColumns['users.csv'].needed)) {
    rows += 1;
    const userId = row.columns.user_id?.trim() ?? '';
    const userName = userNameOf(row.columns).toLowerCase();
    const fault = row.refused ?? faultOf(row.line, row.columns, { userId, userName, userIds, userNames });
    if (fault === null) {
      userIds.add(userId);
      userNames.add(userName);
      people.push(row.columns);
      continue;
    }
    refused.add(fault);
    if (userId === '') unclear.emails.add(row.columns.email?.trim().toLowerCase() ?? '');
    else if (!userIds.has(userId)) unclear.userIds.add(userId);
  }
  if (rows === 0) throw new FileRefused('no_people');
  if (refused.count > rows / 2) throw new MostlyRefused(refused);
  for (const userId of userIds) unclear.userIds.delete(userId);
  return { rows, people, refused, unclear };
}

/** Most lines were refused, and with them the file; they are shown all the same. */
export class MostlyRefused extends FileRefused {
  readonly refused: RefusedLines;

  constructor(refused: RefusedLines) {
    super('mostly_refused');
    this.refused = refused;
  }
}

type Known = { userId: string; userName: string; userIds: Set<string>; userNames: Set<string> };

function faultOf(line: number, columns: UserColumns, known: Known): RefusedLine | null {
  const fault = (column: string, cause: RefusedLine['cause']): RefusedLine => ({
    line,
    column,
    cause,
    value: shown(columns[column] ?? ''),
  });
  const email = columns.email?.trim() ?? '';
  if (known.userId === '') return fault('user_id', 'user_id_missing');
  if (known.userId.length > fileLimits.keyLength) return fault('user_id', 'cell_too_long');
  if (known.userIds.has(known.userId)) return fault('user_id', 'user_id_twice');
  if (email === '') return fault('email', 'email_missing');
  if (!isEmail(email)) return fault('email', 'email_invalid');
  const named = columns.username?.trim() ? 'username' : 'email';
  if (known.userName.length > fileLimits.keyLength) return fault(named, 'cell_too_long');
  if (known.userNames.has(known.userName)) return fault(named, 'user_name_twice');
  return null;
}

function isEmail(text: string): boolean {
  try {
    parseEmail(text);
    return true;
  } catch {
    return false;
  }
}

export interface GroupsReading extends Reading {
  names: string[];
}

/** Reads `groups.csv`: groups that may have nobody in them. A name that comes twice is one group. */
export async function readGroupsFile(bytes: Bytes): Promise<GroupsReading> {
  const names = new Set<string>();
  const refused = createRefusedLines();
  let rows = 0;
  for await (const { line, columns, refused: fault } of readCsv(bytes, fileColumns['groups.csv'].needed)) {
    rows += 1;
    const name = columns.group_name?.trim() ?? '';
    const refusal = fault ?? groupFaultOf(line, name);
    if (refusal === null) names.add(name);
    else refused.add(refusal);
  }
  return { rows, refused, names: [...names] };
}

export interface UserGroupsReading extends Reading {
  memberships: { group: string; userId: string }[];
}

/** Reads `user_groups.csv`. A line about somebody who is not among `userIds` is refused; one that comes twice counts once. */
export async function readUserGroupsFile(
  bytes: Bytes,
  userIds: ReadonlySet<string>,
): Promise<UserGroupsReading> {
  const memberships = new Map<string, { group: string; userId: string }>();
  const refused = createRefusedLines();
  let rows = 0;
  for await (const { line, columns, refused: fault } of readCsv(
    bytes,
    fileColumns['user_groups.csv'].needed,
  )) {
    rows += 1;
    const group = columns.group_name?.trim() ?? '';
    const userId = columns.user_id?.trim() ?? '';
    const refusal = fault ?? groupFaultOf(line, group);
    if (refusal !== null) refused.add(refusal);
    else if (userId === '') refused.add({ line, column: 'user_id', value: null, cause: 'user_id_missing' });
    else if (!userIds.has(userId))
      refused.add({ line, column: 'user_id', value: shown(userId), cause: 'user_unknown' });
    else memberships.set(JSON.stringify([group, userId]), { group, userId });
  }
  return { rows, refused, memberships: [...memberships.values()] };
}

function groupFaultOf(line: number, name: string): RefusedLine | null {
  const at = { line, column: 'group_name' };
  if (name === '') return { ...at, value: null, cause: 'group_name_missing' };
  return name.length > fileLimits.keyLength ? { ...at, value: shown(name), cause: 'cell_too_long' } : null;
}

/** Refused lines: all are counted, the first of them kept. */
export interface RefusedLines {
  readonly count: number;
  readonly kept: readonly RefusedLine[];
}

function createRefusedLines(): RefusedLines & { add(line: RefusedLine): void } {
  const kept: RefusedLine[] = [];
  let count = 0;
  return {
    kept,
    get count() {
      return count;
    },
    add(line) {
      count += 1;
      if (kept.length < fileLimits.shownLines) kept.push(line);
    },
  };
}
