/**
 * What an admin vouched for when members were allowed to sign in by single sign-on: one organization of the vendor's own,
 * its domains, and its connections as they were set up on that day. Whoever may change a connection could otherwise let
 * themselves in under an admin's name, so that what has changed since counts no more until an admin has looked.
 */
export interface MembersTrust {
  readonly organizationId: string;
  readonly domains: readonly string[];
  readonly connections: readonly VouchedConnection[];
}

export interface VouchedConnection {
  readonly id: string;
  /** Goes up with every change of what answers are verified with, except keys. */
  readonly settingsRevision: number;
  /** Fingerprints of the provider's keys of that day. */
  readonly certificates: readonly string[];
}

/** Whether the connection is set up as it was when an admin looked. */
export function isAsVouched(
  trust: MembersTrust,
  connection: { id: string; organizationId: string; settingsRevision: number },
): boolean {
  return (
    connection.organizationId === trust.organizationId &&
    vouchedOf(trust, connection)?.settingsRevision === connection.settingsRevision
  );
}

/** Whether a key of the provider's counts: it was there on that day, or came from the metadata address of that day. */
export function isKeyAsVouched(
  trust: MembersTrust,
  connection: { id: string },
  { fingerprint, source }: { fingerprint: string; source: string },
): boolean {
  const vouched = vouchedOf(trust, connection);
  return vouched !== undefined && (source === 'refresh' || vouched.certificates.includes(fingerprint));
}

const vouchedOf = ({ connections }: MembersTrust, { id }: { id: string }) =>
  connections.find((connection) => connection.id === id);
