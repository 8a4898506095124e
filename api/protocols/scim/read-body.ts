import type { IncomingMessage } from 'node:http';
import { refuse, ScimRefusal } from '../../../adapters/scim/errors.ts';
import { serviceLimits } from '../../../adapters/scim/service.ts';
import { refuseForbiddenNames } from '../../../adapters/scim/values.ts';

const jsonTypes = /^application\/(scim\+json|json|[\w.-]+\+json)\s*(;|$)/i;

/**
 * The body as JSON, up to 1 MB; undefined where none came. Clients say `application/json` or `application/scim+json`,
 * with a charset or without, or nothing at all. Bodies are never unpacked.
 */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const { 'content-length': length, 'content-type': type, 'content-encoding': encoding } = request.headers;
  const hasBody =
    (length !== undefined && length !== '0') || request.headers['transfer-encoding'] !== undefined;
  if (!hasBody) return undefined;
  if (Number(length ?? 0) > serviceLimits.body) throw tooLarge();
  if (type !== undefined && !jsonTypes.test(type)) throw notJson('The body must be application/scim+json.');
  if (encoding !== undefined && encoding !== 'identity') throw notJson('The body must not be compressed.');
  const text = await textOf(request);
  if (text === '') return undefined;
  if (isTooDeep(text)) throw unreadable('The body is nested too deeply.');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw unreadable('The body is no JSON.');
  }
  // Nearly every body has none of these, and is not looked through.
  if (doubtful.test(text)) {
    if (holdsUnstorable(body))
      throw refuse('invalidValue', 'value_wrong', 'The body holds characters that cannot be stored.');
    refuseForbiddenNames(body);
  }
  return body;
}

/** What reads a body, and what writes it into the log, goes into it by calling itself. */
const deepest = 30;

/** Told from the text: nothing has to go into a body to find that nothing should. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (isQuoted) {
      if (sign === '\\') at += 1;
      else if (sign === '"') isQuoted = false;
    } else if (sign === '"') isQuoted = true;
    else if (sign === '{' || sign === '[') {
      depth += 1;
      if (depth > deepest) return true;
    } else if (sign === '}' || sign === ']') depth -= 1;
  }
  return false;
}

/** Escapes, and the names that are refused at any depth. */
const doubtful = /\\u|__proto__|constructor|prototype/i;
const unstorable = /\0|\p{Surrogate}/u;

function holdsUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return unstorable.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) => unstorable.test(name) || holdsUnstorable(inner));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > serviceLimits.body) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof ScimRefusal ? error : unreadable('The body broke off.');
  }
  try {
    return readUtf8.decode(Buffer.concat(chunks));
  } catch {
    throw unreadable('The body is not UTF-8.');
  }
}

/** Whatever charset a client says: names in another one would be kept with holes in them. */
const readUtf8 = new TextDecoder('utf-8', { fatal: true });

const tooLarge = () => new ScimRefusal(413, 'body_too_large', 'The body is larger than 1 MB.');
const notJson = (detail: string) => new ScimRefusal(415, 'media_type_unsupported', detail);
const unreadable = (detail: string) => refuse('invalidSyntax', 'body_unreadable', detail);
