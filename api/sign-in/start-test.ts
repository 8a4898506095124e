import { newId } from '../../adapters/ids.ts';
import { digestToken, mintToken } from '../../adapters/tokens.ts';
import { insertAttempt, type Tx } from '../../db/index.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { ApiDeps } from '../deps.ts';
import type { EffectiveConnection } from './effective-connection.ts';
import { newReference } from './reference.ts';
import { isReady, isUsable, tenantOf } from './usable-connection.ts';

/** A test sign-in that waits for somebody to open its address. */
export interface StartedTest {
  readonly attemptId: string;
  readonly reference: string;
  /** Good once, until `expiresAt`; whoever opens it signs in at the provider and nowhere else. */
  readonly url: string;
  readonly expiresAt: Date;
}

const addressLifeMs = 15 * 60_000;

/**
 * Makes an attempt with an address for trying a connection's present settings, live or not. Throws
 * `connection_incomplete` while the provider's side is missing, `connection_state_refused` when it is being deleted.
 */
export async function startTest(
  tx: Tx,
  deps: ApiDeps,
  { connection, now }: { readonly connection: EffectiveConnection; readonly now: Date },
): Promise<StartedTest> {
  if (!isReady(connection)) {
    throw new OnboardingError('connection_incomplete', { connection_id: connection.id });
  }
  if (!(await isUsable(deps, connection, 'test'))) {
    throw new OnboardingError('connection_state_refused', { state: connection.state });
  }
  const token = mintToken('vb_test_');
  const attempt = await insertAttempt(tx, {
    id: newId('attempt_'),
    ...tenantOf(connection),
    connectionId: connection.id,
    protocol: connection.protocol,
    reference: newReference(),
    origin: 'test',
    revisionId: connection.revisionId,
    settingsRevision: connection.settingsRevision,
    testDigest: digestToken(token).toString('hex'),
    startedAt: now,
  });
  return {
    attemptId: attempt.id,
    reference: attempt.reference,
    url: `${deps.urls.api}/sso/test/${token}`,
    expiresAt: new Date(now.getTime() + addressLifeMs),
  };
}
