import { z } from 'zod';
import { domainView, instant, stepResult } from './shared.ts';

/** The domains' pages of the portal, below `/setup/<handle>/api`: called as `setup.ts` says. */

/** GET domains; POST domains; GET, DELETE domains/:id; POST domains/:id/check; PUT domains/:id/host */
export const domainList = z.strictObject({
  domains: z.array(domainView),
  policy: z.enum(['none', 'optional', 'required']),
  /** What the vendor named as the customer’s domain, until there is one. */
  hint: z.string().nullable(),
});
export const addDomainBody = z.strictObject({ domain: z.string().max(300) });
export const domainDetail = z.strictObject({
  domain: domainView,
  host: z
    .strictObject({
      id: z.string(),
      name: z.string(),
      detectedFrom: z.array(z.string()),
      chosen: z.boolean(),
      steps: z.array(z.string()),
      note: z.string().nullable(),
      consoleUrl: z.string().nullable(),
    })
    .nullable(),
  hosts: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  /** Earliest instant at which *Check now* looks again; all pages of a domain share it. */
  mayCheckAt: instant.nullable(),
});
export type DomainDetail = z.infer<typeof domainDetail>;
export const domainResult = stepResult.extend({ domain: domainView });
export const hostBody = z.strictObject({ hostId: z.string().max(60) });
