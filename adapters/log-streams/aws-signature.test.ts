import { describe, expect, it } from 'vitest';
import { percentEncoded, signedHeaders, type SigningKey } from './aws-signature.ts';

const signatureIn = (headers: Record<string, string>) => headers['authorization']?.split('Signature=')[1];

describe('Signature Version 4 gives what AWS publishes for', () => {
  const inStore: SigningKey = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    region: 'us-east-1',
    service: 's3',
    scheme: 'AWS4',
  };
  const at = new Date('2013-05-24T00:00:00Z');

  it('reading an object', () => {
    const url = 'https://examplebucket.s3.amazonaws.com/test.txt';
    const headers = signedHeaders(
      { method: 'GET', url, headers: { range: 'bytes=0-9' }, body: '' },
      inStore,
      at,
    );

    expect(signatureIn(headers)).toBe('f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41');
  });

  it('writing an object', () => {
    const headers = signedHeaders(
      {
        method: 'PUT',
        url: `https://examplebucket.s3.amazonaws.com/${percentEncoded('test$file.text')}`,
        headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
        body: 'Welcome to Amazon S3.',
      },
      inStore,
      at,
    );

    expect(signatureIn(headers)).toBe('98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd');
  });

  it('a query', () => {
    const url = 'https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J';
    const headers = signedHeaders({ method: 'GET', url, headers: {}, body: '' }, inStore, at);

    expect(signatureIn(headers)).toBe('34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7');
  });

  it('the plainest request of its suite', () => {
    const headers = signedHeaders(
      { method: 'GET', url: 'https://example.amazonaws.com/', headers: {}, body: '' },
      {
        accessKeyId: 'AKIDEXAMPLE',
        secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
        region: 'us-east-1',
        service: 'service',
        scheme: 'AWS4',
      },
      new Date('2015-08-30T12:36:00Z'),
    );

    expect(signatureIn(headers)).toBe('5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31');
  });
});

it('for Google’s HMAC keys it has Google’s names', () => {
  const headers = signedHeaders(
    { method: 'PUT', url: 'https://storage.googleapis.com/acme/a', headers: {}, body: 'x' },
    { accessKeyId: 'GOOG1E', secretAccessKey: 'secret', region: 'auto', service: 'storage', scheme: 'GOOG4' },
    new Date('2026-11-26T09:00:00Z'),
  );

  expect(headers['authorization']).toMatch(
    /^GOOG4-HMAC-SHA256 Credential=GOOG1E\/20261126\/auto\/storage\/goog4_request, SignedHeaders=host;x-goog-content-sha256;x-goog-date, Signature=[0-9a-f]{64}$/,
  );
});
