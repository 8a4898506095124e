import { z } from 'zod';
import type { SamlVerdict } from '../../adapters/saml/verdict.ts';
import type { AttemptRow, IdpCertificateRow } from '../../db/index.ts';
import { signInCauses, type SignInFacts } from '../../onboarding/sign-in-causes.ts';

/**
 * What is kept of a verdict between the answer, which comes without our cookie, and the bounce, which brings it
 * [SAML-16]: a row's JSON, so it is read with a schema.
 */
const checks = z.array(z.object({ check: z.string(), passed: z.boolean() }));
const fact = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);
const pendingOutcome = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    responseId: z.string(),
    assertionId: z.string(),
    nameId: z.string(),
    nameIdFormat: z.string().nullable(),
    nameQualifier: z.string().nullable().default(null),
    spNameQualifier: z.string().nullable().default(null),
    sessionIndex: z.string().nullable(),
    sessionEndsAt: z.iso.datetime().nullable(),
    attributes: z.array(z.tuple([z.string(), z.array(z.string())])),
    /** Until then the same messages could pass again [SAML-18]. */
    replayableUntil: z.iso.datetime(),
    signed: z.enum(['response', 'assertion', 'both']),
    encrypted: z.boolean(),
    signedBy: z.string(),
    /** Whether it is time to note again that this certificate is in use: most sign-ins write nothing about it. */
    notesKey: z.boolean(),
    checks,
  }),
  z.object({ ok: z.literal(false), cause: z.enum(signInCauses), facts: z.record(z.string(), fact), checks }),
]);

/** As often as `touchCertificate` writes. */
const noteEveryMs = 60 * 60_000;

export type PendingOutcome = z.infer<typeof pendingOutcome>;
export type AcceptedOutcome = Extract<PendingOutcome, { ok: true }>;
export type RefusedOutcome = Extract<PendingOutcome, { ok: false }>;

export function outcomeOf(
  verdict: SamlVerdict,
  certificates: readonly Pick<IdpCertificateRow, 'fingerprint' | 'lastUsedAt'>[],
  now: Date,
): PendingOutcome {
  if (!verdict.ok) {
    return { ok: false, cause: verdict.cause, facts: factsOf(verdict), checks: [...verdict.checks] };
  }
  const { assertion } = verdict;
  return {
    ok: true,
    responseId: verdict.responseId,
    assertionId: assertion.id,
    nameId: assertion.nameId,
    nameIdFormat: assertion.nameIdFormat ?? null,
    nameQualifier: assertion.nameQualifier ?? null,
    spNameQualifier: assertion.spNameQualifier ?? null,
    sessionIndex: assertion.sessionIndex ?? null,
    sessionEndsAt: assertion.sessionNotOnOrAfter?.toISOString() ?? null,
    attributes: assertion.attributes,
    replayableUntil: assertion.notOnOrAfter.toISOString(),
    signed: verdict.signed,
    encrypted: verdict.encrypted,
    signedBy: verdict.signedBy,
    notesKey: certificates.some(
      ({ fingerprint, lastUsedAt }) =>
        fingerprint === verdict.signedBy &&
        (lastUsedAt === null || lastUsedAt.getTime() + noteEveryMs <= now.getTime()),
    ),
    checks: [...verdict.checks],
  };
}

/** With an unknown key the certificate itself is a fact: "Trust the new certificate" needs it. */
function factsOf({ facts, offeredCertificate }: Extract<SamlVerdict, { ok: false }>) {
  const plain: SignInFacts = offeredCertificate === undefined ? facts : { ...facts, offeredCertificate };
  return Object.fromEntries(
    Object.entries(plain).map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]),
  );
}

export function readOutcome(attempt: AttemptRow): PendingOutcome | undefined {
  return attempt.pendingOutcome === null ? undefined : pendingOutcome.parse(attempt.pendingOutcome);
}
