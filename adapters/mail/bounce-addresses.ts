import { createHmac } from 'node:crypto';
import type { Secrets } from '../secrets.ts';
import { tokensMatch } from '../tokens.ts';

/**
 * Envelope senders that say which mail came back: `b+<mail id>.<mac>@<domain>`. The MAC proves that we sent that mail, so
 * nobody can have an address suppressed by writing to us about it.
 */
export interface BounceAddresses {
  addressOf(mailId: string): string;
  /** The mail that a recipient names; undefined for every address that we did not make. */
  mailIdIn(address: string): string | undefined;
}

/** 104 bits as hex: with the mail's id that is as much as a local part of 64 characters holds. */
const macLength = 26;

export function createBounceAddresses({
  secrets,
  domain,
}: {
  secrets: Pick<Secrets, 'derive' | 'keyIds' | 'writingKeyId'>;
  domain: string;
}): BounceAddresses {
  const macOf = (mailId: string, keyId: string) =>
    createHmac('sha256', secrets.derive('bounce-address', keyId))
      .update(mailId)
      .digest('hex')
      .slice(0, macLength);
  return {
    addressOf: (mailId) => `b+${mailId}.${macOf(mailId, secrets.writingKeyId)}@${domain}`,
    mailIdIn(address) {
      // Mail servers on the way may have changed upper and lower case.
      const [, ulid = '', mac = '', at = ''] =
        /^b\+mail_([0-9a-z]{26})\.([0-9a-f]{26})@([^@]+)$/i.exec(address) ?? [];
      if (at.toLowerCase() !== domain.toLowerCase()) return undefined;
      const mailId = `mail_${ulid.toUpperCase()}`;
      // An older key still reads what it has signed.
      const isOurs = secrets.keyIds.some((keyId) => tokensMatch(macOf(mailId, keyId), mac.toLowerCase()));
      return isOurs ? mailId : undefined;
    },
  };
}
