/** Every word of our mails in English. Whole sentences, so a translation can put them in its own order. */
import type { AgeingKind } from '../../../onboarding/ageing.ts';
import type { ContestNews } from '../../../onboarding/domain-holding.ts';
import type { Mode } from '../../../onboarding/modes.ts';
import type { Feature, StepName } from '../../../onboarding/steps.ts';
import type { MailedTrouble } from '../../../onboarding/troubles.ts';
import type { MailLanguage } from '../layout.ts';
import { directoryWords, doer, noticeWords, type DirectoryNews, type Notice } from './en/acts.ts';
import { contestWords } from './en/contests.ts';
import { ageingSubject, ageingWords, endWords, renewedWords, type Renewal } from './en/endings.ts';
import { staffTroubleWords, streamCause, troubleWords, type Trouble } from './en/troubles.ts';
import {
  date,
  day,
  featureWords,
  list,
  locale,
  lowerFirst,
  minutes,
  moment,
  number,
  people,
  stepWords,
  steps,
  type Names,
  upperFirst,
} from './en/words.ts';

export const language: MailLanguage = {
  lang: 'en',
  dir: 'ltr',
  orCopy: 'Or copy this address into your browser:',
};

const waitingWords = {
  customer: 'the customer',
  colleague: 'a colleague of the contact',
  staff: 'us',
  dns: 'DNS',
  provider: 'the customer’s directory',
} as const;

/** What a role may, as it follows “as”. */
const staffRoles = {
  admin: 'admin: you may do everything',
  developer: 'developer: keys, settings for apps and the Test IdP',
  support: 'support: onboardings and the people in them',
  viewer: 'viewer: you see everything and change nothing',
} as const;

export type StaffRole = keyof typeof staffRoles;

export type WaitingFor = keyof typeof waitingWords;

export type HoldReason = 'many_leave' | 'first_file' | 'switch';

export const footers = {
  contact: ({ org, vendor, asksForCode, isPage }: Names & { asksForCode: boolean; isPage: boolean }) => [
    `You get this because ${vendor} named you as the contact for ${org}.`,
    isPage
      ? `The page asks for your set-up link. If you have none that works, ask ${vendor} for one.`
      : asksForCode
        ? 'If it is someone else’s job, forward this mail, and give them the code that its link sends to you.'
        : 'If it is someone else’s job, forward this mail: its link works for them too.',
  ],
  codeAsked: ({ product }: { product: string }) => [
    `You get this because your address was entered on a page of ${product}.`,
    'Keep the code to yourself; nobody will ask you for it.',
  ],
  staff: ({ product }: { product: string }) => [
    `You get this because you look after onboardings for ${product}.`,
    'The link asks you to sign in first.',
  ],
  member: ({ product }: { product: string }) => [
    `You get this because a colleague gave you access to the dashboard of ${product}.`,
    'If that is a mistake, do nothing, or ask them to remove you.',
  ],
  support: (address: string) => `Questions? Reply to this mail, or write to ${address}.`,
};

/** The first sentences of an invitation, by who does the steps. */
const invitedWords = ({ vendor, org }: Names, features: string): Readonly<Record<Mode, string>> => ({
  self_service: `${vendor} asks you to set up ${features} for ${org}. About ten minutes, in any order; nothing changes for your people until you switch it on.`,
  guided: `${vendor} asks you to set up ${features} for ${org}, and goes through it with you: reply to this mail to find a time. Nothing changes for your people until you switch it on.`,
  staff_led: `${vendor} sets up ${features} for ${org} and needs you only for what nobody else can do. We mail you when it is your turn; nothing changes for your people until you switch it on.`,
});

export const mails = {
  invitation: (p: Names & { features: readonly Feature[]; mode: Mode; ends: Date; zone: string }) => ({
    subject: `Connect ${p.org} to ${p.product}`,
    paragraphs: [
      invitedWords(p, list(p.features.map((feature) => featureWords[feature])))[p.mode],
      `Leave and come back whenever you like: everything is saved. The link works until ${date(p.ends, p.zone)}.`,
    ],
    button: 'Open the set-up',
  }),

  freshLink: (p: Names & { ends: Date; zone: string }) => ({
    subject: `Your fresh link for ${p.product}`,
    paragraphs: [
      'Here is a new link; older ones no longer work. Everything done so far is kept.',
      `It works until ${date(p.ends, p.zone)}.`,
    ],
    button: 'Go on where you stopped',
  }),

  reminderNotOpened: (p: Names & { sent: Date; ends: Date; zone: string }) => ({
    subject: `${p.product} set-up is waiting for you`,
    paragraphs: [
      `The link of ${date(p.sent, p.zone)} hasn’t been opened. Is it someone else’s job? Forward this mail.`,
      `It takes about ten minutes, and nothing changes for the people of ${p.org} until it is switched on. The link works until ${date(p.ends, p.zone)}.`,
    ],
    button: 'Open the set-up',
  }),

  reminderHalfDone: (
    p: Names & { done: number; total: number; next: StepName; stopped: Date; minutes: number; zone: string },
  ) => ({
    subject: `${p.done} of ${p.total} done, next: ${lowerFirst(stepWords[p.next])}`,
    paragraphs: [
      `You stopped at “${stepWords[p.next]}” on ${day(p.stopped, p.zone)}. It takes about ${minutes(p.minutes)}.`,
      `What you entered for ${p.org} is kept, and nothing is live until you say so.`,
    ],
    button: 'Go on where you stopped',
  }),

  lastNotice: (p: Names & { open: number; ends: Date; zone: string }) => ({
    subject: `Your link ends on ${date(p.ends, p.zone)}`,
    paragraphs: [
      `${upperFirst(number(p.open))} ${steps(p.open)} ${p.open === 1 ? 'is' : 'are'} open. Finish before then, or ask ${p.vendor} for more time: a reply to this mail is enough.`,
      `Everything done for ${p.org} is kept, whatever you choose.`,
    ],
    button: 'Go on where you stopped',
  }),

  code: (p: { product: string; code: string; minutes: number }) => ({
    subject: `Your code for ${p.product}`,
    paragraphs: [
      `${p.code} works for ${p.minutes} minutes, on the page where you are. If you didn’t ask, do nothing.`,
    ],
  }),

  domainVerified: (p: Names & { domain: string; found: Date; next: StepName | null; zone: string }) => ({
    subject: `${p.domain} is verified`,
    paragraphs: [
      `We found the record at ${moment(p.found, p.zone)}. ${p.next ? `Next: ${lowerFirst(stepWords[p.next])}.` : 'Nothing for you to do now.'}`,
      'Keep the record where it is: we look again every day.',
    ],
    button: p.next ? `Continue with “${stepWords[p.next]}”` : 'Open the set-up',
  }),

  yourTurn: (p: Names & { next: StepName; note: string | null }) => ({
    subject: `Your turn: ${lowerFirst(stepWords[p.next])}`,
    paragraphs: [
      `${p.vendor} has handed the set-up of ${p.org} on to you. Next for you: ${lowerFirst(stepWords[p.next])}.`,
      ...(p.note === null ? [] : [`${p.vendor} says: “${p.note}”`]),
      'Everything done so far is kept, and nothing is live until you say so.',
    ],
    button: `Continue with “${stepWords[p.next]}”`,
  }),

  domainUnseen: (p: Names & { domain: string; servers: number; reason: string | null }) => ({
    subject: `We can’t see the record for ${p.domain} yet`,
    paragraphs: [
      `${unseenBy(p.servers)}${p.reason === null ? '' : ` Likely reason: ${p.reason}`}`,
      'The page shows the record to add, and what each name server answers now.',
    ],
    button: 'Look at the record',
  }),

  peopleUnseen: (p: Names & { directory: string; since: Date; zone: string }) => ({
    subject: `Nobody has come from ${p.directory} yet`,
    paragraphs: [
      `You connected it on ${day(p.since, p.zone)}; it has sent nobody of ${p.org} to ${p.product} since.`,
      'It begins when provisioning is started in its console. The page says where, and shows each request as it comes.',
    ],
    button: 'See what comes',
  }),

  directoryLinked: (p: Names & { directory: string; since: Date; next: StepName | null; zone: string }) => ({
    subject: `People of ${p.org} come from ${p.directory} now`,
    paragraphs: [
      `The first came at ${moment(p.since, p.zone)}. ${p.next ? `Next: ${lowerFirst(stepWords[p.next])}.` : 'Nothing for you to do now.'}`,
      `From now on, adding, changing or removing somebody there takes effect in ${p.product} by itself.`,
    ],
    button: p.next ? `Continue with “${stepWords[p.next]}”` : 'See who has come',
  }),

  domainContest: (p: Names & { domain: string; news: ContestNews }) => ({
    ...contestWords(p)[p.news],
    button: 'Open your domains',
  }),

  testFailedTwice: (p: Names & { cause: string; field: string | null }) => ({
    subject: 'Shall we look at the test together?',
    paragraphs: [
      `The last test stopped at: ${p.cause}. ${p.field === null ? `The page says what to change; or ask ${p.vendor} to take the step.` : `The fix is usually in ${p.field}; or ask ${p.vendor} to take the step.`}`,
      'Nothing is live and nobody is affected. Your place is kept.',
    ],
    button: 'See the test',
  }),

  live: (p: Names & { domains: readonly string[]; provider: string }) => ({
    subject: `${p.org} is live on ${p.product}`,
    paragraphs: [
      `${p.domains.length === 0 ? `The people of ${p.org}` : `People with ${list(p.domains.map((domain) => `@${domain}`))}`} can sign in through ${p.provider}. Keep this mail: it says how to switch it off.`,
      'To switch it off, open the page below, choose single sign-on, then “Switch off”. It takes effect at once, and the configuration is kept.',
    ],
    button: 'Open the page',
  }),

  /** The same of an onboarding without sign-in, which has nothing to switch off. */
  liveWithoutSignIn: (p: Names & { features: readonly Feature[] }) => ({
    subject: `${p.org} is live on ${p.product}`,
    paragraphs: [
      `${upperFirst(list(p.features.map((feature) => featureWords[feature])))} ${p.features.length === 1 ? 'is' : 'are'} set up for ${p.org}.`,
      'To see how it goes, or to change it, open the page below.',
    ],
    button: 'Open the page',
  }),

  certificateAgeing: (
    p: Names & {
      provider: string;
      days: number;
      ends: Date;
      takenUntil: Date;
      isTaken: boolean;
      zone: string;
    },
  ) => ({
    subject: `${ageingSubject(p.provider, p.days)} (${date(p.ends, p.zone)})`,
    paragraphs: [
      p.isTaken
        ? `We take it until ${date(p.takenUntil, p.zone)}, so that nobody is locked out. After that, nobody of ${p.org} can sign in through ${p.provider}.`
        : `Nobody of ${p.org} can sign in through ${p.provider} until a new one is trusted.`,
      `Renewing takes five minutes; nobody is signed out. Make a new signing certificate at ${p.provider}, then paste it on the page. Both are trusted while you change over.`,
    ],
    button: 'Renew the certificate',
  }),

  thingAgeing: (p: Names & { kind: AgeingKind; provider: string; days: number; ends: Date }) => {
    const words = ageingWords(p);
    return {
      subject: `${words.thing} ${endWords(p.days)} (${date(p.ends, 'UTC')})`,
      paragraphs: [`${p.days >= 0 ? 'After that' : 'Now'}, ${words.effect}`, words.act],
      button: words.button,
    };
  },

  renewalLink: (p: Names & Renewal) => {
    const { thing, serves, calm } = renewedWords(p);
    const end = `It ${p.isOver ? 'ended' : 'ends'} on ${date(p.ends, p.zone)}`;
    return {
      subject: `Renew the ${thing} of ${p.provider} for ${p.product}`,
      paragraphs: [
        `${p.vendor} asks you to renew the ${thing} ${serves}. ${end}.`,
        `Renewing takes five minutes; ${calm}. The link works until ${date(p.linkEnds, p.zone)}, and later notices come to you, too.`,
      ],
      button: `Renew the ${thing}`,
    };
  },

  certificateRenewed: (p: Names & { provider: string; since: Date; oldEnds: Date; zone: string }) => ({
    subject: 'New certificate taken, nothing to do',
    paragraphs: [
      `${p.provider} published it, and we have trusted it since ${moment(p.since, p.zone)}. The old one retires on ${date(p.oldEnds, p.zone)}.`,
      `Nothing changes for the people of ${p.org}.`,
    ],
    button: 'See both certificates',
  }),

  connectionNotice: (p: Names & Notice) => {
    const { subject, effect } = noticeWords(p);
    return {
      subject,
      paragraphs: [
        `${doer(p)} did this at ${moment(p.at, p.zone)}. ${effect}`,
        p.isVendors
          ? `If you did not expect it, open the page, or ask ${p.vendor}.`
          : `If nobody of ${p.org} should have done it, open the page, or tell ${p.vendor}.`,
      ],
      button: p.kind === 'deleted' ? 'Open the set-up' : 'Open the connection',
    };
  },

  connectionNoticeForStaff: (p: Names & Notice) => {
    const { subject, effect } = noticeWords(p);
    return {
      subject: `${p.org}: ${lowerFirst(subject)}`,
      sentence: `${doer(p)} did this at ${moment(p.at, p.zone)}. ${effect} The contacts were told.`,
      button: 'Open the organization',
    };
  },

  directoryNotice: (p: Names & DirectoryNews) => {
    const { subject, effect } = directoryWords(p);
    return {
      subject,
      paragraphs: [
        `${doer(p)} did this at ${moment(p.at, p.zone)}. ${effect}`,
        p.isVendors
          ? `If you did not expect it, open the page, or ask ${p.vendor}.`
          : `If nobody of ${p.org} should have done it, open the page, or tell ${p.vendor}.`,
      ],
      button: p.kind === 'deleted' ? 'Open the set-up' : 'Open the directory',
    };
  },

  holdWaits: (p: Names & { directory: string; reason: HoldReason; people: number; of: number }) =>
    p.reason === 'many_leave'
      ? {
          subject: `A change for ${people(p.people)} is on hold`,
          paragraphs: [
            `${upperFirst(p.directory)} asked to deactivate ${p.people} of ${p.of}. None of them is affected until you decide.`,
            'The page shows who it is about. Apply the change, or discard it.',
          ],
          button: 'Review the change',
        }
      : {
          subject: `The first file from ${p.directory} waits for you`,
          paragraphs: [
            `We have read it and taken nothing into ${p.product} yet. Nobody of ${p.org} is affected until you decide.`,
            'The page shows who would appear, change and leave. Apply it, or send it again.',
          ],
          button: 'See what it would change',
        },

  holdDecided: (
    p: Names & {
      directory: string;
      decision: 'applied' | 'discarded' | 'withdrawn';
      at: Date;
      zone: string;
    },
  ) => ({
    subject: `The change from ${p.directory} was ${decisionWords[p.decision]}`,
    paragraphs:
      p.decision === 'withdrawn'
        ? [
            `Since ${moment(p.at, p.zone)} ${p.directory} has everybody again whom it was about. There is nothing to decide any more.`,
          ]
        : [
            `Somebody decided at ${moment(p.at, p.zone)}. ${p.decision === 'applied' ? `It has taken effect in ${p.product}.` : `Everybody whom it was about stays in ${p.product}; the page says who, and lets them leave after all.`}`,
            `If nobody of ${p.org} should have done it, open the page, or tell ${p.vendor}.`,
          ],
    button: 'Open the directory',
  }),

  holdForStaff: (p: Held & { org: string }) => ({
    subject: `${p.org}: ${heldWords(p)}`,
    sentence: `${heldFact(p)} The contacts were told.`,
    button: 'Open the organization',
  }),

  streamStopped: (p: Names & { destination: string; since: Date; zone: string; cause: string | null }) => ({
    subject: `Audit events still do not reach ${p.destination}`,
    paragraphs: [
      `Since ${moment(p.since, p.zone)}, ${p.destination} has not taken the audit events of ${p.org}.${streamCause(p.cause)}`,
      'Events are kept, none is lost: they are sent in their order once it takes them again. The page says what it answered last and which field to change.',
    ],
    button: 'Repair the log stream',
  }),

  streamBack: (p: Names & { destination: string; late: number }) => ({
    subject: `Audit events reach ${p.destination} again`,
    paragraphs: [
      p.late === 0
        ? `${p.destination} takes the audit events of ${p.org} again.`
        : `${p.destination} takes the audit events of ${p.org} again. ${p.late.toLocaleString(locale)} ${p.late === 1 ? 'event comes' : 'events come'} late; none is lost.`,
    ],
    button: 'See the log stream',
  }),

  streamStoppedForStaff: (p: { org: string; destination: string; since: Date; cause: string | null }) => ({
    subject: `${p.org}: audit events do not reach ${p.destination}`,
    sentence: `Since ${moment(p.since, 'UTC')}, ${p.destination} has not taken them.${streamCause(p.cause)} They are kept. The contacts were told.`,
    button: 'Open the log stream',
  }),

  repairNeeded: (p: Names & Trouble) => {
    const { subject, fact, act, button } = troubleWords(p)[p.kind];
    return { subject, paragraphs: [fact, act], button };
  },

  signedLess: (p: Names & Forms & { provider: string }) => ({
    subject: `${p.provider} signs less than before`,
    paragraphs: [
      `A sign-in for ${p.org} came with ${form(p.received)}; since the last passed test we expect ${form(p.expected)}. It was refused, and so is every other one like it.`,
      `If somebody changed ${p.provider}, change it back, or test the new form and confirm it on the page. If nobody did, tell ${p.vendor}: reference ${p.reference}.`,
    ],
    button: 'See the sign-ins',
  }),
  signedLessForStaff: (p: { org: string; provider: string } & Forms) => ({
    subject: `${p.org}: ${p.provider} signs less than before`,
    sentence: `A sign-in came with ${form(p.received)} instead of ${form(p.expected)} and was refused, like every other one of its kind. The contacts were told. Reference ${p.reference}.`,
    button: 'Open the connection',
  }),

  webhookFailing: (p: { host: string; since: Date; zone: string; isOff: boolean; isGone: boolean }) => ({
    subject: p.isOff ? `Webhooks to ${p.host} are switched off` : `Webhooks to ${p.host} fail`,
    sentence: p.isGone
      ? `${p.host} answered that it is gone (410), so nothing more is sent there. If that was a mistake, switch it on again and replay what it missed.`
      : p.isOff
        ? `${p.host} has taken no event since ${day(p.since, p.zone)}, so nothing more is sent there. Nothing is lost: put it right, switch it on again, and replay what it missed.`
        : `${p.host} has taken no event since ${moment(p.since, p.zone)}. Every event is tried again for three days; the endpoint is switched off after five days without a success.`,
    button: 'Open the endpoint',
  }),
  stalled: (p: { org: string; step: StepName; since: Date; zone: string }) => ({
    subject: `${p.org}: stalled`,
    sentence: `Nothing has happened at “${stepWords[p.step]}” since ${day(p.since, p.zone)}.`,
  }),
  bounced: (p: { org: string; address: string; words: string }) => ({
    subject: `${p.org}: bounced`,
    sentence: `The mail to ${p.address} bounced: ${p.words}${/[.!?]$/.test(p.words) ? '' : '.'}`,
  }),
  wentLive: (p: { org: string; features: readonly Feature[] }) => ({
    subject: `${p.org}: live`,
    sentence: `${upperFirst(list(p.features.map((feature) => featureWords[feature])))} ${p.features.length === 1 ? 'is' : 'are'} live.`,
  }),
  troubleForStaff: (p: { org: string; kind: MailedTrouble; what: string; since: Date; zone: string }) => ({
    subject: `${p.org}: needs attention`,
    sentence: staffTroubleWords(p)[p.kind],
  }),
  waiting: (p: { for: WaitingFor | null; since: Date | null; zone: string }) =>
    p.for === null
      ? 'Nobody is waited for.'
      : `Waiting for ${waitingWords[p.for]}${p.since ? ` since ${moment(p.since, p.zone)}` : ''}.`,
  staffButton: 'Open the onboarding',

  staffInvitation: (p: { product: string; role: StaffRole; inviter: string; environment: string }) => ({
    subject: `You may sign in to the ${p.product} dashboard`,
    paragraphs: [
      `${p.inviter} added you to ${p.environment} as ${staffRoles[p.role]}.`,
      'Sign in with this address: the page mails you a six-digit code. There is no password to choose.',
    ],
  }),
  staffInvitationButton: 'Go to the dashboard',

  staffSignInCode: (p: { product: string; code: string; minutes: number }) => ({
    subject: `Your sign-in code for the ${p.product} dashboard`,
    paragraphs: [
      `${p.code} works for ${p.minutes} minutes, on the page where you are. If you didn’t ask, do nothing.`,
    ],
  }),

  helpAsked: (p: { org: string; contact: string; step: StepName; at: Date; zone: string }) => ({
    subject: `${p.org}: help asked`,
    paragraphs: [
      `${p.contact} asked for help with “${stepWords[p.step]}” at ${moment(p.at, p.zone)}.`,
      'Reply to this mail to write to them, or open the onboarding to see what they see.',
    ],
  }),
};

type Forms = { expected: string; received: string; reference: string };

const formWords: Readonly<Record<string, string>> = {
  assertion: 'the assertion signed',
  response: 'the response signed',
  both: 'response and assertion signed',
  encrypted: 'an encrypted assertion',
  plain: 'a plain assertion',
};
const form = (named: string) => formWords[named] ?? 'a weaker signature';

const decisionWords = { applied: 'applied', discarded: 'discarded', withdrawn: 'taken back' } as const;

type Held = {
  directory: string;
  news: 'waits' | 'applied' | 'discarded' | 'withdrawn';
  reason: HoldReason;
  people: number;
  of: number;
};

function heldWords(p: Held): string {
  if (p.news !== 'waits') return `the change on hold was ${decisionWords[p.news]}`;
  return p.reason === 'first_file'
    ? `the first file from ${p.directory} waits for the customer`
    : `a change for ${people(p.people)} is on hold`;
}

/** Of a first file nobody is held: everybody in it is still outside. */
function heldFact(p: Held): string {
  if (p.news === 'applied') return `It came from ${p.directory}. It has taken effect.`;
  if (p.news === 'withdrawn') return `${p.directory} has everybody again whom it was about.`;
  if (p.news === 'discarded') return `It came from ${p.directory}. Everybody whom it was about stays.`;
  return p.reason === 'first_file'
    ? 'It was read, and nobody is added until the customer decides.'
    : `${p.directory} asked to change ${p.people} of ${p.of} people at once. None of them is affected until the customer decides.`;
}

function unseenBy(servers: number): string {
  if (servers === 1) return 'We asked the name server; it does not have it.';
  if (servers === 2) return 'We asked both name servers; neither has it.';
  return `We asked all ${number(servers)} name servers; none has it.`;
}
