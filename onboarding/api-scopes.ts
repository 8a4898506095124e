/**
 * What an API key is for [API-01]. Every route of the developer API names the one scope it belongs to; a key may use it
 * with that scope, with `full`, or, where the route only reads, with `read`.
 */
export const routeScopes = [
  'onboarding',
  'connections',
  'directories',
  'sign_in',
  'events',
  'audit_logs',
  'settings',
] as const;
export type RouteScope = (typeof routeScopes)[number];

/** As people choose them: the two that span all routes first. */
export const keyScopes = ['full', 'read', ...routeScopes] as const;
export type KeyScope = (typeof keyScopes)[number];

/** Whose scope also reads another's routes: keys for connections could read directories before these had a scope. */
const alsoReadBy: Partial<Record<RouteScope, RouteScope>> = { directories: 'connections' };

/** Whether a key with these scopes may use a route. */
export function mayUse(scopes: readonly string[], { scope, isRead }: { scope: RouteScope; isRead: boolean }) {
  const reading = isRead ? ['read', alsoReadBy[scope]] : [];
  return ['full', scope, ...reading].some((one) => one !== undefined && scopes.includes(one));
}

/** Whether a key with these scopes may make, turn over or end a key with those: never one that may more than itself. */
export function mayGrant(own: readonly string[], wanted: readonly string[]): boolean {
  return own.includes('full') || wanted.every((scope) => own.includes(scope));
}
