import { errorPages } from '../doors/error-page.ts';
import { doorRoutes, doorStyleRoutes } from '../doors/index.ts';
import { brandRoutes } from '../pages/brand.ts';
import { pageErrors } from '../pages/page-errors.ts';
import { pageRoutes } from '../pages/stylesheet.ts';
import { oidcRoutes } from '../protocols/oidc/index.ts';
import { samlRoutes } from '../protocols/saml/index.ts';
import { ssoPageRoutes, ssoTokenRoutes } from '../protocols/sso/index.ts';
import { oauthErrors } from '../protocols/sso/oauth-errors.ts';
import { developerErrors } from '../middleware/developer-errors.ts';
import { problems } from '../middleware/problems.ts';
import type { RouteTable } from '../route.ts';
import { dashboardDoorRoutes, dashboardRoutes } from './dashboard/index.ts';
import { developerRoutes } from './developer/index.ts';
import { documentationRoutes } from './operators/documentation.ts';
import { healthRoutes, operatorRoutes } from './operators/health.ts';
import { sandboxRoutes } from './sandbox/index.ts';
import { setupRoutes } from './setup/index.ts';

/**
 * Every route of the product: each area has its table beside its handlers, and this is the list of the tables, in the
 * order in which they are asked. What is not in here is answered with 404.
 */
export const operatorTables: readonly RouteTable[] = [
  { surface: 'operators', errors: developerErrors, routes: operatorRoutes },
  { surface: 'any', errors: developerErrors, routes: healthRoutes },
];

/** Answered in other tables; developers read about them in `/openapi.json` all the same. */
const signInRoutes = [...ssoPageRoutes, ...ssoTokenRoutes];

export const tables: readonly RouteTable[] = [
  ...operatorTables,
  { surface: 'api', errors: developerErrors, routes: developerRoutes },
  {
    surface: 'api',
    errors: developerErrors,
    routes: documentationRoutes([...developerRoutes, ...signInRoutes]),
  },
  { surface: 'portal', errors: problems, routes: setupRoutes },
  { surface: 'dashboard', errors: problems, routes: dashboardRoutes },
  { surface: 'dashboard', errors: problems, routes: sandboxRoutes },
  { surface: 'dashboard', errors: errorPages, routes: dashboardDoorRoutes },
  { surface: 'portal', errors: errorPages, routes: doorRoutes },
  { surface: 'any', errors: pageErrors, routes: [...pageRoutes, ...brandRoutes, ...doorStyleRoutes] },
  { surface: 'api', errors: pageErrors, routes: [...ssoPageRoutes, ...samlRoutes, ...oidcRoutes] },
  { surface: 'api', errors: oauthErrors, routes: ssoTokenRoutes },
];
