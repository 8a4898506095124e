import { computed } from 'vue';
import { useText } from '../../shared/i18n.ts';

/** The roles of staff with what each may do, the one that may most first. */
export function useMemberRoles() {
  const { t } = useText();
  return computed(() =>
    (['admin', 'developer', 'support', 'viewer'] as const).map((value) => ({
      value,
      label: t(`members.roles.${value}`),
      hint: t(`members.roleHints.${value}`),
    })),
  );
}
