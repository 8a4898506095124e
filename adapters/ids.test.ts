import { expect, it } from 'vitest';
import { newId } from './ids.ts';

it('an id is its prefix and an upper-case ULID', () => {
  expect(newId('org_domain_')).toMatch(/^org_domain_[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
});

it('ids made in the same millisecond sort in the order they were made', () => {
  const ids = Array.from({ length: 500 }, () => newId('event_'));

  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(500);
});
