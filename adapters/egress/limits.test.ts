import { describe, expect, it } from 'vitest';
import { createCaps, featureLimits, lookUpPatience, type EgressFeature } from './limits.ts';

const features = Object.keys(featureLimits) as EgressFeature[];
const valuesOf = <Name extends keyof (typeof featureLimits)[EgressFeature]>(name: Name) =>
  Object.fromEntries(features.map((feature) => [feature, featureLimits[feature][name]]));
const kilobyte = 1024;

describe('what each kind of request may', () => {
  it('follow: three redirects to a document that is read, and none with a credential or to keys [NET-06]', () => {
    expect(features.filter((feature) => featureLimits[feature].redirects > 0)).toEqual([
      'metadata',
      'discovery',
    ]);
    expect(featureLimits.metadata.redirects).toBe(3);
    expect(featureLimits.discovery.redirects).toBe(3);
  });

  it('bring: as many bytes as its answers need [NET-07]', () => {
    expect(valuesOf('bodyBytes')).toEqual({
      metadata: 1024 * kilobyte,
      discovery: 256 * kilobyte,
      jwks: 64 * kilobyte,
      token: 256 * kilobyte,
      directory: 64 * 1024 * kilobyte,
      webhook: 16 * kilobyte,
      stream: 256 * kilobyte,
      syslog: 0,
      sftp: 0,
      test_directory: 2048 * kilobyte,
    });
  });

  it('bring more: nothing that is read as a whole, but the beginning of what is only shown [NET-07]', () => {
    expect(features.filter((feature) => featureLimits[feature].overflow === 'cut')).toEqual([
      'webhook',
      'stream',
      'syslog',
      'sftp',
    ]);
    expect(new Set(Object.values(valuesOf('overflow')))).toEqual(new Set(['refuse', 'cut']));
  });

  it('answer: success where a document is wanted, anything where the status is read', () => {
    expect(features.filter((feature) => featureLimits[feature].mustBe2xx)).toEqual([
      'metadata',
      'discovery',
      'jwks',
    ]);
  });

  it('reach: ports of the web, and those of what is no web [NET-02]', () => {
    const web = [443, 8443, 9443, 9031];

    expect(features.filter((feature) => String(featureLimits[feature].ports) !== String(web))).toEqual([
      'stream',
      'syslog',
      'sftp',
    ]);
    expect(featureLimits.token.ports).toEqual(web);
    expect(featureLimits.stream.ports).toEqual([...web, 8088, 9200, 9243]);
    expect(featureLimits.syslog.ports).toEqual([...web, 6514]);
    for (const internal of [5432, 6379, 7233, 25]) {
      for (const feature of features) expect(featureLimits[feature].ports).not.toContain(internal);
    }
  });
});

it('a look-up in DNS that nobody answers is over before any request is', () => {
  const { timeout, tries } = lookUpPatience;
  const longest = timeout * (2 ** tries - 1);

  expect(longest).toBeGreaterThan(timeout);
  expect(longest).toBeLessThan(Math.min(...Object.values(valuesOf('totalMs'))));
});

describe('caps [NET-11]', () => {
  const minute = 60_000;
  function someCaps() {
    let time = 0;
    const caps = createCaps(() => new Date(time));
    return { caps, pass: (ms: number) => (time += ms) };
  }

  it('twenty at a time for one organization, whatever hosts they go to, and a place given back is free', () => {
    const { caps } = someCaps();
    const leaves = Array.from({ length: 20 }, (_, at) =>
      caps.enter('org_a', `host${at % 4}.test`, 'webhook'),
    );

    expect(() => caps.enter('org_a', 'another.test', 'webhook')).toThrow(
      expect.objectContaining({ code: 'too_many_requests', facts: { host: 'another.test' } }) as Error,
    );
    caps.enter('org_b', 'another.test', 'webhook');
    leaves[0]?.();
    caps.enter('org_a', 'another.test', 'webhook');
    expect(() => caps.enter('org_a', 'another.test', 'webhook')).toThrow();
  });

  it('ten at a time to one host, for each kind of request', () => {
    const { caps } = someCaps();
    for (let entered = 0; entered < 10; entered += 1) caps.enter('org_a', 'host.test', 'webhook');

    expect(() => caps.enter('org_a', 'host.test', 'webhook')).toThrow();
    caps.enter('org_a', 'host.test', 'stream');
  });

  it('so many a minute to one host, counted anew when the minute is over', () => {
    const { caps, pass } = someCaps();
    const askAll = () => {
      for (let asked = 0; asked < 30; asked += 1) caps.enter('org_a', 'host.test', 'metadata')();
    };

    askAll();
    pass(minute - 1);
    expect(() => caps.enter('org_a', 'host.test', 'metadata')).toThrow();
    pass(1);
    askAll();
  });

  it('what is open keeps its place when the minute is over, and is counted anew', () => {
    const { caps, pass } = someCaps();
    for (let entered = 0; entered < 10; entered += 1) caps.enter('org_a', 'open.test', 'webhook');
    caps.enter('org_a', 'host.test', 'metadata');
    for (let asked = 1; asked < 30; asked += 1) caps.enter('org_a', 'host.test', 'metadata')();
    expect(() => caps.enter('org_a', 'host.test', 'metadata')).toThrow();
    pass(minute);

    expect(() => caps.enter('org_a', 'open.test', 'webhook')).toThrow();
    for (let asked = 0; asked < 30; asked += 1) caps.enter('org_a', 'host.test', 'metadata')();
    expect(() => caps.enter('org_a', 'host.test', 'metadata')).toThrow();
  });
});
