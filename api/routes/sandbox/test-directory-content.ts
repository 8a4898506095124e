import { newId } from '../../../adapters/ids.ts';
import { parseEmail } from '../../../adapters/email-address.ts';
import type { Tx } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import {
  crowdBody,
  directoryGroupBody,
  directoryPersonBody,
  testDirectoryState,
} from '../../contract/sandbox.ts';
import type { TestDirectoryPanel } from '../../deps.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { route } from '../../route.ts';
import { embeddedOf } from './embedded-of.ts';
import { editAndTalk, type Act } from './test-directory-talk.ts';

/** People and groups of the test directory. A client like Okta sends each change at once; one like Entra in its cycle. */

const addPerson = route({
  method: 'POST',
  path: '/sandbox/test-directory/people',
  who: 'sandbox',
  role: 'developer',
  summary: 'Adds somebody',
  body: directoryPersonBody,
  answers: { 200: testDirectoryState },
  handler: ({ body, ...act }) => putPerson(act, { id: newId('test_person_'), ...body }, true),
});

const changePerson = route({
  method: 'PUT',
  path: '/sandbox/test-directory/people/:id',
  who: 'sandbox',
  role: 'developer',
  summary: 'Puts new particulars in place of the old ones; `active` switches somebody off and on',
  body: directoryPersonBody,
  answers: { 200: testDirectoryState },
  handler: ({ body, params, ...act }) => putPerson(act, { id: params.id, ...body }, false),
});

const removePerson = route({
  method: 'DELETE',
  path: '/sandbox/test-directory/people/:id',
  who: 'sandbox',
  role: 'developer',
  summary: 'Takes somebody away',
  answers: { 200: testDirectoryState },
  handler: ({ params, ...act }) =>
    edit(act, async (tx, panel, tenant) => {
      if (!(await panel.removePerson(tx, tenant, params.id, act.request.now))) {
        throw new OnboardingError('not_found', { kind: 'test_person' });
      }
      return { action: 'test_directory.person_removed', id: params.id } as const;
    }),
});

const addCrowd = route({
  method: 'POST',
  path: '/sandbox/test-directory/crowd',
  who: 'sandbox',
  role: 'developer',
  summary: 'Adds people by the number, to try what many do',
  body: crowdBody,
  answers: { 200: testDirectoryState },
  handler: ({ body, ...act }) =>
    edit(act, async (tx, panel, tenant) => {
      refuse(await panel.addCrowd(tx, tenant, body.count, act.request.now), 'count');
      return { action: 'test_directory.person_changed' } as const;
    }),
});

const addGroup = route({
  method: 'POST',
  path: '/sandbox/test-directory/groups',
  who: 'sandbox',
  role: 'developer',
  summary: 'Adds a group that is pushed',
  body: directoryGroupBody,
  answers: { 200: testDirectoryState },
  handler: ({ body, ...act }) => putGroup(act, { id: newId('test_group_'), ...body }, true),
});

const changeGroup = route({
  method: 'PUT',
  path: '/sandbox/test-directory/groups/:id',
  who: 'sandbox',
  role: 'developer',
  summary: 'Renames a group and says who is in it',
  body: directoryGroupBody,
  answers: { 200: testDirectoryState },
  handler: ({ body, params, ...act }) => putGroup(act, { id: params.id, ...body }, false),
});

const removeGroup = route({
  method: 'DELETE',
  path: '/sandbox/test-directory/groups/:id',
  who: 'sandbox',
  role: 'developer',
  summary: 'Takes a group away, at the other side too',
  answers: { 200: testDirectoryState },
  handler: ({ params, ...act }) =>
    edit(act, async (tx, panel, tenant) => {
      if (!(await panel.removeGroup(tx, tenant, params.id, act.request.now))) {
        throw new OnboardingError('not_found', { kind: 'test_group' });
      }
      return { action: 'test_directory.group_removed', id: params.id } as const;
    }),
});

export const testDirectoryContentRoutes = [
  addPerson,
  changePerson,
  removePerson,
  addCrowd,
  addGroup,
  changeGroup,
  removeGroup,
];

type Edit = (
  tx: Tx,
  panel: TestDirectoryPanel,
  tenant: { environmentId: string },
) => ReturnType<Parameters<typeof editAndTalk>[1]>;

function edit(act: Act, work: Edit) {
  const tenant = { environmentId: act.caller.environment.id };
  return editAndTalk(act, (tx) => work(tx, embeddedOf(act.deps).testDirectory, tenant), 'changed');
}

type Person = Parameters<TestDirectoryPanel['putPerson']>[2]['thing'];
type Group = Parameters<TestDirectoryPanel['putGroup']>[2]['thing'];

function putPerson(act: Act, person: Person, isNew: boolean) {
  const thing = { ...person, userName: addressOf(person.userName) };
  return edit(act, async (tx, panel, tenant) => {
    refuse(await panel.putPerson(tx, tenant, { thing, isNew }, act.request.now), 'userName');
    return { action: 'test_directory.person_changed', id: thing.id } as const;
  });
}

function putGroup(act: Act, thing: Group, isNew: boolean) {
  return edit(act, async (tx, panel, tenant) => {
    refuse(await panel.putGroup(tx, tenant, { thing, isNew }, act.request.now), 'name');
    return { action: 'test_directory.group_changed', id: thing.id } as const;
  });
}

/** Nobody real is meant: addresses lie below `.test`. */
function addressOf(typed: string): string {
  const address = readAddress(typed);
  if (!/\.test$/i.test(address)) {
    throw wrong('userName', 'email_not_below_test', 'must be an address below .test');
  }
  return address;
}

function readAddress(typed: string): string {
  try {
    return parseEmail(typed);
  } catch (error) {
    if (error instanceof OnboardingError)
      throw wrong('userName', 'email_invalid', 'must be an e-mail address');
    throw error;
  }
}

function refuse(refusal: Awaited<ReturnType<TestDirectoryPanel['putPerson']>>, field: string): void {
  switch (refusal) {
    case 'unknown':
      throw new OnboardingError('not_found', { kind: 'test_directory_entry' });
    case 'taken':
      throw wrong(field, 'taken', 'belongs to another one here');
    case 'too_many':
      throw wrong(field, 'too_many', 'would be more than there can be');
    case 'unknown_member':
      throw wrong('memberIds', 'unknown', 'name somebody who is not here');
    case undefined:
  }
}

const wrong = (field: string, code: string, message: string) =>
  new InvalidInput([{ field, code, message: `${field} ${message}` }]);
