import type { Generated, Selectable } from 'kysely';
import type { SignInCause, SignInFacts } from '../../onboarding/sign-in-causes.ts';
import { columnNames } from '../row-columns.ts';
import type { Json, JsonWithDefault } from './columns.ts';

/** One sign-in try; while in progress also the pending request that an answer must name, once [SAML-17]. */
export interface AttemptsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  connectionId: string;
  reference: string;
  protocol: Generated<'saml' | 'oidc'>;
  revisionId: string | null;
  origin: 'app' | 'test' | 'provider';
  state: 'in_progress' | 'success' | 'failed' | 'timed_out';
  settingsRevision: number;
  requestId: string | null;
  relayStateDigest: string | null;
  bindingDigest: string | null;
  testDigest: string | null;
  clientId: string | null;
  redirectUri: string | null;
  clientState: string | null;
  codeChallenge: string | null;
  forceAuthn: Generated<boolean>;
  cause: SignInCause | null;
  facts: JsonWithDefault<SignInFacts>;
  checks: JsonWithDefault<readonly { check: string; passed: boolean }[]>;
  /** What went over the wire beside the two messages, in order, secrets taken out. */
  trail: JsonWithDefault<readonly Record<string, unknown>[]>;
  requestXml: string | null;
  responseXml: string | null;
  email: string | null;
  idpId: string | null;
  profile: Json<Record<string, unknown>> | null;
  signedBy: string | null;
  signed: string | null;
  pendingOutcome: Json<Record<string, unknown>> | null;
  startedAt: Generated<Date>;
  answeredAt: Date | null;
  consumedAt: Date | null;
  endedAt: Date | null;
}

export type AttemptRow = Selectable<AttemptsTable>;

export const attemptColumns = columnNames<AttemptsTable>({
  id: true,
  environmentId: true,
  organizationId: true,
  connectionId: true,
  reference: true,
  protocol: true,
  revisionId: true,
  origin: true,
  state: true,
  settingsRevision: true,
  requestId: true,
  relayStateDigest: true,
  bindingDigest: true,
  testDigest: true,
  clientId: true,
  redirectUri: true,
  clientState: true,
  codeChallenge: true,
  forceAuthn: true,
  cause: true,
  facts: true,
  checks: true,
  trail: true,
  requestXml: true,
  responseXml: true,
  email: true,
  idpId: true,
  profile: true,
  signedBy: true,
  signed: true,
  pendingOutcome: true,
  startedAt: true,
  answeredAt: true,
  consumedAt: true,
  endedAt: true,
});
