/**
 * When a certificate goes after a renewal: seven days after the provider has begun to sign with the new one and has last
 * signed with the old one. Only a renewal replaces: keys that were given together are all meant.
 */
const unusedForMs = 7 * 86_400_000;

export interface TrustedCertificate {
  readonly source: string;
  readonly createdAt: Date;
  readonly notAfter: Date;
  readonly firstUsedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** The renewal that takes this one's place: trusted later, and it ends no sooner. The newest, where there are several. */
export function successorOf<Certificate extends TrustedCertificate>(
  old: TrustedCertificate,
  trusted: readonly Certificate[],
): Certificate | undefined {
  return trusted
    .filter((c) => c.source === 'renewal' && c.createdAt > old.createdAt && c.notAfter >= old.notAfter)
    .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
    .at(-1);
}

/** Undefined while nothing replaces it, or what replaces it has not signed yet. */
export function retiresAt(old: TrustedCertificate, trusted: readonly TrustedCertificate[]): Date | undefined {
  const inUseSince = successorOf(old, trusted)?.firstUsedAt;
  if (inUseSince == null) return undefined;
  return new Date(Math.max(inUseSince.getTime(), old.lastUsedAt?.getTime() ?? 0) + unusedForMs);
}
