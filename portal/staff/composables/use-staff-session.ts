import { inject, type InjectionKey, type ShallowRef } from 'vue';
import type { StaffSession } from '../../../api/contract/dashboard.ts';

/** The member's session as the server tells it; the app provides it once it has come. */
export const staffSessionKey: InjectionKey<Readonly<ShallowRef<StaffSession | undefined>>> =
  Symbol('staff session');

export function useStaffSession(): Readonly<ShallowRef<StaffSession | undefined>> {
  const session = inject(staffSessionKey);
  if (session === undefined) throw new Error('No session was provided to this page.');
  return session;
}
