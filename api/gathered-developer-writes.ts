import {
  gatherOrganizations,
  gatherPortalLinks,
  gatherVendorEvents,
  type Db,
  type GatheredWrites,
  type NewVendorEvent,
  type RecordedLink,
  type RecordedOrganization,
} from '../db/index.ts';

/** What developers write most: requests that come at once share a transaction (decision 50). */
export interface GatheredDeveloperWrites {
  organizations: GatheredWrites<RecordedOrganization>;
  portalLinks: GatheredWrites<RecordedLink>;
  vendorEvents: GatheredWrites<readonly NewVendorEvent[]>;
}

export function gatherDeveloperWrites(parts: { db: Db; now: () => Date }): GatheredDeveloperWrites {
  return {
    organizations: gatherOrganizations(parts),
    portalLinks: gatherPortalLinks(parts),
    vendorEvents: gatherVendorEvents(parts),
  };
}
