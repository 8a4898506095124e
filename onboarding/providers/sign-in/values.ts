import type { GuideValues } from './provider.ts';

/** Our side of a connection, and what the guide calls the vendor's product. */
export type OurSide = {
  spEntityId: string;
  acsUrl: string;
  spMetadataUrl: string;
  product: string;
  testIdpMetadataUrl: string;
};

/** The values a guide is filled with. Sign-in starts below the entity id (`design.md` §5). */
export function guideValuesOf(ours: OurSide): GuideValues {
  return {
    ACS_URL: ours.acsUrl,
    SP_ENTITY_ID: ours.spEntityId,
    SP_METADATA_URL: ours.spMetadataUrl,
    LOGIN_URL: `${ours.spEntityId}/login`,
    PRODUCT: ours.product,
    TEST_IDP_METADATA_URL: ours.testIdpMetadataUrl,
  };
}
