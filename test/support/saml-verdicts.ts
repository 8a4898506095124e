/** What the verifier says of one response after another: changed before it is signed, or on its way. */
import type { SamlVerdict } from '../../adapters/saml/verdict.ts';
import { aResponse, now, replaced, samlKeys, verdictOn } from './saml.ts';

export const keys = await samlKeys();
export const instant = (ms: number) => new Date(now.getTime() + ms).toISOString();
export const minute = 60_000;
export const hour = 60 * minute;

export function causeOf(verdict: SamlVerdict): string {
  return verdict.ok ? 'accepted' : verdict.cause;
}

/** The verdict on a response that is edited before it is signed: the provider itself says it. */
export function onSigned(
  edit: (xml: string) => string,
  change: Parameters<typeof verdictOn>[2] = {},
): SamlVerdict {
  return verdictOn(keys, aResponse(keys, { edit }), change);
}

/** The verdict on a response that somebody changes on its way. */
export function onTampered(tamper: (xml: string) => string): SamlVerdict {
  return verdictOn(keys, aResponse(keys, { tamper }));
}

export const swap = (what: string | RegExp, by: string) => (xml: string) => replaced(xml, what, by);
