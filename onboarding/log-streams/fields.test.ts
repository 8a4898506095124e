import { describe, expect, it } from 'vitest';
import type { DestinationId } from './destination.ts';
import { getDestination } from './destinations/index.ts';
import { isMovedElsewhere, readFields, shownSetting, typedSecrets, type FieldsContext } from './fields.ts';

const fresh: FieldsContext = { allowsLoopback: false, stored: null };

const findingsOf = (id: DestinationId, typed: Record<string, string>, context = fresh) =>
  readFields(getDestination(id), typed, context).findings.map(
    ({ field, problem, severity }) => `${field} ${problem} ${severity}`,
  );

const token = '1f5f6a3e-0000-4000-8000-c0ffee000000';
const hecUrl = 'https://http-inputs-acme.splunkcloud.com/services/collector/event';

describe('what is typed for a destination', () => {
  it('is taken when it is whole: tidy, with what has a first value filled in', () => {
    const read = readFields(
      getDestination('splunk'),
      { url: ' https://splunk.acme.com:8088 ', token, somethingElse: 'x' },
      fresh,
    );

    expect(read).toEqual({
      settings: { url: 'https://splunk.acme.com:8088/services/collector/event', acknowledgement: 'off' },
      secrets: { token },
      findings: [],
    });
  });

  it.each<[string, DestinationId, Record<string, string>, string]>([
    ['nothing', 'splunk', {}, 'url missing stop'],
    ['Splunk’s web port', 'splunk', { url: 'https://splunk.acme.com:8000/', token }, 'url mistaken stop'],
    [
      'Splunk’s management port',
      'splunk',
      { url: 'https://splunk.acme.com:8089/', token },
      'url mistaken stop',
    ],
    ['the search page', 'splunk', { url: 'https://acme.splunkcloud.com/', token }, 'url mistaken stop'],
    ['plain http', 'splunk', { url: 'http://splunk.acme.com:8088/', token }, 'url not_https stop'],
    ['another scheme', 'splunk', { url: 'file:///etc/passwd', token }, 'url not_a_url stop'],
    ['no address', 'splunk', { url: 'splunk.acme.com', token }, 'url not_a_url stop'],
    ['a name and a password', 'https', { url: 'https://a:b@acme.com/' }, 'url url_with_credentials stop'],
    ['a port that is closed', 'https', { url: 'https://acme.com:25/' }, 'url port_not_open look'],
    ['this machine outside a sandbox', 'https', { url: 'http://127.0.0.1:8410/x' }, 'url not_https stop'],
    ['an odd token', 'splunk', { url: hecUrl, token: 'abc' }, 'token unlike look'],
    [
      'two lines',
      'https',
      { url: 'https://acme.com/', headerName: 'X-Key', headerValue: 'a\r\nX: b' },
      'headerValue several_lines stop',
    ],
    [
      'a header of ours',
      'https',
      { url: 'https://acme.com/', headerName: 'Content-Length' },
      'headerName mistaken stop',
    ],
    [
      'a header in other letters',
      'https',
      { url: 'https://acme.com/', headerName: 'HOST' },
      'headerName mistaken stop',
    ],
    ['an application key', 'datadog', { apiKey: 'a'.repeat(40) }, 'apiKey mistaken stop'],
    [
      'no site of Datadog',
      'datadog',
      { site: 'evil.example', apiKey: 'a'.repeat(32) },
      'site not_offered stop',
    ],
    ['a user key', 'new-relic', { licenseKey: 'NRAK-ABCDEF' }, 'licenseKey mistaken stop'],
    ['a value that is too long', 'new-relic', { licenseKey: 'a'.repeat(101) }, 'licenseKey too_long stop'],
    [
      'a folder in the bucket’s name',
      'google-cloud-storage',
      { bucket: 'logs/acme' },
      'bucket mistaken stop',
    ],
    [
      'no key file',
      'google-cloud-storage',
      { bucket: 'acme-logs', serviceAccountKey: '{}' },
      'serviceAccountKey key_file_unreadable stop',
    ],
    [
      'a private key beside the certificate',
      'syslog',
      {
        host: 'a.example',
        port: '6514',
        certificateAuthority:
          '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----',
      },
      'certificateAuthority private_key stop',
    ],
    [
      'no certificate',
      'syslog',
      { host: 'a.example', port: '6514', certificateAuthority: 'abc' },
      'certificateAuthority certificate_unreadable stop',
    ],
    [
      'Amazon in the list of others',
      's3-compatible',
      { endpoint: 'https://s3.eu-west-1.amazonaws.com' },
      'endpoint mistaken stop',
    ],
    [
      'an endpoint with a bucket',
      's3-compatible',
      { endpoint: 'https://store.example/bucket' },
      'endpoint url_with_path stop',
    ],
    ['the secret’s ID', 'microsoft-sentinel', { clientSecret: token }, 'clientSecret mistaken stop'],
  ])('is refused in words: %s', (_what, id, typed, expected) => {
    expect(findingsOf(id, typed)).toContain(expected);
  });

  it('may point to this machine in a sandbox', () => {
    const sandboxed: FieldsContext = { allowsLoopback: true, stored: null };

    expect(
      findingsOf('splunk', { url: 'http://127.0.0.1:8410/test-sink/x/splunk', token }, sandboxed),
    ).toEqual([]);
    expect(findingsOf('https', { url: 'http://10.0.0.1/' }, sandboxed)).toEqual(['url not_https stop']);
  });

  it('asks for no secret of ours', () => {
    expect(findingsOf('https', { url: 'https://acme.com/' })).toEqual([]);
    expect(typedSecrets(getDestination('https'))).toEqual(['headerValue']);
  });
});

describe('[STR-01] a secret belongs to the place it was entered for', () => {
  const splunk = getDestination('splunk');
  const stored = { settings: { url: hecUrl }, secrets: ['token'] };
  const editing: FieldsContext = { allowsLoopback: false, stored };

  it('may be left empty while the stream stays where it is', () => {
    expect(findingsOf('splunk', { url: hecUrl, index: 'audit' }, editing)).toEqual([]);
  });

  it('has to be entered again for another host', () => {
    expect(findingsOf('splunk', { url: 'https://evil.example:8088' }, editing)).toEqual([
      'token enter_again stop',
    ]);
  });

  it.each([
    ['another path', 'https://http-inputs-acme.splunkcloud.com/services/collector', false],
    ['capital letters', 'https://HTTP-INPUTS-acme.splunkcloud.com', false],
    ['another port', 'https://http-inputs-acme.splunkcloud.com:8088', true],
    ['another host', 'https://http-inputs-evil.splunkcloud.com', true],
  ])('%s: %s is elsewhere: %s', (_what, url, isElsewhere) => {
    expect(isMovedElsewhere(splunk, { url: hecUrl }, { url })).toBe(isElsewhere);
  });

  it.each<[DestinationId, Record<string, string>, Record<string, string>]>([
    ['datadog', { site: 'datadoghq.eu' }, { site: 'datadoghq.com' }],
    ['syslog', { host: 'a.example', port: '6514' }, { host: 'a.example', port: '6515' }],
    [
      'amazon-s3-keys',
      { bucket: 'acme', region: 'eu-central-1' },
      { bucket: 'evil', region: 'eu-central-1' },
    ],
    [
      'https',
      { url: 'https://a.example/', headerName: 'X-Key' },
      { url: 'https://a.example/', headerName: 'X-Other' },
    ],
  ])('is asked for again at %s', (id, before, after) => {
    expect(isMovedElsewhere(getDestination(id), before, after)).toBe(true);
  });
});

it.each([
  ['https', 'format', 'array', { label: 'Body', value: 'JSON array' }],
  ['datadog', 'site', 'datadoghq.eu', { label: 'Site', value: 'EU1 · app.datadoghq.eu' }],
  ['datadog', 'site', 'http://127.0.0.1/sink', { label: 'Site', value: 'http://127.0.0.1/sink' }],
  ['https', 'url', 'https://logs.acme.com/', { label: 'URL', value: 'https://logs.acme.com/' }],
  ['https', 'gone', 'x', { label: 'gone', value: 'x' }],
] as const)('a setting of %s is read as people know it: %s %s', (destination, name, value, shown) => {
  expect(shownSetting(getDestination(destination).fields, name, value)).toEqual(shown);
});
