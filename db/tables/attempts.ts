import type { Generated, Selectable } from 'kysely';
import type { SignInCause, SignInFacts } from '../../onboarding/sign-in-causes.ts';
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
