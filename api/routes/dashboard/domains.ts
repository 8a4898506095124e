import { z } from 'zod';
import {
  getDomain,
  listAllDomains,
  listOrganizationNames,
  type OrganizationDomainRow,
  type Tx,
} from '../../../db/index.ts';
import { acting } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { domainPage, domainRow } from '../../contract/dashboard.ts';
import { checkDomain } from '../../domain-checks.ts';
import { domainViewOf } from '../../domain-views.ts';
import { route } from '../../route.ts';
import { pageQuery, pageRequest } from './page-query.ts';

/** S10: domains, and what each name server answered. */

const states = ['pending', 'verified', 'failed', 'lapsed', 'conflict'] as const;

const list = route({
  method: 'GET',
  path: '/dashboard/api/domains',
  who: 'staff',
  role: 'viewer',
  summary: 'Domains of all organizations, newest first',
  query: pageQuery.extend({ search: z.string().max(260).optional(), state: z.enum(states).optional() }),
  answers: { 200: domainPage },
  handler: ({ caller, query, read }) =>
    read(async (tx) => {
      const { search, state } = query;
      const filter = {
        ...(search === undefined ? {} : { search: search.trim() }),
        ...(state === undefined ? {} : { state }),
      };
      const page = await listAllDomains(
        tx,
        { environmentId: caller.environment.id },
        filter,
        pageRequest(query),
      );
      const domains = page.rows.map((row) => rowOf(row, row.organizationName));
      return ok({ domains, next: page.after });
    }),
});

const get = route({
  method: 'GET',
  path: '/dashboard/api/domains/:id',
  who: 'staff',
  role: 'viewer',
  summary: 'A domain with its record and what each server answered',
  answers: { 200: domainRow },
  handler: ({ caller, params, read }) =>
    read(async (tx) =>
      ok(await named(tx, await getDomain(tx, { environmentId: caller.environment.id }, params.id))),
    ),
});

const check = route({
  method: 'POST',
  path: '/dashboard/api/domains/:id/check',
  who: 'staff',
  role: 'support',
  summary: 'Looks at DNS now, at most every ten seconds',
  answers: { 200: domainRow },
  handler: async ({ deps, caller, params, read, request }) => {
    const tenant = { environmentId: caller.environment.id };
    const row = await checkDomain(deps, tenant, params.id, acting(caller, request));
    return read(async (tx) => ok(await named(tx, row)));
  },
});

export const domainRoutes = [list, get, check];

async function named(tx: Tx, row: OrganizationDomainRow): Promise<z.infer<typeof domainRow>> {
  const names = await listOrganizationNames(tx, row, [row.organizationId]);
  return rowOf(row, names.get(row.organizationId) ?? '');
}

function rowOf(row: OrganizationDomainRow, organizationName: string): z.infer<typeof domainRow> {
  return { ...domainViewOf(row), organizationId: row.organizationId, organizationName };
}
