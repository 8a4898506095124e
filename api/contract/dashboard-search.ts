import { z } from 'zod';

/** S22. GET search?q=, below `/dashboard/api`: a few of each kind, those with exactly this id first. */
export const searchQuery = z.strictObject({ q: z.string().trim().min(1).max(300) });

export const foundKinds = [
  ...([
    'organization',
    'domain',
    'contact',
    'person',
    'member',
    'connection',
    'onboarding',
    'attempt',
  ] as const),
  ...(['link', 'mail', 'api_key', 'redirect_uri', 'guide_report', 'event', 'audit', 'request'] as const),
  ...(['directory', 'directory_person', 'directory_group', 'directory_request'] as const),
  'environment',
] as const;

const found = z.strictObject({
  kind: z.enum(foundKinds),
  id: z.string(),
  title: z.string(),
  /** What tells it from others of its name: whose it is, or another name of it. */
  detail: z.string().nullable(),
  organizationId: z.string().nullable(),
  onboardingId: z.string().nullable(),
});
export const searchAnswer = z.strictObject({ found: z.array(found) });
