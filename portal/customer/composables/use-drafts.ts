import type { z } from 'zod';
import type { draftsBody, draftsSaved } from '../../../api/contract/setup-connections.ts';
import { useApi } from '../../shared/api-client.ts';
import { useAutosave } from '../../shared/composables/use-autosave.ts';
import { useSso } from '../sso.ts';

type Drafts = z.infer<typeof draftsBody>;

/**
 * Keeps what is typed and not saved yet, field by field: whoever fills in another field of the same page at the same
 * time loses nothing by it, and each hears of the other.
 */
export function useDrafts(read: () => Drafts) {
  const api = useApi();
  const sso = useSso();
  let kept: Drafts = { ...sso.data.value?.drafts };
  return useAutosave(read, async (draft) => {
    const fields = Object.keys(draft) as (keyof Drafts)[];
    const changed = Object.fromEntries(
      fields.filter((field) => draft[field] !== kept[field]).map((field) => [field, draft[field]]),
    );
    const { typing } = await api.put<z.infer<typeof draftsSaved>>('/sso/drafts', changed);
    kept = { ...kept, ...changed };
    sso.noteTyping(typing);
  });
}
