import { alibabaCloudDns } from './alibaba-cloud-dns.ts';
import { anyHost } from './any-host.ts';
import { azureDns } from './azure-dns.ts';
import { bluehost } from './bluehost.ts';
import { cloudflare } from './cloudflare.ts';
import { cpanel } from './cpanel.ts';
import { desec } from './desec.ts';
import { digitalocean } from './digitalocean.ts';
import { dnsMadeEasy } from './dns-made-easy.ts';
import { dnsimple } from './dnsimple.ts';
import { dnspod } from './dnspod.ts';
import { dreamhost } from './dreamhost.ts';
import { dynadot } from './dynadot.ts';
import { gandi } from './gandi.ts';
import { godaddy } from './godaddy.ts';
import { googleCloudDns } from './google-cloud-dns.ts';
import { hetzner } from './hetzner.ts';
import { hostgator } from './hostgator.ts';
import { hostinger } from './hostinger.ts';
import { hover } from './hover.ts';
import { infomaniak } from './infomaniak.ts';
import { ionos } from './ionos.ts';
import { linode } from './linode.ts';
import { nameCom } from './name-com.ts';
import { namecheap } from './namecheap.ts';
import { namesilo } from './namesilo.ts';
import { netlify } from './netlify.ts';
import { networkSolutions } from './network-solutions.ts';
import { ns1 } from './ns1.ts';
import { oneCom } from './one-com.ts';
import { ovhcloud } from './ovhcloud.ts';
import { plesk } from './plesk.ts';
import { porkbun } from './porkbun.ts';
import { rackspace } from './rackspace.ts';
import { registerCom } from './register-com.ts';
import { route53 } from './route-53.ts';
import { squarespace } from './squarespace.ts';
import { strato } from './strato.ts';
import { vercel } from './vercel.ts';
import { wix } from './wix.ts';
import { wordpressCom } from './wordpress-com.ts';
import type { DnsHost } from './host.ts';
import { recognisedHosts } from './recognised-hosts.ts';

/** Every DNS host that we know, those with steps of their own first. */
export const dnsHosts: readonly DnsHost[] = [
  cloudflare,
  route53,
  godaddy,
  namecheap,
  googleCloudDns,
  azureDns,
  digitalocean,
  squarespace,
  wix,
  ionos,
  ovhcloud,
  gandi,
  hover,
  nameCom,
  dnsimple,
  ns1,
  netlify,
  vercel,
  dynadot,
  porkbun,
  hostinger,
  hetzner,
  linode,
  bluehost,
  hostgator,
  networkSolutions,
  registerCom,
  dnsMadeEasy,
  alibabaCloudDns,
  dnspod,
  strato,
  oneCom,
  infomaniak,
  desec,
  rackspace,
  namesilo,
  wordpressCom,
  dreamhost,
  cpanel,
  plesk,
  ...recognisedHosts,
];

export function findDnsHost(id: string): DnsHost | undefined {
  return dnsHosts.find((host) => host.id === id);
}

export interface DetectedDnsHost {
  /** Empty: nobody we know. */
  readonly hosts: readonly DnsHost[];
  /** True: it is one of `hosts`, their servers carry the same names; ask. False with several: the record goes to all. */
  readonly ambiguous: boolean;
}

/**
 * Recognises who hosts a zone by the names of its servers. Servers inside the zone itself are taken for a control panel
 * on the customer's own machine.
 */
export function detectDnsHost(nameServers: readonly string[], zone: string): DetectedDnsHost {
  const names = nameServers.map((name) => name.toLowerCase().replace(/\.$/, ''));
  const perServer = names.map((name) =>
    name.endsWith(`.${zone}`) ? [cpanel, plesk] : dnsHosts.filter((host) => isServerOf(host, name)),
  );
  const known = perServer.filter((hosts) => hosts.length > 0);
  // A host that explains every server outweighs one that explains some: Squarespace's own names beside Google's.
  const common = dnsHosts.filter((host) => known.length > 0 && known.every((hosts) => hosts.includes(host)));
  const hosts = common.length > 0 ? common : dnsHosts.filter((host) => known.flat().includes(host));
  return {
    hosts,
    ambiguous: common.length > 1 || (common.length === 0 && known.some((each) => each.length > 1)),
  };
}

function isServerOf(host: DnsHost, nameServer: string): boolean {
  return host.nameServers.some((pattern) => pattern.test(nameServer));
}

/** What goes into a host's form for one record, and how to get there; all filled in. */
export interface DnsSteps {
  readonly hostId: string;
  readonly hostName: string;
  readonly console: { readonly path: readonly string[]; readonly link: string | null };
  readonly fields: readonly [DnsField, DnsField, DnsField];
  readonly steps: readonly string[];
  /** True: the console puts the zone's name behind what is typed, so typing it too makes the domain stand twice. */
  readonly addsZone: boolean;
  readonly ttl: DnsHost['ttl'];
  readonly publication: string;
  readonly notes: readonly string[];
}

/** `value` is what to type or paste; empty: leave the field empty. */
export interface DnsField {
  readonly label: string;
  readonly value: string;
}

/**
 * The steps for one TXT record at one host. `record` comes from `challengeRecord(challenge, zone)`: its `host` is relative
 * to the zone. An undefined host gets the general steps.
 */
export function stepsFor(
  host: DnsHost | undefined,
  record: { readonly name: string; readonly host: string; readonly value: string },
  zone: string,
): DnsSteps {
  const { id, name, console, labels, ...facts } = host ?? anyHost;
  const fill = (text: string) => text.replaceAll('{ZONE}', zone);
  const typedName = facts.nameField === 'full_name' ? `${record.name}.` : record.host || fill(facts.apex);
  const typedValue = facts.valueIn === 'double_quotes' ? `"${record.value}"` : record.value;
  return {
    hostId: id,
    hostName: name,
    console: { path: console.path.map(fill), link: console.link ? fill(console.link) : null },
    fields: [
      { label: labels.type, value: 'TXT' },
      { label: labels.name, value: typedName },
      { label: labels.value, value: typedValue },
    ],
    steps: [
      ...facts.open.map(fill),
      typedName === '' ? `Leave **${labels.name}** empty.` : `In **${labels.name}** type **${typedName}**.`,
      facts.valueIn === 'double_quotes'
        ? `In **${labels.value}** paste **${typedValue}**, double quotes included.`
        : `In **${labels.value}** paste **${typedValue}**, without quotes.`,
      fill(facts.finish),
    ],
    addsZone: facts.appends !== 'varies' && facts.nameField === 'relative',
    ttl: facts.ttl,
    publication: facts.publication,
    notes: facts.notes.map(fill),
  };
}
