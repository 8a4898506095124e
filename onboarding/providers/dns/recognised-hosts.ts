/** Hosts that we recognise by their name servers without having read their console: they get the general steps. */
import { anyHost } from './any-host.ts';
import type { DnsHost } from './host.ts';

type Recognised = Pick<DnsHost, 'id' | 'name' | 'nameServers' | 'exampleNameServers'>;

const recognised: readonly Recognised[] = [
  {
    id: 'akamai-edge-dns',
    name: 'Akamai Edge DNS',
    nameServers: [/\.akam\.net$/],
    exampleNameServers: ['a1-64.akam.net', 'a28-65.akam.net'],
  },
  {
    id: 'ultradns',
    name: 'UltraDNS (Vercara)',
    nameServers: [/\.ultradns\.(com|net|org|biz|info|co\.uk)$/],
    exampleNameServers: ['pdns1.ultradns.net', 'pdns3.ultradns.org'],
  },
  {
    id: 'dyn',
    name: 'Dyn (Oracle)',
    nameServers: [/\.dynect\.net$/, /\.dns\.dyn\.com$/],
    exampleNameServers: ['ns1.p14.dynect.net'],
  },
  {
    id: 'constellix',
    name: 'Constellix',
    nameServers: [/\.constellix\.(com|net)$/],
    exampleNameServers: ['ns11.constellix.com', 'ns41.constellix.net'],
  },
  {
    id: 'oci-dns',
    name: 'Oracle Cloud DNS',
    nameServers: [/\.dns\.oraclecloud\.net$/],
    exampleNameServers: ['ns1.p68.dns.oraclecloud.net'],
  },
  { id: 'fastly', name: 'Fastly', nameServers: [/\.fastly\.net$/], exampleNameServers: ['ns1.fastly.net'] },
  {
    id: 'domain-com',
    name: 'Domain.com',
    nameServers: [/\.domain\.com$/],
    exampleNameServers: ['ns1.domain.com', 'ns2.domain.com'],
  },
  {
    id: 'easydns',
    name: 'easyDNS',
    nameServers: [/\.easydns\.(com|net|org)$/],
    exampleNameServers: ['dns1.easydns.com', 'dns2.easydns.net'],
  },
  {
    id: 'cloudns',
    name: 'ClouDNS',
    nameServers: [/\.cloudns\.net$/],
    exampleNameServers: ['pns31.cloudns.net'],
  },
  {
    id: 'shopify',
    name: 'Shopify',
    nameServers: [/\.myshopify\.com$/],
    exampleNameServers: ['ns1.myshopify.com'],
  },
  {
    id: 'enom',
    name: 'Enom',
    nameServers: [/\.name-services\.com$/],
    exampleNameServers: ['dns1.name-services.com'],
  },
  {
    id: 'transip',
    name: 'TransIP',
    nameServers: [/\.transip\.(net|nl|eu)$/],
    exampleNameServers: ['ns0.transip.net', 'ns1.transip.nl', 'ns2.transip.eu'],
  },
  { id: 'loopia', name: 'Loopia', nameServers: [/\.loopia\.se$/], exampleNameServers: ['ns1.loopia.se'] },
  {
    id: 'inwx',
    name: 'INWX',
    nameServers: [/\.inwx\.[a-z]+$/],
    exampleNameServers: ['ns.inwx.de', 'ns2.inwx.de'],
  },
  {
    id: 'scaleway',
    name: 'Scaleway',
    nameServers: [/\.dom\.scw\.cloud$/],
    exampleNameServers: ['ns0.dom.scw.cloud'],
  },
  { id: 'vultr', name: 'Vultr', nameServers: [/\.vultr\.com$/], exampleNameServers: ['ns1.vultr.com'] },
  {
    id: 'exoscale',
    name: 'Exoscale',
    nameServers: [/\.exoscale\.[a-z.]+$/],
    exampleNameServers: ['ns1.exoscale.ch', 'ns1.exoscale.com'],
  },
  {
    id: 'hurricane-electric',
    name: 'Hurricane Electric',
    nameServers: [/^ns[1-5]\.he\.net$/],
    exampleNameServers: ['ns1.he.net', 'ns2.he.net'],
  },
  {
    id: 'spaceship',
    name: 'Spaceship',
    nameServers: [/^launch[12]\.spaceship\.net$/],
    exampleNameServers: ['launch1.spaceship.net', 'launch2.spaceship.net'],
  },
  {
    id: 'bunny',
    name: 'bunny.net',
    nameServers: [/\.bunny\.net$/],
    exampleNameServers: ['kiki.bunny.net', 'coco.bunny.net'],
  },
  {
    id: 'siteground',
    name: 'SiteGround',
    nameServers: [/\.siteground\.net$/, /\.sgvps\.net$/],
    exampleNameServers: ['ns1.siteground.net'],
  },
  {
    id: 'freedns',
    name: 'FreeDNS',
    nameServers: [/^ns[1-4]\.afraid\.org$/],
    exampleNameServers: ['ns1.afraid.org', 'ns2.afraid.org'],
  },
  { id: 'yandex', name: 'Yandex', nameServers: [/\.yandex\.net$/], exampleNameServers: ['dns1.yandex.net'] },
  {
    id: 'reg-ru',
    name: 'REG.RU',
    nameServers: [/\.reg\.ru$/],
    exampleNameServers: ['ns1.reg.ru', 'ns2.reg.ru'],
  },
];

/** Consoles of the big enterprise hosts publish staged changes; the others show them at once. */
const staged = new Set(['akamai-edge-dns', 'ultradns', 'dyn', 'constellix']);

export const recognisedHosts: readonly DnsHost[] = recognised.map((host) => ({
  ...anyHost,
  ...host,
  notes: staged.has(host.id)
    ? [...anyHost.notes, 'Changes are staged here: publish or activate the zone afterwards.']
    : anyHost.notes,
}));
