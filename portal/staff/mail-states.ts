import type { Shape } from '../shared/statuses.ts';

type Look = { shape: Shape; ink: string };

/** How a mail's state looks; its word is `mails.states.<state>`. */
export const mailLooks: Readonly<Record<string, Look>> = {
  queued: { shape: 'waiting', ink: 'text-muted' },
  sending: { shape: 'progress', ink: 'text-info' },
  sent: { shape: 'progress', ink: 'text-info' },
  delivered: { shape: 'done', ink: 'text-ok' },
  bounced: { shape: 'attention', ink: 'text-bad' },
  refused: { shape: 'attention', ink: 'text-bad' },
  held: { shape: 'waiting', ink: 'text-wait' },
  withdrawn: { shape: 'off', ink: 'text-muted' },
  suppressed: { shape: 'off', ink: 'text-muted' },
};

/** A state that the server added later. */
export const unknownMail: Look = { shape: 'not-started', ink: 'text-muted' };
