import type { ConnectionNoticeKind } from '../../../../onboarding/connection-notices.ts';
import type { DirectoryNoticeKind } from '../../../../onboarding/directory-notices.ts';
import { list, type Names } from './words.ts';

/** What somebody did to a connection or a directory, and what it means for the people who come through it. */

export type Notice = {
  provider: string;
  kind: ConnectionNoticeKind;
  at: Date;
  zone: string;
  by: string | null;
  isVendors: boolean;
  domains: readonly string[] | null;
};

export type DirectoryNews = {
  kind: DirectoryNoticeKind;
  source: string;
  to: string;
  at: Date;
  zone: string;
  by: string | null;
  isVendors: boolean;
};

/** What an act on a directory means for the people who come from it. */
export function directoryWords({ org, product, kind, source, to, isVendors }: Names & DirectoryNews): {
  subject: string;
  effect: string;
} {
  const nobodyYet = `The people of ${org} stay in ${product} as they are until the switch is confirmed.`;
  switch (kind) {
    case 'switch_prepared':
      return {
        subject: `${source} is to be replaced by ${to}`,
        effect: `What ${source} sends is not taken any more. ${nobodyYet}`,
      };
    case 'reset':
      return {
        subject: `The directory ${source} is being set up anew`,
        effect: `Its tokens and credentials have stopped. ${nobodyYet}`,
      };
    case 'switched':
      return {
        subject: source === to ? `${to} goes by its new set-up` : `People of ${org} come from ${to} now`,
        effect: `Whoever is not in ${to} has left ${product} and cannot sign in. What was there before is kept for 30 days and can be brought back.`,
      };
    case 'brought_back':
      return {
        subject: `People of ${org} come from ${to} again`,
        effect: 'The set-up from before was brought back, with its people and its tokens.',
      };
    case 'deleted':
      return {
        subject: `The directory ${source} was deleted`,
        effect: `Nobody of ${org} is in ${product} by it any more. ${isVendors ? 'To have people come again, set it up anew.' : 'This can’t be taken back; it can be set up anew.'}`,
      };
  }
}

/** Whoever did it, as far as that is known. */
export function doer({ by, isVendors, vendor }: Names & Pick<Notice, 'by' | 'isVendors'>): string {
  return isVendors ? vendor : (by ?? 'Somebody with a set-up link');
}

/** What an act on a connection means for the people who sign in through it. */
export function noticeWords({ org, product, provider, kind, domains, isVendors }: Names & Notice): {
  subject: string;
  effect: string;
} {
  switch (kind) {
    case 'switched_off':
      return {
        subject: `Sign-in through ${provider} is switched off`,
        effect: `The people of ${org} can no longer sign in to ${product} through it. Every setting is kept.`,
      };
    case 'switched_on':
      return {
        subject: `Sign-in through ${provider} is on again`,
        effect: `The people of ${org} can sign in to ${product} through it, with the settings from before.`,
      };
    case 'settings_switched':
      return {
        subject: `Sign-in through ${provider} goes by other settings now`,
        effect: 'They were tested. Those from before are kept for 30 days and can be brought back.',
      };
    case 'reset':
      return {
        subject: `The connection with ${provider} was reset`,
        effect: `The people of ${org} can no longer sign in to ${product} through it. What it was is kept for 30 days and can be brought back.`,
      };
    case 'settings_brought_back':
      return {
        subject: `Sign-in through ${provider} has its settings from before`,
        effect: 'They were brought back. Those that were there in between are kept for 30 days.',
      };
    case 'deleted':
      return {
        subject: `The connection with ${provider} was deleted`,
        effect: `The people of ${org} can no longer sign in to ${product} through it. ${isVendors ? 'To have it again, set it up anew.' : 'It can be brought back for 30 days.'}`,
      };
    case 'brought_back':
      return {
        subject: `The connection with ${provider} was brought back`,
        effect:
          'It is as it was when it was deleted; where it was live, people can sign in through it again.',
      };
    case 'form_accepted':
      return {
        subject: `Weaker answers of ${provider} are accepted from now on`,
        effect: `They were tested and confirmed. ${provider} signs or encrypts less than before, and we take it.`,
      };
    case 'certificate_trusted':
      return {
        subject: `A new certificate of ${provider} is trusted`,
        effect: `Sign-in through ${provider} works with it from now on, beside the one from before. Nothing changes for the people of ${org}.`,
      };
    case 'domains_chosen':
      return {
        subject: `Who may sign in through ${provider} has changed`,
        effect:
          domains === null
            ? 'From now on it is for people of every verified domain.'
            : `From now on it is for people with ${list(domains.map((domain) => `@${domain}`))}, and for nobody else.`,
      };
  }
}
