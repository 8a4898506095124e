import type { JWK } from 'jose';
import type { OidcClientAuth, OidcServer, OidcTokenAlg } from '../../onboarding/connection-configuration.ts';
import type { SignInCause, SignInFacts } from '../../onboarding/sign-in-causes.ts';
import type { oidcChecks } from '../../onboarding/sign-in-checks.ts';
import type { PendingRequest } from './pending-request.ts';

/** One provider as one connection trusts it. */
export interface OidcTrust {
  readonly connectionId: string;
  readonly organizationId: string;
  /** A sandbox environment, which may use loopback where the operator allows it. */
  readonly sandboxLoopback: boolean;
  readonly server: OidcServer;
  readonly clientId: string;
  readonly clientAuth: ClientProof;
  readonly tokenAlg: OidcTokenAlg;
  readonly redirectUri: string;
  readonly fetchesUserInfo: boolean;
}

export type ClientProof =
  | { readonly method: Exclude<OidcClientAuth, 'private_key_jwt'>; readonly secret: string }
  | {
      readonly method: 'private_key_jwt';
      readonly privateKeyPem: string;
      readonly keyId: string;
      /** Whom the assertion is made for, where that isn't the issuer. */
      readonly audience?: string | undefined;
    };

/** What came back through the browser, and the request that it answers. */
export interface OidcAnswer {
  /** `code`, `state`, `iss`, or an error. */
  readonly parameters: URLSearchParams;
  readonly pending: PendingRequest;
  readonly startedAt: Date;
  readonly forceAuthn: boolean;
  /** Whether a fresh sign-in that is not proved by its time is refused. */
  readonly provesAuthn: boolean;
  readonly now: Date;
}

/** What held until one did not. */
export type OidcCheck = (typeof oidcChecks)[number];

export interface OidcCheckOutcome {
  readonly check: OidcCheck;
  readonly passed: boolean;
}

/** What went over the wire, secrets taken out: enough for support to see what the provider did. */
export type TrailCard = Readonly<{ kind: string; at: string } & Record<string, unknown>>;

export type OidcVerdict = {
  readonly checks: readonly OidcCheckOutcome[];
  readonly trail: readonly TrailCard[];
} & (
  | { readonly ok: true; readonly claims: Claims; readonly keyId: string | null }
  | { readonly ok: false; readonly cause: SignInCause; readonly facts: SignInFacts }
);

/** Claims that were verified: the ID token's, completed by UserInfo's. `sub` is there. */
export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

/** A provider's keys that we can use, of those it publishes. */
export interface KeySet {
  readonly keys: readonly JWK[];
  readonly fetchedAt: Date;
}

/** Stops the verification with the reason; caught once, in `relying-party.ts`. */
export class AnswerRefused extends Error {
  readonly check: OidcCheck;
  readonly reason: SignInCause;
  readonly facts: SignInFacts;

  constructor(check: OidcCheck, reason: SignInCause, facts: SignInFacts = {}, options?: { cause?: unknown }) {
    super(reason, options);
    this.name = 'AnswerRefused';
    this.check = check;
    this.reason = reason;
    this.facts = facts;
  }
}

/** A stranger's value as a fact: short and printable, because people are shown it. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.replace(/\p{Cc}/gu, ' ').slice(0, 500);
}
