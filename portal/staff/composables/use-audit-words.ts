import { useActWords } from '../../shared/composables/use-act-words.ts';
import { useText } from '../../shared/i18n.ts';
import type { AuditRow } from '../answers.ts';

/** The log in words: who, and did what to what. */
export function useAuditWords() {
  const { t, has } = useText();
  const words = useActWords();
  const known = (key: string, code: string) => (has(key) ? t(key) : code.replaceAll('_', ' '));
  /** As the mark of an actor takes it: of our own parts, which one. */
  const named = ({ type, id, name }: AuditRow['actor']) => ({
    type,
    name: (type === 'system' && id !== null ? words.part(id) : undefined) ?? name,
  });
  return {
    ...words,
    personal: (field: string) => known(`audit.personal.${field}`, field),
    actor: named,
    /** In a sentence. */
    who: (actor: AuditRow['actor']) => named(actor).name ?? known(`words.actors.${actor.type}`, actor.type),
  };
}
