/** Every word of our mails in English. Whole sentences, so a translation can put them in its own order. */
import type { AgeingKind } from '../../../onboarding/ageing.ts';
import type { ConnectionNoticeKind } from '../../../onboarding/connection-notices.ts';
import type { DirectoryNoticeKind } from '../../../onboarding/directory-notices.ts';
import type { ContestNews } from '../../../onboarding/domain-holding.ts';
import type { StreamCause } from '../../../onboarding/log-streams/causes.ts';
import type { Mode } from '../../../onboarding/modes.ts';
import type { Feature, StepName } from '../../../onboarding/steps.ts';
import type { MailedTrouble } from '../../../onboarding/troubles.ts';
import type { MailLanguage } from '../layout.ts';

export const language: MailLanguage = {
  lang: 'en',
  dir: 'ltr',
  orCopy: 'Or copy this address into your browser:',
};

const locale = 'en-GB';

const featureWords: Readonly<Record<Feature, string>> = {
  sso: 'single sign-on',
  directory_sync: 'directory sync',
  domain_verification: 'domain verification',
  log_streams: 'log streaming',
  audit_logs: 'the audit log',
  certificate_renewal: 'the new certificate',
};

const stepWords: Readonly<Record<StepName, string>> = {
  choose_provider: 'Choose your provider',
  configure_provider: 'Set up at your provider',
  enter_metadata: 'Enter the metadata',
  test_sign_in: 'Test sign-in',
  go_live: 'Go live',
  choose_directory: 'Choose your directory',
  connect_directory: 'Connect your directory',
  receive_people: 'Watch people arrive',
  assign_roles: 'Give groups their roles',
  add_domain: 'Add your domain',
  verify_domain: 'Verify your domain',
  give_certificate: 'Give us the new certificate',
  prove_certificate: 'Sign in with the new certificate',
  choose_destination: 'Choose where audit events go',
  configure_stream: 'Enter the address and the credentials',
  prove_stream: 'Prove that events arrive',
  start_stream: 'Start streaming',
  repair_sign_in: 'Repair sign-in',
  repair_metadata: 'Repair the metadata address',
  repair_directory: 'Look after your directory',
  repair_domain: 'Put the domain’s record back',
  repair_stream: 'Repair the log stream',
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

const smallNumbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const number = (count: number) => smallNumbers[count] ?? String(count);
const steps = (count: number) => (count === 1 ? 'step' : 'steps');
const minutes = (count: number) => `${number(count)} ${count === 1 ? 'minute' : 'minutes'}`;
const people = (count: number) => `${count} ${count === 1 ? 'person' : 'people'}`;
const days = (count: number) => `${count} ${count === 1 ? 'day' : 'days'}`;
const upperFirst = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);
const lowerFirst = (text: string) => text.slice(0, 1).toLowerCase() + text.slice(1);
const list = (items: readonly string[]) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(items);

/** 3 March 2026 */
const date = (at: Date, timeZone: string) =>
  at.toLocaleDateString(locale, { timeZone, day: 'numeric', month: 'long', year: 'numeric' });
/** Monday 2 March */
const day = (at: Date, timeZone: string) =>
  at
    .toLocaleDateString(locale, { timeZone, weekday: 'long', day: 'numeric', month: 'long' })
    .replace(',', '');
/** 09:12 on Tuesday 3 March; says so where the reader’s zone is not known */
const moment = (at: Date, timeZone: string) =>
  `${at.toLocaleTimeString(locale, { timeZone, hour: '2-digit', minute: '2-digit' })}${timeZone === 'UTC' ? ' UTC' : ''} on ${day(at, timeZone)}`;

interface Names {
  org: string;
  product: string;
  vendor: string;
}

export const footers = {
  contact: ({ org, vendor, asksForCode }: Names & { asksForCode: boolean }) => [
    `You get this because ${vendor} named you as the contact for ${org}.`,
    asksForCode
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
            `${p.directory} asked to deactivate ${p.people} of ${p.of}. None of them is affected until you decide.`,
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
    p: Names & { directory: string; decision: 'applied' | 'discarded'; at: Date; zone: string },
  ) => ({
    subject: `The change from ${p.directory} was ${p.decision}`,
    paragraphs: [
      `Somebody decided at ${moment(p.at, p.zone)}. ${p.decision === 'applied' ? `It has taken effect in ${p.product}.` : `Nothing has changed in ${p.product}; ${p.directory} may ask again.`}`,
      `If nobody of ${p.org} should have done it, open the page, or tell ${p.vendor}.`,
    ],
    button: 'Open the directory',
  }),

  holdForStaff: (p: {
    org: string;
    directory: string;
    news: 'waits' | 'applied' | 'discarded';
    people: number;
    of: number;
  }) => ({
    subject: `${p.org}: ${p.news === 'waits' ? `a change for ${people(p.people)} is on hold` : `the change on hold was ${p.news}`}`,
    sentence:
      p.news === 'waits'
        ? `${p.directory} asked to change ${p.people} of ${p.of} people at once. None of them is affected until the customer decides. The contacts were told.`
        : `It came from ${p.directory}. ${p.news === 'applied' ? 'It has taken effect.' : 'Nothing has changed.'} The contacts were told.`,
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
    button: 'Open the organization',
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

  webhookFailing: (p: { host: string; since: Date; zone: string; isOff: boolean }) => ({
    subject: p.isOff ? `Webhooks to ${p.host} are switched off` : `Webhooks to ${p.host} fail`,
    sentence: p.isOff
      ? `${p.host} has taken no event since ${day(p.since, p.zone)}, so nothing more is sent there. Nothing is lost: put it right, switch it on again, and replay what it missed.`
      : `${p.host} has taken no event since ${moment(p.since, p.zone)}. Every event is tried again for three days; the endpoint is switched off after five days without a success.`,
    button: 'Open the dashboard',
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

function contestWords({
  org,
  product,
  vendor,
  domain,
}: Names & { domain: string }): Record<ContestNews, { subject: string; paragraphs: string[] }> {
  return {
    contested: {
      subject: `Another organization claims ${domain}`,
      paragraphs: [
        `It has added a valid record and asks for ${domain} on ${product}. Your record is there too, so nothing moves: ${vendor} decides, and until then the domain stays with ${org}.`,
        'Keep your record where it is. If you have given the domain away, reply to this mail.',
      ],
    },
    lost: {
      subject: `${org} no longer holds ${domain}`,
      paragraphs: [
        `Another organization has proved ${domain}, and your record was gone when we looked. For 24 hours nobody holds it; after that, the other organization may.`,
        `If the domain is yours, put the record back and start its proof again within that time, or write to ${vendor}.`,
      ],
    },
    claim_contested: {
      subject: `${domain} is held by another organization`,
      paragraphs: [
        `We found your record, but another organization holds ${domain} on ${product} and can still prove it. ${vendor} decides; until then the domain does not count for ${org}.`,
        'What you have set up is kept, and there is nothing for you to do now.',
      ],
    },
    claim_waits: {
      subject: `${domain}: one more day`,
      paragraphs: [
        `We found your record. Another organization held ${domain} on ${product} until now, so it counts for ${org} after 24 hours.`,
        'Keep the record where it is: we look again by ourselves.',
      ],
    },
    given: {
      subject: `${domain} counts for ${org}`,
      paragraphs: [
        `${vendor} has decided between the two organizations that claimed ${domain} on ${product}: it counts for ${org} now.`,
        'There is nothing for you to do.',
      ],
    },
    taken: {
      subject: `${org} no longer holds ${domain}`,
      paragraphs: [
        `${vendor} has decided that ${domain} belongs to another organization on ${product}. New people with addresses in it are no longer let in by ${org}.`,
        `If that is wrong, reply to this mail or write to ${vendor}.`,
      ],
    },
    won: {
      subject: `${domain} counts for ${org}`,
      paragraphs: [
        `The day in which the former holder of ${domain} could object on ${product} is over: the domain counts for ${org} now.`,
        'Keep the record where it is: we look again every day. There is nothing else for you to do.',
      ],
    },
    reviewed: {
      subject: `${domain}: ${vendor} looks at it`,
      paragraphs: [
        `We found your record. ${domain} is part of a larger domain, so ${vendor} looks at it before it counts for ${org} on ${product}.`,
        'Keep the record where it is: it is looked at again then. There is nothing else for you to do now.',
      ],
    },
    approved: {
      subject: `${domain} counts for ${org}`,
      paragraphs: [
        `${vendor} has looked at ${domain}: it counts for ${org} on ${product} now.`,
        'Keep the record where it is: we look again every day. There is nothing else for you to do.',
      ],
    },
    refused: {
      subject: `${domain} does not count for ${org}`,
      paragraphs: [
        `${vendor} has looked at ${domain} and decided that it does not count for ${org} on ${product}. What you have set up is kept.`,
        `If that is wrong, reply to this mail or write to ${vendor}.`,
      ],
    },
    passed_on: {
      subject: `${domain} belongs to another organization now`,
      paragraphs: [
        `The day to object is over, and the other organization has proved ${domain} on ${product}. New people with addresses in it are no longer let in by ${org}.`,
        `If the domain is yours, write to ${vendor}: they can decide for you.`,
      ],
    },
  };
}

export type RenewedThing = 'certificate' | 'client_secret' | 'scim_token' | 'stream_credential';

type Renewal = {
  thing: RenewedThing;
  provider: string;
  ends: Date;
  isOver: boolean;
  linkEnds: Date;
  zone: string;
};

type Forms = { expected: string; received: string; reference: string };

type Notice = {
  provider: string;
  kind: ConnectionNoticeKind;
  at: Date;
  zone: string;
  by: string | null;
  isVendors: boolean;
  domains: readonly string[] | null;
};

type DirectoryNews = {
  kind: DirectoryNoticeKind;
  source: string;
  to: string;
  at: Date;
  zone: string;
  by: string | null;
  isVendors: boolean;
};

/** What an act on a directory means for the people who come from it. */
function directoryWords({ org, product, kind, source, to, isVendors }: Names & DirectoryNews): {
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
function doer({ by, isVendors, vendor }: Names & Pick<Notice, 'by' | 'isVendors'>): string {
  return isVendors ? vendor : (by ?? 'Somebody with a set-up link');
}

/** What an act on a connection means for the people who sign in through it. */
function noticeWords({ org, product, provider, kind, domains, isVendors }: Names & Notice): {
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

const formWords: Readonly<Record<string, string>> = {
  assertion: 'the assertion signed',
  response: 'the response signed',
  both: 'response and assertion signed',
  encrypted: 'an encrypted assertion',
  plain: 'a plain assertion',
};
const form = (named: string) => formWords[named] ?? 'a weaker signature';

function unseenBy(servers: number): string {
  if (servers === 1) return 'We asked the name server; it does not have it.';
  if (servers === 2) return 'We asked both name servers; neither has it.';
  return `We asked all ${number(servers)} name servers; none has it.`;
}

/** What is renewed, what rests on it, and what does not happen meanwhile. */
function renewedWords({ thing, provider, org }: Names & Renewal) {
  switch (thing) {
    case 'scim_token':
      return {
        ...{ thing: 'token', serves: `with which ${provider} tells who joins and leaves ${org}` },
        calm: 'nobody leaves by it',
      };
    case 'stream_credential':
      return {
        ...{ thing: 'credential', serves: `with which the audit events of ${org} reach ${provider}` },
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

const ageingSubject = (provider: string, left: number) => `The certificate of ${provider} ${endWords(left)}`;

function endWords(left: number): string {
  if (left > 0) return `ends in ${days(left)}`;
  return left === 0 ? 'ends today' : 'has ended';
}

/** What ends, what comes of it, and what to do; `effect` follows “After that,” or “Now,”. */
function ageingWords({
  org,
  vendor,
  product,
  kind,
  provider,
}: Names & { kind: AgeingKind; provider: string }) {
  switch (kind) {
    case 'scim_token':
      return {
        thing: `The token of ${provider}`,
        effect: `who joins or leaves ${org} no longer reaches ${product} from ${provider}. Replacing it takes five minutes; both work meanwhile.`,
        act: `Make another token on the page and paste it at ${provider}. Once the new one was used, retire the old one.`,
        button: 'Replace the token',
      };
    case 'stream_credential':
      return {
        thing: `The credential for ${provider}`,
        effect: `audit events of ${org} no longer reach ${provider}. Replacing it takes five minutes; none is lost meanwhile.`,
        act: `Make a new credential at ${provider}, then enter it on the page. The old one serves until then.`,
        button: 'Replace the credential',
      };
    case 'client_secret':
      return {
        thing: `The client secret of ${provider}`,
        effect: `nobody of ${org} can sign in through ${provider}. Renewing takes five minutes; nobody is signed out.`,
        act: `Make a new client secret at ${provider}, then enter it on the page as a change. The old one serves until the new one has passed its test.`,
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

interface Trouble {
  kind: MailedTrouble;
  /** The provider, the directory or the domain. */
  what: string;
  since: Date;
  zone: string;
  cause: string | null;
}

/** What silence means, by the rhythm in which a directory speaks. */
const silentWords: Readonly<Record<string, string>> = {
  changes_only: 'It sends only what changes, so this may be right: change one person there to see.',
  cycles: 'It usually sends far more often.',
  files: 'Files usually come more often.',
};

const staffTroubleWords = ({
  what,
  since,
  zone,
}: Pick<Trouble, 'what' | 'since' | 'zone'>): Record<MailedTrouble, string> => ({
  sign_ins_failing: `Sign-ins through ${what} have been refused since ${moment(since, zone)}.`,
  metadata_failing: `We have not been able to use ${what}’s metadata address since ${moment(since, zone)}; sign-in goes on with what we have.`,
  directory_silent: `Nothing has come from ${what} since ${moment(since, zone)}.`,
  directory_refused: `${what} has refused our access since ${moment(since, zone)}.`,
  stream_failing: `Audit events have not reached ${what} since ${moment(since, zone)}; they are kept.`,
  stream_refused: `${what} has refused the credentials of the log stream since ${moment(since, zone)}; events are kept.`,
  record_missing: `The DNS record for ${what} has been gone since ${moment(since, zone)}.`,
});

/** Why, as a sentence with a space before it; nothing where the page says it better. */
function streamCause(cause: string | null): string {
  const words: Readonly<Record<string, string>> = streamCauseWords;
  const why = cause === null ? undefined : words[cause];
  return why === undefined ? '' : ` ${why}`;
}

const streamCauseWords: Readonly<Record<StreamCause, string>> = {
  unreachable: 'It could not be reached.',
  tls_failed: 'Its certificate could not be checked.',
  too_slow: 'It did not answer in time.',
  held_back: 'It was sent more than we may send it at once.',
  redirected: 'It answered with another address.',
  address_refused: 'We may not send to its address.',
  rate_limited: 'It asked us to send less.',
  destination_busy: 'It answered that it cannot take anything now.',
  not_acknowledged: 'It did not confirm that it has stored them.',
  answer_unexpected: 'Its answer was not what such a product answers.',
  credential_refused: 'It does not know the credentials.',
  credential_disabled: 'The credentials are switched off there.',
  credential_ended: 'The credentials have ended.',
  credential_unreadable: 'The credentials cannot be used.',
  client_unknown: 'It does not know our client.',
  tenant_unknown: 'It does not know the tenant.',
  role_refused: 'We may not take on the role.',
  wrong_site: 'The credentials belong to another site.',
  wrong_region: 'It is in another region.',
  clock_differs: 'Its clock and ours differ too much.',
  not_allowed: 'The credentials do not allow sending.',
  place_unknown: 'The place that events go to is not there.',
  index_refused: 'The index does not take them.',
  acknowledgement_needed: 'It wants acknowledgements to be switched on.',
  acknowledgement_off: 'It has acknowledgements switched off.',
  over_quota: 'Its quota is used up.',
  settings_incomplete: 'Something in the settings is missing.',
  records_refused: 'It refuses many events one after another.',
  records_too_large: 'It says that events are too large.',
};

const troubleWords = ({
  org,
  product,
  what,
  since,
  zone,
  cause,
}: Names & Trouble): Record<
  MailedTrouble,
  { subject: string; fact: string; act: string; button: string }
> => ({
  sign_ins_failing: {
    subject: `Sign-in through ${what} fails for people of ${org}`,
    fact: `Since ${moment(since, zone)}, sign-ins to ${product} through ${what} have been refused. ${cause === null ? 'The page says why.' : `Most often: ${cause}.`}`,
    act: 'The page names what to change and where, and lets you test it. It closes by itself when sign-in works again.',
    button: 'Repair sign-in',
  },
  metadata_failing: {
    subject: `We can’t use ${what}’s metadata address any more`,
    fact: `Since ${moment(since, zone)}, the address has not given what we may take by ourselves. Sign-in for ${org} goes on with what we have.`,
    act: `When ${what} changes its certificate, we would not learn of it. Give us the new address, or confirm what has changed.`,
    button: 'Look at the address',
  },
  directory_silent: {
    subject: `We have not heard from ${what} for a while`,
    fact: `We last heard from ${what} at ${moment(since, zone)}. ${silentWords[cause ?? ''] ?? ''} Meanwhile, who joins or leaves ${org} does not reach ${product}.`,
    act: 'The page says what came last and where to look. This closes by itself when we hear from it again.',
    button: 'See what came last',
  },
  directory_refused: {
    subject: `${what} refuses our access`,
    fact: `Since ${moment(since, zone)}, ${what} has not let us read it. Nobody of ${org} loses anything, but who joins or leaves does not reach ${product}.`,
    act: 'The page says what it answered. Reconnect it there; what is missing comes with the next reading.',
    button: 'Reconnect the directory',
  },
  stream_failing: {
    subject: `Audit events do not reach ${what}`,
    fact: `Since ${moment(since, zone)}, ${what} has not taken the audit events of ${org}. We go on trying.${streamCause(cause)}`,
    act: 'Events are kept, none is lost: they are sent in their order once it answers again. The page says what it answered last.',
    button: 'See what it answered',
  },
  stream_refused: {
    subject: `${what} refuses our credentials`,
    fact: `Since ${moment(since, zone)}, ${what} has refused the audit events of ${org}.${streamCause(cause)} We look again once a day.`,
    act: 'Events are kept, none is lost: they are sent in their order once the credentials are right. The page says which field to change.',
    button: 'Repair the log stream',
  },
  record_missing: {
    subject: `The DNS record for ${what} is gone`,
    fact: `Since ${moment(since, zone)}, the record that proves ${what} has been missing, so the domain no longer counts as verified for ${org}.`,
    act: 'The page shows the record to add. We look by ourselves and tell you when it is there.',
    button: 'Put the record back',
  },
});
