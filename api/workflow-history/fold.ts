import type { HistoryEvent, WorkflowRun } from '../../adapters/workflow-history.ts';
import { messageNames } from '../../onboarding/workflow-names.ts';
import type { WorkflowView } from '../contract/dashboard.ts';

/**
 * A workflow's history folded per intent, for people (S6): one line for what somebody asked, one for each effect with
 * all its tries, one for a wait that was waited out. Runs of a chain read as one. Titles are codes that the pages have
 * words for, or the engine's own text where there is none.
 */
export type Fold = WorkflowView['folded'][number];

export function foldHistory(runs: readonly WorkflowRun[]): Fold[] {
  return runs.flatMap(foldRun);
}

/** What an activity is called on the page. */
export function effectTitle(activity: string): string {
  return effectTitles[activity] ?? activity;
}

const effectTitles: Readonly<Record<string, string>> = {
  sendInvitation: 'send_invitation',
  sendReminder: 'send_reminder',
  sendNotice: 'send_notice',
  openPortalStep: 'open_step',
  closePortalStep: 'close_step',
  validateConnection: 'validate_connection',
  activateConnection: 'activate_connection',
  moveCertificateWatch: 'move_certificate_watch',
  closeLinks: 'close_links',
  recordProgress: 'record_progress',
};

function foldRun({ events }: WorkflowRun): Fold[] {
  const followers = new Map<number, HistoryEvent[]>();
  for (const event of events) {
    const leader = leaderOf(event);
    if (leader !== undefined) followers.set(leader, [...(followers.get(leader) ?? []), event]);
  }
  return events.flatMap((event) => foldOf(event, followers.get(event.id) ?? []) ?? []);
}

/** The event that began what this one goes on with. */
function leaderOf(event: HistoryEvent): number | undefined {
  switch (event.kind) {
    case 'update_completed':
      return event.acceptedId;
    case 'activity_started':
    case 'activity_ended':
      return event.scheduledId;
    case 'timer_ended':
      return event.startedId;
    case 'child_started':
    case 'child_ended':
      return event.initiatedId;
    default:
      return undefined;
  }
}

/** The line of an event that begins something; undefined for those that only go on, and for the engine's own. */
function foldOf(event: HistoryEvent, followers: readonly HistoryEvent[]): Fold | undefined {
  const line = (kind: Fold['kind'], title: string): Fold => {
    const end = followers.find((follower) => isEnd(follower));
    return {
      at: event.at.toISOString(),
      kind: followers.some(hasFailed) ? 'failed' : kind,
      title,
      tries: Math.max(1, ...followers.map((f) => (f.kind === 'activity_started' ? f.attempt : 1))),
      durationMs: end === undefined ? null : end.at.getTime() - event.at.getTime(),
      eventIds: [event.id, ...followers.map(({ id }) => id)],
    };
  };
  switch (event.kind) {
    case 'started':
      return event.previousRunId === null ? line('started', 'start') : undefined;
    case 'update_accepted':
      return line('command', event.name === messageNames.applyCommand ? kindIn(event.input) : event.name);
    case 'signaled':
      return line('fact', event.name === messageNames.reportFact ? kindIn(event.input) : event.name);
    case 'activity_scheduled':
      return line('effect', effectTitle(event.activity));
    case 'timer_started':
      // A deadline that moved before it came was nobody's wait.
      return followers.some((f) => f.kind === 'timer_ended' && !f.hasFired)
        ? undefined
        : line('timer', event.summary ?? 'timer');
    case 'child_initiated':
      return line('child', event.workflow);
    case 'task_failed':
      return line('failed', event.failure);
    case 'continued':
      return line('continued', 'in the next run');
    case 'ended':
      return line(event.outcome === 'completed' ? 'ended' : 'failed', event.outcome);
    default:
      return undefined;
  }
}

function isEnd({ kind }: HistoryEvent): boolean {
  return (
    kind === 'update_completed' ||
    kind === 'activity_ended' ||
    kind === 'timer_ended' ||
    kind === 'child_ended'
  );
}

function hasFailed(event: HistoryEvent): boolean {
  return 'failure' in event && event.failure !== null;
}

/** Commands and facts name what they are about in `kind`. */
function kindIn(input: unknown): string {
  return typeof input === 'object' && input !== null && 'kind' in input ? String(input.kind) : 'unknown';
}
