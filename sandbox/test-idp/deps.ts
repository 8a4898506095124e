import type { Secrets } from '../../adapters/secrets.ts';
import type { Db } from '../../db/index.ts';

export interface TestIdpDeps {
  /** Works as `vestibule_app`. */
  readonly db: Db;
  readonly secrets: Secrets;
  readonly now: () => Date;
  /** `TEST_IDP_URL`: the origin it answers under, and the start of its entity id and issuer. */
  readonly url: string;
  /** The sandbox environment that keeps its keys. */
  readonly environmentId: string;
}
