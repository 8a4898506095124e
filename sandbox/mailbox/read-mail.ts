import { simpleParser, type AddressObject } from 'mailparser';

/** A mail as a page or a test wants to see it; `html` is as it came, for a sandboxed frame only. */
export interface MailContent {
  from: string;
  subject: string;
  text: string;
  html: string;
  /** lower-case names; repeated headers are joined by newlines */
  headers: Record<string, string>;
  /** every http(s) address of both parts, once, in order */
  links: string[];
}

export async function readMail(source: Buffer): Promise<MailContent> {
  const mail = await simpleParser(source, { skipTextToHtml: true, skipImageLinks: true });
  const html = typeof mail.html === 'string' ? mail.html : '';
  const text = mail.text ?? '';
  const headers: Record<string, string> = {};
  for (const { key, line } of mail.headerLines) {
    const value = line.slice(line.indexOf(':') + 1).trim();
    const earlier = headers[key];
    headers[key] = earlier === undefined ? value : `${earlier}\n${value}`;
  }
  return {
    from: addressOf(mail.from),
    subject: mail.subject ?? '',
    text,
    html,
    headers,
    links: linksIn(text, html),
  };
}

function addressOf(from: AddressObject | undefined): string {
  return from?.value[0]?.address ?? '';
}

function linksIn(text: string, html: string): string[] {
  const inHtml = [...html.matchAll(/href="(https?:[^"]*)"/g)].map(([, href]) =>
    (href ?? '').replaceAll('&amp;', '&'),
  );
  const inText = [...text.matchAll(/https?:\/\/[^\s<>"]+/g)].map(([link]) => link);
  return [...new Set([...inHtml, ...inText])];
}
