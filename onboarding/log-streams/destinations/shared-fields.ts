import type { TextField } from '../destination.ts';

/** Fields that several destinations ask for in the same way. */

export const certificateAuthority: TextField = {
  name: 'certificateAuthority',
  kind: 'lines',
  label: 'Private CA certificate',
  hint: 'Only where the server’s certificate comes from your own authority: its certificate as PEM.',
  isOptional: true,
  longest: 20_000,
  holds: 'certificates',
};

export const bucket: TextField = {
  name: 'bucket',
  kind: 'text',
  label: 'Bucket name',
  example: 'acme-audit-logs',
  isAddress: true,
  longest: 63,
  isStrict: true,
  mistakes: [
    { pattern: '^(s3|gs)://', explanation: 'Only the name, without s3:// or gs:// before it.' },
    { pattern: '^arn:', explanation: 'Only the name: the part behind ::: in the ARN.' },
    { pattern: '/', explanation: 'Only the name. What follows the slash goes into Folder.' },
    { pattern: '[A-Z]', explanation: 'Names of buckets have small letters only.' },
  ],
  pattern: {
    pattern: '[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]',
    explanation: 'A bucket’s name has 3 to 63 small letters, digits, dots and hyphens.',
  },
};

export const prefix: TextField = {
  name: 'prefix',
  kind: 'text',
  label: 'Folder',
  example: 'vestibule/acme',
  hint: 'Where in the bucket. Empty: at its top.',
  isOptional: true,
  isAddress: true,
  longest: 200,
  isStrict: true,
  mistakes: [
    { pattern: '^/', explanation: 'Leave out the slash at the beginning.' },
    { pattern: '/$', explanation: 'Leave out the slash at the end.' },
    { pattern: '(^|/)\\.\\.?(/|$)', explanation: 'A folder is not called . or ..' },
  ],
  pattern: {
    pattern: '[A-Za-z0-9!_.*() =-]+(/[A-Za-z0-9!_.*() =-]+)*',
    explanation: 'Letters, digits and - _ . = between slashes.',
  },
};

export const awsRegion: TextField = {
  name: 'region',
  kind: 'text',
  label: 'Region',
  example: 'eu-central-1',
  isAddress: true,
  longest: 30,
  isStrict: true,
  mistakes: [{ pattern: '\\s|\\(', explanation: 'The code, such as eu-central-1, and not its name.' }],
  pattern: { pattern: '[a-z]{2}(-[a-z]+)+-\\d', explanation: 'A region’s code looks like eu-central-1.' },
};

export const awsAccessKeyId: TextField = {
  name: 'accessKeyId',
  kind: 'text',
  label: 'Access key ID',
  example: 'AKIAIOSFODNN7EXAMPLE',
  longest: 128,
  isStrict: true,
  mistakes: [
    {
      pattern: '^ASIA',
      explanation:
        'This key is a temporary one and ends within hours. Make one for an IAM user: it begins with AKIA.',
    },
  ],
  pattern: { pattern: 'AKIA[A-Z0-9]{12,124}', explanation: 'An access key ID begins with AKIA.' },
};

export const secretAccessKey: TextField = {
  name: 'secretAccessKey',
  kind: 'text',
  label: 'Secret access key',
  isSecret: true,
  longest: 256,
  mistakes: [
    {
      pattern: '^(AKIA|GOOG)',
      explanation: 'This is the key’s ID. The secret is longer and was shown once.',
    },
  ],
  pattern: { pattern: '[A-Za-z0-9/+=]{40,}', explanation: 'A secret access key has 40 characters.' },
};
