/** What is mutated, and by which tests each part is judged: those that need no server of ours, so that a mutant is cheap. */
export interface Area {
  readonly name: string;
  readonly files: readonly string[];
  readonly tests: readonly string[];
}

const saml = (...names: readonly string[]) => names.map((name) => `adapters/saml/${name}.ts`);
const oidc = (...names: readonly string[]) => names.map((name) => `adapters/oidc/${name}.ts`);
const egress = (...names: readonly string[]) => names.map((name) => `adapters/egress/${name}.ts`);

export const areas: readonly Area[] = [
  {
    name: 'saml-rules',
    files: saml('acceptance', 'instants', 'response-refused', 'assertion', 'xml-tree'),
    tests: saml('acceptance.test', 'assertion.test', 'instants.test'),
  },
  { name: 'saml-scan', files: saml('scan', 'second-parser'), tests: saml('scan.test') },
  { name: 'saml-posted', files: saml('posted-response'), tests: saml('posted-response.test') },
  {
    name: 'saml-structure',
    files: saml('structure', 'algorithms'),
    tests: saml('structure.test', 'encrypted-form.test'),
  },
  {
    name: 'saml-signatures',
    files: saml('signatures', 'signed-document'),
    tests: saml('signatures.test'),
  },
  {
    name: 'saml-decryption',
    files: saml('decryption', 'decrypted-assertion'),
    tests: saml('encrypted-form.test', 'decrypted-assertion.test'),
  },
  {
    name: 'saml-verdict',
    files: saml('verify-response', 'verdict'),
    tests: saml('verify-response*.test', 'decryption.test'),
  },
  { name: 'oidc-token', files: oidc('id-token', 'verdict'), tests: oidc('id-token.test') },
  {
    name: 'oidc-keys',
    files: oidc('key-sets', 'token-signature'),
    tests: oidc('key-sets.test', 'token-signature.test'),
  },
  {
    name: 'oidc-exchange',
    files: oidc('relying-party', 'fetch-through', 'refusals', 'prove-client'),
    tests: oidc('relying-party*.test'),
  },
  {
    name: 'oidc-settings',
    files: ['onboarding/oidc-discovery.ts', 'onboarding/oidc-preflight.ts'],
    tests: ['onboarding/oidc-*.test.ts'],
  },
  {
    name: 'egress-addresses',
    files: egress('addresses', 'headers'),
    tests: ['adapters/egress/*.test.ts'],
  },
  {
    name: 'egress',
    files: ['adapters/egress.ts'],
    tests: ['adapters/egress.test.ts', 'adapters/egress-connections.test.ts'],
  },
  {
    name: 'egress-hosts',
    files: egress('hosts'),
    tests: egress('hosts.test'),
  },
  {
    name: 'egress-parts',
    files: egress('failures', 'clock'),
    tests: egress('failures.test', 'clock.test'),
  },
  {
    name: 'egress-limits',
    files: egress('answer-body', 'limits'),
    tests: egress('answer-body.test', 'limits.test'),
  },
];
