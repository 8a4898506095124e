import { describe, expect, it } from 'vitest';
import { customOidc } from './providers/sign-in/custom-oidc.ts';
import { findGuide, signInGuides } from './providers/sign-in/index.ts';
import type { GuideValues, SignInGuide } from './providers/sign-in/provider.ts';
import { adviceFor, explainProviderError } from './sign-in-advice.ts';
import { adviceWords, statusWords, subjectFallbacks } from './sign-in-advice-words.ts';
import type { SignInCause, SignInFacts } from './sign-in-causes.ts';
import { signInCauses } from './sign-in-causes.ts';

const values: GuideValues = {
  ACS_URL: 'https://auth.example/sso/saml/conn_9f/acs',
  SP_ENTITY_ID: 'https://auth.example/sso/saml/conn_9f',
  SP_METADATA_URL: 'https://auth.example/sso/saml/conn_9f/metadata',
  LOGIN_URL: 'https://auth.example/sso/saml/conn_9f/login',
  REDIRECT_URI: 'https://auth.example/sso/oidc/conn_9f/callback',
  PRODUCT: 'Ledgerly',
};

function guideOf(id: string): SignInGuide {
  const guide = findGuide(id);
  if (!guide) throw new Error(`no guide ${id}`);
  return guide;
}

const entra = guideOf('microsoft-entra-id');
const okta = guideOf('okta');
const google = guideOf('google-workspace');
const custom = guideOf('custom-saml');

/** Made by whoever can be let in by less: no button may lower these. */
const securityFloors: readonly SignInCause[] = [
  'xml_refused',
  'structure_refused',
  'signature_missing',
  'signature_invalid',
  'signature_algorithm_refused',
  'signed_less',
  'certificate_ended',
  'encryption_refused',
  'destination_differs',
  'recipient_differs',
  'audience_differs',
  'expired',
  'not_yet_valid',
  'email_outside_domains',
  'email_domain_held_elsewhere',
  'email_domain_not_chosen',
  'replayed',
  'browser_differs',
  'unsolicited',
  'not_allowed',
  'not_in_directory',
];

const everyFact: SignInFacts = {
  expected: 'https://auth.example/sso/saml/conn_9f',
  received: 'https://auth.example/sso/saml/conn_9f/',
  differenceSeconds: 412,
  prefix: 'ds',
  endedAt: '2026-03-03T10:00:00.000Z',
  limit: 262144,
  names: ['upn', 'name'],
  guess: 'upn',
  email: 'jane@acme.org',
  domains: ['acme.com'],
  message: 'access denied',
  claim: 'sub',
  keyId: '7Gk',
};

describe.each(signInGuides.map((guide) => [guide.id, guide] as const))('with the guide %s', (_id, guide) => {
  it.each(signInCauses)('says whole sentences for %s, with facts and without', (cause) => {
    for (const facts of [{}, everyFact]) {
      const advice = adviceFor(cause, facts, guide, values);

      for (const text of [advice.headline, advice.explanation, advice.fixWhat]) {
        expect(text).toBeTruthy();
        // Some consoles write what a field is taken from as ${user.email}.
        expect(text?.replace(/\$\{[\w.:]+\}/g, '')).not.toMatch(/[{}]|undefined|null/);
        expect(text).toMatch(/^[\p{Lu}*]|^jane@acme\.org/u);
        expect(text).not.toMatch(/\b(please|oops|simply|just|successfully|invalid|tenant)\b|failed to|!/i);
      }
    }
  });
});

/** What the providers' own tables of symptoms say: at which cause which field of their console is to be changed. */
it.each<[string, SignInCause, string]>([
  ['microsoft-entra-id', 'email_missing', 'emailaddress'],
  ['microsoft-entra-id', 'too_large', 'Groups assigned to the application'],
  ['microsoft-entra-id', 'signature_missing', 'Signing Option'],
  ['microsoft-entra-id-oidc', 'client_refused', 'Value'],
  ['microsoft-entra-id-oidc', 'email_missing', 'Add optional claim'],
  ['okta', 'certificate_ended', 'the row with status Active'],
  ['google-workspace', 'audience_differs', 'Entity ID'],
  ['google-workspace', 'email_missing', 'Add mapping'],
  ['adfs', 'not_yet_valid', '-NotBeforeSkew'],
  ['adfs', 'email_missing', 'E-Mail Address'],
  ['adfs', 'signature_missing', '-SamlResponseSignature'],
  ['adfs-oidc', 'email_missing', 'Permitted scopes'],
  ['onelogin', 'name_id_refused', 'SAML nameID format'],
  ['onelogin-oidc', 'client_refused', 'Token Endpoint Authentication Method'],
  ['jumpcloud', 'signature_missing', 'Sign'],
  ['jumpcloud', 'issuer_differs', 'IdP Entity ID'],
  ['jumpcloud-oidc', 'client_refused', 'Client Authentication Type'],
  ['pingone', 'name_id_refused', 'saml_subject'],
  ['pingfederate', 'no_keys', 'Export Metadata'],
  ['rippling', 'in_response_to_unknown', 'Disable “InResponseTo” field in assertions for IdP initiated SSO'],
  ['duo', 'email_missing', 'email'],
  ['keycloak', 'signature_missing', 'Sign assertions'],
  ['keycloak', 'decryption_failed', 'Encrypt assertions'],
  ['keycloak', 'too_large', 'role_list'],
  ['auth0', 'signature_algorithm_refused', 'signatureAlgorithm'],
  ['auth0', 'signature_missing', 'signResponse'],
  ['auth0', 'audience_differs', 'audience'],
  ['lastpass', 'signature_algorithm_refused', 'SAML signature method'],
  ['shibboleth', 'encrypted_without_key', 'p:encryptAssertions'],
  ['shibboleth', 'signature_missing', 'p:signAssertions'],
  ['shibboleth', 'name_id_refused', 'p:nameIDFormatPrecedence'],
  ['simplesamlphp', 'name_id_refused', 'NameIDFormat'],
  ['apereo-cas', 'issuer_differs', '/cas/idp/metadata'],
  ['workspace-one', 'signature_missing', 'Sign Assertion'],
  ['aws-iam-identity-center', 'name_id_refused', 'Subject'],
])('sends %s at %s to the field that its own table names', (id, cause, label) => {
  const { fixWhere } = adviceFor(cause, {}, guideOf(id), values);

  expect(fixWhere?.split(' → ').at(-1)).toBe(`**${label}**`);
});

describe.each(signInGuides.map((guide) => [guide.id, guide] as const))('the fields of %s', (_id, guide) => {
  const slips = guide.steps.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'value' ? [block] : [])),
  );

  it('are named at every cause that has one, the words of our own standing in only where the guide has none', () => {
    for (const cause of signInCauses) {
      const { subject } = adviceWords[cause];
      const repair = guide.repairs?.find(({ causes }) => causes.includes(cause));
      const field = repair?.where ?? (subject && guide.console[subject]);
      const { fixWhere, fixWhat } = adviceFor(cause, {}, guide, values);
      expect(fixWhere).toBe(field === undefined ? null : [...field.path, `**${field.label}**`].join(' → '));
      if (field === undefined && subject !== undefined && adviceWords[cause].fix.includes('{label}'))
        expect(fixWhat).toContain(subjectFallbacks[subject].label);
    }
  });

  it('get the value that belongs into them', () => {
    for (const cause of signInCauses) {
      const { fixWhere, copyValue } = adviceFor(cause, {}, guide, values);
      const label = /\*\*([^*]+)\*\*$/.exec(fixWhere ?? '')?.[1];
      const fitting = slips
        .filter((slip) => slip.label === label)
        .map(({ placeholder }) => values[placeholder]);
      if (fitting.length > 0 && copyValue !== null) expect(fitting).toContain(copyValue);
    }
  });
});

it.each(securityFloors)('never offers a button that lowers a security floor: %s', (cause) => {
  expect(adviceFor(cause, everyFact, entra, values).repair).toBeNull();
});

it('names the claim that an ID token lacks, and the key that nobody publishes', () => {
  const [lacks, unknown] = [
    adviceFor('token_refused', { claim: 'sub' }, okta, values),
    adviceFor('token_unknown_key', { keyId: '7Gk', keys: 2 }, okta, values),
  ];

  expect(lacks.explanation).toContain('this one has no usable sub.');
  expect(lacks.fixWhat).toBe('See that Okta sends sub in its ID token, then test again.');
  expect(unknown.explanation).toContain('It names the key 7Gk.');
  expect(adviceFor('token_unknown_key', { keyId: '' }, okta, values).explanation).toMatch(/^We fetched/);
});

describe('adviceFor', () => {
  it('names the field of the console, the value to paste and the difference the eye misses', () => {
    expect(
      adviceFor('audience_differs', { ...everyFact, received: [`${values.SP_ENTITY_ID}/`] }, entra, values),
    ).toEqual({
      headline: 'Entra sent a different audience than we expect',
      explanation:
        'The answer is meant for an app with another entity ID. There is an extra slash at the end.',
      fixWhere: 'Single sign-on → Basic SAML Configuration → **Identifier (Entity ID)**',
      fixWhat: 'Replace the value of **Identifier (Entity ID)** with ours.',
      copyValue: values.SP_ENTITY_ID,
      expected: values.SP_ENTITY_ID,
      received: `${values.SP_ENTITY_ID}/`,
      repair: null,
    });
  });

  it.each([
    ['https://auth.example/sso/saml/CONN_9f', 'Capital and small letters differ.'],
    ['http://auth.example/sso/saml/conn_9f', 'It starts with http instead of https.'],
    ['https://auth.example/sso/saml/conn_9f ', 'There is a space at one end.'],
    ['https://auth.example/sso/saml', 'Its end was cut off.'],
    ['', 'Nothing was sent there.'],
  ])('says how %j differs', (received, words) => {
    const facts = { expected: values.SP_ENTITY_ID ?? '', received: [received] };

    expect(adviceFor('audience_differs', facts, okta, values).explanation).toContain(words);
  });

  it.each([
    ['audience_differs', okta, 'General → SAML Settings → Edit → **Audience URI (SP Entity ID)**'],
    ['destination_differs', okta, 'General → SAML Settings → Edit → **Single sign-on URL**'],
    ['recipient_differs', google, 'Service provider details → **ACS URL**'],
    ['signature_missing', entra, 'Single sign-on → SAML Certificates → Edit → **Signing Option**'],
    ['signature_missing', google, 'Service provider details → **Signed response**'],
    ['email_missing', entra, 'Single sign-on → Attributes & Claims → **emailaddress**'],
    ['signature_algorithm_refused', google, null],
  ] as const)('sends %s to its own field at each provider', (cause, guide, where) => {
    expect(adviceFor(cause, {}, guide, values).fixWhere).toBe(where);
  });

  it('offers to trust a new certificate, with the end of its fingerprint', () => {
    const facts = { expected: ['00ff'], received: '9c1b77d2a41c' };

    const advice = adviceFor('signature_unknown_key', facts, okta, values);

    expect(advice.explanation).toContain('…a41c');
    expect(advice.repair).toBe('trust_new_certificate');
  });

  it('offers an attribute only when there is one to offer', () => {
    const facts = { names: ['upn', 'name'], guess: 'upn' };

    expect(adviceFor('email_missing', facts, entra, values)).toMatchObject({
      explanation: 'We received upn, name.',
      repair: 'take_attribute',
    });
    expect(adviceFor('email_missing', { names: [] }, entra, values)).toMatchObject({
      explanation: 'The answer holds no attribute that we read as an e-mail.',
      repair: null,
    });
  });

  it('says which attribute came empty, instead of listing what has nothing to do with it', () => {
    const facts = { reason: 'empty', names: ['mail', 'sn'], empty: 'https://idp.example/claims/mail' };

    expect(adviceFor('email_missing', facts, entra, values)).toMatchObject({
      headline: 'Entra sent an empty e-mail',
      explanation: 'mail came without a value: Entra knows no e-mail of this person.',
      repair: null,
    });
  });

  it('says of a connection that is not live that nobody was sent, unless an answer came', () => {
    expect(adviceFor('connection_not_usable', { reason: 'not_sent' }, entra, values)).toMatchObject({
      headline: 'This connection isn’t live',
      explanation:
        'The app asked for it, and nobody was sent to Entra: only a live connection signs people in.',
    });
    expect(adviceFor('connection_not_usable', {}, entra, values).explanation).toContain(
      'when the answer came',
    );
  });

  it('says how a time is to be written that came with an offset, or without a zone', () => {
    const facts = { reason: 'time_unreadable', field: 'NotOnOrAfter', received: '2026-11-27T10:00:00+00:00' };

    expect(adviceFor('structure_refused', facts, entra, values)).toMatchObject({
      headline: 'Entra wrote a time in a way that SAML doesn’t allow',
      explanation:
        'NotOnOrAfter says “2026-11-27T10:00:00+00:00”. Times stand in UTC and end with Z: 2026-11-27T10:00:00Z.',
      fixWhat: 'Have Entra write its times like this, then test again.',
    });
  });

  it('lists as many names as one can take in, without what stands before their last part', () => {
    const names = Array.from({ length: 40 }, (_, at) => `https://acme.example/claims/a${at}`);

    const { explanation } = adviceFor('email_missing', { names }, entra, values);

    expect(explanation).toBe('We received a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11 and 28 more.');
  });

  it('fetches metadata again only where there is an address to fetch from', () => {
    expect(adviceFor('issuer_differs', everyFact, okta, values).repair).toBe('fetch_metadata_again');
    expect(
      adviceFor('issuer_differs', { ...everyFact, hasMetadataUrl: false }, google, values).repair,
    ).toBeNull();
  });

  it('leads back to the form where the provider refused the client, in its own words or without any', () => {
    expect(adviceFor('client_refused', {}, customOidc, values).repair).toBe('enter_again');
    expect(adviceFor('client_refused', { code: 'invalid_client' }, customOidc, values)).toMatchObject({
      headline: customOidc.errors.find(({ shown }) => shown === 'invalid_client')?.meaning,
      repair: 'enter_again',
    });
    expect(adviceFor('provider_error', { code: 'access_denied' }, customOidc, values).repair).toBeNull();
  });

  it.each(['token_issuer_differs', 'token_audience_differs', 'answer_issuer_differs'] as const)(
    'leads back to the form where %s: what was given to us is another app’s or another server’s',
    (cause) => {
      expect(adviceFor(cause, everyFact, customOidc, values).repair).toBe('enter_again');
    },
  );

  it('says who starts where when a tile was pressed and that is off, by the name of the switch', () => {
    expect(adviceFor('unsolicited', {}, okta, values).fixWhat).toBe(
      'Start in Ledgerly. A tile at Okta works once “Let people start at Okta” is on in the settings.',
    );
  });

  it('names the prefix that an encrypted part leaves unexplained', () => {
    const advice = adviceFor(
      'encryption_refused',
      { reason: 'namespace_outside', prefix: 'ds' },
      google,
      values,
    );

    expect(advice.explanation).toContain('the prefix “ds”');
    expect(advice.fixWhat).toContain('Declare “ds” on the assertion itself');
  });

  it.each([
    [412, '412 s'],
    [6600, '110 min'],
    [10_800, '3 h'],
    [31_536_000, '365 days'],
  ])('tells a difference of %i seconds as %s', (differenceSeconds, words) => {
    expect(adviceFor('expired', { differenceSeconds }, custom, values).explanation).toContain(
      `Its time and ours are ${words} apart`,
    );
  });

  it('turns numbers, days and algorithm names into words', () => {
    expect(adviceFor('not_yet_valid', everyFact, custom, values).explanation).toBe(
      'The clocks differ by 412 s.',
    );
    expect(adviceFor('certificate_ended', everyFact, okta, values).explanation).toBe(
      'The certificate ended 3 Mar 2026.',
    );
    expect(
      adviceFor(
        'signature_algorithm_refused',
        { received: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' },
        okta,
        values,
      ).explanation,
    ).toContain('signed with SHA-1');
  });

  it("reads the provider's own code wherever it stands in the facts", () => {
    const facts = {
      received: ['urn:oasis:names:tc:SAML:2.0:status:Responder'],
      message: 'AADSTS50105: not assigned',
    };

    expect(adviceFor('status_not_success', facts, entra, values)).toMatchObject({
      headline: 'This person isn’t assigned to the app.',
      fixWhere: 'Users and groups → **Add user/group**',
    });
    expect(adviceFor('audience_differs', facts, entra, values).headline).not.toContain('assigned');
  });

  it("knows SAML's own status codes", () => {
    const facts = {
      received: [
        'urn:oasis:names:tc:SAML:2.0:status:Requester',
        'urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy',
      ],
    };

    expect(adviceFor('status_not_success', facts, okta, values)).toMatchObject({
      headline: 'Okta can’t make the Name ID that is asked for',
      fixWhere: 'General → SAML Settings → Edit → **Name ID format**',
    });
  });
});

describe('explainProviderError', () => {
  it.each([
    ['aadsts700016', 'SP_ENTITY_ID'],
    ['Error AADSTS50011: The reply URL …', 'ACS_URL'],
    ['AADSTS750054', 'LOGIN_URL'],
  ] as const)('explains %s with the value to paste', (typed, placeholder) => {
    expect(explainProviderError(typed, entra, values)?.copyValue).toBe(values[placeholder]);
  });

  it('tells a long code from the short one it begins with', () => {
    expect(explainProviderError('AADSTS75005', entra, values)?.headline).toContain(
      'could not read our request',
    );
    expect(explainProviderError('403 app_not_configured_for_user', google, values)?.headline).toContain(
      'this account',
    );
  });

  it('says nothing about a code it does not know', () => {
    expect(explainProviderError('AADSTS1', entra, values)).toBeNull();
    expect(explainProviderError('', okta, values)).toBeNull();
  });
});

it('keeps every sentence of the words short', () => {
  const texts = [...Object.values(adviceWords), ...statusWords].flatMap((words) => [
    words.headline,
    words.explanation,
    words.explanationWithFacts ?? '',
    words.fix,
    words.fixWithFacts ?? '',
  ]);
  for (const sentence of texts.flatMap((text) => text.split(/[.:] /))) {
    expect(sentence.split(/\s+/).length, sentence).toBeLessThanOrEqual(20);
  }
});
