/**
 * Which role a person has: the vendor ranks its roles, and groups of the customer give them. Rank alone decides between
 * several. A group is named by a key: what it is (a group of a directory, a value of a claim) is nothing to these rules.
 */
export const roleModes = ['highest', 'all'] as const;

/** One role a person, the highest that any group gives; or all of them together. */
export type RoleMode = (typeof roleModes)[number];

/** How programs name a role. `none` is what a request says where no role takes the place of another. */
export const roleSlug = /^(?!none$)[a-z][a-z0-9_-]{0,47}$/;

export interface RoleRules {
  readonly mode: RoleMode;
  /** Slugs, the top role first. */
  readonly ranked: readonly string[];
  /** Of everybody to whom no group gives one; null: they have none. */
  readonly defaultRole: string | null;
}

/** Key of a group → the slug that it gives. A group that is not in it gives nothing [IDB-07]. */
export type RoleMapping = ReadonlyMap<string, string>;

/** A role that a person has, and the keys of the groups that give it: none where it is the default. */
export interface HeldRole {
  readonly slug: string;
  readonly because: readonly string[];
}

/** The slugs that a person has, the highest first, of those that their groups give. */
export function rolesOf({ mode, ranked, defaultRole }: RoleRules, given: readonly string[]): string[] {
  const held = ranked.filter((slug) => given.includes(slug));
  if (held.length === 0) return defaultRole === null ? [] : [defaultRole];
  return mode === 'highest' ? held.slice(0, 1) : held;
}

/** The same with the reason for each. */
export function heldRoles(rules: RoleRules, mapping: RoleMapping, groups: readonly string[]): HeldRole[] {
  const given = groups.flatMap((group) => mapping.get(group) ?? []);
  return rolesOf(rules, given).map((slug) => ({
    slug,
    because: groups.filter((group) => mapping.get(group) === slug),
  }));
}

/** `role` and `roles` of people as the API shows them; nothing where there is none. */
export function roleFields(slugs: readonly string[]): {
  role?: { slug: string };
  roles?: { slug: string }[];
} {
  const [highest] = slugs;
  if (highest === undefined) return {};
  return { role: { slug: highest }, roles: slugs.map((slug) => ({ slug })) };
}

/** People who are in the same ones of the groups that count. */
export interface Crowd {
  readonly groups: readonly string[];
  readonly people: number;
}

export interface RoleTally {
  readonly slug: string;
  readonly gain: number;
  readonly lose: number;
  readonly keep: number;
}

export interface RolePreview {
  /** Every role that somebody has before or after, in rank order. */
  readonly tallies: readonly RoleTally[];
  readonly changed: number;
  readonly stay: number;
  /** The top role, where somebody had it and nobody would (M37). */
  readonly orphaned: string | null;
}

export interface MappingChange {
  readonly before: RoleMapping;
  readonly after: RoleMapping;
}

/** What saving a mapping would come to. */
export function previewRoles(rules: RoleRules, change: MappingChange, crowds: readonly Crowd[]): RolePreview {
  const moves = crowds.map((crowd) => ({ ...crowd, ...moveOf(rules, change, crowd.groups) }));
  const count = (counts: (move: (typeof moves)[number]) => boolean) =>
    moves.reduce((sum, move) => (counts(move) ? sum + move.people : sum), 0);
  const tallies = rules.ranked.map((slug) => {
    const has = (held: readonly HeldRole[]) => held.some((role) => role.slug === slug);
    return {
      slug,
      gain: count(({ before, after }) => !has(before) && has(after)),
      lose: count(({ before, after }) => has(before) && !has(after)),
      keep: count(({ before, after }) => has(before) && has(after)),
    };
  });
  const [top] = tallies;
  return {
    tallies: tallies.filter(({ gain, lose, keep }) => gain + lose + keep > 0),
    changed: count(({ isChanged }) => isChanged),
    stay: count(({ isChanged }) => !isChanged),
    orphaned: top !== undefined && top.lose > 0 && top.gain + top.keep === 0 ? top.slug : null,
  };
}

/** The top role, where somebody of those before has it and nobody of those after (M37). */
export function topRoleLost(
  rules: RoleRules,
  mapping: RoleMapping,
  { before, after }: { before: readonly Crowd[]; after: readonly Crowd[] },
): string | null {
  const [top] = rules.ranked;
  const isHeld = (crowds: readonly Crowd[]) =>
    crowds.some(
      ({ groups, people }) =>
        people > 0 && heldRoles(rules, mapping, groups).some(({ slug }) => slug === top),
    );
  return top !== undefined && isHeld(before) && !isHeld(after) ? top : null;
}

/** What becomes of a person in these groups. Another reason for the same roles is no change. */
export function moveOf(
  rules: RoleRules,
  { before, after }: MappingChange,
  groups: readonly string[],
): { before: HeldRole[]; after: HeldRole[]; isChanged: boolean } {
  const held = { before: heldRoles(rules, before, groups), after: heldRoles(rules, after, groups) };
  const slugs = (roles: readonly HeldRole[]) => roles.map(({ slug }) => slug).join();
  return { ...held, isChanged: slugs(held.before) !== slugs(held.after) };
}
