import type { Response } from 'express';
import { lookUpPortalSession } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { stream } from '../../answers.ts';
import type { ApiDeps } from '../../deps.ts';
import { route, type Callers } from '../../route.ts';

/** The page's stream of hints: "this changed, ask again". Ids only; it ends with its session. */

const live = route({
  method: 'GET',
  path: '/setup/:handle/api/live',
  who: 'portal_session',
  summary: 'Server-sent hints that something has changed',
  answers: { 200: 'text/event-stream of hints { kind, id }' },
  handler: ({ deps, caller }) => {
    const { session } = caller;
    if ((open.get(session.id) ?? 0) >= mostStreams)
      throw new OnboardingError('too_many_requests', { retry_after_s: 10 });
    return {
      ...stream((response) => void serve(deps, session, response)),
      headers: {
        'Content-Type': 'text/event-stream; charset=utf-8',
        // Compressors and proxies would hold small pieces back.
        'Cache-Control': 'no-store, no-transform',
        'X-Accel-Buffering': 'no',
      },
    };
  },
});

export const liveRoutes = [live];

const heartbeatMs = 15_000;
/** One a visible tab; more is no person. */
const mostStreams = 20;
const open = new Map<string, number>();

/** What the pages of a customer ask for again. */
const kinds = ['onboarding', 'attempt', 'domain', 'directory', 'audit', 'log_stream'] as const;

type Session = Callers['portal_session']['session'];

async function serve(deps: ApiDeps, session: Session, response: Response): Promise<void> {
  open.set(session.id, (open.get(session.id) ?? 0) + 1);
  const listening: { stop?: () => Promise<void> } = {};
  const heartbeat = setInterval(() => void beat(), heartbeatMs);
  response.on('close', () => {
    clearInterval(heartbeat);
    const left = (open.get(session.id) ?? 1) - 1;
    if (left === 0) open.delete(session.id);
    else open.set(session.id, left);
    void listening.stop?.();
  });
  response.flushHeaders();

  async function beat(): Promise<void> {
    if (await isOver(deps, session).catch(() => false)) response.end();
    else if (!response.writableEnded) response.write(': here\n\n');
  }

  function tell(payload: string): void {
    // After the listener was away hints may be missing: everything is to be asked again.
    if (payload === '') {
      for (const kind of kinds) write({ kind, id: '' });
      return;
    }
    const [kind = '', id = ''] = payload.split(':');
    if (kinds.some((known) => known === kind)) write({ kind, id });
    else if (kind === 'session' && id === session.handle) {
      write({ kind, id });
      void beat();
    }
  }

  function write(hint: { kind: string; id: string }): void {
    if (!response.writableEnded) response.write(`data: ${JSON.stringify(hint)}\n\n`);
  }

  listening.stop = await deps.listener.listen(`portal:${session.organizationId}`, tell);
  // The page may have gone while the channel was being opened.
  if (response.closed) await listening.stop();
  // The first that is heard says that nothing is missed from here on.
  else response.write('retry: 3000\n\n');
}

async function isOver({ db, now }: ApiDeps, { digest }: Session): Promise<boolean> {
  const session = await lookUpPortalSession(db, digest);
  const at = now();
  return (
    session === undefined ||
    session.endedAt !== null ||
    session.idleExpiresAt <= at ||
    session.expiresAt <= at
  );
}
