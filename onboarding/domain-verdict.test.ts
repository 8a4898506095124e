import { describe, expect, it } from 'vitest';
import type { DnsAnswer, DnsLook, ServerLook } from './dns-look.ts';
import { judgeLook } from './domain-verdict.ts';

const challenge = { domain: 'acme.com', label: 'vestibule', token: '8c1f' };
const name = '_vestibule-challenge.acme.com';
const value = 'vestibule-verify=8c1f';
const doubled = `${name}.acme.com`;

type Zone = Record<string, string[] | { cname: string; txt?: string[] } | DnsAnswer['outcome']>;

/** A server that holds `zone` and answers NXDOMAIN for everything else; `*` is the control name. */
function aServer(server: string, zone: Zone, role: ServerLook['role'] = 'authoritative'): ServerLook {
  const asked = {
    [name]: 'proof',
    'acme.com': 'proof',
    '_acme-challenge.acme.com': 'proof',
    [doubled]: 'doubled',
    '*': 'control',
  } as const;
  const answers = Object.entries(asked).map(([asked, why]): DnsAnswer => {
    const held = zone[asked] ?? (asked === 'acme.com' ? [] : 'nxdomain');
    const empty = {
      name: asked,
      asked: why,
      outcome: 'noerror' as const,
      txt: [],
      cname: null,
      cachedForSeconds: 60,
    };
    if (typeof held === 'string') return { ...empty, outcome: held };
    return Array.isArray(held)
      ? { ...empty, txt: held }
      : { ...empty, cname: held.cname, txt: held.txt ?? [] };
  });
  return { server, address: `192.0.2.${server.length}`, role, answers };
}

function judge(servers: ServerLook[], more: Partial<DnsLook> = {}) {
  const nameServers = servers.filter(({ role }) => role === 'authoritative').map(({ server }) => server);
  const look = {
    domain: 'acme.com',
    zone: 'acme.com',
    nameServers,
    servers,
    dnssec: null,
    lookedAt: '',
    ...more,
  };
  return judgeLook(look, challenge);
}
const bothHold = (zone: Zone) => judge([aServer('ns1', zone), aServer('ns2', zone)]);

describe('proof [DOM-01] [DOM-03]', () => {
  it('is the exact value on two servers', () => {
    expect(bothHold({ [name]: ['other', value] })).toMatchObject({
      kind: 'found',
      proof: 'present',
      servers: ['ns1', 'ns2'],
    });
  });

  it('is the exact value on one authoritative server and a resolver', () => {
    const silent = aServer('ns2', { [name]: 'timeout' });
    const servers = [
      aServer('ns1', { [name]: [value] }),
      silent,
      aServer('9.9.9.9', { [name]: [value] }, 'resolver'),
    ];
    expect(judge(servers)).toMatchObject({ kind: 'found', servers: ['ns1', '9.9.9.9'] });
  });

  it('is the exact value on two resolvers where the zone cannot be reached', () => {
    const silent = aServer('ns1', { [name]: 'timeout', 'acme.com': 'timeout' });
    const resolvers = ['1.1.1.1', '8.8.8.8'].map((server) =>
      aServer(server, { [name]: [value] }, 'resolver'),
    );
    expect(judge([silent, ...resolvers])).toMatchObject({ kind: 'found' });
  });

  it('is not the word of a single server', () => {
    const servers = [aServer('ns1', { [name]: [value] }), aServer('ns2', { [name]: 'timeout' })];
    expect(judge(servers)).toMatchObject({ kind: 'unknown', reason: 'one_vantage_point', proof: 'unknown' });
  });

  it('is not there while an authoritative server lacks it, whatever resolvers say', () => {
    const servers = [
      aServer('ns1', { [name]: [value] }),
      aServer('ns2', {}),
      aServer('9.9.9.9', { [name]: [value] }, 'resolver'),
    ];
    expect(judge(servers)).toMatchObject({
      kind: 'disagree',
      have: 1,
      asked: 2,
      haveServers: ['ns1'],
      lackServers: ['ns2'],
      proof: 'unknown',
    });
  });

  it('outweighs the stale negative answer of a resolver, which the table shows', () => {
    const zone = { [name]: [value] };
    const verdict = judge([aServer('ns1', zone), aServer('ns2', zone), aServer('9.9.9.9', {}, 'resolver')]);
    expect(verdict).toMatchObject({ kind: 'found' });
    expect(verdict.rows).toContainEqual({
      servers: ['9.9.9.9'],
      role: 'resolver',
      name,
      answer: [],
      meaning: 'not_there',
      cachedForSeconds: 60,
    });
  });

  it('counts in the other forms of the contract', () => {
    expect(bothHold({ 'acme.com': ['v=spf1 -all', 'verification_token=8c1f'] })).toMatchObject({
      kind: 'found',
      record: { name: 'acme.com' },
    });
    expect(bothHold({ '_acme-challenge.acme.com': ['verification_token=8c1f'] })).toMatchObject({
      kind: 'found',
    });
    expect(bothHold({ 'acme.com': ['8c1f'] })).toMatchObject({ kind: 'not_there' });
  });

  it('fails where DNSSEC is broken, even if every server holds the value', () => {
    const dnssec = { code: 'SIGNATURE_EXPIRED', servers: ['9.9.9.9'] };
    const zone = { [name]: [value] };
    expect(judge([aServer('ns1', zone), aServer('ns2', zone)], { dnssec })).toMatchObject({
      kind: 'broken',
      reason: 'dnssec',
      code: 'SIGNATURE_EXPIRED',
      proof: 'unknown',
    });
  });

  it('may stand behind an alias that the owner made for this very name', () => {
    const alias = { [name]: { cname: 'proof.acme.net' } };
    const followed = { [name]: { cname: 'proof.acme.net', txt: [value] } };
    const resolvers = ['1.1.1.1', '8.8.8.8'].map((server) => aServer(server, followed, 'resolver'));
    expect(judge([aServer('ns1', alias), aServer('ns2', alias), ...resolvers])).toMatchObject({
      kind: 'found',
    });
    expect(judge([aServer('ns1', alias), ...resolvers.slice(1)])).toMatchObject({ kind: 'cname_hides' });
  });

  it('never stands behind an alias made by a wildcard: its target would be proved, not the owner', () => {
    const zone = {
      [name]: { cname: 'pages.example.net', txt: [value] },
      '*': { cname: 'pages.example.net' },
    };
    expect(bothHold(zone)).toMatchObject({
      kind: 'wildcard',
      received: ['pages.example.net'],
      proof: 'absent',
    });
  });

  it('never stands behind an aliased _acme-challenge: whoever renews certificates would be proved', () => {
    const zone = {
      '_acme-challenge.acme.com': { cname: 'x.acme-dns.example', txt: ['verification_token=8c1f'] },
    };
    expect(bothHold(zone)).toMatchObject({ kind: 'not_there' });
  });
});

describe('what is wrong, in one finding', () => {
  it('M40: nothing there yet', () => {
    expect(bothHold({})).toMatchObject({
      kind: 'not_there',
      missing: 2,
      asked: 2,
      domainExists: true,
      proof: 'absent',
    });
    expect(bothHold({ 'acme.com': 'nxdomain' })).toMatchObject({ kind: 'not_there', domainExists: false });
  });

  it('M41: the domain stands twice in the name', () => {
    expect(bothHold({ [doubled]: [value] })).toMatchObject({
      kind: 'domain_twice',
      name: doubled,
      host: '_vestibule-challenge',
    });
  });

  it('M42: the record stands on the domain itself', () => {
    expect(bothHold({ 'acme.com': ['v=spf1 -all', value] })).toMatchObject({
      kind: 'on_apex',
      domain: 'acme.com',
    });
  });

  it.each([
    ['8c1f', 'only_token'],
    ['vestibule-verify=8C1F', 'letter_case'],
    ['vestibule-verify=8c', 'cut_off'],
    ['vestibule-verify=77aa', 'old_token'],
    ['hello', 'other'],
  ])('M43: another value is there, and how %s differs', (received, slip) => {
    expect(bothHold({ [name]: [received] })).toMatchObject({
      kind: 'wrong_value',
      expected: value,
      received: [received],
      slip,
    });
  });

  it.each([`"${value}"`, `“${value}”`, `${value} `, 'vestibule-verify= 8c1f'])(
    'M44: quotes or spaces are part of the value %j',
    (received) => {
      expect(bothHold({ [name]: [received] })).toMatchObject({ kind: 'quoted', received });
    },
  );

  it('M45: a CNAME sits at the name', () => {
    expect(bothHold({ [name]: { cname: 'www.acme.com' } })).toMatchObject({
      kind: 'cname_hides',
      target: 'www.acme.com',
    });
  });

  it('M46: the record is where nobody is sent', () => {
    const old = aServer('ns.old', { [name]: [value] }, 'undelegated');
    expect(judge([aServer('ns1', {}), aServer('ns2', {}), old])).toMatchObject({
      kind: 'other_servers',
      delegatedTo: ['ns1', 'ns2'],
      foundAt: ['ns.old'],
      proof: 'absent',
    });
  });

  it('a wildcard answers for every name', () => {
    expect(bothHold({ [name]: ['parked'], '*': ['parked'], [doubled]: ['parked'] })).toMatchObject({
      kind: 'wildcard',
      received: ['parked'],
    });
  });

  it('M48: every server refuses, or fails', () => {
    const refuses = { [name]: 'refused', 'acme.com': 'refused' } as const;
    const fails = { [name]: 'servfail', 'acme.com': 'servfail' } as const;
    expect(bothHold(refuses)).toMatchObject({ kind: 'broken', reason: 'lame', proof: 'unknown' });
    expect(bothHold(fails)).toMatchObject({ kind: 'broken', reason: 'servers', proof: 'unknown' });
  });

  it('silence is neither proof nor failure [DOM-06]', () => {
    const verdict = judge([aServer('ns1', { [name]: 'timeout' }), aServer('ns2', { [name]: 'unreachable' })]);
    expect(verdict).toMatchObject({ kind: 'unknown', reason: 'no_answer', proof: 'unknown' });
    expect(judge([])).toMatchObject({ kind: 'unknown', reason: 'no_name_servers' });
  });
});

it('tells what each server said, one line for those that said the same', () => {
  const verdict = judge([
    aServer('ns1', { [doubled]: [value] }),
    aServer('ns2', {}),
    aServer('ns3', { [name]: 'timeout' }),
  ]);
  expect(verdict.rows.map((row) => [row.servers, row.name, row.answer, row.meaning])).toEqual([
    [['ns1', 'ns2'], name, [], 'not_there'],
    [['ns1'], doubled, [value], 'domain_twice'],
    [['ns3'], name, [], 'no_answer'],
  ]);
});

it('shows of a hostile text only what a page can bear', () => {
  const hostile = [`\u202e${'x'.repeat(5_000)}`, '2', '3', '4', '5', '6'];
  const verdict = bothHold({ [name]: hostile });
  expect(verdict).toMatchObject({ received: [`?${'x'.repeat(299)}`, '2', '3', '4', '5'] });
  expect(verdict.rows[0]?.answer).toEqual([`?${'x'.repeat(299)}`, '2', '3', '4', '5']);
});
