import { digestToken } from '../../adapters/tokens.ts';
import {
  findItContact,
  findLink,
  findOrganization,
  getOnboarding,
  lookUpEnvironmentByHandle,
  lookUpLink,
  withTenant,
  type EnvironmentRow,
  type ItContactRow,
  type LinkRow,
  type OnboardingRow,
  type OrganizationRow,
  type Tx,
} from '../../db/index.ts';
import type { ApiDeps } from '../deps.ts';

/** What stands behind an address: a door that opens, or one that does not. Why it does not is told to nobody. */
export type Door =
  | {
      isOpen: true;
      environment: EnvironmentRow;
      organization: OrganizationRow;
      link: LinkRow;
      contact: ItContactRow | undefined;
      onboarding: OnboardingRow | undefined;
    }
  | { isOpen: false; environment: EnvironmentRow | undefined };

/** Looks a door up. Every address costs the same two look-ups, whether it was ever a link or not [LNK-03]. */
export async function findDoor(deps: ApiDeps, address: Address, now: Date): Promise<Door> {
  const { environment, link } = await lookUpDoor(deps, address);
  if (environment === undefined || link === undefined || !opens(link, now)) {
    return { isOpen: false, environment };
  }
  const tenant = { environmentId: link.environmentId, organizationId: link.organizationId };
  const behind = await withTenant(deps.db, tenant, (tx) => loadBehind(tx, tenant, link));
  return behind === undefined
    ? { isOpen: false, environment }
    : { isOpen: true, environment, link, ...behind };
}

export interface Address {
  handle: string;
  token: string;
}

/** The environment of the handle and the link of the token; the link only where it is this environment's. */
export async function lookUpDoor(
  { db }: Pick<ApiDeps, 'db'>,
  { handle, token }: Address,
): Promise<{ environment: EnvironmentRow | undefined; link: LinkRow | undefined }> {
  const [environment, link] = await Promise.all([
    findEnvironment({ db }, handle),
    lookUpLink(db, digestToken(token).toString('hex')),
  ]);
  return { environment, link: link?.environmentId === environment?.id ? link : undefined };
}

/** By the public name in the path; what cannot be one is looked up all the same, as nobody's. */
export function findEnvironment(
  { db }: Pick<ApiDeps, 'db'>,
  handle: string,
): Promise<EnvironmentRow | undefined> {
  return lookUpEnvironmentByHandle(db, /^[a-z0-9-]{1,100}$/.test(handle) ? handle : '');
}

/** Setup links open until they end, and once their work is done until their date; portal links open once. */
export function opens({ kind, state, endedAt, expiresAt }: LinkRow, now: Date): boolean {
  if (expiresAt <= now) return false;
  return kind === 'portal' ? state === 'created' : endedAt === null || state === 'completed';
}

async function loadBehind(tx: Tx, tenant: { environmentId: string; organizationId: string }, link: LinkRow) {
  const organization = await findOrganization(tx, tenant, tenant.organizationId);
  if (organization === undefined || (await findLink(tx, tenant, link.id)) === undefined) return undefined;
  const { contactId, onboardingId } = link;
  return {
    organization,
    contact: contactId === null ? undefined : await findItContact(tx, tenant, contactId),
    onboarding: onboardingId === null ? undefined : await getOnboarding(tx, tenant, onboardingId),
  };
}
