import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ImportRemark } from '../../adapters/saml/import-findings.ts';
import type { DomainFinding, ValueSlip } from '../../onboarding/domain-verdict.ts';
import type { LookMeaning } from '../../onboarding/look-table.ts';
import type { DiscoveryCode } from '../../onboarding/oidc-discovery.ts';
import type { OidcPreflightCode } from '../../onboarding/oidc-preflight.ts';
import type { PreflightCode } from '../../onboarding/preflight.ts';
import { providerQuestions } from '../../onboarding/providers/sign-in/hints.ts';
import { signInCauses } from '../../onboarding/sign-in-causes.ts';
import { timelineKinds } from '../../onboarding/state.ts';
import { features, stepNames } from '../../onboarding/steps.ts';
import type { WaitingFor } from '../../onboarding/view.ts';

type Tree = { [key: string]: Tree | string };

const catalogueOf = (area: string): Tree =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, `../../portal/customer/messages/en/${area}.json`), 'utf8'),
  );

function has(area: string, ...path: string[]): boolean {
  let node: Tree | string | undefined = catalogueOf(area);
  for (const key of path) node = typeof node === 'object' ? node[key] : undefined;
  return typeof node === 'string' && node !== '';
}

/** Unions have no list at run time; a record that must name each of them is one. */
const verdicts: Record<DomainFinding['kind'], true> = {
  found: true,
  not_there: true,
  domain_twice: true,
  on_apex: true,
  wrong_value: true,
  quoted: true,
  cname_hides: true,
  wildcard: true,
  other_servers: true,
  disagree: true,
  broken: true,
  unknown: true,
};
const meanings: Record<LookMeaning, true> = {
  found: true,
  not_there: true,
  domain_twice: true,
  on_apex: true,
  wrong_value: true,
  quoted: true,
  cname_hides: true,
  wildcard: true,
  refused: true,
  broken: true,
  no_answer: true,
};
const slips: Record<ValueSlip, true> = {
  only_token: true,
  letter_case: true,
  cut_off: true,
  old_token: true,
  other: true,
};
const waits: Record<WaitingFor, true> = {
  customer: true,
  colleague: true,
  staff: true,
  dns: true,
  provider: true,
};
const remarks: Record<ImportRemark, true> = {
  metadata_ended: true,
  metadata_signature_refused: true,
  metadata_element_order: true,
  metadata_entity_id_unusual: true,
  metadata_one_of_several: true,
  metadata_post_only: true,
  metadata_tenant_wide: true,
  metadata_wants_signed_requests: true,
  certificate_chain_shortened: true,
  certificate_ends_soon: true,
  certificate_in_grace: true,
  certificate_limit: true,
  certificate_listed_twice: true,
  certificate_several: true,
};
const preflightCodes: Record<PreflightCode, true> = {
  admin_console_host: true,
  admin_console_page: true,
  sso_url_as_metadata: true,
  provider_without_metadata_url: true,
  sp_metadata_as_idp: true,
  discovery_as_metadata: true,
  common_tenant: true,
  app_id_missing: true,
  metadata_as_discovery: true,
  issuer_as_discovery: true,
  version_one: true,
  empty: true,
  not_an_address: true,
  not_https: true,
  address_has_credentials: true,
  address_too_long: true,
  own_address: true,
  document_pasted: true,
  spaces_around: true,
  label_pasted: true,
  entity_id_too_long: true,
  slash_missing: true,
  sso_url_as_entity_id: true,
  metadata_as_sso_url: true,
  other_provider: true,
  provider_recognised: true,
  shape_right: true,
  html: true,
  private_key: true,
  certificate_pasted: true,
  xml_pasted: true,
  address_pasted: true,
  not_readable: true,
};
/** What the form of OpenID Connect says besides, and what a discovery document is told. */
const oidcCodes: Record<Exclude<OidcPreflightCode, PreflightCode> | DiscoveryCode, true> = {
  client_id_as_secret: true,
  secret_id_as_secret: true,
  client_id_unlikely: true,
  value_too_long: true,
  date_unreadable: true,
  secret_ended: true,
  secret_ends_soon: true,
  discovery_not_oidc: true,
  issuer_template: true,
  issuer_differs: true,
  endpoint_missing: true,
  endpoint_refused: true,
  no_code_flow: true,
  no_accepted_algorithm: true,
  client_auth_unsupported: true,
  weak_algorithms_offered: true,
  no_user_info: true,
};

describe('the customer’s catalogue', () => {
  it.each(providerQuestions.map(({ id, answers }) => [id, answers] as const))(
    'asks the question %s and has words for its answers',
    (id, answers) => {
      const words = ['notSure', 'questions', id];
      expect(has('provider', ...words, 'question') && has('provider', ...words, 'look')).toBe(true);
      expect(answers.filter((answer) => !has('provider', ...words, 'answers', answer.id))).toEqual([]);
    },
  );

  it.each(timelineKinds)('tells the timeline entry %s', (kind) => {
    expect(has('timeline', 'kinds', kind)).toBe(true);
  });

  it.each(signInCauses)('names the cause %s', (cause) => {
    expect(has('causes', cause)).toBe(true);
  });

  it.each([preflightCodes, remarks, oidcCodes].flatMap((codes) => Object.keys(codes)))(
    'explains the finding %s',
    (code) => {
      expect(has('findings', code)).toBe(true);
    },
  );

  it.each(Object.keys(verdicts))('says what the DNS verdict %s is and what to do', (kind) => {
    expect(has('dns', 'verdict', kind, 'what')).toBe(true);
    expect(has('dns', 'verdict', kind, 'act')).toBe(true);
  });

  it('has a word for every answer of a name server and every slip of a value', () => {
    expect(Object.keys(meanings).filter((meaning) => !has('dns', 'meaning', meaning))).toEqual([]);
    expect(Object.keys(slips).filter((slip) => !has('dns', 'verdict', 'wrong_value', 'slip', slip))).toEqual(
      [],
    );
  });

  it('names every feature and every step, says how long it takes, and for whom one can wait', () => {
    expect(features.filter((feature) => !has('features', feature))).toEqual([]);
    expect(
      stepNames.filter(
        (step) => !['name', 'next', 'takes', 'text'].every((part) => has('steps', step, part)),
      ),
    ).toEqual([]);
    expect(Object.keys(waits).filter((who) => !has('home', 'waitsFor', who))).toEqual([]);
  });
});

it.each(['signRequests', 'encryptAssertions', 'forceAuthn', 'allowIdpInitiated', 'singleLogout'])(
  'the setting %s is called the same where it is made and where a draft says that it changes',
  (setting) => {
    const shared = join(import.meta.dirname, '../../portal/shared/messages/en/changes.json');
    const changes = JSON.parse(readFileSync(shared, 'utf8')).fields;
    const made = Object(Object(catalogueOf('live')['settings'])[setting]).label;

    expect(changes[setting]).toBe(String(made).replace('{provider}', 'the provider'));
  },
);
