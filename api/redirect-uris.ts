import { newId } from '../adapters/ids.ts';
import {
  deleteRedirectUri,
  insertAudit,
  insertRedirectUri,
  makeRedirectUriDefault,
  type EnvironmentRow,
  type RedirectUriRow,
  type Tx,
} from '../db/index.ts';
import type { AuditAction } from '../onboarding/audit-actions.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { audited, type Acting } from './acting.ts';
import type { ApiDeps } from './deps.ts';
import { membersCallbackUrl } from './members-sso.ts';
import { isRegistered } from './sign-in/redirect-uris.ts';
import { parseRedirectUri } from './urls.ts';

/** Where sign-ins may lead back to, for programs and for the dashboard. The first plain one is the default. */

/** Throws `url_not_allowed`, and `redirect_uri_known` for one that is there. */
export async function addRedirectUri(
  tx: Tx,
  deps: Pick<ApiDeps, 'settings' | 'urls'>,
  environment: EnvironmentRow,
  typed: string,
  by: Acting,
): Promise<RedirectUriRow> {
  const uri = parseRedirectUri(deps, environment, typed);
  // Sign-ins of members lead there: it is nobody's app.
  if (isRegistered([{ uri }], membersCallbackUrl(deps.urls, environment.id)))
    throw new OnboardingError('url_not_allowed', { field: 'uri' });
  const { now } = by.request;
  const row = await insertRedirectUri(tx, {
    id: newId('redir_'),
    environmentId: environment.id,
    uri,
    createdAt: now,
    updatedAt: now,
  });
  await note(tx, environment, row.id, by, 'redirect_uri.created', { after: { uri, default: row.isDefault } });
  return row;
}

/** Throws `not_found`, and `redirect_uri_is_default`: sign-ins that name none lead there. */
export async function removeRedirectUri(
  tx: Tx,
  environment: EnvironmentRow,
  id: string,
  by: Acting,
): Promise<void> {
  const removed = await deleteRedirectUri(tx, { environmentId: environment.id }, id);
  if (removed === 'missing') throw new OnboardingError('not_found', { kind: 'redirect_uri' });
  if (removed === 'is_default') throw new OnboardingError('redirect_uri_is_default');
  await note(tx, environment, id, by, 'redirect_uri.deleted', { before: { uri: removed.uri } });
}

/** Throws `not_found`, and `redirect_uri_wildcard`: a browser needs one whole address to go to. */
export async function chooseDefaultUri(
  tx: Tx,
  environment: EnvironmentRow,
  id: string,
  by: Acting,
): Promise<RedirectUriRow> {
  const tenant = { environmentId: environment.id };
  const made = await makeRedirectUriDefault(tx, tenant, id, by.request.now);
  if (made === 'missing') throw new OnboardingError('not_found', { kind: 'redirect_uri' });
  if (made === 'is_wildcard') throw new OnboardingError('redirect_uri_wildcard');
  if (made.before?.id !== id) {
    await note(tx, environment, id, by, 'redirect_uri.made_default', {
      before: { uri: made.before?.uri ?? null },
      after: { uri: made.row.uri },
    });
  }
  return made.row;
}

async function note(
  tx: Tx,
  { id: environmentId }: EnvironmentRow,
  id: string,
  by: Acting,
  action: AuditAction,
  changes: { before?: object; after?: object },
): Promise<void> {
  const target = { type: 'redirect_uri', id };
  await insertAudit(tx, audited(by, { environmentId, organizationId: null }, { action, target, ...changes }));
}
