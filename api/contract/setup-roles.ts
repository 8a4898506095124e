import { z } from 'zod';
import { roleModes } from '../../onboarding/roles.ts';
import { onboardingView } from './shared.ts';

/** P20: which groups of the customer give which of the vendor's roles. Paths are below `/setup/<handle>/api/directory`. */

const slug = z.string().min(1).max(60);

/** A group of a directory, or a value that a groups claim brings. */
const source = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('group'), id: z.string().min(1).max(80) }),
  z.strictObject({
    kind: z.literal('claim'),
    connectionId: z.string().min(1).max(80),
    value: z.string().min(1).max(400),
  }),
]);

const sourceView = z.strictObject({
  /** Names the source on this page. */
  key: z.string(),
  source,
  label: z.string(),
  /** The name of its directory or connection. */
  origin: z.string(),
  /** Who is in it now; of a claim: whose last sign-in brought it. */
  people: z.int(),
  /** It comes with a switch of the directory that is prepared. */
  isPrepared: z.boolean(),
  role: slug.nullable(),
});
export type RoleSourceView = z.infer<typeof sourceView>;

/** GET roles */
export const rolesState = z.strictObject({
  mode: z.enum(roleModes),
  /** The top one first. */
  roles: z.array(z.strictObject({ slug, name: z.string(), description: z.string().nullable() })),
  /** Slug of the role of everybody else. */
  defaultRole: slug.nullable(),
  /** What gives a role today. */
  mapped: z.array(sourceView),
  counts: z.strictObject({ groups: z.int(), claims: z.int() }),
  /** Connections whose provider left the groups of people out at their last sign-in: those give no role. */
  leftOut: z.array(z.strictObject({ origin: z.string(), people: z.int() })),
  /** Of the mapping that is shown: a saving that was meant for another one is refused. */
  version: z.string(),
  /** Whether saving takes a code: what is in force is changed by somebody who reads the contact's mail. */
  needsCode: z.boolean(),
  subject: z.string().meta({ description: 'what the code is about' }),
  directoryName: z.string().nullable(),
  /** Where the onboarding stands; null where there never was one. */
  view: onboardingView.nullable(),
});
export type RolesState = z.infer<typeof rolesState>;

/** GET roles/sources: those that give none, by name. */
export const sourcesQuery = z.strictObject({
  search: z.string().max(100).optional(),
  after: z.string().max(2000).optional(),
});
export const sourcesPage = z.strictObject({ sources: z.array(sourceView), next: z.string().nullable() });
export type SourcesPage = z.infer<typeof sourcesPage>;

const mapping = z.array(z.strictObject({ source, role: slug })).max(2000);
export type RoleMappingBody = z.infer<typeof mapping>;

/** POST roles/preview: what saving would come to; nothing is kept. */
export const previewBody = z.strictObject({ mapping });
export const rolesPreview = z.strictObject({
  tallies: z.array(z.strictObject({ slug, gain: z.int(), lose: z.int(), keep: z.int() })),
  changed: z.int(),
  stay: z.int(),
  /** The top role, where somebody has it and nobody would (M37). */
  orphaned: slug.nullable(),
});
export type RolesPreview = z.infer<typeof rolesPreview>;

const held = z.strictObject({
  slug,
  /** Names of the groups that give it; none: it is the default. */
  because: z.array(z.string()),
});

/** POST roles/preview/people: everybody whose roles would change, by name. */
export const previewPeopleBody = z.strictObject({ mapping, after: z.string().max(2000).optional() });
export const previewPeople = z.strictObject({
  people: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      email: z.string().nullable().meta({ description: 'masked' }),
      before: z.array(held),
      after: z.array(held),
    }),
  ),
  next: z.string().nullable(),
});
export type PreviewPeople = z.infer<typeof previewPeople>;

/** PUT roles */
export const saveRolesBody = z.strictObject({
  mapping,
  version: z.string().max(100),
  code: z
    .string()
    .regex(/^\d{6}$/)
    .optional(),
});
