import { OnboardingError } from '../onboarding/errors.ts';
import { toALabels } from './domain-names.ts';

/** RFC 5322 dot-atom without the characters that mail software reads as syntax; ASCII only. */
const dotAtom = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;

/**
 * The one validator of e-mail addresses [MAIL-01]. Returns the address with its domain as lower-case A-labels; the part
 * before the @ keeps its case, since only the receiving side may compare it (RFC 5321 §2.4).
 * Throws `email_invalid` {email}, the address shortened and without control characters. Trims nothing.
 */
export function parseEmail(input: string): string {
  const at = input.indexOf('@');
  const local = input.slice(0, at);
  const domain = toALabels(input.slice(at + 1));
  const isFine =
    at > 0 &&
    input.length <= 254 &&
    local.length <= 64 &&
    dotAtom.test(local) &&
    !input.endsWith('.') &&
    domain !== null &&
    /\.[a-z][a-z0-9-]*$/.test(domain);
  const address = `${local}@${domain}`;
  if (!isFine || address.length > 254) {
    throw new OnboardingError('email_invalid', { email: input.replace(/\p{C}/gu, '').slice(0, 120) });
  }
  return address;
}
