import type { Route } from '../../route.ts';

/** The developer API (`contract/developer.ts`), one file per kind of object. */
export const developerRoutes: readonly Route[] = [];
