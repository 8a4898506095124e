/** An address shown to somebody who should recognise but not learn it: `anna@acme.com` → `a•••@acme.com`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '•••' : `${email.slice(0, 1)}•••${email.slice(at)}`;
}
