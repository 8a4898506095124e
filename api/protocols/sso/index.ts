import { authorize } from './authorize.ts';
import { logout } from './logout.ts';
import { jwks } from './jwks.ts';
import { profile } from './profile.ts';
import { token } from './token.ts';

/** The start of a sign-in: errors are pages, or go back to the app. */
export const ssoPageRoutes = [authorize, logout];
/** What servers of developers call for a sign-in: errors have OAuth's shape. */
export const ssoTokenRoutes = [token, profile, jwks];
