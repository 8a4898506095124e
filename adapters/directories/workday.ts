/** Workday by Reports-as-a-Service: one report of people, and one of groups where there is one. */
import type { WorkdaySettings } from '../../onboarding/directory-sources.ts';
import type { Egress, EgressAnswer } from '../egress.ts';
import { askSource, isPage, objectOf, objectsOf, textOf } from './ask-source.ts';
import {
  DirectoryRefused,
  mostPeople,
  type DirectoryReading,
  type ReadingHands,
  type ReadPerson,
} from './reading.ts';

type Row = Readonly<Record<string, unknown>>;

/** The columns without which nobody can be told apart or written to. */
const neededColumns = ['employee_id', 'first_name', 'last_name', 'primary_work_email'] as const;

/** Runs the reports. Throws `DirectoryRefused`; nothing is taken of a report that is cut off or lacks a column. */
export async function readWorkday(
  egress: Egress,
  settings: WorkdaySettings,
  password: string,
  hands: ReadingHands,
): Promise<DirectoryReading> {
  const report = (url: string) => fetchReport(egress, settings.userName, password, url, hands);
  const rows = await report(settings.usersUrl);
  if (rows.length > mostPeople * 4) throw new DirectoryRefused('too_many_people', { most: mostPeople });
  refuseMissingColumns(rows);
  const named = settings.groupsUrl === null ? undefined : groupNames(await report(settings.groupsUrl));
  const memberships = rows.flatMap((row) =>
    namesIn(row['group_name']).map((group) => ({ group, person: textOf(row['employee_id']) ?? '' })),
  );
  const groups = [...new Set([...(named ?? []), ...memberships.map(({ group }) => group)])];
  return {
    people: rows.map(personOf),
    // A column that nobody has may be one that the user may not see any more: nobody loses a group by that.
    groups: named === undefined && groups.length === 0 ? null : groups.map(groupOf),
    memberships,
  };
}

async function fetchReport(
  egress: Egress,
  userName: string,
  password: string,
  address: string,
  hands: ReadingHands,
): Promise<Row[]> {
  const url = new URL(address);
  url.searchParams.set('format', 'json');
  const authorization = `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
  const answer = await askSource(
    egress,
    hands,
    { url: url.href, headers: { authorization, accept: 'application/json' } },
    ({ status }) => status === 429,
  );
  return rowsOf(answer);
}

function rowsOf(answer: EgressAnswer): Row[] {
  const { status } = answer;
  if (status === 401) throw new DirectoryRefused('workday_login_refused');
  if (status === 403) throw new DirectoryRefused('workday_report_not_shared');
  // The weekly maintenance answers with a page, whatever the status.
  if (status >= 500 || isPage(answer) || (status >= 300 && status < 400)) {
    throw new DirectoryRefused('source_away', { status });
  }
  const report = objectOf(answer);
  if (status !== 200) throw new DirectoryRefused('workday_report_unknown');
  if (report === undefined || !Array.isArray(report['Report_Entry'])) {
    throw new DirectoryRefused('workday_not_json');
  }
  return objectsOf(report['Report_Entry']);
}

/** Workday leaves out what the account may not see, rather than refusing: a column that no row has is such a one. */
function refuseMissingColumns(rows: readonly Row[]): void {
  if (rows.length === 0) throw new DirectoryRefused('nobody_there');
  const missing = neededColumns.filter((column) => rows.every((row) => textOf(row[column]) === null));
  if (missing.length > 0) throw new DirectoryRefused('workday_fields_missing', { fields: missing });
  const nameless = rows.filter((row) => textOf(row['employee_id']) === null).length;
  if (nameless > 0) throw new DirectoryRefused('workday_rows_without_id', { rows: nameless });
}

function groupNames(rows: readonly Row[]): string[] {
  const names = rows.flatMap((row) => namesIn(row['group_name']));
  if (rows.length > 0 && names.length === 0) throw new DirectoryRefused('workday_groups_unnamed');
  return names;
}

const groupOf = (name: string) => ({ externalId: name, displayName: name, raw: { group_name: name } });

/** A field of many values is a list, or one text with semicolons. */
function namesIn(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values
    .flatMap((one) => (typeof one === 'string' ? one.split(';') : []))
    .flatMap((one) => textOf(one) ?? []);
}

function personOf(row: Row): ReadPerson {
  const externalId = textOf(row['employee_id']) ?? '';
  const email = textOf(row['primary_work_email']);
  return {
    externalId,
    email,
    userName: textOf(row['user_name']) ?? email ?? externalId,
    firstName: textOf(row['first_name']),
    lastName: textOf(row['last_name']),
    displayName: textOf(row['display_name']),
    active: isEmployed(row['active']),
    raw: row,
  };
}

/** Who is in the report works there, unless a column of ours says otherwise. */
function isEmployed(value: unknown): boolean {
  const said = typeof value === 'boolean' ? String(value) : (textOf(value) ?? '');
  return !['0', 'false', 'no', 'n'].includes(said.toLowerCase());
}
