/** The screens of a customer's domains, in all their states. */
import { row } from '../support/customer-scenes.ts';
import { describeScreens, type Screen } from '../support/screens.ts';
import { aDomainDetail } from '../support/domain-builders.ts';
import { anSsoState, aSession, at } from '../support/setup-builders.ts';
import { broken, configured, day, live } from '../support/setup-states.ts';

const wrongValue = 'vestibule-verify=8c1f2a9d4e7b60315c8fd2e41a7b9036';

const severalDomains = () => [
  aDomainDetail({ chip: 'verified', state: 'verified', verifiedAt: at(-day) }),
  aDomainDetail({
    id: 'dom_2',
    domain: 'acme.co.uk',
    unicode: 'acme.co.uk',
    chip: 'verified',
    state: 'verified',
    verifiedAt: at(-day),
  }),
  aDomainDetail({ id: 'dom_3', domain: 'acme.org', unicode: 'acme.org' }),
];

const screens: Screen[] = [
  row('domains of a connection, none', '/sso/domains', 'No domain yet', () => ({ sso: configured() })),
  row('domains of a connection, loading', '/sso/domains', 'Loading', () => ({
    sso: configured(),
    silent: 'GET /sso/domains',
  })),
  row('domains of a connection, broken', '/sso/domains', 'Something broke on our side.', () => ({
    sso: configured(),
    refusals: { 'GET /sso/domains': broken },
  })),
  row('domains of a connection, all', '/sso/domains', 'Every verified domain', () => ({
    sso: anSsoState({ connection: live() }),
    domains: severalDomains(),
  })),
  row('domains of a connection, chosen', '/sso/domains', 'Not verified any more', () => ({
    sso: anSsoState({ connection: live() }),
    domains: severalDomains(),
    chosen: ['acme.com', 'acme-old.com'],
    policy: 'required',
    allowsOutside: true,
  })),
  row('domains of a connection, read-only', '/sso/domains', 'chosen for this connection', () => ({
    sso: anSsoState({ connection: live() }),
    domains: severalDomains(),
    chosen: ['acme.com'],
    session: aSession({ readOnly: true }),
  })),
  row(
    'domains of a connection, the code',
    '/sso/domains',
    'we just mailed to',
    () => ({ sso: anSsoState({ connection: live() }), domains: severalDomains(), chosen: ['acme.com'] }),
    async (page) => {
      await page.locator('main input[type=radio]').first().check();
      await page.locator('main button').first().click();
      await page.getByRole('dialog').or(page.getByRole('alertdialog')).waitFor();
    },
  ),
  row('domains, none', '/domains', 'No domain yet'),
  row('domains, loading', '/domains', 'Loading', () => ({ silent: 'GET /domains' })),
  row('domains, some', '/domains', 'acme.com', () => ({
    domains: [
      aDomainDetail(),
      aDomainDetail({ id: 'dom_2', domain: 'xn--mnchen-3ya.de', unicode: 'münchen.de', chip: 'not_right' }),
    ],
    policy: 'required',
  })),
  row('domain, waiting', '/domains/dom_1', 'You can close this page.', () => ({
    domains: [aDomainDetail()],
  })),
  row('domain, host unknown', '/domains/dom_1', 'Where is your DNS?', () => ({
    domains: [aDomainDetail({}, { host: null })],
  })),
  row('domain, twice in the name', '/domains/dom_1', 'The name has the domain twice.', () => ({
    domains: [
      aDomainDetail({
        chip: 'not_right',
        verdict: {
          kind: 'domain_twice',
          facts: { name: '_vestibule-challenge.acme.com.acme.com', host: '_vestibule-challenge' },
          answers: [
            {
              server: 'ns1.example.net',
              name: '_vestibule-challenge.acme.com.acme.com',
              answer: [wrongValue],
              meaning: 'domain_twice',
            },
          ],
        },
      }),
    ],
  })),
  row('domain, wrong value', '/domains/dom_1', 'The part before the equals sign is missing.', () => ({
    domains: [
      aDomainDetail({
        chip: 'not_right',
        verdict: {
          kind: 'wrong_value',
          facts: { expected: wrongValue, received: [wrongValue.slice(17)], slip: 'only_token' },
          answers: [],
        },
      }),
    ],
  })),
  ...(['verified', 'lapsed', 'conflict', 'failed'] as const).map((state) =>
    row(
      `domain, ${state}`,
      '/domains/dom_1',
      { verified: 'is verified', lapsed: 'has gone', conflict: 'Another organization', failed: 'was found' }[
        state
      ],
      () => ({ domains: [aDomainDetail({ state, chip: state, verifiedAt: at(-day) })] }),
    ),
  ),
  row('domain, waits for approval', '/domains/dom_1', 'Your record was found.', () => ({
    domains: [aDomainDetail({ state: 'conflict', chip: 'in_review' })],
  })),
  row('domain, refused', '/domains/dom_1', 'was not approved', () => ({
    domains: [aDomainDetail({ state: 'failed', chip: 'refused' })],
  })),
  row(
    'domain, about to be removed',
    '/domains/dom_1',
    'Remove acme.com?',
    () => ({ domains: [aDomainDetail()] }),
    async (page) => {
      await page.locator('main button').last().click();
      await page.getByRole('dialog').waitFor();
    },
  ),
];

await describeScreens('the screens of domains', screens);
