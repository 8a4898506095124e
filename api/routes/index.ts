import { errorPages } from '../doors/error-page.ts';
import { doorRoutes } from '../doors/index.ts';
import { pageErrors } from '../pages/page-errors.ts';
import { pageRoutes } from '../pages/stylesheet.ts';
import { samlRoutes } from '../protocols/saml/index.ts';
import { ssoPageRoutes, ssoTokenRoutes } from '../protocols/sso/index.ts';
import { oauthErrors } from '../protocols/sso/oauth-errors.ts';
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
  { surface: 'any', errors: pageErrors, routes: pageRoutes },
  { surface: 'api', errors: pageErrors, routes: [...ssoPageRoutes, ...samlRoutes] },
  { surface: 'api', errors: oauthErrors, routes: ssoTokenRoutes },
];
