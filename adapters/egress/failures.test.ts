import { describe, expect, it } from 'vitest';
import { BodyRefused } from './answer-body.ts';
import { EgressFailure, refusalOf } from './failures.ts';

describe('what tenants learn of a failure [NET-09]', () => {
  it('is told as that of a document where one was wanted, and as a refusal everywhere else', () => {
    const codeOf = (feature: Parameters<typeof refusalOf>[1]) =>
      refusalOf('https://idp.test/x', feature, new Error('x')).code;

    expect(codeOf('metadata')).toBe('metadata_unreachable');
    expect(codeOf('discovery')).toBe('metadata_unreachable');
    expect(codeOf('jwks')).toBe('egress_refused');
    expect(codeOf('token')).toBe('egress_refused');
  });

  it('is a reason of the list, the host and a status where there was one; the rest is for logs', () => {
    const answered = new EgressFailure('answered_4xx', 'a secret detail', { status: 404 });
    const broken = new EgressFailure('tls_failed', 'a secret detail');

    const refusal = refusalOf('https://idp.test:8443/x?secret', 'metadata', answered);
    expect(refusal.facts).toStrictEqual({ reason: 'answered_4xx', host: 'idp.test', status: 404 });
    expect(refusal.cause).toBe(answered);
    expect(answered).toMatchObject({ name: 'EgressFailure', message: 'answered_4xx: a secret detail' });
    expect(refusalOf('https://idp.test/', 'token', broken).facts).toStrictEqual({
      reason: 'tls_failed',
      host: 'idp.test',
    });
  });

  it.each(['too_large', 'unreadable'] as const)('of a body is %s', (reason) => {
    const cause = new BodyRefused(reason);
    const refusal = refusalOf('https://idp.test/', 'token', cause);

    expect(refusal.facts).toMatchObject({ reason });
    expect(refusal.cause).toMatchObject({ name: 'EgressFailure', message: `${reason}: body`, cause });
  });

  it('of anything else is that nobody could connect, with the true cause for logs', () => {
    const cause = new Error('connect ECONNREFUSED 10.0.0.1:5432');
    const refusal = refusalOf('no address', 'token', cause);

    expect(refusal.facts).toStrictEqual({ reason: 'could_not_connect', host: '' });
    expect(refusal.cause).toMatchObject({ message: 'could_not_connect: connection', cause });
  });
});
