import { newId } from '../../adapters/ids.ts';
import { insertAttempt, recordAttemptEvent, type ConnectionRow, type Tx } from '../../db/index.ts';
import type { Answer } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import type { RequestFacts } from '../route.ts';
import { departToProvider, type Hints } from './begin-sign-in.ts';
import { failAttempt } from './record-outcome.ts';
import { newReference } from './reference.ts';
import { refusedWords, returnWithError, type WayBack } from './return-to-app.ts';
import { isReady, isUsable, tenantOf } from './usable-connection.ts';

export interface AppSignIn extends Hints {
  readonly clientId: string;
  readonly way: WayBack;
  /** S256 of the app's verifier (RFC 7636), when it sent one. */
  readonly codeChallenge: string | null;
  readonly forceAuthn: boolean;
  /** Where the person began; `app` when left out. */
  readonly origin?: 'app' | 'provider';
}

/** Starts a sign-in for the vendor's app: the attempt is written, and the browser sent to the provider. */
export async function startForApp(
  tx: Tx,
  deps: ApiDeps,
  connection: ConnectionRow,
  request: RequestFacts,
  { clientId, way, codeChallenge, origin = 'app', ...how }: AppSignIn,
): Promise<Answer> {
  const attempt = {
    id: newId('attempt_'),
    ...tenantOf(connection),
    connectionId: connection.id,
    protocol: connection.protocol,
    reference: newReference(),
    origin,
    settingsRevision: connection.settingsRevision,
    clientId,
    redirectUri: way.redirectUri,
    clientState: way.state,
    codeChallenge,
    startedAt: request.now,
  } as const;
  if (!isReady(connection) || !(await isUsable(deps, connection, 'app'))) {
    const kept = await insertAttempt(tx, attempt);
    const facts = { state: connection.state, reason: 'not_sent' };
    await failAttempt(tx, connection, kept, { cause: 'connection_not_usable', facts, now: request.now });
    return returnWithError(
      way,
      'connection_unlinked',
      `The connection is not active. ${refusedWords(kept.reference)}`,
    );
  }
  const { sent, answer } = await departToProvider(tx, deps, connection, request, how);
  const started = await insertAttempt(tx, { ...attempt, ...sent });
  await recordAttemptEvent(tx, started, 'started', { now: request.now, newId });
  return answer;
}
