import { useText } from '../../shared/i18n.ts';
import { useBoot } from '../../shared/session.ts';

/**
 * What an act is about decides whose it is besides an admin's: onboardings and people, or keys and the Test IdP. What
 * concerns the environment and its members is an admin's alone.
 */
type Needed = 'support' | 'developer' | 'admin';

/** Says why a member may not act, for `unavailable`: the control stays visible. The server decides again. */
export function useRole() {
  const { t } = useText();
  const { member } = useBoot();
  const mayAct = (needed: Needed) => member?.role === 'admin' || member?.role === needed;
  return {
    mayAct,
    unless: (needed: Needed): string | undefined => (mayAct(needed) ? undefined : t(`staff.needs.${needed}`)),
  };
}
