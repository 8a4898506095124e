import type { Generated } from 'kysely';
import type { BrandImageKind } from '../../onboarding/branding.ts';

/** Logos and icon of an environment; the environment's row names them by digest. */
export interface BrandImagesTable {
  environmentId: string;
  kind: BrandImageKind;
  digest: string;
  mediaType: 'image/png' | 'image/jpeg';
  bytes: Buffer;
  createdAt: Generated<Date>;
}
