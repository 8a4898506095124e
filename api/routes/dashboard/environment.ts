import { digestToken, mintToken } from '../../../adapters/tokens.ts';
import {
  getEnvironment,
  insertAudit,
  listAllRedirectUris,
  lockEnvironment,
  updateEnvironment,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { created, noContent, ok } from '../../answers.ts';
import {
  customAttributeBody,
  environmentChangesBody,
  environmentDetail,
  googleClientBody,
  newMailSecret,
  redirectUriBody,
  reminderPreview,
  reminderPreviewQuery,
  type EnvironmentDetail,
} from '../../contract/dashboard-environment.ts';
import { changeGoogleClient, googleClientView } from '../../google-client.ts';
import { attributeKey, defineAttribute, removeAttribute } from '../../custom-attributes.ts';
import type { ApiDeps } from '../../deps.ts';
import { changeSettings, seenAtOnce, settingsOf } from '../../environment-settings.ts';
import { addRedirectUri, chooseDefaultUri, removeRedirectUri } from '../../redirect-uris.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { route } from '../../route.ts';
import { previewOf } from './reminder-preview.ts';

/**
 * S15: all that is set per environment. Settings are an admin's; redirect URIs and attributes belong to the program, and
 * so to its developers, too.
 */

const get = route({
  method: 'GET',
  path: '/dashboard/api/environment',
  who: 'staff',
  role: 'viewer',
  summary: 'The settings of the environment',
  answers: { 200: environmentDetail },
  handler: ({ deps, caller, read }) =>
    read(async (tx) => ok(await detailOf(tx, deps, caller.environment.id))),
});

const change = route({
  method: 'PATCH',
  path: '/dashboard/api/environment',
  who: 'staff',
  role: 'admin',
  isGrave: true,
  summary: 'Changes settings, unless somebody else has changed the same ones meanwhile',
  body: environmentChangesBody,
  answers: { 200: environmentDetail },
  handler: ({ deps, caller, body, commit, request }) =>
    commit(async (tx) => {
      const { id } = caller.environment;
      const changes = { shown: body.before, wanted: body.after };
      await changeSettings(tx, deps, id, changes, acting(caller, request));
      return seenAtOnce(deps, id, ok(await detailOf(tx, deps, id)));
    }),
});

const addUri = route({
  method: 'POST',
  path: '/dashboard/api/environment/redirect-uris',
  who: 'staff',
  role: 'developer',
  isGrave: true,
  summary: 'Registers a redirect URI',
  body: redirectUriBody,
  answers: { 201: environmentDetail },
  handler: ({ deps, caller, body, commit, request }) =>
    commit(async (tx) => {
      await addRedirectUri(tx, deps, caller.environment, body.uri, acting(caller, request));
      return created(await detailOf(tx, deps, caller.environment.id));
    }),
});

const chooseDefault = route({
  method: 'POST',
  path: '/dashboard/api/environment/redirect-uris/:id/default',
  who: 'staff',
  role: 'developer',
  summary: 'Makes a redirect URI the one that sign-ins lead to when they name none',
  answers: { 200: environmentDetail },
  handler: ({ deps, caller, params, commit, request }) =>
    commit(async (tx) => {
      await chooseDefaultUri(tx, caller.environment, params.id, acting(caller, request));
      return ok(await detailOf(tx, deps, caller.environment.id));
    }),
});

const removeUri = route({
  method: 'DELETE',
  path: '/dashboard/api/environment/redirect-uris/:id',
  who: 'staff',
  role: 'developer',
  isGrave: true,
  summary: 'Removes a redirect URI, unless it is the default',
  answers: { 200: environmentDetail },
  handler: ({ deps, caller, params, commit, request }) =>
    commit(async (tx) => {
      await removeRedirectUri(tx, caller.environment, params.id, acting(caller, request));
      return ok(await detailOf(tx, deps, caller.environment.id));
    }),
});

const putAttribute = route({
  method: 'PUT',
  path: '/dashboard/api/environment/custom-attributes/:key',
  who: 'staff',
  role: 'developer',
  summary: 'Defines a custom attribute, or changes it',
  body: customAttributeBody,
  answers: { 200: environmentDetail },
  handler: ({ deps, caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const { key } = params;
      if (!attributeKey.test(key))
        throw new InvalidInput([{ field: 'key', code: 'invalid_format', message: 'key is refused' }]);
      const { id } = caller.environment;
      if (body.isNew) await refuseKnown(tx, id, key);
      const attribute = { key, label: body.label, isRequired: body.isRequired };
      const outcome = await defineAttribute(tx, id, attribute, acting(caller, request));
      if (outcome === 'full') throw new OnboardingError('attributes_full');
      return ok(await detailOf(tx, deps, id));
    }),
});

const deleteAttribute = route({
  method: 'DELETE',
  path: '/dashboard/api/environment/custom-attributes/:key',
  who: 'staff',
  role: 'developer',
  summary: 'Removes a custom attribute; profiles keep what came until the next sign-in',
  answers: { 200: environmentDetail },
  handler: ({ deps, caller, params, commit, request }) =>
    commit(async (tx) => {
      await removeAttribute(tx, caller.environment.id, params.key, acting(caller, request));
      return ok(await detailOf(tx, deps, caller.environment.id));
    }),
});

const makeMailSecret = route({
  method: 'POST',
  path: '/dashboard/api/environment/mail-secret',
  who: 'staff',
  role: 'admin',
  isGrave: true,
  summary: 'Makes the secret with which a mail provider reports bounces; the one before stops working',
  answers: { 201: newMailSecret },
  handler: ({ deps, caller, commit, request }) =>
    commit(async (tx) => {
      const { id, clientId } = caller.environment;
      const secret = mintToken('vb_mail_');
      const mailNoticeDigest = digestToken(secret).toString('hex');
      await updateEnvironment(tx, id, { mailNoticeDigest }, request.now);
      const whose = { environmentId: id, organizationId: null };
      const action = 'environment.mail_secret_made';
      await insertAudit(tx, audited(acting(caller, request), whose, { action }));
      return { ...created({ clientId, url: noticesUrl(deps), secret }), holdsSecret: true };
    }),
});

const removeMailSecret = route({
  method: 'DELETE',
  path: '/dashboard/api/environment/mail-secret',
  who: 'staff',
  role: 'admin',
  isGrave: true,
  summary: 'Takes no notices of a mail provider any more',
  answers: { 204: 'nothing' },
  handler: ({ caller, commit, request }) =>
    commit(async (tx) => {
      const { id } = caller.environment;
      await updateEnvironment(tx, id, { mailNoticeDigest: null }, request.now);
      const whose = { environmentId: id, organizationId: null };
      const action = 'environment.mail_secret_removed';
      await insertAudit(tx, audited(acting(caller, request), whose, { action }));
      return noContent();
    }),
});

const putGoogleClient = route({
  method: 'PUT',
  path: '/dashboard/api/environment/google-client',
  who: 'staff',
  role: 'admin',
  isGrave: true,
  summary: 'Keeps the vendor’s own client at Google, by which admins of its customers consent',
  body: googleClientBody,
  answers: { 204: 'nothing' },
  handler: ({ deps, caller, body, commit, request }) =>
    commit(async (tx) => {
      const { id } = caller.environment;
      const client = { id: body.clientId, secret: body.clientSecret };
      await changeGoogleClient(tx, deps, id, client, acting(caller, request));
      return seenAtOnce(deps, id, noContent());
    }),
});

const removeGoogleClient = route({
  method: 'DELETE',
  path: '/dashboard/api/environment/google-client',
  who: 'staff',
  role: 'admin',
  isGrave: true,
  summary: 'Forgets the client at Google; directories read with it wait for another',
  answers: { 204: 'nothing' },
  handler: ({ deps, caller, commit, request }) =>
    commit(async (tx) => {
      const { id } = caller.environment;
      await changeGoogleClient(tx, deps, id, null, acting(caller, request));
      return seenAtOnce(deps, id, noContent());
    }),
});

const preview = route({
  method: 'GET',
  path: '/dashboard/api/environment/reminder-preview',
  who: 'staff',
  role: 'viewer',
  summary: 'A reminder as an example customer would read it',
  query: reminderPreviewQuery,
  answers: { 200: reminderPreview },
  handler: ({ deps, caller, query, read, request }) =>
    read(async (tx) => {
      const environment = await getEnvironment(tx, caller.environment.id);
      return ok(previewOf(deps.urls, environment, query.kind, request.now));
    }),
});

export const environmentRoutes = [
  get,
  change,
  addUri,
  chooseDefault,
  removeUri,
  putAttribute,
  deleteAttribute,
  makeMailSecret,
  removeMailSecret,
  putGoogleClient,
  removeGoogleClient,
  preview,
];

async function refuseKnown(tx: Tx, environmentId: string, key: string): Promise<void> {
  const { customAttributes } = await lockEnvironment(tx, environmentId);
  if (customAttributes.some((known) => known.key === key))
    throw new OnboardingError('attribute_known', { field: 'key' });
}

const noticesUrl = ({ urls }: ApiDeps) => `${urls.api}/mail_notices`;

async function detailOf(tx: Tx, deps: ApiDeps, environmentId: string): Promise<EnvironmentDetail> {
  const row = await getEnvironment(tx, environmentId);
  const uris = await listAllRedirectUris(tx, { environmentId });
  return {
    id: row.id,
    handle: row.handle,
    kind: row.kind,
    clientId: row.clientId,
    settings: settingsOf(row),
    usualAuditDays: deps.settings.auditRetentionDays,
    redirectUris: uris.map(({ id, uri, isDefault }) => ({ id, uri, isDefault })),
    customAttributes: row.customAttributes.map(({ key, label, isRequired }) => ({ key, label, isRequired })),
    googleClient: googleClientView(deps, row),
    mailNotices: { isOn: row.mailNoticeDigest !== null, url: noticesUrl(deps) },
    updatedAt: row.updatedAt.toISOString(),
  };
}
