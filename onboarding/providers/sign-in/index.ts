import { fillTexts, guidesByName } from '../guide-texts.ts';
import { adfsOidc } from './adfs-oidc.ts';
import { adfs } from './adfs.ts';
import { apereoCas } from './apereo-cas.ts';
import { auth0Oidc } from './auth0-oidc.ts';
import { auth0 } from './auth0.ts';
import { awsIamIdentityCenter } from './aws-iam-identity-center.ts';
import { classLink } from './classlink.ts';
import { clever } from './clever.ts';
import { cloudflareAccess } from './cloudflare-access.ts';
import { customOidc } from './custom-oidc.ts';
import { customSaml } from './custom-saml.ts';
import { cyberArk } from './cyberark.ts';
import { duo } from './duo.ts';
import { googleWorkspaceOidc } from './google-workspace-oidc.ts';
import { googleWorkspace } from './google-workspace.ts';
import { jumpCloudOidc } from './jumpcloud-oidc.ts';
import { jumpCloud } from './jumpcloud.ts';
import { keycloakOidc } from './keycloak-oidc.ts';
import { keycloak } from './keycloak.ts';
import { lastPass } from './lastpass.ts';
import { loginGov } from './login-gov.ts';
import { microsoftEntraIdOidc } from './microsoft-entra-id-oidc.ts';
import { microsoftEntraId } from './microsoft-entra-id.ts';
import { miniOrange } from './miniorange.ts';
import { netIq } from './netiq.ts';
import { oktaOidc } from './okta-oidc.ts';
import { okta } from './okta.ts';
import { oneLoginOidc } from './onelogin-oidc.ts';
import { oneLogin } from './onelogin.ts';
import { oracleCloud } from './oracle-cloud.ts';
import { pingFederate } from './pingfederate.ts';
import { pingOneOidc } from './pingone-oidc.ts';
import { pingOne } from './pingone.ts';
import type { GuideValues, OpenIdDemands, SignInGuide } from './provider.ts';
import { rippling } from './rippling.ts';
import { salesforceOidc } from './salesforce-oidc.ts';
import { salesforce } from './salesforce.ts';
import { shibboleth } from './shibboleth.ts';
import { simpleSamlPhp } from './simplesamlphp.ts';
import { testIdpOidc } from './test-idp-oidc.ts';
import { testIdp } from './test-idp.ts';
import { workspaceOne } from './workspace-one.ts';

/** Every sign-in guide, in the order the page offers them; of the ways of one provider the recommended one first. */
export const signInGuides: readonly SignInGuide[] = [
  microsoftEntraId,
  microsoftEntraIdOidc,
  okta,
  oktaOidc,
  googleWorkspace,
  googleWorkspaceOidc,
  adfs,
  adfsOidc,
  oneLogin,
  oneLoginOidc,
  jumpCloud,
  jumpCloudOidc,
  pingOne,
  pingOneOidc,
  pingFederate,
  rippling,
  cyberArk,
  duo,
  keycloak,
  keycloakOidc,
  auth0,
  auth0Oidc,
  cloudflareAccess,
  salesforce,
  salesforceOidc,
  oracleCloud,
  awsIamIdentityCenter,
  workspaceOne,
  lastPass,
  miniOrange,
  shibboleth,
  simpleSamlPhp,
  apereoCas,
  netIq,
  classLink,
  clever,
  loginGov,
  customSaml,
  customOidc,
  testIdp,
  testIdpOidc,
];

/**
 * What the list of providers shows of one: `id` is the guide of its recommended way, `ways` are all of them, that one
 * first, and none where there is nothing to choose. `matchedName` is the other name that the query found it by.
 */
export interface ProviderSummary {
  readonly id: string;
  readonly name: string;
  readonly mark: string;
  readonly matchedName: string | null;
  readonly ways: readonly { readonly id: string; readonly label: string; readonly gain: string }[];
}

export function findGuide(id: string): SignInGuide | undefined {
  return signInGuides.find((guide) => guide.id === id);
}

/** What a connection's provider of OpenID Connect wants beyond the standard; undefined where that is nothing. */
export function openIdDemandsOf({ providerId }: { providerId: string | null }): OpenIdDemands | undefined {
  return findGuide(providerId ?? '')?.openId;
}

/** What people call the provider of a guide; null where no guide is chosen, or none of this id is left. */
export function providerNameOf(guideId: string | null): string | null {
  return guideId === null ? null : (findGuide(guideId)?.name ?? null);
}

/**
 * Providers whose name, or any other name they go or went by, starts with the query or has a word that does: one entry
 * for each name, whatever ways it has. Best match first; an empty query lists all. Sandbox guides come only with
 * `includeSandbox`.
 */
export function findProviders(
  query: string,
  options: { includeSandbox: boolean },
): readonly ProviderSummary[] {
  const offered = signInGuides.filter((guide) => guide.audience === 'everyone' || options.includeSandbox);
  return guidesByName(offered, query).flatMap(({ guides, matchedName }) => summaryOf(guides, matchedName));
}

function summaryOf(guides: readonly SignInGuide[], matchedName: string | null): readonly ProviderSummary[] {
  const [recommended] = guides;
  if (recommended === undefined) return [];
  const { id, name, mark } = recommended;
  const ways = guides.flatMap((guide) =>
    guide.variant === undefined ? [] : [{ id: guide.id, ...guide.variant }],
  );
  return [{ id, name, mark, matchedName, ways: ways.length > 1 ? ways : [] }];
}

/**
 * The guide with every `{PLACEHOLDER}` replaced by its value. Throws when the guide names a value that is not given:
 * a slip that shows a placeholder would be pasted into a console.
 */
export function fillGuide(guide: SignInGuide, values: GuideValues): SignInGuide {
  return fillTexts(guide, values);
}
