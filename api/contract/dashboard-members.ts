import { z } from 'zod';
import { instant } from './shared.ts';

/** S18: the vendor's own people. Paths are below `/dashboard/api`. */

const memberRoles = ['admin', 'developer', 'support', 'viewer'] as const;

const memberSession = z.strictObject({
  id: z.string(),
  startedAt: instant,
  lastSeenAt: instant,
  userAgent: z.string().nullable(),
  address: z.string().nullable(),
  isThisOne: z.boolean(),
  /** `link`: the one printed at start or made by whoever runs the installation. */
  provedBy: z.enum(['code', 'link', 'sso']),
});

/** `sessions` is null where the reader may not see them: those of others are an admin's to see. */
export const memberView = z.strictObject({
  id: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  role: z.enum(memberRoles),
  invitedAt: instant,
  lastSeenAt: instant.nullable(),
  isYou: z.boolean(),
  sessions: z.array(memberSession).nullable(),
});

/** GET members */
export const memberList = z.strictObject({ members: z.array(memberView) });

/** POST members → 201. `isMailed`: the mail server took the invitation. */
export const newMemberBody = z.strictObject({
  email: z.string().trim().min(1).max(254),
  name: z.string().trim().max(80).optional(),
  role: z.enum(memberRoles),
});
export const newMember = memberView.extend({ isMailed: z.boolean() });

/** PATCH members/:id → the member */
export const memberChanges = z.strictObject({ role: z.enum(memberRoles) });

/** POST members/:id/end-sessions: one session, or all but the caller's own. */
export const endSessionsBody = z.strictObject({ sessionId: z.string().max(60).optional() });
