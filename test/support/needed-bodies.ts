import type { Route } from '../../api/route.ts';

/** Of routes that look at what they are given before they look for what it is about; to all others `{}` says nothing. */
const neededBodies: Readonly<Record<string, object>> = {
  'PUT /roles/:slug': { name: 'Admin' },
  'POST /directories': { organization_id: 'org_x', type: 'okta scim v2.0' },
  'PATCH /user_management/redirect_uris/:id': { default: true },
  'POST /onboardings/:id/steps/:step/hand_back': { note: 'It is Okta.' },
  'POST /portal/revoke_link': { organization: 'org_x', external_user_id: 'user_1' },
  'POST /organizations/:id/it_contacts': { email: 'it@acme.test' },
  'POST /organizations/:id/it_contacts/:contact/invite': { intents: ['sso'] },
};

export function bodyFor({ method, path }: Route): object | undefined {
  return method === 'GET' ? undefined : (neededBodies[`${method} ${path}`] ?? {});
}
