import type { z } from 'zod';
import { getEnvironment, type EnvironmentRow } from '../../../db/index.ts';
import { acting } from '../../acting.ts';
import { noContent, ok } from '../../answers.ts';
import type { EnvironmentSettings } from '../../contract/dashboard-environment.ts';
import { changeEnvironmentBody, environment, googleClientBody } from '../../contract/developer-settings.ts';
import { changeSettings, seenAtOnce, settingsOf } from '../../environment-settings.ts';
import { changeGoogleClient, googleClientView } from '../../google-client.ts';
import type { ApiDeps } from '../../deps.ts';
import { completeChoices } from '../../../onboarding/template.ts';
import { route } from '../../route.ts';

/** `/environment`: the settings of the key's own environment, so that they can be kept in a repository. */

const get = route({
  method: 'GET',
  path: '/environment',
  who: 'api_key',
  scope: 'settings',
  summary: 'Gets the environment of the key',
  answers: { 200: environment },
  handler: ({ deps, caller, read }) =>
    read(async (tx) => ok(environmentObject(deps, await getEnvironment(tx, caller.environment.id)))),
});

const change = route({
  method: 'PATCH',
  path: '/environment',
  who: 'api_key',
  scope: 'settings',
  summary: 'Changes settings of the environment; what is left out stays',
  body: changeEnvironmentBody,
  clearable: ['default_return_url', 'default_success_url', 'audit_days'],
  answers: { 200: environment },
  handler: ({ deps, body, caller, commit, request }) =>
    commit(async (tx) => {
      const { id } = caller.environment;
      const wanted = wantedOf(body, settingsOf(await getEnvironment(tx, id)));
      const changed = await changeSettings(tx, deps, id, { wanted }, acting(caller, request));
      return seenAtOnce(deps, id, ok(environmentObject(deps, changed)));
    }),
});

const putGoogleClient = route({
  method: 'PUT',
  path: '/environment/google_client',
  who: 'api_key',
  scope: 'settings',
  summary:
    'Keeps your own OAuth client at Google, by which admins of your customers let their directory be read',
  body: googleClientBody,
  answers: { 200: environment },
  handler: ({ deps, body, caller, commit, request }) =>
    commit(async (tx) => {
      const { id } = caller.environment;
      const client = { id: body.client_id, secret: body.client_secret };
      const changed = await changeGoogleClient(tx, deps, id, client, acting(caller, request));
      return seenAtOnce(deps, id, ok(environmentObject(deps, changed)));
    }),
});

const removeGoogleClient = route({
  method: 'DELETE',
  path: '/environment/google_client',
  who: 'api_key',
  scope: 'settings',
  summary: 'Forgets the client at Google; directories read with it wait for another',
  answers: { 204: 'nothing' },
  handler: ({ deps, caller, commit, request }) =>
    commit(async (tx) => {
      const { id } = caller.environment;
      await changeGoogleClient(tx, deps, id, null, acting(caller, request));
      return seenAtOnce(deps, id, noContent());
    }),
});

export const environmentRoutes = [get, change, putGoogleClient, removeGoogleClient];

function wantedOf(
  { reminders, onboarding, ...body }: z.infer<typeof changeEnvironmentBody>,
  { reminderDays: now, onboardingTemplate: template }: EnvironmentSettings,
): Partial<EnvironmentSettings> {
  const days = {
    notOpened: reminders?.not_opened ?? now.notOpened,
    halfDone: reminders?.half_done ?? now.halfDone,
    domainUnseen: reminders?.domain_unseen ?? now.domainUnseen,
    linkEnds: reminders?.link_ends ?? now.linkEnds,
  };
  const wanted = {
    name: body.name,
    defaultReturnUrl: body.default_return_url,
    defaultSuccessUrl: body.default_success_url,
    linkDays: body.link_days,
    linkConfirmation: body.link_confirmation,
    domainPolicy: body.domain_policy,
    domainGraceDays: body.domain_grace_days,
    domainLabel: body.domain_label,
    directoryPolicy: body.directory_policy,
    removalGuardPeople: body.removal_guard?.people,
    removalGuardPercent: body.removal_guard?.percent,
    reminders: reminders?.enabled,
    reminderDays: reminders === undefined ? undefined : days,
    auditDays: body.audit_days,
    onboardingTemplate: onboarding && {
      mode: onboarding.mode ?? template.mode,
      features: completeChoices(onboarding.features ?? template.features),
    },
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

function environmentObject(deps: Pick<ApiDeps, 'urls'>, row: EnvironmentRow): z.infer<typeof environment> {
  const { clientId: googleClientId, redirectUri } = googleClientView(deps, row);
  const settings = settingsOf(row);
  const { notOpened, halfDone, domainUnseen, linkEnds } = settings.reminderDays;
  return {
    object: 'environment',
    id: row.id,
    name: row.name,
    kind: row.kind,
    handle: row.handle,
    client_id: row.clientId,
    default_return_url: row.defaultReturnUrl,
    default_success_url: row.defaultSuccessUrl,
    link_days: row.linkDays,
    link_confirmation: row.linkConfirmation,
    domain_policy: row.domainPolicy,
    domain_grace_days: row.domainGraceDays,
    domain_label: row.domainLabel,
    directory_policy: row.directoryPolicy,
    removal_guard: { people: row.removalGuardPeople, percent: row.removalGuardPercent },
    reminders: {
      enabled: row.reminders,
      not_opened: notOpened,
      half_done: halfDone,
      domain_unseen: domainUnseen,
      link_ends: linkEnds,
    },
    onboarding: settings.onboardingTemplate,
    audit_days: row.auditDays,
    google_client: { client_id: googleClientId, redirect_uri: redirectUri },
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
