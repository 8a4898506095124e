/** The mails to the vendor's own people, one function each; cleaned and rendered like those to customers. */
import type { ConnectionNoticeKind } from '../../onboarding/connection-notices.ts';
import type { Feature, StepName } from '../../onboarding/steps.ts';
import type { MailedTrouble } from '../../onboarding/troubles.ts';
import { renderMail, type MailBrand, type RenderedMail } from './layout.ts';
import { footers, language, mails, type HoldReason, type StaffRole, type WaitingFor } from './messages/en.ts';
import { safeName, severalLines, singleLine } from './safe-text.ts';

export type StaffNews =
  | { kind: 'stalled'; step: StepName; since: Date }
  /** `words`: what the mail server said */
  | { kind: 'bounced'; address: string; words: string }
  | { kind: 'live'; features: readonly Feature[] }
  /** `what`: the provider, the directory or the domain. */
  | { kind: 'trouble'; trouble: MailedTrouble; what: string; since: Date };

/** One sentence of news, then who is waited for and since when. `url` leads to the onboarding in the dashboard. */
export function staffNotice(
  brand: MailBrand,
  p: {
    organization: string;
    news: StaffNews;
    waitingFor: WaitingFor | null;
    waitingSince: Date | null;
    url: string;
    timeZone: string;
  },
): RenderedMail {
  const { subject, sentence } = newsWords(safeName(p.organization), p.news, p.timeZone);
  const waiting = mails.waiting({ for: p.waitingFor, since: p.waitingSince, zone: p.timeZone });
  return renderMail(brand, language, {
    subject,
    blocks: [{ kind: 'paragraph', text: `${sentence} ${waiting}` }],
    button: { label: mails.staffButton, url: p.url },
    footer: footers.staff({ product: singleLine(brand.product, 80) }),
  });
}

function newsWords(org: string, news: StaffNews, zone: string): { subject: string; sentence: string } {
  switch (news.kind) {
    case 'stalled':
      return mails.stalled({ org, step: news.step, since: news.since, zone });
    case 'bounced':
      return mails.bounced({
        org,
        address: singleLine(news.address, 254),
        words: singleLine(news.words, 300),
      });
    case 'live':
      return mails.wentLive({ org, features: news.features });
    case 'trouble': {
      const what = singleLine(news.what, 253);
      return mails.troubleForStaff({ org, kind: news.trouble, what, since: news.since, zone });
    }
  }
}

/** What a customer did to a connection. `url` leads to the organization in the dashboard. */
export function connectionNoticeForStaff(
  brand: MailBrand,
  p: {
    organization: string;
    provider: string;
    kind: ConnectionNoticeKind;
    at: Date;
    /** Masked; null where it is not known. */
    by: string | null;
    url: string;
    timeZone: string;
  },
): RenderedMail {
  const { subject, sentence, button } = mails.connectionNoticeForStaff({
    org: safeName(p.organization),
    product: singleLine(brand.product, 80),
    vendor: singleLine(brand.vendor, 80),
    provider: singleLine(p.provider, 80),
    kind: p.kind,
    at: p.at,
    zone: p.timeZone,
    isVendors: false,
    domains: null,
    by: p.by === null ? null : singleLine(p.by, 254),
  });
  return renderMail(brand, language, {
    subject,
    blocks: [{ kind: 'paragraph', text: sentence }],
    button: { label: button, url: p.url },
    footer: footers.staff({ product: singleLine(brand.product, 80) }),
  });
}

/** A log stream has stood still for long. `url` leads to it. */
export function streamStoppedForStaff(
  brand: MailBrand,
  p: { organization: string; destination: string; since: Date; cause: string | null; url: string },
): RenderedMail {
  const { subject, sentence, button } = mails.streamStoppedForStaff({
    org: safeName(p.organization),
    destination: singleLine(p.destination, 120),
    since: p.since,
    cause: p.cause,
  });
  return renderMail(brand, language, {
    subject,
    blocks: [{ kind: 'paragraph', text: sentence }],
    button: { label: button, url: p.url },
    footer: footers.staff({ product: singleLine(brand.product, 80) }),
  });
}

/** A change of a customer's directory waits for a person, or was decided. `url` leads to the organization. */
export function holdNewsForStaff(
  brand: MailBrand,
  p: {
    organization: string;
    directory: string;
    news: 'waits' | 'applied' | 'discarded' | 'withdrawn';
    reason: HoldReason;
    people: number;
    of: number;
    url: string;
  },
): RenderedMail {
  const { subject, sentence, button } = mails.holdForStaff({
    org: safeName(p.organization),
    directory: singleLine(p.directory, 120),
    news: p.news,
    reason: p.reason,
    people: p.people,
    of: p.of,
  });
  return renderMail(brand, language, {
    subject,
    blocks: [{ kind: 'paragraph', text: sentence }],
    button: { label: button, url: p.url },
    footer: footers.staff({ product: singleLine(brand.product, 80) }),
  });
}

/** A live connection's provider signs less than it did. `url` leads to the connection in the dashboard. */
export function signedLessNotice(
  brand: MailBrand,
  p: {
    organization: string;
    provider: string;
    expected: string;
    received: string;
    reference: string;
    url: string;
  },
): RenderedMail {
  const { subject, sentence, button } = mails.signedLessForStaff({
    org: safeName(p.organization),
    provider: singleLine(p.provider, 80),
    expected: p.expected,
    received: p.received,
    reference: p.reference,
  });
  return renderMail(brand, language, {
    subject,
    blocks: [{ kind: 'paragraph', text: sentence }],
    button: { label: button, url: p.url },
    footer: footers.staff({ product: singleLine(brand.product, 80) }),
  });
}

/** An endpoint of webhooks that takes nothing; `isOff`: and nothing more is sent to it. */
export function webhookFailing(
  brand: MailBrand,
  p: { host: string; since: Date; isOff: boolean; isGone: boolean; url: string; timeZone: string },
): RenderedMail {
  const { subject, sentence, button } = mails.webhookFailing({
    host: singleLine(p.host, 253),
    since: p.since,
    zone: p.timeZone,
    isOff: p.isOff,
    isGone: p.isGone,
  });
  return renderMail(brand, language, {
    subject,
    blocks: [{ kind: 'paragraph', text: sentence }],
    button: { label: button, url: p.url },
    footer: footers.staff({ product: singleLine(brand.product, 80) }),
  });
}

/** The six digits that sign a member of staff in. */
export function staffSignInCode(brand: MailBrand, p: { code: string; minutes: number }): RenderedMail {
  const product = singleLine(brand.product, 80);
  const { subject, paragraphs } = mails.staffSignInCode({ product, ...p });
  return renderMail(brand, language, {
    subject,
    blocks: [
      { kind: 'code', text: p.code },
      ...paragraphs.map((text) => ({ kind: 'paragraph' as const, text })),
    ],
    footer: footers.codeAsked({ product }),
  });
}

/** A colleague is to sign in to the dashboard at `url`; the mail itself opens nothing. */
export function staffInvitation(
  brand: MailBrand,
  p: { role: StaffRole; inviter: string; environment: string; url: string },
): RenderedMail {
  const product = singleLine(brand.product, 80);
  const { subject, paragraphs } = mails.staffInvitation({
    product,
    role: p.role,
    inviter: singleLine(p.inviter, 254),
    environment: singleLine(p.environment, 80),
  });
  return renderMail(brand, language, {
    subject,
    blocks: paragraphs.map((text) => ({ kind: 'paragraph' as const, text })),
    button: { label: mails.staffInvitationButton, url: p.url },
    footer: footers.member({ product }),
  });
}

/** A customer asks for help; the caller sets `Reply-To` to `contact`, so that answering is a reply. */
export function helpAsked(
  brand: MailBrand,
  p: {
    organization: string;
    /** the address, or name, of who asks */
    contact: string;
    step: StepName;
    askedAt: Date;
    /** what they wrote; empty when they wrote nothing */
    note: string;
    url: string;
    timeZone: string;
  },
): RenderedMail {
  const { subject, paragraphs } = mails.helpAsked({
    org: safeName(p.organization),
    contact: singleLine(p.contact, 254),
    step: p.step,
    at: p.askedAt,
    zone: p.timeZone,
  });
  const [first = '', ...others] = paragraphs;
  const note = severalLines(p.note, 2000);
  return renderMail(brand, language, {
    subject,
    blocks: [
      { kind: 'paragraph', text: first },
      ...(note === '' ? [] : [{ kind: 'quote' as const, text: note }]),
      ...others.map((text) => ({ kind: 'paragraph' as const, text })),
    ],
    button: { label: mails.staffButton, url: p.url },
    footer: footers.staff({ product: singleLine(brand.product, 80) }),
  });
}
