import { expect, it } from 'vitest';
import { hostOf, portOf, resolveHost } from './hosts.ts';

it.each([
  ['https://idp.test/x', 'idp.test'],
  ['https://idp.test./x', 'idp.test'],
  ['https://[2001:db8::1]:8443/', '2001:db8::1'],
])('the host of %s is %s', (url, host) => {
  expect(hostOf(new URL(url))).toBe(host);
});

it.each([
  ['https://idp.test/', 443],
  ['http://idp.test/', 80],
  ['https://idp.test:8443/', 8443],
])('the port of %s is %d', (url, port) => {
  expect(portOf(new URL(url))).toBe(port);
});

it.each(['localhost', 'idp.localhost'])('%s is this machine, whatever DNS says', async (host) => {
  expect(await resolveHost(host)).toEqual(['127.0.0.1', '::1']);
});
