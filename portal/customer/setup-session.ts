/** The session behind the page: whose link it was, until when it lasts, and whether it may only be looked at. */
import { computed, shallowReadonly, shallowRef } from 'vue';
import type { SetupSession } from '../../api/contract/setup.ts';

const known = shallowRef<SetupSession>();

export function useSetupSession() {
  return {
    session: shallowReadonly(known),
    /** A link whose work is done shows everything and changes nothing. */
    isReadOnly: computed(() => known.value?.readOnly ?? false),
    /** Whoever came for a renewal alone looks at sign-in and tests it, and changes nothing else of it. */
    setsUpSignIn: computed(() => known.value?.features.includes('sso') !== false),
    note: (session: SetupSession | undefined) => (known.value = session),
  };
}
