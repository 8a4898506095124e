import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  heldRoles,
  moveOf,
  previewRoles,
  roleFields,
  roleModes,
  rolesOf,
  roleSlug,
  topRoleLost,
  type Crowd,
  type RoleRules,
} from './roles.ts';

const highest: RoleRules = { mode: 'highest', ranked: ['admin', 'editor', 'viewer'], defaultRole: 'viewer' };
const all: RoleRules = { ...highest, mode: 'all' };
const noDefault: RoleRules = { ...highest, defaultRole: null };
const mapping = new Map([
  ['it', 'admin'],
  ['engineering', 'editor'],
  ['docs', 'editor'],
]);

describe('a person’s roles', () => {
  it.each([
    { rules: highest, groups: ['engineering', 'it'], held: ['admin'] },
    { rules: all, groups: ['engineering', 'it'], held: ['admin', 'editor'] },
    { rules: all, groups: ['docs', 'engineering'], held: ['editor'] },
    { rules: highest, groups: ['sales'], held: ['viewer'] },
    { rules: highest, groups: [], held: ['viewer'] },
    { rules: noDefault, groups: ['sales'], held: [] },
    {
      rules: { ...highest, ranked: ['editor', 'admin', 'viewer'] },
      groups: ['engineering', 'it'],
      held: ['editor'],
    },
  ])(
    'in $groups with the mode $rules.mode are $held: rank decides, not the order of groups',
    ({ rules, groups, held }) => {
      expect(heldRoles(rules, mapping, groups).map(({ slug }) => slug)).toEqual(held);
    },
  );

  it('each name every group that gives it, and the default names none', () => {
    expect(heldRoles(all, mapping, ['docs', 'it', 'engineering', 'sales'])).toEqual([
      { slug: 'admin', because: ['it'] },
      { slug: 'editor', because: ['docs', 'engineering'] },
    ]);
    expect(heldRoles(all, mapping, ['sales'])).toEqual([{ slug: 'viewer', because: [] }]);
  });

  it('are nothing that the vendor has not defined, whatever a mapping says [IDB-07]', () => {
    expect(heldRoles(noDefault, new Map([['it', 'owner']]), ['it'])).toEqual([]);
  });

  it('are shown as the highest and as a list, and not at all where there is none', () => {
    expect(roleFields(['admin', 'editor'])).toEqual({
      role: { slug: 'admin' },
      roles: [{ slug: 'admin' }, { slug: 'editor' }],
    });
    expect(roleFields([])).toEqual({});
  });
});

describe('a preview', () => {
  const crowds: Crowd[] = [
    { groups: ['it'], people: 2 },
    { groups: ['engineering'], people: 10 },
    { groups: ['it', 'engineering'], people: 1 },
    { groups: [], people: 30 },
  ];

  it('counts who gains, loses and keeps each role, and who stays as they are', () => {
    const after = new Map([
      ['it', 'admin'],
      ['engineering', 'admin'],
    ]);

    expect(previewRoles(highest, { before: mapping, after }, crowds)).toEqual({
      tallies: [
        { slug: 'admin', gain: 10, lose: 0, keep: 3 },
        { slug: 'editor', gain: 0, lose: 10, keep: 0 },
        { slug: 'viewer', gain: 0, lose: 0, keep: 30 },
      ],
      changed: 10,
      stay: 33,
      orphaned: null,
    });
  });

  it('tells of one person what they have before and after, with the reasons', () => {
    const after = new Map([['engineering', 'admin']]);

    expect(moveOf(highest, { before: mapping, after }, ['engineering', 'it'])).toEqual({
      before: [{ slug: 'admin', because: ['it'] }],
      after: [{ slug: 'admin', because: ['engineering'] }],
      isChanged: false,
    });
  });

  it.each([
    {
      says: 'names the top role that nobody would have any more',
      after: [['engineering', 'editor']],
      orphaned: 'admin',
    },
    { says: 'is content where one person keeps the top role', after: [['it', 'admin']], orphaned: null },
    { says: 'is content where another gets it', after: [['engineering', 'admin']], orphaned: null },
  ])('$says', ({ after, orphaned }) => {
    const change = { before: mapping, after: new Map(after as [string, string][]) };
    expect(previewRoles(highest, change, crowds).orphaned).toBe(orphaned);
  });

  it('is content where nobody had the top role before', () => {
    const change = { before: new Map([['engineering', 'editor']]), after: new Map<string, string>() };
    expect(previewRoles(highest, change, crowds).orphaned).toBeNull();
  });
});

describe('other people in the place of those who are there', () => {
  const some: Crowd[] = [
    { groups: ['it'], people: 1 },
    { groups: ['engineering'], people: 10 },
  ];
  const without: Crowd[] = [{ groups: ['engineering'], people: 11 }];

  it.each([
    {
      says: 'lose the top role where nobody of them has it',
      rules: highest,
      before: some,
      after: without,
      lost: 'admin',
    },
    { says: 'keep it where one has it', rules: highest, before: some, after: some, lost: null },
    { says: 'lose nothing that nobody had', rules: highest, before: without, after: without, lost: null },
    {
      says: 'get it by default',
      rules: { ...highest, defaultRole: 'admin' },
      before: some,
      after: [{ groups: [], people: 1 }],
      lost: null,
    },
    {
      says: 'lose it where none of them is in the group',
      rules: highest,
      before: some,
      after: [{ groups: ['it'], people: 0 }],
      lost: 'admin',
    },
  ])('$says', ({ rules, before, after, lost }) => {
    expect(topRoleLost(rules, mapping, { before, after })).toBe(lost);
  });
});

it.each([
  ['admin', true],
  ['billing-admin_2', true],
  ['Admin', false],
  ['2nd', false],
  ['', false],
  ['none', false],
  ['nonesuch', true],
  ['a'.repeat(49), false],
])('%j may be a slug: %j', (slug, isAllowed) => {
  expect(roleSlug.test(slug)).toBe(isAllowed);
});

describe('for any roles, mapping and groups', () => {
  const slugs = ['owner', 'admin', 'editor', 'viewer'];
  const groups = ['a', 'b', 'c', 'd', 'e'];
  const rules = fc
    .record({
      mode: fc.constantFrom(...roleModes),
      ranked: fc.shuffledSubarray(slugs, { minLength: 1 }),
      at: fc.nat(),
    })
    .map(({ at, ...some }): RoleRules => {
      const choice = at % (some.ranked.length + 1);
      return { ...some, defaultRole: some.ranked[choice] ?? null };
    });
  const anyMapping = fc
    .dictionary(fc.constantFrom(...groups), fc.constantFrom(...slugs))
    .map((given) => new Map(Object.entries(given)));
  const membership = fc.subarray(groups);
  const crowds = fc.array(fc.record({ groups: membership, people: fc.nat(50) }), { maxLength: 8 });

  it('one role at most is held in the mode “highest”, and it is the first of those held in the mode “all”', () => {
    fc.assert(
      fc.property(rules, anyMapping, membership, (given, mapped, member) => {
        const one = heldRoles({ ...given, mode: 'highest' }, mapped, member);
        const every = heldRoles({ ...given, mode: 'all' }, mapped, member);
        expect(one).toEqual(every.slice(0, 1));
      }),
    );
  });

  it('one more group that gives a role never lowers the highest', () => {
    fc.assert(
      fc.property(
        rules,
        anyMapping,
        membership,
        fc.constantFrom(...groups),
        (given, mapped, member, more) => {
          const rankIn = (of: string[]) => {
            const slugsGiven = of.flatMap((group) => mapped.get(group) ?? []);
            const [top] = rolesOf({ ...given, defaultRole: null }, slugsGiven);
            return top === undefined ? Infinity : given.ranked.indexOf(top);
          };
          expect(rankIn([...member, more])).toBeLessThanOrEqual(rankIn(member));
        },
      ),
    );
  });

  it('the tallies of a preview are what its people have before and after', () => {
    fc.assert(
      fc.property(rules, anyMapping, anyMapping, crowds, (given, before, after, people) => {
        const preview = previewRoles(given, { before, after }, people);
        const holders = (mapped: Map<string, string>, slug: string) =>
          people
            .filter((crowd) => heldRoles(given, mapped, crowd.groups).some((held) => held.slug === slug))
            .reduce((sum, crowd) => sum + crowd.people, 0);
        for (const { slug, gain, lose, keep } of preview.tallies) {
          expect([lose + keep, gain + keep]).toEqual([holders(before, slug), holders(after, slug)]);
        }
        expect(preview.changed + preview.stay).toBe(people.reduce((sum, crowd) => sum + crowd.people, 0));
        const [top = ''] = given.ranked;
        expect(preview.orphaned !== null).toBe(holders(before, top) > 0 && holders(after, top) === 0);
      }),
    );
  });
});
