/**
 * What an API key is for [API-01]. Every route of the developer API names the one scope it belongs to; a key may use it
 * with that scope, with `full`, or, where the route only reads, with `read`.
 */
export const routeScopes = ['onboarding', 'connections', 'sign_in', 'events', 'settings'] as const;
export type RouteScope = (typeof routeScopes)[number];

/** As people choose them: the two that span all routes first. */
export const keyScopes = ['full', 'read', ...routeScopes] as const;
export type KeyScope = (typeof keyScopes)[number];

/** Whether a key with these scopes may use a route. */
export function mayUse(scopes: readonly string[], route: { scope: RouteScope; isRead: boolean }): boolean {
  return scopes.includes('full') || scopes.includes(route.scope) || (route.isRead && scopes.includes('read'));
}

/** Whether a key with these scopes may make, turn over or end a key with those: never one that may more than itself. */
export function mayGrant(own: readonly string[], wanted: readonly string[]): boolean {
  return own.includes('full') || wanted.every((scope) => own.includes(scope));
}
