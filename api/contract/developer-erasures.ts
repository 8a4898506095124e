import { z } from 'zod';
import { erasedKinds } from '../../onboarding/erasure.ts';

/** Erasing one person (`/erasures`), and an organization's data as one download: ours, in the style of the rest. */

export const erasure = z
  .object({
    object: z.literal('erasure'),
    id: z.string(),
    organization_id: z.string().nullable(),
    state: z.enum(['in_progress', 'done']),
    erased: z
      .partialRecord(z.enum(erasedKinds), z.int())
      .meta({ description: 'How much was found, by kind; who it was is not kept' }),
    created_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Erasure' });

/** Strict, unlike other bodies: dropped as unknown, `organization_id` would have it done everywhere, for good. */
export const newErasureBody = z.strictObject({
  organization: z.string().optional().meta({
    description: 'Id of the organization; left out: wherever the person is known in the environment',
  }),
  email: z.string().trim().max(320).optional(),
  idp_id: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: 'Id of the person at the organization’s identity provider; needs `organization`' }),
});

/** What `GET /organizations/{id}/export` streams; the lists carry the names of `docs/privacy.md`. */
export const organizationExport = z
  .looseObject({
    object: z.literal('organization_export'),
    version: z.literal(1),
    made_at: z.iso.datetime(),
    organization: z.looseObject({ id: z.string() }),
  })
  .meta({ id: 'OrganizationExport' });
