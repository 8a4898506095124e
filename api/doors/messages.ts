import type { OfferedFeature } from '../../onboarding/steps.ts';

/** The sentences of the doors, in English. Whole sentences with their values, so that a language is one more file. */

type Names = { vendor: string; product: string; organization: string };

const lists = new Intl.ListFormat('en', { type: 'conjunction' });

export const doorWords = {
  landing: {
    asks: ({ vendor, product, organization }: Names) =>
      `${vendor} asks you to connect ${organization} to ${product}`,
    goOn: ({ organization }: Names) => `Continue setting up ${organization}`,
    repair: ({ product, organization }: Names) => `${product} for ${organization} needs attention`,
    renewal: ({ organization }: Names) => `Renew what ends for ${organization}`,
    finished: ({ organization }: Names) => `${organization} is set up`,
    forLabel: 'For',
    needLabel: 'You need',
    timeLabel: 'It takes',
    takes: (minutes: number) => `about ${minutes} minutes, in any order, with breaks as you like`,
    nothingChanges: 'Nothing changes for your users until you switch it on.',
    repairText: 'What is wrong and where to mend it stands on the next page. Opening it changes nothing.',
    renewalText:
      'What ends, on which day and what to do about it stands on the next page. Opening it changes nothing.',
    repairCode: 'When you continue, a code goes to the mailbox this link was sent to.',
    done: (done: number, total: number) => `${done} of ${total} done`,
    lastChange: (when: string) => `last change ${when}`,
    finishedText: 'Everything this link was for is done. It shows what was set up; changes need a new link.',
    start: 'Start set-up',
    continue: 'Continue',
    see: 'See what was set up',
    someoneElse: 'This belongs to someone else',
    forward: ({ vendor }: Names) => `Forward the e-mail as it is, or ask ${vendor} to change the contact.`,
    askOnly: ({ vendor }: Names) =>
      `Ask ${vendor} to change the contact: a forwarded link asks for a code from this mailbox.`,
    codeNeed: 'the mailbox this link was sent to: it gets a code when you start',
    sentBy: ({ vendor }: Names) => `Sent by ${vendor}`,
    goodUntil: (day: string) => `link good until ${day}`,
    support: (address: string, hours: string | null) =>
      hours === null ? `Questions: ${address}` : `Questions: ${address} (${hours})`,
  },
  code: {
    heading: 'Check your e-mail',
    sent: (to: string) => `We sent a six-digit code to ${to}. It works for 10 minutes.`,
    sentBefore: (to: string) => `Codes go to ${to}.`,
    label: 'Code',
    continue: 'Continue',
    again: 'Send a new code',
    malformed: 'A code has six digits. Copy it from the mail as it is.',
    wrong: (left: number) => `That code doesn’t match. ${left} ${left === 1 ? 'try' : 'tries'} left.`,
    ended: 'That code no longer works. Send a new one.',
    tooSoon: (seconds: number) =>
      `The last code is less than a minute old. Look for it in the mailbox, or ask again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
    notYours: (vendor: string) => `Is that mailbox not yours? Ask ${vendor} to change the contact.`,
    blockedHeading: 'Too many wrong codes',
    blocked: (minutes: number) =>
      `This link takes no code for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}. Open it again after that; everything done so far is kept.`,
    notTakenHeading: 'The code could not be mailed',
    notTaken: (to: string, vendor: string) =>
      `The mail server of ${to} does not take our mail. Ask ${vendor} to change the contact.`,
    noContactHeading: 'This link needs a contact',
    noContact: (vendor: string) =>
      `It asks for a code by e-mail, and no address is on record for it. Ask ${vendor} to send the link to yours.`,
  },
  redirect: {
    heading: ({ product, organization }: Names) => `Set up ${product} for ${organization}`,
    text: 'The set-up opens by itself. If it does not, go on here.',
  },
  dead: {
    heading: 'This link no longer works',
    text: 'It may have ended, been replaced by a newer one, or been cut off when copied. If set-up had begun, everything is kept.',
    goBack: (product: string) => `Go back to ${product} and press the button again.`,
    fresh: 'Send me a fresh link',
    ask: (vendor: string, address: string) => `Ask ${vendor}: ${address}`,
    sentHeading: 'Look into the mailbox',
    sent: 'If this was a valid link, a fresh one is on its way to the IT contact on record, within a minute.',
  },
  error: {
    tooMany: 'Too many tries from here',
    wait: (seconds: number) =>
      `Wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, then open the link again. Your place is kept.`,
    refused: 'This page was not opened from its own link',
    refusedText: 'Open the link from the e-mail, or copy its address into a new window.',
    notFound: 'There is no such page',
    notFoundText: 'Open the link from the e-mail again.',
    away: 'We cannot open this right now',
    awayText: 'Try again in a moment. What you entered is kept.',
    ours: 'Something broke on our side',
    oursText: 'We are sorry; what you entered is kept. Try again, or tell us this id.',
    id: (id: string) => `Id: ${id}`,
  },
  sandbox: 'Sandbox',
} as const;

/** What each feature is called, and what it takes from the person. */
export const featureWords: Readonly<Record<OfferedFeature, { name: string; need: string; minutes: number }>> =
  {
    sso: {
      name: 'Single sign-on',
      need: 'admin access to your identity provider (about 5 minutes)',
      minutes: 5,
    },
    directory_sync: {
      name: 'Directory sync',
      need: 'admin access to your directory (about 10 minutes)',
      minutes: 10,
    },
    domain_verification: {
      name: 'Domain verification',
      need: 'access to your DNS (about 2 minutes; it can be a colleague)',
      minutes: 2,
    },
    certificate_renewal: {
      name: 'Certificate renewal',
      need: 'admin access to your identity provider (about 5 minutes)',
      minutes: 5,
    },
    log_streams: {
      name: 'Log streams',
      need: 'admin access to your SIEM (about 10 minutes)',
      minutes: 10,
    },
    audit_logs: { name: 'Audit log', need: 'nothing: it is there to be read', minutes: 0 },
  };

export const listed = (items: readonly string[]): string => lists.format(items);

/** Days and times in the reader's zone where it is known; UTC says so. */
export function dayIn(at: Date, timeZone: string | null): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: timeZone ?? 'UTC' }).format(at);
}

export function timeIn(at: Date, timeZone: string | null): string {
  const written = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: timeZone ?? 'UTC',
  }).format(at);
  return timeZone === null ? `${written} UTC` : written;
}
