import type { MemberRow } from '../db/index.ts';

/** Those who can do something about a customer's trouble; a member who only looks is not woken. */
export function mayHelp({ role }: Pick<MemberRow, 'role'>): boolean {
  return role === 'admin' || role === 'support';
}
