/**
 * A mail's HTML for a frame of our page. The frame inherits the page's content policy [UI-02], which refuses `style`
 * attributes: each becomes a rule of one sheet that carries the page's nonce. Nothing else of the mail is touched, and
 * the document that is parsed here runs nothing.
 */
export function framedMail(html: string, nonce: string): string {
  const mail = new DOMParser().parseFromString(html, 'text/html');
  const rules = [...mail.querySelectorAll('[style]')].map((element, at) => {
    const rule = `[data-mail-style="${at}"] { ${element.getAttribute('style') ?? ''} }`;
    element.setAttribute('data-mail-style', String(at));
    element.removeAttribute('style');
    return rule;
  });
  const sheet = mail.createElement('style');
  sheet.textContent = rules.join('\n');
  mail.head.prepend(sheet);
  for (const style of mail.querySelectorAll('style')) style.setAttribute('nonce', nonce);
  return `<!doctype html>${mail.documentElement.outerHTML}`;
}

/** The nonce that the server gave this page. */
export function pageNonce(): string {
  return document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
}
