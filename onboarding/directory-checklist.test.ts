import { describe, expect, it } from 'vitest';
import { callOf, verdictOn, verdictsOfTest, type LoggedRequest } from './directory-checklist.ts';

describe('callOf', () => {
  it.each([
    ['connection_test', 'GET', '/Users', 'connection_test'],
    ['person_created', 'POST', '/Users', 'create_user'],
    ['person_reactivated', 'PATCH', '/Users/directory_user_1', 'update_user'],
    ['person_removed', 'DELETE', '/Users/directory_user_1', 'deactivate_user'],
    ['members_changed', 'PATCH', '/Groups/directory_group_1', 'push_group'],
    ['group_removed', 'DELETE', '/Groups/directory_group_1', null],
  ] as const)('counts %s as what the checklist waits for', (kind, method, path, call) => {
    expect(callOf({ kind, method, path })).toBe(call);
  });

  it.each([
    ['GET', '/Users', 'connection_test'],
    ['POST', '/Users', 'create_user'],
    ['PUT', '/Users/directory_user_1', 'update_user'],
    ['DELETE', '/Users/directory_user_1', 'deactivate_user'],
    ['POST', '/Groups', 'push_group'],
    ['PATCH', '/Groups/directory_group_1', 'push_group'],
    ['POST', '/Nowhere', 'connection_test'],
  ] as const)('tells what a refused %s %s was meant to be', (method, path, call) => {
    expect(callOf({ kind: 'refused', method, path })).toBe(call);
  });
});

const at = (second: number) => new Date(Date.UTC(2026, 10, 26, 14, 0, second));
const request = (second: number, change: Partial<LoggedRequest>): LoggedRequest => ({
  id: `directory_request_${second}`,
  at: at(second),
  kind: 'read',
  method: 'GET',
  path: '/Users',
  status: 200,
  cause: null,
  subject: null,
  ...change,
});
const created = (second: number, subject: string) =>
  request(second, { kind: 'person_created', method: 'POST', status: 201, subject });
const refused = (second: number, method: string, path: string) =>
  request(second, { kind: 'refused', method, path, status: 400, cause: 'user_name_missing' });

describe('verdictOn', () => {
  it('lets the newest request of a call decide', () => {
    const failed = refused(2, 'POST', '/Users');

    expect(verdictOn('create_user', [failed, created(1, 'a')])).toMatchObject({
      state: 'failed',
      request: failed,
    });
    expect(verdictOn('create_user', [created(3, 'a'), failed])).toMatchObject({ state: 'done' });
    expect(verdictOn('push_group', [failed])).toEqual({ call: 'push_group', state: 'open', request: null });
  });
});

describe('verdictsOfTest', () => {
  const states = (requests: readonly LoggedRequest[]) =>
    verdictsOfTest(requests.toReversed()).steps.map(({ state }) => state);
  const changed = (second: number, subject: string) =>
    request(second, { kind: 'person_changed', method: 'PATCH', path: '/Users/1', subject });
  const gone = (second: number, subject: string) =>
    request(second, { kind: 'person_deactivated', method: 'PATCH', path: '/Users/1', subject });

  it('waits for a new person, then follows whoever has come furthest', () => {
    expect(states([])).toEqual(['open', 'open', 'open']);
    const many = [created(1, 'a'), created(2, 'b'), created(3, 'c')];
    expect(states([...many, changed(4, 'b')])).toEqual(['done', 'done', 'open']);
    expect(states([...many, changed(4, 'b'), gone(5, 'c')])).toEqual(['done', 'done', 'open']);
    expect(verdictsOfTest([...many, changed(4, 'b')].toReversed()).person).toBe('b');
    expect(states([created(1, 'a'), changed(2, 'a'), gone(3, 'a')])).toEqual(['done', 'done', 'done']);
    expect(verdictsOfTest([created(2, 'b'), created(1, 'a')]).person).toBe('a');
  });

  it('takes each step in its order: what came before the one before it does not count', () => {
    expect(states([changed(1, 'a'), created(2, 'a'), gone(3, 'a')])).toEqual(['done', 'open', 'done']);
  });

  it('says that a call was refused until it has come of it', () => {
    expect(states([refused(1, 'POST', '/Users')])).toEqual(['failed', 'open', 'open']);
    expect(states([created(1, 'a'), refused(2, 'PATCH', '/Users/1')])).toEqual(['done', 'failed', 'open']);
    expect(states([refused(1, 'POST', '/Users'), created(2, 'a')])).toEqual(['done', 'open', 'open']);
  });

  it('says of the call awaited next what was refused in its place: a look-up, or that person created again', () => {
    const lookUp = (second: number) => refused(second, 'GET', '/Users');
    const again = (second: number, subject: string) => ({ ...refused(second, 'POST', '/Users'), subject });
    expect(states([lookUp(1)])).toEqual(['failed', 'open', 'open']);
    expect(states([{ ...lookUp(1), cause: 'person_unknown' }])).toEqual(['open', 'open', 'open']);
    expect(states([lookUp(1), created(2, 'a')])).toEqual(['done', 'open', 'open']);
    expect(states([created(1, 'a'), lookUp(2)])).toEqual(['done', 'failed', 'open']);
    expect(states([created(1, 'a'), again(2, 'a')])).toEqual(['done', 'failed', 'open']);
    expect(states([created(1, 'a'), changed(2, 'a'), again(3, 'a')])).toEqual(['done', 'done', 'failed']);
    expect(states([created(1, 'a'), again(2, 'b'), refused(3, 'POST', '/Groups')])).toEqual([
      'done',
      'open',
      'open',
    ]);
  });
});
