/** The door to db/: what other folders may use. */
export { createDatabase, withSystem, withTenant, type Db, type Tenant, type Tx } from './database.ts';
export { createListener } from './notifications.ts';
