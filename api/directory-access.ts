import { directorySecretAt, googleClientSecretAt } from '../adapters/client-secrets.ts';
import { DirectoryRefused, type ReadingHands } from '../adapters/directories/reading.ts';
import type { GoogleClient } from '../adapters/directories/google-hosts.ts';
import type { DirectoryRow, EnvironmentRow } from '../db/index.ts';
import type { ApiDeps } from './deps.ts';

/** What the api needs to call a directory's source itself, while somebody waits for the answer. */

/** A little less than a page waits; a reading in the background has hours. */
const patienceMs = 12_000;

/** The vendor's own client at Google; null where it has none. */
export function googleClientOf(
  { secrets }: Pick<ApiDeps, 'secrets'>,
  { id, googleClientId, googleClientSecretSealed: sealed }: EnvironmentRow,
): GoogleClient | null {
  if (googleClientId === null || sealed === null) return null;
  return { id: googleClientId, secret: secrets.open(sealed, googleClientSecretAt(id)) };
}

/** The key, password or token that is kept; undefined where there is none. */
export function keptSecretOf(
  { secrets }: Pick<ApiDeps, 'secrets'>,
  directory: DirectoryRow,
): string | undefined {
  const { credentialsSealed: sealed } = directory;
  return sealed === null ? undefined : secrets.open(sealed, directorySecretAt(directory));
}

/** Hands of somebody who waits: a source that asks for a pause is busy. */
export function waitingHands(
  { settings, now }: Pick<ApiDeps, 'settings' | 'now'>,
  { kind }: EnvironmentRow,
  organizationId: string,
): ReadingHands {
  return {
    organizationId,
    sandboxLoopback: settings.sandboxLoopback && kind === 'sandbox',
    signal: AbortSignal.timeout(patienceMs),
    now,
    pause: () => Promise.reject(new DirectoryRefused('source_busy')),
  };
}

/** `slow`: the source did not answer while somebody waited. Throws what is neither an answer nor a refusal. */
export async function patiently<Answer>(
  work: () => Promise<Answer>,
): Promise<{ answer: Answer } | { refused: DirectoryRefused } | { slow: true }> {
  try {
    return { answer: await work() };
  } catch (error) {
    if (error instanceof DirectoryRefused) return { refused: error };
    if (error instanceof DOMException && error.name === 'TimeoutError') return { slow: true };
    throw error;
  }
}

/** Where Google sends an admin back to; the vendor registers it with its client, once per environment. */
export const consentRedirectUri = (
  { urls }: Pick<ApiDeps, 'urls'>,
  { handle }: Pick<EnvironmentRow, 'handle'>,
): string => `${urls.portal}/setup/${handle}/api/directory/credentials/consent`;
