import { z } from 'zod';
import { stream } from '../../answers.ts';
import { staffHint } from '../../contract/dashboard.ts';
import type { ApiDeps } from '../../deps.ts';
import { findStaff, refusePageOfAnother } from '../../middleware/authenticate.ts';
import { route, type Callers, type RequestFacts } from '../../route.ts';

/**
 * Server-sent hints that something has changed; they carry ids only, and whoever gets one asks again. The stream ends
 * with the session, and when hints may have been missed: the browser comes back and asks for everything anew.
 */
const live = route({
  method: 'GET',
  path: '/dashboard/api/live',
  who: 'staff',
  role: 'viewer',
  summary: 'Hints of what has changed, as server-sent events',
  query: z.strictObject({ session: z.string().max(60).optional() }),
  answers: { 200: 'text/event-stream of staffHint' },
  handler: async ({ deps, caller, query, request }) => {
    // EventSource sends no headers, so the session its page was drawn for is in the address.
    if (query.session !== undefined) await refusePageOfAnother(deps, caller, query.session);
    const hints = await gatherHints(deps, caller);
    return {
      ...stream((response) => {
        let isOpen = true;
        const write = (lines: string) => void (isOpen && response.write(`${lines}\n\n`));
        const end = () => {
          if (!isOpen) return;
          isOpen = false;
          clearInterval(beat);
          void hints.stop();
          response.end();
        };
        const beat = setInterval(() => {
          write(':');
          void isOver(deps, request).then((over) => over && end());
        }, beatMs);
        response.on('close', end);
        write('retry: 1000');
        hints.start({ tell: (hint) => write(`data: ${JSON.stringify(hint)}`), end });
        // Whoever left while we began to listen has closed already.
        if (response.closed) end();
      }),
      headers: {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store, no-transform',
        'X-Accel-Buffering': 'no',
      },
    };
  },
});

export const liveRoutes = [live];

/** Below the minute after which proxies cut a silent connection. */
const beatMs = 20_000;

type Hint = z.infer<typeof staffHint>;
type Reader = { tell(hint: Hint): void; end(): void };

/** Listens before the stream is answered, so that nothing between the two is lost. */
async function gatherHints(deps: ApiDeps, { environment }: Callers['staff']) {
  const early: Hint[] = [];
  let reader: Reader | undefined;
  const tell = (hint: Hint) => (reader === undefined ? early.push(hint) : reader.tell(hint));

  const stopChanges = await deps.listener.listen(`staff:${environment.id}`, (payload) => {
    const [kind, id = ''] = payload.split(':');
    const hint = staffHint.safeParse({ kind, id });
    if (hint.success) tell(hint.data);
    else if (payload === '') reader?.end();
  });
  const stopEvents = await deps.listener.listen('events', (payload) => {
    if (payload === environment.id) tell({ kind: 'event', id: environment.id });
  });
  const isSandbox = environment.kind === 'sandbox';
  const stopMails = isSandbox
    ? deps.embedded?.mailbox?.subscribe((mail) => {
        if (mail.environmentId === environment.id) tell({ kind: 'mail', id: mail.id });
      })
    : undefined;

  return {
    start(begun: Reader) {
      reader = begun;
      for (const hint of early) begun.tell(hint);
    },
    async stop() {
      stopMails?.();
      await Promise.all([stopChanges(), stopEvents()]);
    },
  };
}

/** Whether the session that opened the stream has ended since. */
async function isOver(deps: ApiDeps, request: RequestFacts): Promise<boolean> {
  try {
    return (await findStaff(deps, { ...request, now: deps.now() })) === undefined;
  } catch (error) {
    deps.logger.warn({ err: error }, 'a live stream could not ask for its session');
    return true;
  }
}
