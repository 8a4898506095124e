import { z } from 'zod';

/** S1 and S18: members who sign in by single sign-on. Paths are below `/dashboard/api`. */

const rule = z.enum(['off', 'optional', 'required']);
const email = z.string().trim().min(1).max(320);

/** POST sign-in/ways: by the domain alone, so that the answer tells nobody who has access. */
export const waysBody = z.strictObject({ email });
export const ways = z.strictObject({
  sso: rule,
  /** The environments that the domain may sign in to. */
  environments: z.array(z.strictObject({ id: z.string(), name: z.string() })),
});

/**
 * POST sign-in/sso: where the browser goes. `to`: the page that was wanted, below `/dashboard`; `again`: the provider is
 * asked to look at the person anew.
 */
export const startSsoBody = z.strictObject({
  email,
  environmentId: z.string().max(60),
  to: z.string().max(500).optional(),
  again: z.boolean().optional(),
});
export const startedSso = z.strictObject({ url: z.string() });

const named = z.strictObject({ id: z.string(), name: z.string() });

/** GET and PUT members-sso */
export const membersSso = z.strictObject({
  rule,
  /** What members sign in through now; null while the rule is `off`. */
  current: z
    .strictObject({
      organization: named.nullable(),
      domains: z.array(z.string()),
      /** `changed`: it is not as it was when an admin looked, and counts for nobody until one looks again. */
      connections: z.array(named.extend({ state: z.enum(['counts', 'changed', 'away']) })),
    })
    .nullable(),
  yourDomain: z.string(),
  /** The organization that holds the reader's own domain, as it is now; null when none does. */
  candidate: z
    .strictObject({
      organization: named,
      domains: z.array(z.string()),
      connections: z.array(named),
      /** Given back with what is saved: nobody vouches for what they have not seen. */
      mark: z.string(),
    })
    .nullable(),
  /** The candidate differs from what was vouched for. */
  differs: z.boolean(),
  /** Only who came in by single sign-on may require it of others. */
  mayRequire: z.boolean(),
});
export type MembersSso = z.infer<typeof membersSso>;

export const membersSsoBody = z.strictObject({ rule, mark: z.string().max(100).optional() });
