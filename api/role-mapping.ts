import { createHash } from 'node:crypto';
import {
  countCrowds,
  getEnvironment,
  groupPairs,
  keyOf,
  listCrowdMembers,
  listGivenWhoStay,
  listGroupRoles,
  listRoles,
  nameSources,
  type MappedSource,
  type NamedPlace,
  type OtherWorld,
  type RoleRow,
  type RoleSource,
  type Tx,
} from '../db/index.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { maskEmail } from '../onboarding/masking.ts';
import {
  heldRoles,
  moveOf,
  previewRoles,
  topRoleLost,
  type HeldRole,
  type MappingChange,
  type RoleMapping,
  type RolePreview,
  type RoleRules,
} from '../onboarding/roles.ts';
import type { PreviewPeople, RoleMappingBody } from './contract/setup-roles.ts';

/** What a mapping of groups to roles would come to for the people of an organization. */

interface OfOrganization {
  environmentId: string;
  organizationId: string;
}

/** All that a preview rests on. */
interface Weighed {
  readonly roles: readonly RoleRow[];
  readonly rules: RoleRules;
  readonly change: MappingChange;
  /** Sources of before and after, each once: people are told apart by these alone. */
  readonly sources: readonly RoleSource[];
}

/** Throws `mapping_changed` where the mapping names a role that is none: pages offer those that there are, so it is gone. */
export async function weighMapping(
  tx: Tx,
  tenant: OfOrganization,
  wanted: RoleMappingBody,
): Promise<Weighed> {
  const [{ roleMode: mode }, roles, before] = await Promise.all([
    getEnvironment(tx, tenant.environmentId),
    listRoles(tx, tenant),
    listGroupRoles(tx, tenant),
  ]);
  const ranked = roles.map(({ slug }) => slug);
  if (wanted.some(({ role }) => !ranked.includes(role))) throw new OnboardingError('mapping_changed');
  const defaultRole = roles.find(({ isDefault }) => isDefault)?.slug ?? null;
  const sources = new Map([...before, ...wanted].map(({ source }) => [keyOf(source), source]));
  return {
    roles,
    rules: { mode, ranked, defaultRole },
    change: { before: mappingOf(before), after: mappingOf(wanted) },
    sources: [...sources.values()],
  };
}

const mappingOf = (mapped: readonly MappedSource[]): RoleMapping =>
  new Map(mapped.map(({ source, role }) => [keyOf(source), role]));

/** Names a mapping, in whatever order it comes. */
export function versionOf(mapped: readonly MappedSource[]): string {
  const lines = mapped.map(({ source, role }) => JSON.stringify([keyOf(source), role])).toSorted();
  return createHash('sha256').update(lines.join('\n')).digest('base64url');
}

export async function previewMapping(tx: Tx, tenant: OfOrganization, weighed: Weighed): Promise<RolePreview> {
  const { rules, change, sources } = weighed;
  return previewRoles(rules, change, await countCrowds(tx, tenant, sources));
}

/**
 * The name of the top role, where showing this generation of a directory's people in place of the others would leave
 * nobody with it.
 */
export async function topRoleLostBy(
  tx: Tx,
  tenant: OfOrganization,
  next: { directoryId: string; generation: number },
): Promise<string | null> {
  return topRoleLostIn(tx, tenant, { instead: { ...next, groups: await groupPairs(tx, next) } });
}

/** The name of the top role, where letting go whom the directory's source has let go would leave nobody with it. */
export function topRoleLostByLeaving(
  tx: Tx,
  tenant: OfOrganization,
  { id: directoryId, generation }: { id: string; generation: number },
): Promise<string | null> {
  return topRoleLostIn(tx, tenant, { instead: { directoryId, generation, groups: [] } });
}

/** No directory has people of it: whoever is counted by it sees the directory without anybody. */
const noGeneration = -1;

/** The name of the top role, where nobody would be left with it once the directory is deleted. */
export function topRoleLostWithout(
  tx: Tx,
  tenant: OfOrganization,
  directoryId: string,
): Promise<string | null> {
  return topRoleLostIn(tx, tenant, { instead: { directoryId, generation: noGeneration, groups: [] } });
}

/** The name of the top role, where nobody would be left with it once nobody signs in through the connection. */
export function topRoleLostWithoutConnection(
  tx: Tx,
  tenant: OfOrganization,
  connectionId: string,
): Promise<string | null> {
  return topRoleLostIn(tx, tenant, { withoutConnection: connectionId });
}

async function topRoleLostIn(tx: Tx, tenant: OfOrganization, other: OtherWorld): Promise<string | null> {
  const { roles, rules, change, sources } = await weighMapping(tx, tenant, await listGroupRoles(tx, tenant));
  const [before, after] = await Promise.all([
    countCrowds(tx, tenant, sources),
    countCrowds(tx, tenant, sources, other),
  ]);
  const lost = topRoleLost(rules, change.before, { before, after });
  return roles.find(({ slug }) => slug === lost)?.name ?? null;
}

/** Throws `top_role_lost` where that is so. */
export async function requireTopRoleKept(
  ...[tx, tenant, next]: Parameters<typeof topRoleLostBy>
): Promise<void> {
  const role = await topRoleLostBy(tx, tenant, next);
  if (role !== null) throw new OnboardingError('top_role_lost', { role });
}

/** Names of the roles that somebody has, the highest first. */
export interface RoleMove {
  before: string[];
  after: string[];
}

/** Who stays when this generation of a directory's people is shown, and has other roles by its groups then; by their ids. */
export async function listRoleMoves(
  tx: Tx,
  tenant: OfOrganization,
  next: { directoryId: string; generation: number },
): Promise<ReadonlyMap<string, RoleMove>> {
  const mapped = await listGroupRoles(tx, tenant);
  if (mapped.length === 0) return new Map();
  const { roles, rules, change } = await weighMapping(tx, tenant, mapped);
  const names = new Map(roles.map(({ slug, name }) => [slug, name]));
  const held = (groups: readonly string[]) => heldRoles(rules, change.before, groups).map(({ slug }) => slug);
  const named = (slugs: readonly string[]) => slugs.map((slug) => names.get(slug) ?? slug);
  const people = await listGivenWhoStay(tx, next);
  return new Map(
    people.flatMap(({ id, ...groups }) => {
      const [before, after] = [held(groups.before), held(groups.after)];
      return before.join() === after.join() ? [] : [[id, { before: named(before), after: named(after) }]];
    }),
  );
}

const pageOfPeople = 50;

/** Whose roles would change, by name, with the reasons before and after. */
export async function listChangedPeople(
  tx: Tx,
  tenant: OfOrganization,
  { rules, change, sources }: Weighed,
  after: NamedPlace | undefined,
): Promise<{ people: PreviewPeople['people']; next: NamedPlace | null }> {
  const [everybody, names] = await Promise.all([
    countCrowds(tx, tenant, sources),
    nameSources(tx, tenant, sources),
  ]);
  const crowds = everybody.filter(({ groups }) => moveOf(rules, change, groups).isChanged);
  const members = await listCrowdMembers(tx, tenant, sources, { crowds, after, limit: pageOfPeople + 1 });
  const page = members.slice(0, pageOfPeople);
  const reasons = (held: readonly HeldRole[]) =>
    held.map(({ slug, because }) => ({ slug, because: because.flatMap((key) => names.get(key) ?? []) }));
  const last = page.at(-1);
  return {
    people: page.map(({ id, name, email, groups }) => {
      const move = moveOf(rules, change, groups);
      return {
        id,
        name,
        email: email === null ? null : maskEmail(email),
        before: reasons(move.before),
        after: reasons(move.after),
      };
    }),
    next: members.length > pageOfPeople && last !== undefined ? { name: last.name, id: last.id } : null,
  };
}
