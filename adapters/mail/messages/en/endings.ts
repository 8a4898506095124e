import type { AgeingKind } from '../../../../onboarding/ageing.ts';
import { days, type Names } from './words.ts';

/** What ends or is renewed: certificates, secrets, tokens, keys and credentials. */

export type RenewedThing = 'certificate' | 'client_secret' | 'scim_token' | 'stream_credential';

export type Renewal = {
  thing: RenewedThing;
  provider: string;
  ends: Date;
  isOver: boolean;
  linkEnds: Date;
  zone: string;
};

/** What is renewed, what rests on it, and what does not happen meanwhile. */
export function renewedWords({ thing, provider, org }: Names & Renewal) {
  switch (thing) {
    case 'scim_token':
      return {
        thing: 'token',
        serves: `with which ${provider} tells who joins and leaves ${org}`,
        calm: 'nobody leaves by it',
      };
    case 'stream_credential':
      return {
        thing: 'credential',
        serves: `with which the audit events of ${org} reach ${provider}`,
        calm: 'no event is lost',
      };
    case 'certificate':
    case 'client_secret':
      return {
        thing: thing === 'certificate' ? thing : 'client secret',
        serves: `that the sign-ins of ${org} through ${provider} rest on`,
        calm: 'nobody is signed out',
      };
  }
}

export const ageingSubject = (provider: string, left: number) =>
  `The certificate of ${provider} ${endWords(left)}`;

export function endWords(left: number): string {
  if (left > 0) return `ends in ${days(left)}`;
  return left === 0 ? 'ends today' : 'has ended';
}

/**
 * What ends, what comes of it, and what to do; `effect` follows “After that,” or “Now,”. What has ended (`days` below 0)
 * serves nobody meanwhile.
 */
export function ageingWords({
  org,
  vendor,
  product,
  kind,
  provider,
  days: left,
}: Names & { kind: AgeingKind; provider: string; days: number }) {
  const unlessOver = (words: string) => (left < 0 ? '' : words);
  switch (kind) {
    case 'scim_token':
      return {
        thing: `The token of ${provider}`,
        effect: `who joins or leaves ${org} no longer reaches ${product} from ${provider}. Replacing it takes five minutes${unlessOver('; both work meanwhile')}.`,
        act: `Make another token on the page and paste it at ${provider}.${unlessOver(' Once the new one was used, retire the old one.')}`,
        button: 'Replace the token',
      };
    case 'stream_credential':
      return {
        thing: `The credential for ${provider}`,
        effect: `audit events of ${org} no longer reach ${provider}. Replacing it takes five minutes; none is lost meanwhile.`,
        act: `Make a new credential at ${provider}, then enter it on the page.${unlessOver(' The old one serves until then.')}`,
        button: 'Replace the credential',
      };
    case 'client_secret':
      return {
        thing: `The client secret of ${provider}`,
        effect: `nobody of ${org} can sign in through ${provider}. Renewing takes five minutes; nobody is signed out.`,
        act: `Make a new client secret at ${provider}, then enter it on the page as a change.${unlessOver(' The old one serves until the new one has passed its test.')}`,
        button: 'Renew the client secret',
      };
    case 'signing_key':
      return {
        thing: `Our signing certificate for ${provider}`,
        effect: `${provider} may refuse the requests that sign-ins begin with. ${vendor} changes the key before; nobody is signed out.`,
        act: `Where ${provider} reads our metadata by its address, it takes the new certificate by itself. Elsewhere it is on the page, beside the old one, as soon as ${vendor} has made it.`,
        button: 'Open the connection',
      };
    case 'encryption_key':
      return {
        thing: `Our encryption certificate for ${provider}`,
        effect: `${provider} may refuse to encrypt for it, and sign-ins end there. ${vendor} changes the key before; nobody is signed out.`,
        act: `Where ${provider} reads our metadata by its address, it takes the new certificate by itself. Elsewhere it is on the page, beside the old one, as soon as ${vendor} has made it.`,
        button: 'Open the connection',
      };
  }
}
