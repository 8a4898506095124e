import { newId } from '../../../adapters/ids.ts';
import { parseEmail } from '../../../adapters/email-address.ts';
import { insertAudit, type Tx } from '../../../db/index.ts';
import type { AuditAction } from '../../../onboarding/audit-actions.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { created, noContent, ok } from '../../answers.ts';
import { testIdpState, testPerson, testPersonBody, type TestPerson } from '../../contract/sandbox.ts';
import type { ApiDeps } from '../../deps.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { route, type Callers, type RequestFacts } from '../../route.ts';
import { embeddedOf } from './embedded-of.ts';

/** S20: the people of the Test IdP. None of them is real, and their addresses lie below `.test` [TIDP-04]. */

const create = route({
  method: 'POST',
  path: '/sandbox/test-idp/people',
  who: 'sandbox',
  role: 'developer',
  summary: 'Adds somebody to the people of the Test IdP',
  body: testPersonBody,
  answers: { 201: testPerson },
  handler: ({ deps, caller, body, commit, request }) => {
    const person = personOf(newId('test_person_'), body);
    return commit(async (tx) => {
      await put(tx, deps, { person, isNew: true }, request.now, caller);
      await note(tx, caller, request, 'test_person.added', person.id);
      return created(person);
    });
  },
});

const change = route({
  method: 'PUT',
  path: '/sandbox/test-idp/people/:id',
  who: 'sandbox',
  role: 'developer',
  summary: 'Puts new particulars in place of the old ones; the id stays',
  body: testPersonBody,
  answers: { 200: testPerson },
  handler: ({ deps, caller, params, body, commit, request }) => {
    const person = personOf(params.id, body);
    return commit(async (tx) => {
      await put(tx, deps, { person, isNew: false }, request.now, caller);
      await note(tx, caller, request, 'test_person.changed', person.id);
      return ok(person);
    });
  },
});

const remove = route({
  method: 'DELETE',
  path: '/sandbox/test-idp/people/:id',
  who: 'sandbox',
  role: 'developer',
  summary: 'Takes somebody away; they can sign in no more',
  answers: { 204: 'removed' },
  handler: ({ deps, caller, params, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const isRemoved = await embeddedOf(deps).testIdp.removePerson(tx, tenant, params.id, request.now);
      if (!isRemoved) throw new OnboardingError('not_found', { kind: 'test_person' });
      await note(tx, caller, request, 'test_person.removed', params.id);
      return noContent();
    }),
});

const restore = route({
  method: 'POST',
  path: '/sandbox/test-idp/people/restore',
  who: 'sandbox',
  role: 'developer',
  summary: 'Brings back whoever of the first people is missing',
  answers: { 200: testIdpState },
  handler: ({ deps, caller, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      await embeddedOf(deps).testIdp.restorePeople(tx, tenant, request.now);
      await note(tx, caller, request, 'test_person.restored');
      return ok(await embeddedOf(deps).testIdp.getState(tx, tenant, deps.urls.testIdp));
    }),
});

export const testPeopleRoutes = [create, change, remove, restore];

function personOf(id: string, body: Omit<TestPerson, 'id'>): TestPerson {
  return { id, ...body, email: body.email === null ? null : addressOf(body.email) };
}

function addressOf(email: string): string {
  try {
    return parseEmail(email);
  } catch (error) {
    if (error instanceof OnboardingError) throw wrong('email', 'email_invalid', 'must be an e-mail address');
    throw error;
  }
}

const wrong = (field: string, code: string, message: string) =>
  new InvalidInput([{ field, code, message: `${field} ${message}` }]);

async function put(
  tx: Tx,
  deps: ApiDeps,
  what: { person: TestPerson; isNew: boolean },
  now: Date,
  { environment }: Callers['sandbox'],
): Promise<void> {
  switch (await embeddedOf(deps).testIdp.putPerson(tx, { environmentId: environment.id }, what, now)) {
    case 'unknown':
      throw new OnboardingError('not_found', { kind: 'test_person' });
    case 'email_not_below_test':
      throw wrong('email', 'not_below_test', 'must be an address below .test');
    case 'email_taken':
      throw wrong('email', 'taken', 'belongs to somebody else here');
    case 'too_many':
      throw wrong('people', 'too_many', 'are as many as there can be');
    case undefined:
  }
}

function note(
  tx: Tx,
  { environment, by }: Callers['sandbox'],
  request: RequestFacts,
  action: AuditAction,
  personId?: string,
): Promise<unknown> {
  const whose = { environmentId: environment.id, organizationId: null };
  const target = personId === undefined ? undefined : { type: 'test_person', id: personId };
  return insertAudit(tx, audited(acting(by, request), whose, { action, ...(target && { target }) }));
}
