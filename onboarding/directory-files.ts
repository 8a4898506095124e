/**
 * The files by which a customer sends its people and groups: names, columns, limits, and everything that may be wrong
 * with them [IMP-03]. The portal has words for each cause.
 */

const furtherUserColumns = [
  'username',
  'job_title',
  'employee_type',
  'employment_start_date',
  'display_name',
  'department_name',
  'manager_name',
  'manager_email',
  'manager_id',
  'division_name',
  'cost_center_name',
  'work_address_street',
  'work_address_locality',
  'work_address_region',
  'work_address_postal_code',
  'work_address_country',
] as const;

/** `needed` columns stand in the header; every other one is kept as it is, known or not. */
export const fileColumns = {
  'users.csv': { needed: ['user_id', 'first_name', 'last_name', 'email'], further: furtherUserColumns },
  'groups.csv': { needed: ['group_name'], further: [] },
  'user_groups.csv': { needed: ['group_name', 'user_id'], further: [] },
} as const satisfies Record<string, { needed: readonly string[]; further: readonly string[] }>;

export type DirectoryFileName = keyof typeof fileColumns;

/** The order in which they are read: who there is, then which groups, then who is in which. */
export const directoryFileNames = ['users.csv', 'groups.csv', 'user_groups.csv'] as const;

export const fileLimits = {
  bytes: 50 * 1024 * 1024,
  rows: 200_000,
  columns: 100,
  cellBytes: 64 * 1024,
  /** Of what people and groups are told apart by. */
  keyLength: 255,
  /** Refused lines that are shown; all are counted. */
  shownLines: 500,
} as const;

/** Why a whole file is not taken. Nothing changes then [IMP-04]. */
export const fileCauses = [
  'name_unknown',
  'connection_lost',
  'too_large',
  'empty',
  'not_utf8',
  'other_separator',
  'header_missing',
  'column_missing',
  'column_twice',
  'too_many_columns',
  'too_many_rows',
  'quotes',
  'cut_off',
  'no_people',
  'mostly_refused',
  'users_missing',
  'discarded',
  'overtaken',
] as const;

export type FileCause = (typeof fileCauses)[number];

const ofTheWholeFile: readonly FileCause[] = [
  ...(['name_unknown', 'connection_lost', 'too_large', 'empty', 'no_people'] as const),
  ...(['users_missing', 'discarded', 'overtaken'] as const),
];

/** Whether a place in the file can be shown for it. */
export const hasPlace = (cause: FileCause): boolean => !ofTheWholeFile.includes(cause);

/** What a file changes, in the order in which people ask: who comes, who changes, who goes. */
export const fileChanges = [
  ...(['created', 'updated', 'deactivated', 'removed'] as const),
  ...(['groupsCreated', 'groupsUpdated', 'groupsRemoved', 'membersAdded', 'membersRemoved'] as const),
] as const;

export type FileChange = (typeof fileChanges)[number];

type FileCounts = Readonly<Record<string, number>>;

/** How many of each, without those of which there are none. */
export const changesOf = (counts: FileCounts): readonly (readonly [FileChange, number])[] =>
  fileChanges.map((change) => [change, counts[change] ?? 0] as const).filter(([, count]) => count > 0);

const leavings: readonly FileChange[] = ['deactivated', 'removed'];

/** What an applied file has changed: whoever would leave is still there while that is on hold [SCIM-09]. */
export const changedBy = (counts: FileCounts): readonly (readonly [FileChange, number])[] =>
  changesOf(counts).filter(([change]) => counts['held'] !== 1 || !leavings.includes(change));

/** Why one line is not taken. Whoever it is about stays as they are. */
export const lineCauses = [
  'columns_differ',
  'cell_too_long',
  'character_unreadable',
  'user_id_missing',
  'user_id_twice',
  'user_name_twice',
  'email_missing',
  'email_invalid',
  'group_name_missing',
  'user_unknown',
] as const;

export type LineCause = (typeof lineCauses)[number];

/** A line that is not taken, or the place that spoils a whole file: its number, and where known column and value. */
export interface RefusedLine {
  readonly line: number;
  readonly column: string | null;
  readonly value: string | null;
  readonly cause: LineCause | FileCause;
}

/** What each file looks like, for whoever sets up its export. */
export const fileSamples: Readonly<Record<DirectoryFileName, readonly (readonly string[])[]>> = {
  'users.csv': [
    ['user_id', 'first_name', 'last_name', 'email', 'job_title', 'department_name'],
    ['1001', 'Anna', 'Grün', 'anna@example.com', 'Engineer', 'Research'],
    ['1002', 'Ben', 'Okafor', 'ben@example.com', 'Head of IT', 'IT'],
  ],
  'groups.csv': [['group_name'], ['Engineering'], ['IT']],
  'user_groups.csv': [
    ['group_name', 'user_id'],
    ['Engineering', '1001'],
    ['IT', '1002'],
  ],
};

/** Whether a file of this name is read; every other one lies where it was sent until it is renamed. */
export function isDirectoryFileName(name: string): name is DirectoryFileName {
  return Object.hasOwn(fileColumns, name);
}

/** One line of `users.csv`: the columns as the header names them. */
export type UserColumns = Readonly<Record<string, string>>;

/** What a line of `users.csv` says of a person. Whoever is in the file is active; whoever has left is not in it. */
export function personOfColumns(columns: UserColumns) {
  const [firstName, lastName] = [textOf(columns, 'first_name'), textOf(columns, 'last_name')];
  const email = textOf(columns, 'email');
  const fullName = [firstName, lastName].filter((part) => part !== null).join(' ');
  return {
    externalId: textOf(columns, 'user_id'),
    userName: userNameOf(columns),
    email,
    firstName,
    lastName,
    displayName: textOf(columns, 'display_name') ?? (fullName === '' ? null : fullName),
    active: true,
    raw: columns,
  };
}

/** The name by which a person is known: that of the column for it, else the address. */
export function userNameOf(columns: UserColumns): string {
  return textOf(columns, 'username') ?? textOf(columns, 'email') ?? '';
}

function textOf(columns: UserColumns, name: string): string | null {
  const text = columns[name]?.trim();
  return text === undefined || text === '' ? null : text;
}
