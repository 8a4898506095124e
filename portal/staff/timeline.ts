import type { TimelineKind } from '../../onboarding/state.ts';

/** What a reader may narrow the timeline to; every kind belongs to one group. */
export const timelineGroups = {
  steps: [
    'provider_chosen',
    'step_completed',
    'step_reopened',
    'step_reset',
    'feature_skipped',
    'skip_taken_back',
    'handed_over',
    'handed_back',
    'step_taken_back',
    'configuration_refused',
    'activation_refused',
    'connection_live',
    'connection_gone',
    'connection_reset',
    'connection_brought_back',
    'directory_chosen',
    'directory_linked',
    'directory_gone',
    'directory_reset',
    'directory_brought_back',
    'certificate_given',
    'certificate_proven',
    'destination_chosen',
    'stream_proven',
    'stream_started',
    'stream_removed',
    'repair_needed',
    'repaired',
  ],
  tests: ['test_passed', 'test_failed'],
  domains: [
    'domain_added',
    'domain_removed',
    'domain_verified',
    'domain_failed',
    'domain_in_review',
    'domain_refused',
  ],
  mail: [
    'invited',
    'link_copied',
    'link_replaced',
    'link_extended',
    'link_ended',
    'opened',
    'reminder_due',
    'reminded',
    'notice_sent',
    'not_delivered',
  ],
  states: [
    'started',
    'joined',
    'stalled',
    'live',
    'closed',
    'cancelled',
    'cancel_undone',
    'mode_changed',
    'requirement_changed',
    'order_changed',
    'reminders_changed',
  ],
} as const satisfies Record<string, readonly TimelineKind[]>;

export function isInGroup(kind: string, group: string): boolean {
  const groups: Record<string, readonly string[]> = timelineGroups;
  return groups[group]?.includes(kind) ?? true;
}
