import { bringBack, readingNote, valueSlip, type StreamDestination } from '../destination.ts';
import { objectLimits, objectMistakes, objectProof } from './object-steps.ts';
import { bucket, certificateAuthority, prefix, secretAccessKey } from './shared-fields.ts';

/** Any store that speaks S3 at an address of its own. */
export const s3Compatible: StreamDestination = {
  id: 's3-compatible',
  name: 'S3-compatible storage',
  shortName: 'the store',
  names: ['MinIO', 'Cloudflare R2', 'Wasabi', 'Backblaze B2', 'Ceph', 'DigitalOcean Spaces'],
  mark: 'Sc',
  type: 'S3',
  needs: ['A bucket', 'A key that can write to it'],
  fields: [
    {
      name: 'endpoint',
      kind: 'url',
      label: 'Endpoint',
      isAddress: true,
      longest: 500,
      hint: 'The store’s address, without the bucket.',
      example: 'https://s3.eu-central-1.wasabisys.com',
      mayHavePath: false,
      mistakes: [
        {
          pattern: '\\.amazonaws\\.com(\\.cn)?([:/]|$)',
          explanation: 'This is Amazon S3 itself. Choose Amazon S3 in the list of destinations.',
        },
      ],
    },
    {
      name: 'region',
      kind: 'text',
      label: 'Region',
      longest: 40,
      isStrict: true,
      example: 'auto',
      hint: 'Cloudflare R2: auto. MinIO: us-east-1, unless it was changed.',
      pattern: { pattern: '[a-z0-9-]+', explanation: 'A region has small letters, digits and hyphens.' },
    },
    bucket,
    prefix,
    {
      name: 'accessKeyId',
      kind: 'text',
      label: 'Access key ID',
      longest: 200,
      isStrict: true,
      pattern: { pattern: '[\\x21-\\x7e]+', explanation: 'An access key ID is one word.' },
    },
    {
      ...secretAccessKey,
      pattern: { pattern: '[\\x21-\\x7e]+', explanation: 'A secret is one word.' },
      isStrict: true,
    },
    certificateAuthority,
  ],
  limits: objectLimits,
  level: 'stored',
  blames: {
    credential_refused: 'secretAccessKey',
    credential_disabled: 'accessKeyId',
    credential_ended: 'accessKeyId',
    not_allowed: 'accessKeyId',
    place_unknown: 'bucket',
    over_quota: 'bucket',
    wrong_region: 'region',
    redirected: 'endpoint',
    address_refused: 'endpoint',
  },
  proof: { where: ['the bucket'], ...objectProof },
  steps: [
    {
      id: 'bucket',
      title: 'Have a bucket for the logs',
      where: { path: ['the store’s console', 'Buckets'] },
      blocks: [
        bringBack('Bucket', 'bucket'),
        bringBack('Endpoint', 'endpoint', 'Of the S3 API, without the bucket.'),
        bringBack('Region', 'region'),
      ],
    },
    {
      id: 'key',
      title: 'Make a key that can only write',
      where: { path: ['the store’s console', 'Access keys'] },
      blocks: [
        valueSlip('Name', 'PRODUCT'),
        { kind: 'text', text: 'Let it write objects to this bucket, and nothing else.' },
        bringBack('Access key', 'accessKeyId'),
        bringBack('Secret key', 'secretAccessKey', 'Most stores show it once.'),
        readingNote('a right to read objects'),
      ],
    },
    {
      id: 'allow-us',
      title: 'Let our addresses in',
      where: { path: ['your firewall'] },
      blocks: [
        { kind: 'text', text: 'Only where an allow list or a firewall stands before the store.' },
        valueSlip('IP addresses', 'OUR_ADDRESSES'),
      ],
    },
  ],
  repairs: [
    {
      causes: ['credential_refused', 'credential_disabled'],
      where: { path: ['the store’s console', 'Access keys'], label: 'Access key' },
      fix: 'See that the key is active, or make a new one and save both parts here.',
    },
    {
      causes: ['not_allowed'],
      where: { path: ['the store’s console', 'Access keys'], label: 'its rights' },
      fix: 'Let the key write objects to this bucket.',
    },
    {
      causes: ['over_quota'],
      where: { path: ['the store’s console', 'Buckets'], label: 'Quota' },
      fix: 'Raise the bucket’s quota, or make room in it. Events wait meanwhile, none is lost.',
    },
    {
      causes: ['wrong_region'],
      where: { path: ['the store’s console', 'Buckets'], label: 'Region' },
      fix: 'Save the region that the store signs for.',
    },
  ],
  mistakes: objectMistakes,
  checkedOn: '2026-11-26',
  sources: [
    { title: 'Cloudflare R2: S3 API', url: 'https://developers.cloudflare.com/r2/api/s3/api/' },
    {
      title: 'MinIO: Access keys',
      url: 'https://min.io/docs/minio/linux/administration/identity-access-management.html',
    },
  ],
};
