import type { SetupSession } from '../../api/contract/setup.ts';

/** Whether the link is for what connects the organization, not for domains, streams, the log or a renewal alone. */
export function connectsPeople(session: SetupSession | undefined): boolean {
  const features = session?.features ?? ['sso'];
  return features.includes('sso') || features.includes('directory_sync');
}
