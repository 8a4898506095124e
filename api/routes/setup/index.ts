import { featureRoutes } from './features.ts';
import { homeRoutes } from './home.ts';
import { providerRoutes } from './providers.ts';
import { sessionRoutes } from './session.ts';
import { ssoRoutes } from './sso.ts';

/** The JSON endpoints of the customer's pages, below `/setup/<handle>/api`. */
export const setupRoutes = [
  ...sessionRoutes,
  ...homeRoutes,
  ...featureRoutes,
  ...ssoRoutes,
  ...providerRoutes,
];
