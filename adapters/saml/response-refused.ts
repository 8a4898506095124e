import type { SignInCause, SignInFacts } from '../../onboarding/sign-in-causes.ts';

/** Stops the acceptance pipeline with the reason; caught once, in `verify-response.ts`, and made a verdict there. */
export class ResponseRefused extends Error {
  readonly reason: SignInCause;
  readonly facts: SignInFacts;
  /** The certificate a stranger's signature was really made with: what "trust the new certificate" would pin. */
  readonly offeredCertificate: string | undefined;

  constructor(reason: SignInCause, facts: SignInFacts = {}, offeredCertificate?: string) {
    super(reason);
    this.name = 'ResponseRefused';
    this.reason = reason;
    this.facts = facts;
    this.offeredCertificate = offeredCertificate;
  }
}

/** A value of the message as a fact: short and printable, because people are shown it. */
export function quoted(value: string | undefined): string {
  return (value ?? '').replace(/\p{Cc}/gu, ' ').slice(0, 500);
}
