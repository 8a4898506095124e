import { signInGuides } from '../../onboarding/providers/sign-in/index.ts';
import { providersNotOffered } from '../../onboarding/providers/sign-in/not-offered.ts';
import type { GiveBackInput, SignInGuide } from '../../onboarding/providers/sign-in/provider.ts';

/**
 * How the sign-in that a guide leads to was walked to its end, and where that can be run again: against the provider's
 * own program, for the custom guides against a program of somebody else that keeps to the standard, or against the
 * Test IdP that answers as the provider does. Who is not named here rests on facts alone.
 */
export const walkedRoads: Readonly<Partial<Record<string, WalkedRoad>>> = {
  keycloak: { against: 'its own program (26.7.3)', proof: 'test/real/keycloak.test.ts' },
  'keycloak-oidc': { against: 'its own program (26.7.3)', proof: 'test/real/keycloak.test.ts' },
  simplesamlphp: { against: 'its own program (1.19.7)', proof: 'test/real/simplesamlphp.test.ts' },
  'custom-oidc': { against: 'a certified provider', proof: 'test/api/oidc-real-provider.test.ts' },
  'login-gov': {
    against: 'a certified provider with its demands',
    proof: 'test/api/oidc-real-provider.test.ts',
  },
  'test-idp': { against: 'its own program', proof: 'test/journeys/road.test.ts' },
};

interface WalkedRoad {
  readonly against: `its own program${string}` | `a certified provider${string}` | 'the Test IdP as it';
  readonly proof: string;
}

const waysBack: Readonly<Record<GiveBackInput['kind'], string>> = {
  metadata_url: 'metadata URL',
  metadata_file: 'file',
  manual: 'by hand',
  oidc: 'discovery URL, client ID and secret',
};

/** `docs/providers.md`: every provider and way, what it rests on, and how far it was tried. */
export function providersDocument(): string {
  const rows = signInGuides.map(rowOf);
  return `# Sign-in providers

What the portal guides people through: ${providerCount()} providers in ${signInGuides.length} ways. *Compared* is the day a guide's texts were last compared
with its sources. *Walked* says how sign-in by it was tried to the end: against the provider's own program, against the
Test IdP answering as the provider does, or not at all; then the guide rests on the facts of its sources alone.

Tests below \`test/real/\` need the provider's program: \`npm run test:real\` runs them where \`KEYCLOAK_HOME\` and
\`SIMPLESAMLPHP_HOME\` say where it is, and says what it skips.

Made from \`onboarding/providers/sign-in/\` by \`npm run providers-table\`; a test compares the two.

| Provider | Way | Connection type | Takes back, best first | Sources | Compared | Walked |
|---|---|---|---|---|---|---|
${rows.join('\n')}

## Not offered

Who searches for one of these in the portal is told so, with the guides that lead on.

| Provider | Why, and what leads on |
|---|---|
${providersNotOffered.map(({ name, why }) => `| ${name} | ${why} |`).join('\n')}
`;
}

const providerCount = (): number => new Set(signInGuides.map(({ name }) => name)).size;

function rowOf(guide: SignInGuide): string {
  const way = guide.variant?.label ?? (guide.protocol === 'saml' ? 'SAML' : 'OpenID Connect');
  const walked = walkedRoads[guide.id];
  const cells = [
    guide.audience === 'sandbox' ? `${guide.name} (sandbox only)` : guide.name,
    way,
    `\`${guide.connectionType}\``,
    guide.giveBack.map(({ kind }) => (guide.openId ? 'discovery URL, client ID' : waysBack[kind])).join(', '),
    guide.sources.map(({ title, url }) => `[${title}](${url})`).join(', ') || 'ours',
    guide.checkedOn,
    walked ? `against ${walked.against}: \`${walked.proof}\`` : 'facts alone',
  ];
  return `| ${cells.join(' | ')} |`;
}
