/** What an admin is deciding on P20: which group gives which role, beside what is saved, and what saving would come to. */
import { computed, onScopeDispose, reactive, ref, shallowRef, watch } from 'vue';
import type {
  RoleMappingBody,
  RoleSourceView,
  RolesPreview,
  RolesState,
  SourcesPage,
} from '../../api/contract/setup-roles.ts';
import { useApi } from '../shared/api-client.ts';
import { useAct } from '../shared/composables/use-act.ts';
import { useRequest } from '../shared/composables/use-request.ts';
import { everybodyPatienceMs } from './patience.ts';

/** Stands in a choice for a group that gives nothing. */
export const noRole = '-';

/** What rests while somebody goes on choosing. */
const restMs = 300;

export function useRoleMapping() {
  const api = useApi();
  const request = useRequest((signal) => api.get<RolesState>('/directory/roles', { signal }));
  const state = request.data;

  const typed = ref('');
  const search = ref('');
  const others = shallowRef<readonly RoleSourceView[]>([]);
  const next = shallowRef<string | null>(null);
  const list = useRequest((signal) =>
    api.get<SourcesPage>(`/directory/roles/sources?${queryOf(search.value)}`, { signal }),
  );
  watch(list.data, (page) => {
    if (page === undefined) return;
    others.value = page.sources;
    next.value = page.next;
  });
  const more = useAct(
    (after: string) => api.get<SourcesPage>(`/directory/roles/sources?${queryOf(search.value, after)}`),
    (page) => {
      others.value = [...others.value, ...page.sources];
      next.value = page.next;
    },
  );

  /** Key of a source → what was chosen for it here; what is not in it is as it was saved. */
  const chosen = reactive(new Map<string, { source: RoleSourceView; role: string }>());
  const roleOf = ({ key, role }: RoleSourceView) => chosen.get(key)?.role ?? role ?? noRole;
  const choose = (source: RoleSourceView, role: string) =>
    role === (source.role ?? noRole) ? chosen.delete(source.key) : chosen.set(source.key, { source, role });

  /**
   * What gives a role, or will once it is saved, as far as it is searched for. Who chooses in the other list keeps their
   * place: a group comes here when that list is drawn anew without it.
   */
  const giving = computed((): RoleSourceView[] => {
    const mapped = state.value?.mapped ?? [];
    const listed = new Set([...mapped, ...others.value].map(({ key }) => key));
    const added = [...chosen.values()].map(({ source }) => source).filter(({ key }) => !listed.has(key));
    const wanted = search.value.toLocaleLowerCase();
    return [...mapped, ...added].filter(({ label }) => label.toLocaleLowerCase().includes(wanted));
  });

  const mapping = computed((): RoleMappingBody => {
    const kept = (state.value?.mapped ?? []).filter(({ key }) => !chosen.has(key));
    const added = [...chosen.values()].map(({ source, role }) => ({ ...source, role }));
    return [...kept, ...added].flatMap(({ source, role }) =>
      role === null || role === noRole ? [] : [{ source, role }],
    );
  });
  const isChanged = computed(() => chosen.size > 0);

  const preview = useRequest((signal) =>
    api.post<RolesPreview>(
      '/directory/roles/preview',
      { mapping: mapping.value },
      { signal, patienceMs: everybodyPatienceMs },
    ),
  );
  watch(
    mapping,
    rested(() => preview.refresh()),
  );
  watch(typed, (now) => (search.value = now.trim()));
  watch(
    search,
    rested(() => list.refresh()),
  );

  async function refresh(): Promise<void> {
    await Promise.all([request.refresh(), list.refresh()]);
    chosen.clear();
  }

  return {
    request,
    state,
    typed,
    search,
    giving,
    others,
    next,
    more,
    roleOf,
    choose,
    mapping,
    isChanged,
    preview,
    refresh,
  };
}

/** The same, once nothing has called it for a moment. */
function rested(what: () => unknown): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  onScopeDispose(() => clearTimeout(waiting));
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(what, restMs);
  };
}

function queryOf(search: string, after?: string): string {
  const query = new URLSearchParams({
    ...(search === '' ? {} : { search }),
    ...(after === undefined ? {} : { after }),
  });
  return query.toString();
}
