import type { samlChecks } from '../../onboarding/sign-in-checks.ts';
import type { SignInCause, SignInFacts } from '../../onboarding/sign-in-causes.ts';
import type { TrustedCertificate } from './signatures.ts';

/** What a connection asks of a response, what it was asked for, and when. Everything that a verdict depends on. */
export interface VerifyInput {
  /** The form field as posted: base64. */
  readonly samlResponse: string;
  readonly trust: ResponseTrust;
  /** The request this answers; absent for a sign-in that started at the provider. */
  readonly request?:
    { readonly id: string; readonly issuedAt: Date; readonly forceAuthn: boolean } | undefined;
  /** 60 s by default, capped at 180 s [SAML-14]. */
  readonly clockSkewMs: number;
  readonly now: Date;
}

export interface ResponseTrust {
  readonly idpEntityId: string;
  readonly spEntityId: string;
  readonly acsUrl: string;
  readonly signingCertificates: readonly TrustedCertificate[];
  /** How long an ended certificate still counts [MD-05]. */
  readonly expiryGraceMs: number;
  /** What the last passed test had; less is refused as `signed_less`. */
  readonly floor: SignatureFloor;
  /** Our private keys, current and next, as PEM. */
  readonly decryptionKeys?: readonly string[] | undefined;
  readonly allowUnsolicited: boolean;
}

export interface SignatureFloor {
  readonly signed: 'one' | SignedParts;
  readonly encrypted: boolean;
}

export type SignedParts = 'response' | 'assertion' | 'both';

/** What held until one did not. */
export type SamlCheck = (typeof samlChecks)[number];

export interface CheckOutcome {
  readonly check: SamlCheck;
  readonly passed: boolean;
}

/** Read from signed bytes only. */
export interface VerifiedAssertion {
  readonly id: string;
  readonly issuer: string;
  readonly nameId: string;
  readonly nameIdFormat: string | undefined;
  /** As they stood, for naming the subject to the provider again. */
  readonly nameQualifier: string | undefined;
  readonly spNameQualifier: string | undefined;
  readonly sessionIndex: string | undefined;
  readonly sessionNotOnOrAfter: Date | undefined;
  readonly authnInstant: Date;
  /** All values by name in document order. Entries, not an object: a name may be `__proto__`. */
  readonly attributes: [string, string[]][];
  /** The later of both ends: a replay is possible until then [SAML-18]. */
  readonly notOnOrAfter: Date;
}

export type SamlVerdict =
  | {
      readonly ok: true;
      readonly assertion: VerifiedAssertion;
      readonly responseId: string;
      /** Equal to the request's id; absent when unsolicited. */
      readonly inResponseTo: string | undefined;
      readonly signed: SignedParts;
      readonly encrypted: boolean;
      /** SHA-256 of the pinned certificate (DER, hex) whose key it was. */
      readonly signedBy: string;
      readonly checks: readonly CheckOutcome[];
    }
  | {
      readonly ok: false;
      readonly cause: SignInCause;
      readonly facts: SignInFacts;
      readonly checks: readonly CheckOutcome[];
      /** Unverified, for finding the attempt and for people; never a reason to act on the pending request. */
      readonly inResponseTo?: string | undefined;
      readonly issuer?: string | undefined;
      /** With `signature_unknown_key`: the certificate (PEM) the message was really signed with. */
      readonly offeredCertificate?: string | undefined;
    };
