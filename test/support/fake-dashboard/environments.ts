import * as brandingContract from '../../../api/contract/dashboard-branding.ts';
import * as dashboardEnvironment from '../../../api/contract/dashboard-environment.ts';
import { branded, fakeBranding, fakeColours } from '../fake-branding.ts';
import { fakeEnvironment, fakeEnvironments } from '../fake-environment.ts';
import { api, noContent, ok, problemOf, type FakeRoutes, type FakeWorld } from './routes.ts';

/** Environments, what is set in one, and its brand. */
export function answerEnvironments(
  { get, on, take }: FakeRoutes,
  { now, isEmpty }: FakeWorld,
): { environment: ReturnType<typeof fakeEnvironment> } {
  const environment = fakeEnvironment(now, isEmpty);
  let branding = fakeBranding(isEmpty);
  let made = 0;

  get(`${api}/branding`, brandingContract.brandingView, () => branding);
  get(`${api}/branding/colours`, brandingContract.brandColoursView, (_id, query) =>
    fakeColours(query.get('accent') ?? ''),
  );
  take('PUT', `${api}/branding`, brandingContract.brandingBody, (body) => {
    branding = branded(branding, body);
    return ok(brandingContract.brandingView, branding);
  });

  const environmentPath = `${api}/environment`;
  const detail = () => ok(dashboardEnvironment.environmentDetail, environment);
  get(environmentPath, dashboardEnvironment.environmentDetail, () => environment);
  take('PATCH', environmentPath, dashboardEnvironment.environmentChangesBody, ({ before, after }) => {
    const stale = Object.entries(before)
      .filter(([name, value]) =>
        Object.entries(environment.settings).some(
          ([known, now]) => known === name && JSON.stringify(now) !== JSON.stringify(value),
        ),
      )
      .map(([name]) => name);
    if (stale.length > 0) return problemOf(409, 'settings_changed', undefined, { fields: stale });
    Object.assign(environment.settings, after);
    return detail();
  });
  take('POST', `${environmentPath}/redirect-uris`, dashboardEnvironment.redirectUriBody, ({ uri }) => {
    if (environment.redirectUris.some((known) => known.uri === uri))
      return problemOf(422, 'redirect_uri_known', { uri: 'redirect_uri_known' });
    made += 1;
    const isDefault = environment.redirectUris.length === 0;
    environment.redirectUris.push({ id: `redir_new${made}`, uri, isDefault });
    return detail();
  });
  on('POST', `${environmentPath}/redirect-uris/:id/default`, ({ id }) => {
    environment.redirectUris.forEach((uri) => (uri.isDefault = uri.id === id));
    return detail();
  });
  on('DELETE', `${environmentPath}/redirect-uris/:id`, ({ id }) => {
    environment.redirectUris = environment.redirectUris.filter((uri) => uri.id !== id);
    return detail();
  });
  take(
    'PUT',
    `${environmentPath}/custom-attributes/:key`,
    dashboardEnvironment.customAttributeBody,
    ({ isNew, ...rest }, { key = '' }) => {
      const known = environment.customAttributes.find((attribute) => attribute.key === key);
      if (known !== undefined && isNew) return problemOf(409, 'attribute_known', { key: 'attribute_known' });
      if (known === undefined) environment.customAttributes.push({ key, ...rest });
      else Object.assign(known, rest);
      return detail();
    },
  );
  on('DELETE', `${environmentPath}/custom-attributes/:key`, ({ key }) => {
    environment.customAttributes = environment.customAttributes.filter((known) => known.key !== key);
    return detail();
  });
  on('POST', `${environmentPath}/mail-secret`, () => {
    environment.mailNotices.isOn = true;
    const { clientId, mailNotices } = environment;
    const secret = 'vb_mail_only_for_the_fake_000000000000';
    return ok(dashboardEnvironment.newMailSecret, { clientId, url: mailNotices.url, secret }, 201);
  });
  on('DELETE', `${environmentPath}/mail-secret`, () => {
    environment.mailNotices.isOn = false;
    return noContent;
  });
  take('PUT', `${environmentPath}/google-client`, dashboardEnvironment.googleClientBody, (body) => {
    environment.googleClient.clientId = body.clientId;
    return noContent;
  });
  on('DELETE', `${environmentPath}/google-client`, () => {
    environment.googleClient.clientId = null;
    return noContent;
  });
  get(`${environmentPath}/reminder-preview`, dashboardEnvironment.reminderPreview, () => ({
    subject: 'Northwind set-up is waiting for you',
    html: '<!doctype html><html lang="en"><title>Mail</title><p>The link of Monday has not been opened.</p></html>',
    text: 'The link of Monday has not been opened.',
  }));
  get(`${api}/environments`, dashboardEnvironment.environmentList, () => ({
    environments: isEmpty ? [] : fakeEnvironments,
    mayLeave: true,
  }));
  take('POST', `${api}/environments`, dashboardEnvironment.newEnvironmentBody, ({ name }) => {
    return ok(
      dashboardEnvironment.newEnvironment,
      {
        id: 'env_new',
        name,
        handle: 'northwind',
        clientId: 'client_01JD4K0000000000000001',
        secret: 'sk_live_only_for_the_fake_000000000000',
      },
      201,
    );
  });
  on('POST', `${api}/environments/:id/enter`, () => noContent);

  return { environment };
}
