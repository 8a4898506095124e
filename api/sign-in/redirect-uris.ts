/**
 * Whether a redirect URI is one that was registered: equal to the letter (RFC 9700 §4.1.3), except where the
 * registered one has `*` for one label of the host, or for the port of a loopback name.
 */
export function isRegistered(registered: readonly { uri: string }[], asked: string): boolean {
  return registered.some(({ uri }) => uri === asked || (uri.includes('*') && patternOf(uri).test(asked)));
}

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

function patternOf(uri: string): RegExp {
  const escaped = uri.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  const filled = escaped.replace(/:\*(?=[/]|$)/, String.raw`:\d{1,5}`).replace('*', label);
  return new RegExp(`^${filled}$`);
}
