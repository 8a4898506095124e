import { z } from 'zod';

/** What has arrived at the other side, by our ids: from it, and from what is there now, follows what is to be sent. */

const sentPerson = z.object({
  /** The id that the other side gave. */
  remoteId: z.string(),
  /** Everything but `active`, as it was sent. */
  profile: z.string(),
  active: z.boolean(),
});
export type SentPerson = Readonly<z.infer<typeof sentPerson>>;

const sentGroup = z.object({ remoteId: z.string(), name: z.string(), memberIds: z.array(z.string()) });

export const sent = z.object({
  people: z.record(z.string(), sentPerson),
  groups: z.record(z.string(), sentGroup),
  lastSentAt: z.string().nullable(),
});
/** Changed by one conversation at a time while it goes on. */
export type Sent = z.infer<typeof sent>;

export const nothingSent = (): Sent => ({ people: {}, groups: {}, lastSentAt: null });
