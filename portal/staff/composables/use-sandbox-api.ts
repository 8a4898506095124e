import { createApiClient, type ApiClient } from '../../shared/api-client.ts';
import { useBoot, useSessionState } from '../../shared/session.ts';

/** The sandbox's JSON stands beside the dashboard's, for the same session. */
export function useSandboxApi(): ApiClient {
  const { sessionHandle } = useBoot();
  const { noteSessionProblem, noteAnswered } = useSessionState();
  return createApiClient({
    apiPath: '/sandbox',
    sessionHandle,
    onSessionProblem: noteSessionProblem,
    onAnswered: noteAnswered,
  });
}
