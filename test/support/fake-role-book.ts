/** The roles of the vendor's product as the dashboard's page of them is answered, from memory. */
import type { RoleBook } from '../../api/contract/dashboard-roles.ts';

type Role = RoleBook['roles'][number];

/** One that groups of two customers give, one that none gives, and the one of everyone else. */
export function fakeRoleBook(isEmpty: boolean): RoleBook {
  const role = (slug: string, name: string, more: Partial<Role> = {}): Role => ({
    slug,
    name,
    description: null,
    isDefault: false,
    groups: 0,
    organizations: 0,
    ...more,
  });
  const roles = [
    role('admin', 'Admin', { groups: 4, organizations: 2, description: 'Everything, billing too' }),
    role('editor', 'Editor of documents'),
    role('viewer', 'Viewer', { isDefault: true }),
  ];
  return { mode: 'highest', roles: isEmpty ? [] : roles };
}
