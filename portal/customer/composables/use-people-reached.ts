import type { z } from 'zod';
import type { resetPlan } from '../../../api/contract/setup-connections.ts';
import { useApi } from '../../shared/api-client.ts';

/** How many people have signed in through the connection lately. */
export function usePeopleReached(): () => Promise<number> {
  const api = useApi();
  return async () => (await api.get<z.infer<typeof resetPlan>>('/sso/reset')).people;
}
