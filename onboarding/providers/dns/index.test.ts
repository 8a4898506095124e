import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aZone } from '../../../test/support/dns.ts';
import { challengeRecord } from '../../domain-challenge.ts';
import { detectDnsHost, dnsHosts, findDnsHost, stepsFor } from './index.ts';

const zone = 'acme.test';
const record = challengeRecord({ domain: zone, label: 'vestibule', token: '8c1f' });
const apexRecord = { ...record, name: zone, host: '' };

describe('every host', () => {
  it('has a file that the list knows', async () => {
    const files = await readdir(import.meta.dirname);
    const notHosts = ['host.ts', 'any-host.ts', 'index.ts', 'index.test.ts', 'recognised-hosts.ts'];
    const withFile = files.filter((file) => !notHosts.includes(file)).map((file) => file.replace('.ts', ''));
    expect(dnsHosts.map(({ id }) => id)).toEqual(expect.arrayContaining(withFile));
    expect(new Set(dnsHosts.map(({ id }) => id)).size).toBe(dnsHosts.length);
  });

  it.each(dnsHosts.map((host) => [host.name, host] as const))(
    '%s: gives whole, filled steps',
    (_name, host) => {
      const guide = stepsFor(host, record, zone);
      const all = JSON.stringify(guide);
      expect(all).not.toMatch(/[{]ZONE[}]|undefined/);
      expect(guide.steps.length).toBeGreaterThanOrEqual(4);
      for (const step of guide.steps) {
        expect(step).toMatch(/^[A-Z].*\.$/);
        expect(step.split('**').length % 2).toBe(1);
      }
      const [type, name, value] = guide.fields;
      expect(type.value).toBe('TXT');
      expect([record.host, `${record.name}.`]).toContain(name.value);
      expect([record.value, `"${record.value}"`]).toContain(value.value);
      expect(guide.steps.join('\n')).toContain(`**${name.label}** type **${name.value}**`);
      expect(new URL(guide.console.link ?? 'https://none.test').protocol).toBe('https:');
      expect(host.source.checkedOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(host.source.titles.length).toBeGreaterThan(0);
    },
  );
});

describe('recognising a host by the name servers that DNS gives out', () => {
  let dns: Awaited<ReturnType<typeof aZone>>;
  beforeAll(async () => {
    dns = await aZone();
  });
  afterAll(() => dns.stop());

  it.each(dnsHosts.map((host) => [host.name, host] as const))('%s', async (_name, host) => {
    dns.remove(zone);
    const served = host.exampleNameServers.map((name) => name.replace('{ZONE}', zone));
    dns.add(...served.map((value) => ({ name: zone, type: 'NS' as const, value })));
    const { hosts, ambiguous } = detectDnsHost(await dns.resolver.nameServersOf(zone), zone);
    expect(hosts).toContain(host);
    // Hosts that share servers with another one are told apart by asking; all others are certain.
    const shared = ['google-cloud-dns', 'ns1', 'netlify', 'cpanel', 'plesk'];
    if (!shared.includes(host.id) || !ambiguous) expect(hosts).toEqual([host]);
    expect(served.length).toBeGreaterThan(0);
  });

  const idsFor = (...names: string[]) => {
    const { hosts, ambiguous } = detectDnsHost(names, zone);
    return { ids: hosts.map(({ id }) => id), ambiguous };
  };

  it('asks where servers could belong to either', () => {
    expect(idsFor('dns1.p05.nsone.net')).toEqual({ ids: ['ns1', 'netlify'], ambiguous: true });
    expect(idsFor('dns1.p14.nsone.net')).toEqual({ ids: ['ns1'], ambiguous: false });
    expect(idsFor('ns-cloud-a1.googledomains.com')).toEqual({
      ids: ['google-cloud-dns', 'squarespace'],
      ambiguous: true,
    });
    expect(idsFor('ns1.acme.test')).toEqual({ ids: ['cpanel', 'plesk'], ambiguous: true });
  });

  it('takes the host that explains all servers', () => {
    expect(idsFor('ns-cloud-a1.googledomains.com', 'ns01.squarespacedns.com').ids).toEqual(['squarespace']);
  });

  it('names all hosts of a zone that is served by several', () => {
    expect(idsFor('ns-421.awsdns-52.com', 'Kate.NS.Cloudflare.com.')).toEqual({
      ids: ['cloudflare', 'route-53'],
      ambiguous: false,
    });
  });

  it('is not fooled by names that only look alike', () => {
    expect(idsFor('ns.cloudflare.com.evil.test', 'evilns.cloudflare.com', 'xgandi.net', '')).toEqual({
      ids: [],
      ambiguous: false,
    });
  });
});

describe('what to type', () => {
  const typed = (id: string, what = record) =>
    stepsFor(findDnsHost(id), what, zone).fields.map(({ value }) => value);

  it('is the relative name where the host adds the zone, and the full one where it does not', () => {
    expect(typed('cloudflare')).toEqual(['TXT', '_vestibule-challenge', 'vestibule-verify=8c1f']);
    expect(typed('cpanel')).toEqual(['TXT', '_vestibule-challenge.acme.test.', 'vestibule-verify=8c1f']);
  });

  it('has double quotes only where the host wants them', () => {
    expect(typed('route-53')).toEqual(['TXT', '_vestibule-challenge', '"vestibule-verify=8c1f"']);
  });

  it('is the host’s own sign for the domain itself', () => {
    expect(['godaddy', 'wix', 'cpanel'].map((id) => typed(id, apexRecord)[1])).toEqual([
      '@',
      '',
      'acme.test.',
    ]);
    expect(stepsFor(findDnsHost('wix'), apexRecord, zone).steps).toContain('Leave **Host Name** empty.');
  });

  it('is told in general words for a host that we do not know', () => {
    expect(stepsFor(findDnsHost('nobody'), record, zone)).toMatchObject({ hostId: 'other', addsZone: false });
  });

  it('shows the way at Cloudflare', () => {
    expect(stepsFor(findDnsHost('cloudflare'), record, zone)).toMatchObject({
      console: {
        path: ['DNS', 'Records', 'Add record'],
        link: 'https://dash.cloudflare.com/?to=/:account/acme.test/dns/records',
      },
      steps: [
        'Open **acme.test** in the Cloudflare dashboard and go to **DNS**, then **Records**.',
        'Choose **Add record** and pick **TXT** as **Type**.',
        'In **Name** type **_vestibule-challenge**.',
        'In **Content** paste **vestibule-verify=8c1f**, without quotes.',
        'Leave **TTL** on **Auto** and choose **Save**.',
      ],
      addsZone: true,
    });
  });
});
