const notForCallers =
  /^(host|connection|content-length|transfer-encoding|upgrade|expect|te|trailer|keep-alive|cookie|proxy-.*)$/;

/** The headers of a request. Throws on those that steer the connection: some callers' headers are typed by tenants. */
export function outgoingHeaders(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  const sent: Record<string, string> = { 'user-agent': 'Vestibule', 'accept-encoding': 'gzip' };
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (notForCallers.test(lower)) throw new Error(`the header "${lower}" is not for callers to set`);
    sent[lower] = value;
  }
  return sent;
}

/** The headers of an answer, without cookies: we keep none. */
export function incomingHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || name === 'set-cookie' ? [] : [[name, [value].flat().join(', ')]],
  );
  return Object.fromEntries(entries);
}

/** A credential belongs to the address it was entered for: of a redirected request only `accept` goes on. */
export function redirectedHeaders(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return headers['accept'] === undefined ? {} : { accept: headers['accept'] };
}
