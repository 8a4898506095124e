import { useText } from '../../shared/i18n.ts';
import type { AuditRow } from '../answers.ts';

/** The log's codes in words. What an older version of the product has written stays readable. */
export function useAuditWords() {
  const { t, has } = useText();
  const word = (key: string, code: string) => (has(key) ? t(key) : code.replaceAll(/[_.]/g, ' '));
  /** As the mark of an actor takes it: of our own parts, which one. */
  const named = ({ type, id, name }: AuditRow['actor']) => ({
    type,
    name: type === 'system' && id !== null && has(`audit.parts.${id}`) ? t(`audit.parts.${id}`) : name,
  });
  return {
    did: (action: string) => word(`audit.actions.${action}`, action),
    about: (group: string) => word(`audit.groups.${group}`, group),
    personal: (field: string) => word(`audit.personal.${field}`, field),
    target: (type: string) => word(`audit.targets.${type}`, type),
    actor: named,
    /** In a sentence. */
    who: (actor: AuditRow['actor']) => named(actor).name ?? word(`words.actors.${actor.type}`, actor.type),
  };
}
