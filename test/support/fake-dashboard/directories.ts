import * as directoriesContract from '../../../api/contract/dashboard-directories.ts';
import { roleBook } from '../../../api/contract/dashboard-roles.ts';
import type { fakeDirectories } from '../fake-directories.ts';
import { fakeRoleBook } from '../fake-role-book.ts';
import { api, type FakeRoutes, type FakeWorld } from './routes.ts';

/** Directories of all customers, and the vendor's roles. */
export function answerDirectories(
  { get, on }: FakeRoutes,
  directories: ReturnType<typeof fakeDirectories>,
  { isEmpty }: FakeWorld,
): void {
  get(`${api}/directories/:id`, directoriesContract.directoryDetail, (id) =>
    directories.details.find((one) => one.id === id),
  );
  get(`${api}/directories/:id/people`, directoriesContract.directoryPeople, (_id, query) =>
    directories.peopleNamed(query.get('search') ?? ''),
  );
  get(`${api}/directory-users/:id`, directoriesContract.directoryPersonDetail, (id) =>
    directories.person.id === id ? directories.person : undefined,
  );
  on('POST', `${api}/directories/:id/read`, () => ({ status: 202, body: {} }));
  get(`${api}/directory-requests`, directoriesContract.directoryRequestPage, (_id, query) => ({
    requests: directories.requests.filter(
      ({ cause, kind }) =>
        (query.get('cause') ?? cause) === cause &&
        (query.get('outcome') === null || (query.get('outcome') === 'refused') === (kind === 'refused')),
    ),
    next: null,
  }));
  get(`${api}/directory-requests/:id`, directoriesContract.directoryRequestDetail, directories.detailOf);
  get(`${api}/roles`, roleBook, () => fakeRoleBook(isEmpty));
}
