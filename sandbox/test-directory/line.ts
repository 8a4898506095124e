import type { Egress } from '../../adapters/egress.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Answered, ClientCall } from './conversation.ts';

/** One call as the page shows it, without the token. */
export interface LoggedCall {
  id: number;
  at: string;
  method: ClientCall['method'];
  path: string;
  /** Null: no answer came; `problem` says why. */
  status: number | null;
  milliseconds: number;
  problem: string | null;
  sent: string | null;
  received: string | null;
}

interface LineDeps {
  egress: Egress;
  now: () => Date;
  /** In milliseconds. */
  pauseBefore: number;
  userAgent: string;
  baseUrl: string;
  token: string;
  log: (call: Omit<LoggedCall, 'id'>) => void;
}

/** The other side could not be reached, so that there is nothing more to say to it. */
export class LineBroken extends Error {}

/** How often a call is said that is put off by 429. */
const mostTries = 5;
const longestWaitS = 30;

/**
 * A line to one SCIM server, as a stranger has it: by HTTP alone. A call that comes too fast is repeated when the server
 * says, as clients do. Throws `LineBroken` where no answer came.
 */
export function openLine({ egress, now, pauseBefore, userAgent, baseUrl, token, log }: LineDeps) {
  const base = baseWithoutQuery(baseUrl);
  return async (sending: ClientCall): Promise<Answered> => {
    for (let tries = 1; ; tries += 1) {
      if (pauseBefore > 0) await pause(pauseBefore);
      const { waitS, ...answered } = await sayOnce(sending);
      if (answered.status !== 429 || waitS === undefined || tries === mostTries) return answered;
      await pause(waitS * 1000);
    }
  };

  async function sayOnce({
    method,
    path,
    body,
    headers,
  }: ClientCall): Promise<Answered & { waitS: number | undefined }> {
    const startedAt = now();
    const sent = body === undefined ? null : JSON.stringify(body);
    const kept = { at: startedAt.toISOString(), method, path, sent: clipped(sent) };
    const tookMs = () => Math.max(0, now().getTime() - startedAt.getTime());
    try {
      const answer = await egress.fetch(`${base}${path}`, {
        feature: 'test_directory',
        organizationId: null,
        sandboxLoopback: true,
        method,
        headers: {
          accept: scim,
          'user-agent': userAgent,
          authorization: `Bearer ${token}`,
          ...(sent === null ? {} : { 'content-type': `${scim}; charset=utf-8` }),
          ...headers,
        },
        ...(sent === null ? {} : { body: sent }),
      });
      const text = answer.body.toString('utf8');
      const received = text === '' ? null : clipped(text);
      log({ ...kept, status: answer.status, milliseconds: tookMs(), problem: null, received });
      return { status: answer.status, body: parsed(text), waitS: waitIn(answer.headers['retry-after']) };
    } catch (error) {
      if (!(error instanceof OnboardingError)) throw error;
      const { reason } = error.facts;
      const problem = typeof reason === 'string' ? reason : error.code;
      log({ ...kept, status: null, milliseconds: tookMs(), problem, received: null });
      throw new LineBroken(problem, { cause: error });
    }
  }
}

/** Seconds, as servers of SCIM write them. */
function waitIn(retryAfter: string | undefined): number | undefined {
  return retryAfter !== undefined && /^\d+$/.test(retryAfter)
    ? Math.min(Number(retryAfter), longestWaitS)
    : undefined;
}

/** What stands before the paths: the flags in the query are the client's own. */
function baseWithoutQuery(baseUrl: string): string {
  return baseUrl.replace(/[?#].*$/s, '').replace(/\/+$/, '');
}

const scim = 'application/scim+json';
const mostKept = 8_000;

const clipped = (text: string | null) =>
  text !== null && text.length > mostKept ? `${text.slice(0, mostKept)}…` : text;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
