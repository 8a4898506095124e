import type { OrganizationDomainRow } from '../../../db/index.ts';
import { challengeRecord } from '../../../onboarding/domain-challenge.ts';
import { detectDnsHost, dnsHosts, findDnsHost, stepsFor } from '../../../onboarding/providers/dns/index.ts';
import type { DomainDetail } from '../../contract/setup-domains.ts';
import type { ApiDeps } from '../../deps.ts';
import { lookPauseMs } from '../../domain-checks.ts';
import { challengeOf, domainViewOf } from '../../domain-views.ts';
import { askDns } from './dns-memory.ts';

/** One domain with the way to its DNS host's form, in that host's own words. */
export async function domainDetailOf(deps: ApiDeps, row: OrganizationDomainRow): Promise<DomainDetail> {
  const shown = domainViewOf(row);
  const nameServers = await askDns(deps, 'nameServersOf', row.domain);
  const zone = await zoneOf(deps, row.domain, nameServers);
  const challenge = challengeOf(row);
  const record = challenge === undefined ? undefined : challengeRecord(challenge, zone);
  return {
    // The name to type is relative to the zone, which for `eu.acme.com` may be `acme.com`.
    domain: shown.record === null || record === undefined ? shown : { ...shown, record },
    host: record === undefined ? null : hostOf(row, nameServers, record, zone),
    hosts: dnsHosts.map(({ id, name }) => ({ id, name })),
    mayCheckAt:
      row.lastLookedAt === null ? null : new Date(row.lastLookedAt.getTime() + lookPauseMs).toISOString(),
  };
}

/** Undefined where the name servers are nobody's we know, or of several who share them: then the page asks. */
function hostOf(
  { hostId }: OrganizationDomainRow,
  nameServers: readonly string[],
  record: Parameters<typeof stepsFor>[1],
  zone: string,
): DomainDetail['host'] {
  const chosen = hostId === null ? undefined : findDnsHost(hostId);
  const detected = detectDnsHost(nameServers, zone);
  const host = chosen ?? (detected.ambiguous ? undefined : detected.hosts[0]);
  if (host === undefined) return null;
  const { hostName, steps, addsZone, notes, console } = stepsFor(host, record, zone);
  const note = [...(addsZone ? [`${hostName} adds .${zone} to the name by itself.`] : []), ...notes].join(
    ' ',
  );
  return {
    id: host.id,
    name: hostName,
    detectedFrom: [...nameServers],
    chosen: chosen !== undefined,
    steps: [...steps],
    note: note === '' ? null : note,
    consoleUrl: console.link,
  };
}

/** The zone that holds the domain: as far up as the same name servers answer. */
async function zoneOf(deps: ApiDeps, domain: string, nameServers: readonly string[]): Promise<string> {
  const [, ...rest] = domain.split('.');
  if (rest.length < 2 || nameServers.length === 0) return domain;
  const parent = rest.join('.');
  const above = await askDns(deps, 'nameServersOf', parent);
  const isSame = above.length > 0 && above.toSorted().join() === nameServers.toSorted().join();
  return isSame ? zoneOf(deps, parent, above) : domain;
}
