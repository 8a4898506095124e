import { describe, expect, it } from 'vitest';
import { incomingHeaders, outgoingHeaders, redirectedHeaders } from './headers.ts';

describe('the headers of a request [NET-07]', () => {
  it('say who we are and what we unpack, and take the caller’s in small letters', () => {
    expect(outgoingHeaders()).toEqual({ 'user-agent': 'Vestibule', 'accept-encoding': 'gzip' });
    expect(outgoingHeaders({ Accept: 'text/html', 'X-Host': 'a', hosts: 'b' })).toEqual({
      'user-agent': 'Vestibule',
      'accept-encoding': 'gzip',
      accept: 'text/html',
      'x-host': 'a',
      hosts: 'b',
    });
  });

  it.each([
    'host',
    'connection',
    'content-length',
    'transfer-encoding',
    'upgrade',
    'expect',
    'te',
    'trailer',
    'keep-alive',
    'cookie',
    'proxy-authorization',
    'Proxy-Connection',
    'HOST',
  ])('may not hold %s, which steers the connection', (name) => {
    expect(() => outgoingHeaders({ [name]: 'x' })).toThrow(
      `the header "${name.toLowerCase()}" is not for callers to set`,
    );
  });

  it('that is redirected keeps what is accepted, and no credential [NET-06]', () => {
    expect(redirectedHeaders({ accept: 'text/html', authorization: 'Bearer x' })).toEqual({
      accept: 'text/html',
    });
    expect(redirectedHeaders({ authorization: 'Bearer x' })).toStrictEqual({});
    expect(redirectedHeaders()).toEqual({});
  });
});

it('the headers of an answer are texts, without cookies', () => {
  expect(
    incomingHeaders({ etag: '"1"', vary: ['a', 'b'], 'set-cookie': ['c=1'], location: undefined }),
  ).toEqual({ etag: '"1"', vary: 'a, b' });
});
