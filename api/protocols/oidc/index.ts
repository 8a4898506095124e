import { callback } from './callback.ts';
import { clientKeys } from './jwks.ts';
import { oidcLogin } from './login.ts';

/** What browsers and identity providers call in a sign-in by OpenID Connect; errors are pages. */
export const oidcRoutes = [callback, clientKeys, oidcLogin];
