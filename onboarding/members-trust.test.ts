import { expect, test } from 'vitest';
import { isAsVouched, isKeyAsVouched, type MembersTrust } from './members-trust.ts';

const trust: MembersTrust = {
  organizationId: 'org_own',
  domains: ['northwind.test'],
  connections: [{ id: 'conn_own', settingsRevision: 3, certificates: ['aa'] }],
};
const connection = { id: 'conn_own', organizationId: 'org_own', settingsRevision: 3 };

test.each([
  ['as it was', {}, true],
  ['with other settings', { settingsRevision: 4 }, false],
  ['another one', { id: 'conn_new' }, false],
  ['of another organization', { organizationId: 'org_other' }, false],
])('a connection counts for members while it is as an admin saw it: %s', (_case, change, counts) => {
  expect(isAsVouched(trust, { ...connection, ...change })).toBe(counts);
});

test.each([
  ['was there', { fingerprint: 'aa', source: 'pasted' }, true],
  ['was added by a program since', { fingerprint: 'bb', source: 'api' }, false],
  ['was pasted since', { fingerprint: 'bb', source: 'pasted' }, false],
  ["came from the provider's own metadata address", { fingerprint: 'bb', source: 'refresh' }, true],
])('a key counts for members when it %s', (_case, key, counts) => {
  expect(isKeyAsVouched(trust, connection, key)).toBe(counts);
});
