/**
 * The one layout of all mails: a table that old mail programs can draw, in the light colours whatever the reader's
 * theme, one button at most, and a plain-text twin made from the same blocks, so the two cannot say different things.
 */
import { escapeHtml, singleLine } from './safe-text.ts';

/** What the vendor looks like in mails; all of it the vendor's own words, shown as plain text. */
export interface MailBrand {
  /** the product people connect to */
  product: string;
  /** the company that asks */
  vendor: string;
  /** an image from one of `origins`; null: the product's name instead */
  logoUrl: string | null;
  /** the button and the words on it (`BrandTones`); null: our own */
  button: { fill: string; line: string; words: string } | null;
  supportAddress: string | null;
  /** a link opens with a code that is mailed to its contact [LNK-05] */
  asksForCode: boolean;
  /** our own origins (`https://setup.vendor.com`): links lead nowhere else [MAIL-04] */
  origins: readonly string[];
}

export type MailBlock =
  | { kind: 'paragraph'; text: string }
  /** a one-time code, large and easy to copy */
  | { kind: 'code'; text: string }
  /** somebody's own words */
  | { kind: 'quote'; text: string };

export interface MailContent {
  subject: string;
  blocks: MailBlock[];
  button?: { label: string; url: string };
  /** why the reader gets this mail and how to pass it on */
  footer: string[];
}

export interface RenderedMail {
  subject: string;
  html: string;
  text: string;
}

/** The language of a catalogue, for the `html` element. */
export interface MailLanguage {
  lang: string;
  dir: 'ltr' | 'rtl';
  /** stands before the address of the button, for mail programs that do not draw it */
  orCopy: string;
}

const colour = {
  canvas: '#F7F8F8',
  surface: '#FFFFFF',
  sunken: '#EFF1F2',
  line: '#DDE1E4',
  text: '#14181B',
  muted: '#4C555D',
};
const ownButton = { fill: '#0F5C63', line: '#0F5C63', words: '#FFFFFF' };
const font = "font-family:Inter,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const mono = 'font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace';
/** A name without a place to break at breaks all the same, so that nobody has to scroll sideways on a phone. */
const wrap = 'overflow-wrap:anywhere;word-break:break-word';
const subjectLength = 200;

/** Throws when the button or the logo would lead to an origin that is not ours. */
export function renderMail(brand: MailBrand, language: MailLanguage, content: MailContent): RenderedMail {
  const subject = singleLine(content.subject, subjectLength);
  const button = content.button && { ...content.button, url: ownAddress(content.button.url, brand) };
  return {
    subject,
    html: htmlOf(brand, language, { ...content, subject, button }),
    text: textOf({ ...content, subject, button }),
  };
}

function ownAddress(address: string, brand: MailBrand): string {
  const url = new URL(address);
  if (!brand.origins.includes(url.origin)) throw new Error(`a mail may not lead to ${url.origin} [MAIL-04]`);
  return url.href;
}

function textOf({ subject, blocks, button, footer }: MailContent): string {
  const parts = [subject, ...blocks.map(blockText)];
  if (button) parts.push(`${button.label}:\n${button.url}`);
  return `${[...parts, ['-- ', ...footer].join('\n')].join('\n\n')}\n`;
}

function blockText(block: MailBlock): string {
  if (block.kind === 'quote') return block.text.replace(/^/gm, '> ');
  return block.kind === 'code' ? `    ${block.text}` : block.text;
}

function htmlOf(brand: MailBrand, language: MailLanguage, content: MailContent): string {
  const { subject, blocks, button, footer } = content;
  return `<!doctype html>
<html lang="${language.lang}" dir="${language.dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light only">
<title>${escapeHtml(subject)}</title>
</head>
<body style="margin:0;padding:0;background:${colour.canvas}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:${colour.canvas}">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" style="width:100%;max-width:600px;background:${colour.surface};border:1px solid ${colour.line};border-radius:6px">
<tr><td style="padding:24px 32px 0;${wrap};${font};font-size:16px;line-height:24px;font-weight:600;color:${colour.text}">${mark(brand)}</td></tr>
<tr><td style="padding:24px 32px 32px;${wrap};${font};font-size:16px;line-height:24px;color:${colour.text}">
<h1 style="margin:0 0 16px;font-size:20px;line-height:28px;font-weight:600">${escapeHtml(subject)}</h1>
${blocks.map(blockHtml).join('\n')}
${button ? buttonHtml(button, brand, language) : ''}
</td></tr>
<tr><td style="padding:16px 32px 24px;border-top:1px solid ${colour.line};${wrap};${font};font-size:13px;line-height:20px;color:${colour.muted}">
${footer.map((line) => `<p style="margin:0 0 4px">${escapeHtml(line)}</p>`).join('\n')}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

function mark(brand: MailBrand): string {
  const name = escapeHtml(singleLine(brand.product, 80));
  if (brand.logoUrl === null) return name;
  const source = escapeHtml(ownAddress(brand.logoUrl, brand));
  return `<img src="${source}" alt="${name}" height="32" style="display:block;height:32px;max-width:200px;border:0">`;
}

function blockHtml({ kind, text }: MailBlock): string {
  const escaped = escapeHtml(text).replaceAll('\n', '<br>');
  switch (kind) {
    case 'paragraph':
      return `<p style="margin:0 0 16px">${escaped}</p>`;
    case 'code':
      return `<p style="margin:0 0 16px;padding:12px 16px;background:${colour.sunken};border-radius:4px;${mono};font-size:30px;line-height:38px;letter-spacing:4px">${escaped}</p>`;
    case 'quote':
      return `<blockquote style="margin:0 0 16px;padding:0 0 0 16px;border-left:3px solid ${colour.line};color:${colour.muted}">${escaped}</blockquote>`;
  }
}

function buttonHtml(
  { label, url }: { label: string; url: string },
  brand: MailBrand,
  language: MailLanguage,
): string {
  const address = escapeHtml(url);
  const { fill, line, words } = brand.button ?? ownButton;
  return `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:8px 0 16px"><tr>
<td style="background:${fill};border:1px solid ${line};border-radius:4px"><a href="${address}" style="display:inline-block;padding:12px 20px;${font};font-size:16px;line-height:20px;font-weight:600;color:${words};text-decoration:none">${escapeHtml(label)}</a></td>
</tr></table>
<p style="margin:0;font-size:13px;line-height:20px;color:${colour.muted};word-break:break-all">${escapeHtml(language.orCopy)}<br>${address}</p>`;
}
