import { pino, stdTimeFunctions, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { ourTokenPattern } from './tokens.ts';

export type Logger = PinoLogger;

const hidden = '[hidden]';

// By place: what is secret whatever it looks like.
const hiddenPaths = ['headers', 'req.headers', 'res.headers', 'request.headers', 'response.headers'].flatMap(
  (place) =>
    ['authorization', 'cookie', 'set-cookie', 'proxy-authorization'].map((name) => `${place}["${name}"]`),
);
const hiddenNames = ['password', 'secret', 'clientSecret', 'client_secret', 'token', 'privateKey'];

// By look: what is secret wherever it stands, in a URL, a message or a stack trace.
const hiddenPatterns: readonly [pattern: RegExp, replacement: string][] = [
  [ourTokenPattern, hidden],
  [/\bwhsec_[A-Za-z0-9+/=_-]{16,}/g, hidden],
  [/\b(Bearer|Basic) [A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${hidden}`],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, hidden],
  [
    /([?&](?:code|state|token|SAMLRequest|SAMLResponse|RelayState|id_token|access_token|client_secret)=)[^&\s"\\#]+/gi,
    `$1${hidden}`,
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs, hidden],
];

/** Takes every secret we can recognise out of a text [LNK-07], [SEC-04]; idempotent. */
export function redactText(text: string): string {
  return hiddenPatterns.reduce((left, [pattern, replacement]) => left.replace(pattern, replacement), text);
}

/**
 * One JSON object a line on standard output, or on `destination`. The finished line is redacted as text, so a secret
 * inside a message, an error's stack or a value nobody thought of is hidden like one in a header. JSON keeps each record
 * on its line: newlines and control characters of foreign text arrive escaped.
 */
export function createLogger(
  options: { level: string; program: string },
  destination: DestinationStream = process.stdout,
): Logger {
  return pino(
    {
      level: options.level,
      base: { program: options.program },
      timestamp: stdTimeFunctions.isoTime,
      redact: {
        paths: [...hiddenPaths, ...hiddenNames, ...hiddenNames.map((name) => `*.${name}`)],
        censor: hidden,
      },
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => destination.write(redactText(line)) },
  );
}
