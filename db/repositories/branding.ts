/** How an environment looks to its customers. Its words are columns like other settings; here are colour and images. */
import type { BrandColours, BrandImageKind } from '../../onboarding/branding.ts';
import type { Tx } from '../database.ts';
import type { BrandImagesTable } from '../tables/brand-images.ts';
import { toJson } from '../tables/columns.ts';
import { ofEnvironment, type Tenant } from '../tenant.ts';

export type BrandImage = Pick<BrandImagesTable, 'digest' | 'mediaType' | 'bytes'>;

/** Null goes back to the product's own colours. */
export async function setBrandColours(
  tx: Tx,
  environmentId: string,
  colours: BrandColours | null,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('environments')
    .set({ brandColours: colours && toJson(colours), updatedAt: now })
    .where('id', '=', environmentId)
    .execute();
}

/** Puts an image in the place of the one before. */
export async function setBrandImage(
  tx: Tx,
  environmentId: string,
  kind: BrandImageKind,
  image: BrandImage,
  now: Date,
): Promise<void> {
  await tx
    .insertInto('brandImages')
    .values({ environmentId, kind, ...image, createdAt: now })
    .onConflict((conflict) =>
      conflict.columns(['environmentId', 'kind']).doUpdateSet({ ...image, createdAt: now }),
    )
    .execute();
  await nameImage(tx, environmentId, kind, image.digest, now);
}

export async function removeBrandImage(
  tx: Tx,
  environmentId: string,
  kind: BrandImageKind,
  now: Date,
): Promise<void> {
  await tx
    .deleteFrom('brandImages')
    .where('environmentId', '=', environmentId)
    .where('kind', '=', kind)
    .execute();
  await nameImage(tx, environmentId, kind, null, now);
}

export async function findBrandImage(
  tx: Tx,
  tenant: Tenant,
  digest: string,
): Promise<BrandImage | undefined> {
  return tx
    .selectFrom('brandImages')
    .select(['digest', 'mediaType', 'bytes'])
    .where(ofEnvironment('brandImages', tenant))
    .where('digest', '=', digest)
    .executeTakeFirst();
}

const columnOf = { logo_light: 'logoLight', logo_dark: 'logoDark', icon: 'icon' } as const;

async function nameImage(
  tx: Tx,
  environmentId: string,
  kind: BrandImageKind,
  digest: string | null,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('environments')
    .set({ [columnOf[kind]]: digest, updatedAt: now })
    .where('id', '=', environmentId)
    .execute();
}
