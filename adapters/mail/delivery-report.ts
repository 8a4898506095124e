import { simpleParser } from 'mailparser';
import { singleLine } from './safe-text.ts';

/** What a mail server reports of a mail. `words` are its own. */
export type DeliveryReport = { kind: 'delivered' } | { kind: 'bounced'; words: string };

const wordsLength = 300;

/**
 * Reads a delivery status notification (RFC 3464). Only a failure with status 5.x.x is a bounce: 4.x.x may still arrive,
 * and *relayed* or *expanded* says nothing about the mailbox. Undefined for what is no such report.
 */
export async function readDeliveryReport(source: Buffer): Promise<DeliveryReport | undefined> {
  const mail = await simpleParser(source, {
    keepDeliveryStatus: true,
    skipTextToHtml: true,
    skipHtmlToText: true,
    skipImageLinks: true,
  });
  const part = mail.attachments.find(({ contentType }) => contentType === 'message/delivery-status');
  const recipients = part ? groupsIn(part.content.toString('utf8')).filter(({ action }) => action) : [];
  const failed = recipients.find((of) => is(of, 'failed', '5'));
  if (failed) return { kind: 'bounced', words: wordsOf(failed) };
  return recipients.some((of) => is(of, 'delivered', '2')) ? { kind: 'delivered' } : undefined;
}

type Fields = Partial<Record<string, string>>;

/** Groups of fields stand apart by empty lines; a field goes on in lines that begin with white space. */
function groupsIn(text: string): Fields[] {
  const groups = text.split(/\r?\n[ \t]*\r?\n/);
  return groups.map((group) => {
    const lines = group.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
    return Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
  });
}

function is({ action = '', status = '' }: Fields, wanted: string, statusClass: string): boolean {
  return (
    action.toLowerCase() === wanted && new RegExp(`^${statusClass}\\.\\d{1,3}\\.\\d{1,3}\\b`).test(status)
  );
}

function wordsOf({ 'diagnostic-code': diagnostic = '', status = '' }: Fields): string {
  return singleLine(diagnostic.replace(/^[a-z0-9-]+;\s*/i, '') || status, wordsLength);
}
