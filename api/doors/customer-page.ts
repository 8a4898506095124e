import { findLink, findOrganization, withTenant } from '../../db/index.ts';
import type { Answer } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { findCustomer } from '../middleware/authenticate.ts';
import type { RequestFacts } from '../route.ts';
import { colourLink } from '../pages/html.ts';
import { bootEnvironment } from '../portal-pages.ts';
import { deadLinkPage } from './dead-link.ts';
import { findEnvironment } from './door.ts';

/**
 * The customer's app with what it needs to start. Without a session of this environment it is drawn all the same and
 * says that the session has ended.
 */
export async function customerPage(deps: ApiDeps, handle: string, request: RequestFacts): Promise<Answer> {
  const environment = await findEnvironment(deps, handle);
  if (environment === undefined) return deadLinkPage({ handle, token: '' }, undefined);
  const caller = await findCustomer(deps, request);
  const basePath = `/setup/${environment.handle}`;
  const boot = {
    app: 'customer' as const,
    basePath,
    apiPath: `${basePath}/api`,
    locale: 'en',
    environment: bootEnvironment(environment),
  };
  const title = environment.productName;
  const head = colourLink(environment)?.markup ?? '';
  if (caller === undefined || caller.environment.id !== environment.id) {
    return deps.pages.render('customer', { boot, title, head, nonce: request.nonce });
  }
  const { session } = caller;
  const tenant = { environmentId: environment.id, organizationId: session.organizationId };
  const [organization, link] = await withTenant(deps.db, tenant, async (tx) => [
    await findOrganization(tx, tenant, session.organizationId),
    await findLink(tx, tenant, session.linkId),
  ]);
  const returnUrl = link?.returnUrl ?? environment.defaultReturnUrl;
  return deps.pages.render('customer', {
    nonce: request.nonce,
    title,
    head,
    boot: {
      ...boot,
      sessionHandle: session.handle,
      ...(organization === undefined ? {} : { organizationName: organization.name }),
      ...(returnUrl === null ? {} : { returnUrl }),
    },
  });
}
