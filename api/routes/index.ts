import { errorPages } from '../doors/error-page.ts';
import { doorRoutes } from '../doors/index.ts';
import { developerErrors } from '../middleware/developer-errors.ts';
import type { RouteTable } from '../route.ts';
import { developerRoutes } from './developer/index.ts';
import { documentationRoutes } from './operators/documentation.ts';
import { healthRoutes, operatorRoutes } from './operators/health.ts';

/**
 * Every route of the product: each area has its table beside its handlers, and this is the list of the tables, in the
 * order in which they are asked. What is not in here is answered with 404.
 */
export const operatorTables: readonly RouteTable[] = [
  { surface: 'operators', errors: developerErrors, routes: operatorRoutes },
  { surface: 'any', errors: developerErrors, routes: healthRoutes },
];

/** What developers read about in `/openapi.json`. */
const documented: readonly RouteTable[] = [
  { surface: 'api', errors: developerErrors, routes: developerRoutes },
];

export const tables: readonly RouteTable[] = [
  ...operatorTables,
  ...documented,
  { surface: 'api', errors: developerErrors, routes: documentationRoutes(documented) },
  { surface: 'portal', errors: errorPages, routes: doorRoutes },
];
