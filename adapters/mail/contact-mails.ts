/**
 * The mails to people at the customer, one function each. Every foreign text is cleaned here, before it meets a
 * sentence; a name with an address in it throws `name_refused` [MAIL-04]. The only secret a mail carries is its link or
 * its code.
 */
import type { AgeingKind } from '../../onboarding/ageing.ts';
import type { ConnectionNoticeKind } from '../../onboarding/connection-notices.ts';
import type { DirectoryNoticeKind } from '../../onboarding/directory-notices.ts';
import type { ContestNews } from '../../onboarding/domain-holding.ts';
import type { Mode } from '../../onboarding/modes.ts';
import type { Feature, StepName } from '../../onboarding/steps.ts';
import type { MailedTrouble } from '../../onboarding/troubles.ts';
import { renderMail, type MailBrand, type RenderedMail } from './layout.ts';
import { footers, language, mails, type HoldReason } from './messages/en.ts';
import type { RenewedThing } from './messages/en/endings.ts';
import { safeName, severalLines, singleLine } from './safe-text.ts';

const noteLength = 2000;

/** What every mail about an onboarding needs: whose it is, where its button leads, and the reader's time zone. */
export interface ContactMail {
  organization: string;
  /** the setup link, or a page of the portal */
  url: string;
  /** The address is a page's, and opens nothing by itself. */
  isPage?: boolean;
  /** IANA name, `Europe/Berlin`; UTC where it is not known */
  timeZone: string;
}

/** `note`: what whoever invites wants to say, in their own words; stands as a quote. */
export function invitation(
  brand: MailBrand,
  p: ContactMail & { features: readonly Feature[]; mode: Mode; endsAt: Date; note?: string | null },
): RenderedMail {
  return contactMail(
    brand,
    p,
    (names) =>
      mails.invitation({ ...names, features: p.features, mode: p.mode, ends: p.endsAt, zone: p.timeZone }),
    p.note,
  );
}

export function freshLink(brand: MailBrand, p: ContactMail & { endsAt: Date }): RenderedMail {
  return contactMail(brand, p, (names) => mails.freshLink({ ...names, ends: p.endsAt, zone: p.timeZone }));
}

export function reminderNotOpened(
  brand: MailBrand,
  p: ContactMail & { sentAt: Date; endsAt: Date },
): RenderedMail {
  return contactMail(brand, p, (names) =>
    mails.reminderNotOpened({ ...names, sent: p.sentAt, ends: p.endsAt, zone: p.timeZone }),
  );
}

/** `minutes`: what the next step usually takes. */
export function reminderHalfDone(
  brand: MailBrand,
  p: ContactMail & { done: number; total: number; next: StepName; stoppedAt: Date; minutes: number },
): RenderedMail {
  const { done, total, next, minutes, stoppedAt: stopped, timeZone: zone } = p;
  return contactMail(brand, p, (names) =>
    mails.reminderHalfDone({ ...names, done, total, next, stopped, minutes, zone }),
  );
}

export function lastNotice(
  brand: MailBrand,
  p: ContactMail & { openSteps: number; endsAt: Date },
): RenderedMail {
  return contactMail(brand, p, (names) =>
    mails.lastNotice({ ...names, open: p.openSteps, ends: p.endsAt, zone: p.timeZone }),
  );
}

/** The six digits of a confirmation; it has no link, so that nothing leads away from the page that asked. */
export function code(brand: MailBrand, p: { code: string; minutes: number }): RenderedMail {
  const product = singleLine(brand.product, 80);
  const { subject, paragraphs } = mails.code({ product, ...p });
  return renderMail(brand, language, {
    subject,
    blocks: [{ kind: 'code', text: p.code }, ...paragraphs.map(paragraph)],
    footer: withSupport(brand, footers.codeAsked({ product })),
  });
}

/** `next` null: nothing is left for the reader to do. */
export function domainVerified(
  brand: MailBrand,
  p: ContactMail & { domain: string; foundAt: Date; next: StepName | null },
): RenderedMail {
  const domain = singleLine(p.domain, 253);
  return contactMail(brand, p, (names) =>
    mails.domainVerified({ ...names, domain, found: p.foundAt, next: p.next, zone: p.timeZone }),
  );
}

/** Staff hold the step no longer; `next` is the reader's. `note`: what staff say about it, or null. */
export function yourTurn(
  brand: MailBrand,
  p: ContactMail & { next: StepName; note: string | null },
): RenderedMail {
  const note = p.note === null ? null : singleLine(p.note, 500);
  return contactMail(brand, p, (names) => mails.yourTurn({ ...names, next: p.next, note }));
}

/** `servers`: how many name servers were asked. `reason`: a whole sentence, or null when none is likelier. */
export function domainUnseen(
  brand: MailBrand,
  p: ContactMail & { domain: string; servers: number; reason: string | null },
): RenderedMail {
  const domain = singleLine(p.domain, 253);
  const reason = p.reason === null ? null : singleLine(p.reason, 300);
  return contactMail(brand, p, (names) =>
    mails.domainUnseen({ ...names, domain, servers: p.servers, reason }),
  );
}

/** `directory`: the source that was connected and has sent nobody. */
export function peopleUnseen(
  brand: MailBrand,
  p: ContactMail & { directory: string; connectedAt: Date },
): RenderedMail {
  const directory = singleLine(p.directory, 120);
  return contactMail(brand, p, (names) =>
    mails.peopleUnseen({ ...names, directory, since: p.connectedAt, zone: p.timeZone }),
  );
}

/** People come from the directory now. `next` null: nothing is left for the reader to do. */
export function directoryLinked(
  brand: MailBrand,
  p: ContactMail & { directory: string; linkedAt: Date; next: StepName | null },
): RenderedMail {
  const directory = singleLine(p.directory, 120);
  return contactMail(brand, p, (names) =>
    mails.directoryLinked({ ...names, directory, since: p.linkedAt, next: p.next, zone: p.timeZone }),
  );
}

/** A contest over the domain has begun or ended, as it looks from the reader's side. */
export function domainContest(
  brand: MailBrand,
  p: ContactMail & { domain: string; news: ContestNews },
): RenderedMail {
  const domain = singleLine(p.domain, 253);
  return contactMail(brand, p, (names) => mails.domainContest({ ...names, domain, news: p.news }));
}

/** `cause`: words without a full stop. `field`: the name of the field at the provider, null when it is not one field. */
export function testFailedTwice(
  brand: MailBrand,
  p: ContactMail & { cause: string; field: string | null },
): RenderedMail {
  const field = p.field === null ? null : singleLine(p.field, 120);
  return contactMail(brand, p, (names) =>
    mails.testFailedTwice({ ...names, cause: singleLine(p.cause, 200).replace(/\.$/, ''), field }),
  );
}

export function live(
  brand: MailBrand,
  p: ContactMail & { domains: readonly string[]; provider: string },
): RenderedMail {
  const domains = p.domains.map((domain) => singleLine(domain, 253));
  return contactMail(brand, p, (names) =>
    mails.live({ ...names, domains, provider: singleLine(p.provider, 80) }),
  );
}

/** Of an onboarding without sign-in: what is set up now. */
export function liveWithoutSignIn(
  brand: MailBrand,
  p: ContactMail & { features: readonly Feature[] },
): RenderedMail {
  return contactMail(brand, p, (names) => mails.liveWithoutSignIn({ ...names, features: p.features }));
}

/** `days` left, 0 on the last one, negative when it has ended. */
export function certificateAgeing(
  brand: MailBrand,
  p: ContactMail & {
    provider: string;
    days: number;
    endsAt: Date;
    /** Until when we accept answers signed with it although it has ended, and whether we still do. */
    takenUntil: Date;
    isTaken: boolean;
  },
): RenderedMail {
  const { days, takenUntil, isTaken } = p;
  const provider = singleLine(p.provider, 80);
  return contactMail(brand, p, (names) =>
    mails.certificateAgeing({
      ...names,
      provider,
      days,
      takenUntil,
      isTaken,
      ends: p.endsAt,
      zone: p.timeZone,
    }),
  );
}

/** `days` left on the reader's calendar, negative when it has ended; `endsOn`: the day there, `2026-12-24`. */
export function thingAgeing(
  brand: MailBrand,
  p: ContactMail & { kind: AgeingKind; provider: string; days: number; endsOn: string },
): RenderedMail {
  const provider = singleLine(p.provider, 80);
  const ends = new Date(`${p.endsOn}T12:00:00Z`);
  return contactMail(brand, p, (names) =>
    mails.thingAgeing({ ...names, kind: p.kind, provider, days: p.days, ends }),
  );
}

/** `endsAt`: the end of what is to be renewed; `linkEndsAt`: how long the link works. */
export function renewalLink(
  brand: MailBrand,
  p: ContactMail & {
    thing: RenewedThing;
    provider: string;
    endsAt: Date;
    isOver: boolean;
    linkEndsAt: Date;
  },
): RenderedMail {
  const provider = singleLine(p.provider, 80);
  const { thing, endsAt: ends, isOver, linkEndsAt: linkEnds, timeZone: zone } = p;
  return contactMail(brand, p, (names) =>
    mails.renewalLink({ ...names, thing, provider, ends, isOver, linkEnds, zone }),
  );
}

export function certificateRenewed(
  brand: MailBrand,
  p: ContactMail & { provider: string; trustedSince: Date; oldEndsAt: Date },
): RenderedMail {
  const provider = singleLine(p.provider, 80);
  return contactMail(brand, p, (names) =>
    mails.certificateRenewed({
      ...names,
      provider,
      since: p.trustedSince,
      oldEnds: p.oldEndsAt,
      zone: p.timeZone,
    }),
  );
}

/** `by`: who did it, masked; null where nobody is known. `domains`: those the connection is for; null for all. */
export function connectionNotice(
  brand: MailBrand,
  p: ContactMail & {
    provider: string;
    kind: ConnectionNoticeKind;
    at: Date;
    /** Masked; null where it is not known. */
    by: string | null;
    isVendors: boolean;
    domains: readonly string[] | null;
  },
): RenderedMail {
  const provider = singleLine(p.provider, 80);
  const by = p.by === null ? null : singleLine(p.by, 254);
  const domains = p.domains?.map((domain) => singleLine(domain, 253)) ?? null;
  const { kind, at, timeZone: zone, isVendors } = p;
  return contactMail(brand, p, (names) =>
    mails.connectionNotice({ ...names, provider, kind, at, zone, by, isVendors, domains }),
  );
}

/** `source`: what the directory came from when it was done; `to`: what it goes over to, or the same. */
export function directoryNotice(
  brand: MailBrand,
  p: ContactMail & {
    kind: DirectoryNoticeKind;
    source: string;
    to: string;
    at: Date;
    /** Masked; null where it is not known. */
    by: string | null;
    isVendors: boolean;
  },
): RenderedMail {
  const [source, to] = [singleLine(p.source, 120), singleLine(p.to, 120)];
  const by = p.by === null ? null : singleLine(p.by, 254);
  const { kind, at, timeZone: zone, isVendors } = p;
  return contactMail(brand, p, (names) =>
    mails.directoryNotice({ ...names, kind, source, to, at, zone, by, isVendors }),
  );
}

/** A change of a directory waits for a person: how many would leave, `of` how many that are active. */
export function holdWaits(
  brand: MailBrand,
  p: ContactMail & { directory: string; reason: HoldReason; people: number; of: number },
): RenderedMail {
  const directory = singleLine(p.directory, 120);
  const { reason, people, of } = p;
  return contactMail(brand, p, (names) => mails.holdWaits({ ...names, directory, reason, people, of }));
}

/** Somebody has decided on a change that waited. */
export function holdDecided(
  brand: MailBrand,
  p: ContactMail & { directory: string; decision: 'applied' | 'discarded' | 'withdrawn'; decidedAt: Date },
): RenderedMail {
  const directory = singleLine(p.directory, 120);
  const { decision, decidedAt: at, timeZone: zone } = p;
  return contactMail(brand, p, (names) => mails.holdDecided({ ...names, directory, decision, at, zone }));
}

/** `cause`: of `onboarding/log-streams/causes.ts`; null where none is known. */
export function streamStopped(
  brand: MailBrand,
  p: ContactMail & { destination: string; since: Date; cause: string | null },
): RenderedMail {
  const destination = singleLine(p.destination, 120);
  const { since, cause, timeZone: zone } = p;
  return contactMail(brand, p, (names) => mails.streamStopped({ ...names, destination, since, zone, cause }));
}

/** `late`: how many events were sent later than they should have been. */
export function streamBack(
  brand: MailBrand,
  p: ContactMail & { destination: string; late: number },
): RenderedMail {
  const destination = singleLine(p.destination, 120);
  return contactMail(brand, p, (names) => mails.streamBack({ ...names, destination, late: p.late }));
}

/** `what`: the provider, the directory, the domain or the log stream. `cause`: words, of a silent directory its rhythm; null where none are likelier. */
export function repairNeeded(
  brand: MailBrand,
  p: ContactMail & { kind: MailedTrouble; what: string; since: Date; cause: string | null },
): RenderedMail {
  const what = singleLine(p.what, 253);
  const cause = p.cause === null ? null : singleLine(p.cause, 200).replace(/\.$/, '');
  return contactMail(brand, p, (names) =>
    mails.repairNeeded({ ...names, kind: p.kind, what, since: p.since, zone: p.timeZone, cause }),
  );
}

/** `expected` and `received`: forms of the verdict `signed_less`. */
export function signedLess(
  brand: MailBrand,
  p: ContactMail & { provider: string; expected: string; received: string; reference: string },
): RenderedMail {
  const provider = singleLine(p.provider, 80);
  const { expected, received, reference } = p;
  return contactMail(brand, p, (names) =>
    mails.signedLess({ ...names, provider, expected, received, reference }),
  );
}

interface Names {
  org: string;
  product: string;
  vendor: string;
}

function contactMail(
  brand: MailBrand,
  p: ContactMail,
  words: (names: Names) => { subject: string; paragraphs: string[]; button: string },
  note?: string | null,
): RenderedMail {
  const names = {
    org: safeName(p.organization),
    product: singleLine(brand.product, 80),
    vendor: singleLine(brand.vendor, 80),
  };
  const { subject, paragraphs, button } = words(names);
  const quoted = severalLines(note ?? '', noteLength);
  return renderMail(brand, language, {
    subject,
    blocks: [
      ...paragraphs.map(paragraph),
      ...(quoted === '' ? [] : [{ kind: 'quote' as const, text: quoted }]),
    ],
    button: { label: button, url: p.url },
    footer: withSupport(
      brand,
      footers.contact({ ...names, asksForCode: brand.asksForCode, isPage: p.isPage === true }),
    ),
  });
}

function paragraph(text: string) {
  return { kind: 'paragraph' as const, text };
}

function withSupport(brand: MailBrand, footer: string[]): string[] {
  return brand.supportAddress === null
    ? footer
    : [...footer, footers.support(singleLine(brand.supportAddress, 254))];
}
