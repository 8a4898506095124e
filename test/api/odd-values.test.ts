import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Route } from '../../api/route.ts';
import { tables } from '../../api/routes/index.ts';
import { oddInQueries, sampleOf, variantsOf } from '../support/odd-values.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, aVendor, type Reply, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { aStaff, type Staff } from '../support/staff.ts';
import { anInvited, type Visitor } from '../support/visitor.ts';

/**
 * Every field of every body and query of the portal's and the dashboard's endpoints, with what programs send by mistake
 * and people on purpose: refused in words, or taken, and never a 500. `bad-input.test.ts` does so for the developer API.
 */

let api: TestApi;
let vendor: Vendor;
let staff: Staff;
let organizationId: string;
let visitor: Visitor & { onboardingId: string };
beforeAll(async () => {
  api = await startTestApi();
  runJourneys(api);
  vendor = await aVendor(api);
  staff = await aStaff(api, vendor, 'admin');
  organizationId = (await anOrganization(vendor)).id;
  visitor = await anInvited(api, vendor, organizationId, {
    features: ['sso', 'domain_verification', 'directory_sync', 'log_streams'].map((feature) => ({
      feature,
    })),
  });
});
afterAll(() => api.close());

const routes = tables.flatMap((table) => table.routes);
const oddlyAsked = (who: Route['who']) =>
  routes
    // A stream of news does not end.
    .filter(({ path }) => !path.endsWith('/live'))
    .filter((route) => route.who === who && (route.body !== undefined || route.query !== undefined))
    .map((route) => [`${route.method} ${route.path}`, route] as const);

test.each(oddlyAsked('portal_session'))('%s', async (_name, route) => {
  await askOddly(route, (path, body) =>
    visitor.ask(route.method, path.replace('/setup/:handle/api', ''), body),
  );
});

test.each(oddlyAsked('staff'))('%s', async (_name, route) => {
  await askOddly(route, (path, body) => staff.ask(route.method, path.replace('/dashboard/api', ''), body));
});

async function askOddly(route: Route, ask: (path: string, body: unknown) => Promise<Reply>): Promise<void> {
  const path = pathOf(route.path);
  const failed: string[] = [];
  const tell = ({ status, text }: Reply, what: unknown) => {
    if (status >= 500) failed.push(`${JSON.stringify(what).slice(0, 200)} -> ${text}`);
  };
  if (route.body !== undefined)
    for (const body of variantsOf(sampleOf(route.body))) tell(await ask(path, body), body);
  for (const name of namesIn(route.query)) {
    const queries = oddInQueries.flatMap((value) => [`${name}=${value}`, `${name}[]=${value}`]);
    for (const query of queries) tell(await ask(`${path}?${query}`, undefined), query);
  }
  expect(failed).toEqual([]);
}

function namesIn(query: z.ZodType | undefined): string[] {
  return query instanceof z.ZodObject ? Object.keys(query.shape) : [];
}

/** What is there where the path says which kind it is of, and something that is not elsewhere. */
function pathOf(pattern: string): string {
  return pattern
    .replace('/organizations/:id', `/organizations/${organizationId}`)
    .replace('/onboardings/:id', `/onboardings/${visitor.onboardingId}`)
    .replace(/:(?!handle)\w+/g, 'x');
}
