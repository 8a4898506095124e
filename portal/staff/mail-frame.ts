import { framedMarkup, parseMarkup } from '../shared/markup.ts';

/**
 * A mail's HTML for a frame of our page. The frame inherits the page's content policy [UI-02], which refuses `style`
 * attributes: each becomes a rule of one sheet that carries the page's nonce. Nothing else of the mail is touched, and
 * the document that is parsed here runs nothing. Tags are changed before parsing, because even that asks the policy.
 */
export function framedMail(html: string, nonce: string): string {
  const allowed = html.replaceAll(/<[^>]+>/g, (tag) =>
    tag.replaceAll(/\sstyle=/gi, ' data-mail-style=').replace(/^<style\b/i, `<style nonce="${nonce}"`),
  );
  const mail = parseMarkup(allowed, 'text/html');
  const rules = [...mail.querySelectorAll('[data-mail-style]')].map((element, at) => {
    const rule = `[data-mail-style="${at}"] { ${element.getAttribute('data-mail-style') ?? ''} }`;
    element.setAttribute('data-mail-style', String(at));
    return rule;
  });
  const sheet = mail.createElement('style');
  sheet.setAttribute('nonce', nonce);
  sheet.textContent = rules.join('\n');
  mail.head.prepend(sheet);
  return framedMarkup(`<!doctype html>${mail.documentElement.outerHTML}`);
}

/** The nonce that the server gave this page. */
export function pageNonce(): string {
  return document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
}
