/** An address shown to somebody who should recognise but not learn it: `anna@acme.com` → `a•••@acme.com`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '•••' : `${email.slice(0, 1)}•••${email.slice(at)}`;
}

const address = /[\w.+'-]+@[\w-]+(?:\.[\w-]+)+/g;

/** A text with every address in it masked. */
export function maskAddresses(text: string): string {
  return text.replace(address, maskEmail);
}

/** The same of any name: one that is no address keeps its beginning, `Marketing` → `Mar•••`. */
export function maskSubject(subject: string): string {
  const shown = subject.slice(0, 200);
  return shown.includes('@') ? maskEmail(shown) : `${shown.slice(0, 3)}•••`;
}
