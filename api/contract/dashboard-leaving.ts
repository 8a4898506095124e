import { z } from 'zod';
import { erasedKinds } from '../../onboarding/erasure.ts';
import { instant } from './shared.ts';

/** Customers and people who leave. Paths are below `/dashboard/api`. */

/** GET deleted-organizations: those that can be restored. */
export const deletedOrganizations = z.strictObject({
  organizations: z.array(
    z.strictObject({ id: z.string(), name: z.string(), deletedAt: instant, erasedAt: instant }),
  ),
});

export const erasureView = z.strictObject({
  id: z.string(),
  state: z.enum(['waiting', 'done']),
  erased: z.partialRecord(z.enum(erasedKinds), z.int()),
  createdAt: instant,
  finishedAt: instant.nullable(),
});

/** GET erasures?organization=: the newest, of the organization or of the environment. */
export const erasureList = z.strictObject({ erasures: z.array(erasureView) });

/** POST erasures → 201 erasureView. Without `organizationId`: wherever the person is known. */
export const newErasureBody = z.strictObject({
  organizationId: z.string().max(60).optional(),
  email: z.string().trim().max(320).optional(),
  idpId: z.string().trim().max(500).optional(),
});

/** GET organizations/:id/export → the file of `api/organization-export.ts` */
