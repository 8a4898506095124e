/** BambooHR by its API: the company directory, with a group for each department. */
import type { BamboohrSettings } from '../../onboarding/directory-sources.ts';
import type { Egress, EgressAnswer } from '../egress.ts';
import { askSource, objectOf, objectsOf, textOf } from './ask-source.ts';
import { DirectoryRefused, type DirectoryReading, type ReadingHands, type ReadPerson } from './reading.ts';

type Employee = Readonly<Record<string, unknown>>;

/** Of the API; tests have their own. */
export const bamboohrHost = 'https://api.bamboohr.com/api/gateway.php';

/** Reads the company whole. Throws `DirectoryRefused`. */
export async function readBamboohr(
  egress: Egress,
  host: string,
  { company }: BamboohrSettings,
  apiKey: string,
  hands: ReadingHands,
): Promise<DirectoryReading> {
  const answer = await askSource(
    egress,
    hands,
    {
      url: `${host}/${encodeURIComponent(company)}/v1/employees/directory`,
      headers: {
        // The key is the user; any password does.
        authorization: `Basic ${Buffer.from(`${apiKey}:x`).toString('base64')}`,
        accept: 'application/json',
      },
    },
    ({ status }) => status === 503 || status === 429,
  );
  const employees = employeesOf(answer);
  const people = employees.map(personOf);
  if (people.length > 0 && people.every(({ email }) => email === null)) {
    throw new DirectoryRefused('bamboohr_emails_hidden');
  }
  const departments = new Set(employees.flatMap((employee) => textOf(employee['department']) ?? []));
  return {
    people,
    // A field that nobody has may be one that the key may not see any more: nobody loses a group by that.
    groups: departments.size === 0 ? null : [...departments].map(groupOf),
    memberships: employees.flatMap((employee) => {
      const group = textOf(employee['department']);
      const person = textOf(employee['id']);
      return group === null || person === null ? [] : [{ group, person }];
    }),
  };
}

const groupOf = (name: string) => ({ externalId: name, displayName: name, raw: { department: name } });

function employeesOf(answer: EgressAnswer): Employee[] {
  const { status } = answer;
  if (status === 401) throw new DirectoryRefused('bamboohr_key_refused');
  if (status === 403) throw new DirectoryRefused('bamboohr_not_allowed');
  if (status === 404) throw new DirectoryRefused('bamboohr_company_unknown');
  if (status >= 500) throw new DirectoryRefused('source_away', { status });
  const read = objectOf(answer);
  if (status !== 200 || !Array.isArray(read?.['employees'])) {
    throw new DirectoryRefused('answer_unreadable', { status });
  }
  return objectsOf(read['employees']);
}

function personOf(employee: Employee): ReadPerson {
  const externalId = textOf(employee['id']);
  if (externalId === null) throw new DirectoryRefused('answer_unreadable', { status: 200 });
  const email = textOf(employee['workEmail']);
  return {
    externalId,
    email,
    userName: email ?? externalId,
    firstName: textOf(employee['firstName']),
    lastName: textOf(employee['lastName']),
    displayName: textOf(employee['displayName']),
    // Who has left is not in the directory.
    active: true,
    raw: employee,
  };
}
