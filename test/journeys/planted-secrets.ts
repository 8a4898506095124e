import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { ourTokenPattern } from '../../adapters/tokens.ts';

/**
 * Secrets that a test has planted or overheard, and where they turn up. A finding names the kind, never the secret, and
 * the text around it, so that a failing test says what to look for without leaking itself.
 */
export type Secrets = {
  /** `isStored`: kept by us on purpose and worth nothing by itself; the database may hold it. */
  plant(kind: string, secret: string, facts?: { isStored?: boolean }): void;
  /** Takes our own tokens and JSON web tokens out of what travels. */
  overhear(text: string): void;
  kinds(): string[];
  of(kind: string): string[];
  /** The kinds that occur in the text: as they are, in an address, as base64, or as hex. */
  foundIn(text: string, where?: { inDatabase?: boolean }): string[];
};

const webToken = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g;

export function createSecretsHeard(): Secrets {
  const heard = new Map<string, { kind: string; isStored: boolean }>();
  const ofKind = (wanted: string) => [...heard].filter(([, { kind }]) => kind === wanted).map(([one]) => one);
  const plant: Secrets['plant'] = (kind, secret, { isStored = false } = {}) => {
    if (secret.length >= 6 && !heard.has(secret)) heard.set(secret, { kind, isStored });
  };

  return {
    plant,
    overhear(text) {
      for (const [token] of text.matchAll(ourTokenPattern))
        plant(token.slice(0, token.indexOf('_', 3)), token);
      for (const [token] of text.matchAll(webToken)) plant('access token', token);
    },
    kinds: () => [...new Set([...heard.values()].map(({ kind }) => kind))],
    of: ofKind,
    foundIn(text, { inDatabase = false } = {}) {
      const found = [...heard].filter(
        ([secret, { isStored }]) => !(inDatabase && isStored) && occurs(secret, text),
      );
      return found.map(([secret, { kind }]) => `${kind} in … ${around(text, secret)}`);
    },
  };
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // Inside a longer text base64 depends on where it begins; the middle of each of the three phases does not.
  const phases = [0, 1, 2].map((skip) => {
    const whole = bytes.subarray(skip, bytes.length - ((bytes.length - skip) % 3));
    return whole.toString('base64');
  });
  return [secret, encodeURIComponent(secret), bytes.toString('hex'), ...phases];
}

function occurs(secret: string, text: string): boolean {
  // Six digits stand in many a longer number.
  if (/^\d{6}$/.test(secret)) return new RegExp(`(?<![\\w.-])${secret}(?![\\w.-])`).test(text);
  return formsOf(secret).some((form) => text.includes(form));
}

function around(text: string, secret: string): string {
  const form = formsOf(secret).find((one) => text.includes(one)) ?? secret;
  const at = text.indexOf(form);
  return `${text.slice(Math.max(0, at - 80), at)}‹here›${text.slice(at + form.length, at + form.length + 40)}`;
}

/** A private key as somebody pastes it by mistake. `body` is a line of it, whatever armour it is kept in. */
export function aPrivateKey(): { pem: string; bare: string; body: string } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const [, ...lines] = pem.trim().split('\n');
  const bare = lines.slice(0, -1).join('');
  return { pem, bare, body: lines[1] ?? '' };
}

/** A word that stands nowhere else. */
export const aCanary = (name: string): string => `${name}-${randomBytes(9).toString('hex')}`;
