/** What there is to try things with: mails, DNS records, the Test IdP. */
import type { z } from 'zod';
import type * as sandbox from '../../api/contract/sandbox.ts';
import { day, minute, timesAround, type World } from './fake-world.ts';

export function fakeSandbox(world: World, contact: string) {
  const { ago, some } = timesAround(world);

  const mails: z.infer<typeof sandbox.sandboxMailDetail>[] = some([
    mail({ id: 'sbm_2', at: ago(9 * day), to: contact, subject: 'Your fresh link for Northwind' }),
    mail({
      id: 'sbm_1',
      at: ago(12 * day),
      to: 'it@acme.example',
      subject: 'Connect Acme Corporation to Northwind',
    }),
  ]);

  function mail(of: { id: string; at: string; to: string; subject: string }) {
    const door = 'http://127.0.0.1:7233/setup/northwind/lnk_example';
    return {
      ...of,
      from: 'Northwind <setup@northwind.example>',
      text: `Here is a new link; older ones no longer work.\nEverything done so far is kept.\n\n${door}\n`,
      html: `<!doctype html><body style="font-family:sans-serif;padding:24px"><h1 style="font-size:20px">${of.subject}</h1><p>Here is a new link; older ones no longer work. Everything done so far is kept.</p><p><a href="${door}">Open your set-up</a></p></body>`,
      headers: [
        { name: 'Message-ID', value: `<${of.id}@northwind.example>` },
        { name: 'Auto-Submitted', value: 'auto-generated' },
      ],
      links: [door],
    };
  }

  const records: z.infer<typeof sandbox.sandboxRecord>[] = some([
    {
      id: 'rec_1',
      name: '_northwind-challenge.acme.test',
      type: 'TXT',
      value: 'northwind-verify=8c1f0a54d1e24f0bb2a7',
      server: null,
      createdAt: ago(20 * minute),
    },
    {
      id: 'rec_2',
      name: '_northwind-challenge.globex.test',
      type: 'TXT',
      value: 'northwind-verify=11aa',
      server: 1,
      createdAt: ago(3 * minute),
    },
  ]);

  const testIdp: z.infer<typeof sandbox.testIdpState> = {
    entityId: 'http://localhost:7233/test-idp/saml',
    ssoUrl: 'http://localhost:7233/test-idp/saml/sso',
    sloUrl: 'http://localhost:7233/test-idp/saml/slo',
    metadataUrl: 'http://localhost:7233/test-idp/saml/metadata',
    startUrl: 'http://localhost:7233/test-idp/start',
    issuer: 'http://localhost:7233/test-idp/oidc',
    discoveryUrl: 'http://localhost:7233/test-idp/oidc/.well-known/openid-configuration',
    clientsUrl: 'http://localhost:7233/test-idp/clients',
    people: some<sandbox.TestPerson>([
      {
        id: 'tp-anna',
        email: 'anna@people.test',
        firstName: 'Anna',
        lastName: 'Berg',
        groups: ['Everyone', 'Admins'],
        attributes: { department: 'Operations', title: 'Head of IT' },
      },
      {
        id: 'tp-zofia',
        email: 'zofia@people.test',
        firstName: 'Zofia',
        lastName: 'Wójcik',
        groups: ['Everyone'],
        attributes: {},
      },
      { id: 'tp-noor', email: null, firstName: 'Noor', lastName: 'Haddad', groups: [], attributes: {} },
    ]),
    fault: world.isEmpty ? null : 'wrong_audience',
    rollover: world.isEmpty ? 'one_key' : 'next_signs',
    faults: [
      { id: 'expired', protocol: 'saml', group: 'time', expected: 'expired' },
      { id: 'clock_ahead', protocol: 'saml', group: 'time', expected: 'not_yet_valid' },
      { id: 'wrong_audience', protocol: 'saml', group: 'identity', expected: 'audience_differs' },
      { id: 'wrong_recipient', protocol: 'saml', group: 'identity', expected: 'recipient_differs' },
      { id: 'wrong_issuer', protocol: 'saml', group: 'identity', expected: 'issuer_differs' },
      { id: 'unsigned', protocol: 'saml', group: 'signature', expected: 'signature_missing' },
      {
        id: 'signed_response_only',
        protocol: 'saml',
        group: 'signature',
        expected: 'ok',
        also: { when: 'after_passed_test', expected: 'signed_less' },
      },
      { id: 'other_key', protocol: 'saml', group: 'signature', expected: 'signature_unknown_key' },
      { id: 'missing_email', protocol: 'saml', group: 'attributes', expected: 'email_missing' },
    ],
  };

  const rehearsal: sandbox.RehearsalState = {
    obstacle: null,
    rehearsal: world.isEmpty ? null : played(ago),
  };

  return { mails, records, testIdp, rehearsal };
}

type Played = NonNullable<sandbox.RehearsalState['rehearsal']>;

/** One that came off, two minutes ago. */
function played(ago: (ms: number) => string): Played {
  const name = 'Rehearsal k3f9x2';
  const domain = 'rehearsal-k3f9x2.test';
  const line = (
    step: Played['lines'][number]['step'],
    facts: Record<string, string>,
    shown: Played['lines'][number]['shown'] = null,
  ) => ({ step, at: ago(2 * minute), facts, shown });
  return {
    id: 'rehearsal_1',
    startedAt: ago(2 * minute),
    endedAt: ago(minute),
    by: 'kim@northwind.example',
    state: 'done',
    current: null,
    failure: null,
    lines: [
      line('clean_up', { name: 'Rehearsal 8w2mzz' }),
      line('organization', { name }, { kind: 'organization', id: 'org_1' }),
      line('onboarding', { email: `it@${domain}` }, { kind: 'onboarding', id: 'onb_1' }),
      line('invitation', { subject: 'Connect Rehearsal k3f9x2 to Northwind' }, { kind: 'mail', id: 'sbm_2' }),
      line('link', {}),
      line('provider', { url: 'http://localhost:7233/test-idp/saml/metadata' }),
      line(
        'record',
        { name: `_northwind-challenge.${domain}`, value: 'northwind-verify=8c1f' },
        { kind: 'record', id: 'rec_1' },
      ),
      line('domain', { domain }),
      line('test', { email: `anna@${domain}`, reference: 'K7Q-2MX' }, { kind: 'attempt', id: 'att_0' }),
      line('live', {}),
      line('sign_in', { app: '127.0.0.1:7238' }),
      line('profile', { email: `anna@${domain}`, id: 'prof_1' }),
      line('event', { name: 'onboarding.live' }, { kind: 'event', id: 'event_01JD4K0000000000000000001' }),
    ],
  };
}

/** One that was begun just now, by the member who looks. */
export const begunAt = (now: string): sandbox.RehearsalState => ({
  obstacle: null,
  rehearsal: {
    id: 'rehearsal_2',
    startedAt: now,
    endedAt: null,
    by: 'kim@northwind.example',
    lines: [],
    state: 'running',
    current: 'clean_up',
    failure: null,
  },
});

/** The same rehearsal while this act of it is being played, or where it stopped there. */
export function rehearsalUpTo(
  { rehearsal }: sandbox.RehearsalState,
  step: Played['lines'][number]['step'],
  why?: Omit<NonNullable<Played['failure']>, 'step'>,
): sandbox.RehearsalState {
  if (rehearsal === null) throw new Error('none has been run');
  const at = rehearsal.lines.findIndex((line) => line.step === step);
  const lines = rehearsal.lines.slice(0, at);
  const ends: Partial<Played> =
    why === undefined
      ? { state: 'running', endedAt: null, current: step }
      : { state: 'failed', failure: { step, ...why } };
  return { obstacle: null, rehearsal: { ...rehearsal, ...ends, lines } };
}

/** The name servers' faults as their page reads them. */
export function fakeDnsFaults(isEmpty: boolean): sandbox.SandboxDnsFaults {
  return {
    faults: [
      { id: 'servfail', expected: 'broken', isOn: !isEmpty },
      { id: 'slow', expected: 'unknown', isOn: false },
      { id: 'truncated', expected: 'found', isOn: false },
    ],
  };
}
