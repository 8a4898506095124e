import { describe, expect, it } from 'vitest';
import { createAddressRules, isSameAddress, judgeAddress } from './addresses.ts';

const none = createAddressRules([]);
const judge = (address: string, host = 'name.test') =>
  judgeAddress(address, host, { allow: none, own: none, loopback: false });

describe('[NET-05] an address is public or refused', () => {
  it.each(['93.184.215.14', '1.1.1.1', '2606:4700:4700::1111', '::ffff:93.184.215.14'])(
    '%s is public',
    (address) => {
      expect(judge(address)).toBe('public');
    },
  );

  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback', '127.8.8.8'],
    ['loopback', '::1'],
    ['unspecified', '0.0.0.0'],
    ['unspecified', '::'],
    ['private', '10.1.2.3'],
    ['private', '172.16.0.1'],
    ['private', '192.168.1.1'],
    ['shared', '100.64.0.1'],
    ['Alibaba metadata', '100.100.100.200'],
    ['link-local metadata', '169.254.169.254'],
    ['Amazon metadata over IPv6', 'fd00:ec2::254'],
    ['Google metadata over IPv6', 'fd20:ce::254'],
    ['Oracle metadata', '192.0.0.192'],
    ['Azure wire server', '168.63.129.16'],
    ['link-local with zone', 'fe80::1%eth0'],
    ['link-local', 'fe80::1'],
    ['unique local', 'fc00::1'],
    ['multicast', '224.0.0.1'],
    ['multicast', 'ff02::1'],
    ['broadcast', '255.255.255.255'],
    ['reserved', '240.0.0.1'],
    ['benchmarking', '198.18.0.1'],
    ['documentation', '192.0.2.1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff::1'],
    ['mapped', '::ffff:127.0.0.1'],
    ['mapped', '::ffff:7f00:1'],
    ['compatible', '::127.0.0.1'],
    ['compatible in hex', '::7f00:1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['local NAT64', '64:ff9b:1::a9fe:a9fe'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:7f00:1::'],
    ['not given out', '4000::1'],
    ['discard', '100::1'],
    ['no address at all', 'localhost'],
  ])('%s %s is refused', (_, address) => {
    expect(judge(address)).toBe('refused');
  });
});

describe('[NET-10] what the operator opens', () => {
  const allow = createAddressRules(['10.20.0.0/16', 'splunk.corp.test', 'fd12::/16']);
  const own = createAddressRules(['10.20.0.9', '203.0.114.7', 'setup.vendor.test']);

  it('a block or a name, and nothing beside it', () => {
    const rules = { allow, own: none, loopback: false };

    expect(judgeAddress('10.20.3.4', 'any.test', rules)).toBe('allowed');
    expect(judgeAddress('::ffff:10.20.3.4', 'any.test', rules)).toBe('allowed');
    expect(judgeAddress('fd12::5', 'any.test', rules)).toBe('allowed');
    expect(judgeAddress('192.168.0.1', 'splunk.corp.test', rules)).toBe('allowed');
    expect(judgeAddress('10.21.0.1', 'any.test', rules)).toBe('refused');
    expect(judgeAddress('192.168.0.1', 'other.corp.test', rules)).toBe('refused');
  });

  it('[NET-05] our own ingress stays closed, whatever is opened around it', () => {
    expect(judgeAddress('10.20.0.9', 'any.test', { allow, own, loopback: false })).toBe('refused');
    expect(judgeAddress('203.0.114.7', 'any.test', { allow, own, loopback: false })).toBe('refused');
    expect(judgeAddress('1.1.1.1', 'setup.vendor.test', { allow, own, loopback: false })).toBe('refused');
  });

  it('the loopback switch opens this machine and nothing else', () => {
    const rules = { allow: none, own: none, loopback: true };

    expect(judgeAddress('127.0.0.1', 'x.test', rules)).toBe('loopback');
    expect(judgeAddress('::1', 'x.test', rules)).toBe('loopback');
    expect(judgeAddress('::7f00:1', 'x.test', rules)).toBe('refused');
    expect(judgeAddress('10.0.0.1', 'x.test', rules)).toBe('refused');
  });

  it('an entry that cannot be read stops the start', () => {
    expect(() => createAddressRules(['10.0.0.0/99'])).toThrow();
    expect(() => createAddressRules(['https://splunk.corp.test'])).toThrow();
    expect(() => createAddressRules(['*.corp.test'])).toThrow('neither');
    expect(() => createAddressRules(['splunk.corp.test:443'])).toThrow('neither');
  });

  it.each([
    ['10.20.0.9', '10.20.0.8'],
    ['fd12::5', 'fd12::6'],
  ])('a single address opens itself alone, here %s', (one, beside) => {
    const rules = { allow: createAddressRules([one]), own: none, loopback: false };

    expect(judgeAddress(one, 'any.test', rules)).toBe('allowed');
    expect(judgeAddress(beside, 'any.test', rules)).toBe('refused');
  });
});

it('[NET-03] two spellings of one address are the same', () => {
  expect(isSameAddress('::ffff:127.0.0.1', '127.0.0.1')).toBe(true);
  expect(isSameAddress('2001:DB8:0::1', '2001:db8::1')).toBe(true);
  expect(isSameAddress('127.0.0.1', '127.0.0.2')).toBe(false);
  expect(isSameAddress('', '127.0.0.1')).toBe(false);
});
