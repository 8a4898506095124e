import { describe, expect, it } from 'vitest';
import { callOf } from './directory-checklist.ts';

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
