import { testSinkFaults, type TestSinkState } from '../../api/contract/sandbox-sink.ts';

/** The test sink as its page reads it, from memory. */
export function fakeSink(now: Date, isEmpty: boolean): TestSinkState {
  const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000).toISOString();
  const base = 'http://127.0.0.1:8410/test-sink/5d2c8f0a54d1e24f0bb2a7c1';
  const got = {
    requests: 0,
    refused: 0,
    records: 0,
    badSignatures: 0,
    loose: 0,
    looseDuplicates: 0,
    tallies: [],
  };
  const record = {
    id: 'audit_01J9Z7Q2',
    sequence: 1_204,
    organization_id: 'org_01HXYZ',
    action: 'log_stream.tested',
    metadata: { mark: 'vestibule-test-7k2m9x', code: '493027' },
  };
  return {
    addresses: {
      base,
      splunk: `${base}/splunk/services/collector/event`,
      datadog: `${base}/datadog`,
      s3: `${base}/s3`,
      https: `${base}/https`,
    },
    credentials: {
      splunkToken: '1f5f6a3e-7c1d-4b7e-9a55-c0ffee000001',
      datadogKey: '9f2c8f0a54d1e24f0bb2a7c18c1f0a54',
      accessKeyId: 'AKIASINK8C1F0A54D1E2',
      secretAccessKey: '8c1f0a54d1e24f0bb2a79f2c8f0a54d1e24f0bb2',
    },
    hasSigningSecret: !isEmpty,
    faults: testSinkFaults.map((id) => ({ id, isOn: !isEmpty && id === 'half_acknowledgements' })),
    receivers: isEmpty
      ? []
      : [
          {
            ...got,
            receiver: 'splunk',
            requests: 131,
            refused: 4,
            records: 12_480,
            tallies: [
              {
                organizationId: 'org_01HXYZACMECORPORATION00001',
                count: 12_204,
                first: 1,
                last: 12_211,
                duplicates: 276,
                outOfOrder: 2,
                missing: 7,
                gaps: [
                  [40, 44],
                  [9_001, 9_002],
                ],
              },
            ],
          },
          {
            ...got,
            receiver: 'https',
            requests: 9,
            refused: 1,
            records: 1_208,
            badSignatures: 1,
            loose: 4,
            looseDuplicates: 1,
            tallies: [
              {
                organizationId: 'org_01HXYZGLOBEX0000000000001',
                count: 1_204,
                first: 1,
                last: 1_204,
                duplicates: 0,
                outOfOrder: 0,
                missing: 0,
                gaps: [],
              },
            ],
          },
        ],
    arrivals: isEmpty
      ? []
      : [
          {
            id: 9,
            at: ago(4),
            receiver: 'https',
            path: '/',
            status: 200,
            records: 1,
            bytes: 612,
            signature: 'good',
          },
          {
            id: 7,
            at: ago(9),
            receiver: 'https',
            path: '/',
            status: 401,
            records: 0,
            bytes: 604,
            signature: 'bad',
          },
          {
            id: 4,
            at: ago(70),
            receiver: 'splunk',
            path: '/services/collector/event',
            status: 200,
            records: 1_000,
            bytes: 48_211,
            signature: null,
          },
        ],
    records: isEmpty
      ? []
      : [{ id: 10, at: ago(4), receiver: 'https', text: JSON.stringify(record, null, 2) }],
  };
}
