import { createPrivateKey } from 'node:crypto';
import type { Configuration, interactionPolicy, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { withTenant, type ConnectionRow } from '../../../db/index.ts';
import { peopleOf, tenantOf } from '../connections.ts';
import type { TestIdpDeps } from '../deps.ts';
import { refusedPage, signedOutHerePage, signOutPage } from '../pages.ts';
import type { TestPerson } from '../people.ts';
import { findClient, findConnectionOfClient } from './clients.ts';
import type { OidcKeys } from './keys.ts';
import { createMemory } from './memory.ts';
import { misbehave, type Mood } from './misbehave.ts';

export const signInPath = '/test-idp/oidc/sign-in';

/**
 * A real OpenID provider for the sandbox's connections: authorization code with PKCE, for confidential clients that
 * were made from a connection. It asks every time who signs in, as the Test IdP does by SAML.
 */
export async function createProvider(
  deps: TestIdpDeps,
  keys: OidcKeys,
  moodFor: (connection: ConnectionRow | undefined) => Promise<Mood>,
): Promise<Provider> {
  // Loaded with the first sign-in: it takes its time, and remarks on the version of Node.
  const library = await import('oidc-provider');
  const configuration = configurationOf(deps, keys, askEveryTime(library.interactionPolicy));
  const provider = new library.Provider(`${deps.url}/test-idp/oidc`, configuration);
  const behind = (clientId: string | undefined) =>
    clientId === undefined ? Promise.resolve(undefined) : findConnectionOfClient(deps.db, clientId);
  provider.use(async (ctx, next) => {
    await next();
    // The library would post a form by an inline script there, which the policy of these pages forbids.
    if (isAnswered(ctx) && ctx.oidc.route === 'end_session' && ctx.oidc.session?.accountId === undefined)
      showPage(ctx, signedOutHerePage());
    if (isAnswered(ctx)) await misbehave(ctx, await moodFor(await behind(ctx.oidc.client?.clientId)));
  });
  return provider;
}

/** Whether the request was for one of the provider's own addresses. */
function isAnswered(ctx: object): ctx is KoaContextWithOIDC {
  return 'oidc' in ctx && ctx.oidc !== undefined;
}

function configurationOf(
  { db, secrets, now }: TestIdpDeps,
  keys: OidcKeys,
  policy: interactionPolicy.DefaultPolicy,
): Configuration {
  const memory = createMemory(now);
  const nothing = async () => undefined;
  return {
    adapter: (model) =>
      model === 'Client'
        ? { ...memory(model), find: (id) => findClient(db, id, { secrets }) }
        : memory(model),
    jwks: { keys: [signingJwk(keys)] },
    cookies: { keys: [keys.cookieSecret] },
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    enabledJWA: { idTokenSigningAlgValues: ['RS256'] },
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'given_name', 'family_name', 'groups', 'department', 'title'],
    },
    scopes: ['openid', 'email', 'profile'],
    // Most providers put what the scopes stand for into the ID token of a code.
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        async logoutSource(ctx, form) {
          showPage(ctx, signOutPage(form));
        },
        async postLogoutSuccessSource(ctx) {
          showPage(ctx, signedOutHerePage());
        },
      },
      pushedAuthorizationRequests: { enabled: false },
    },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      IdToken: 600,
      Interaction: 3600,
      Session: 3600,
      Grant: 3600,
    },
    interactions: {
      url: (_ctx, interaction) => `${signInPath}/${interaction.uid}`,
      policy,
    },
    async loadExistingGrant(ctx) {
      const { client, account } = ctx.oidc;
      if (!client || !account) return undefined;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: account.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    async findAccount(ctx, sub) {
      const clientId = ctx.oidc.client?.clientId;
      const connection = clientId === undefined ? undefined : await findConnectionOfClient(db, clientId);
      const people =
        connection === undefined
          ? []
          : await withTenant(db, tenantOf(connection), (tx) => peopleOf(tx, connection));
      const person = people.find(({ id }) => id === sub);
      return person && { accountId: sub, claims: async () => ({ sub, ...claimsOf(person) }) };
    },
    renderError(ctx, { error }) {
      ctx.type = 'html';
      ctx.set('Content-Security-Policy', "default-src 'none'; style-src 'self'; frame-ancestors 'none'");
      ctx.body = refusedPage(error);
    },
    clientBasedCORS: () => false,
    expiresWithSession: () => false,
    issueRefreshToken: async () => false,
    extraTokenClaims: nothing,
  };
}

function showPage(ctx: KoaContextWithOIDC, page: string): void {
  ctx.type = 'html';
  ctx.set(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
  );
  ctx.body = page;
}

function signingJwk({ current: { kid, privateKeyPem } }: OidcKeys) {
  return { ...createPrivateKey(privateKeyPem).export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
}

/** Nobody stays signed in: each sign-in is a choice of this moment. */
function askEveryTime({ base, Check }: typeof interactionPolicy): interactionPolicy.DefaultPolicy {
  const policy = base();
  policy
    .get('login')
    ?.checks.add(
      new Check('chosen_now', 'who signs in has to be chosen', (ctx) =>
        ctx.oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
      ),
    );
  return policy;
}

function claimsOf({ email, firstName, lastName, groups, attributes }: TestPerson) {
  return {
    ...attributes,
    name: `${firstName} ${lastName}`,
    given_name: firstName,
    family_name: lastName,
    groups: [...groups],
    ...(email !== null && { email, email_verified: true }),
  };
}
