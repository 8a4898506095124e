import {
  bringBack,
  readingNote,
  valueSlip,
  type StreamDestination,
  type StreamStep,
} from '../destination.ts';
import { objectLimits, objectMistakes, objectProof } from './object-steps.ts';
import { bucket, prefix, secretAccessKey } from './shared-fields.ts';

const bucketStep: StreamStep = {
  id: 'bucket',
  title: 'Have a bucket for the logs',
  where: {
    path: ['Cloud Storage', 'Buckets', 'Create'],
    link: 'https://console.cloud.google.com/storage/browser',
  },
  blocks: [
    { kind: 'setting', label: 'Enforce public access prevention on this bucket', choice: 'ticked' },
    bringBack('Bucket name', 'bucket'),
  ],
};

const accountStep: StreamStep = {
  id: 'service-account',
  title: 'Make a service account for us',
  where: {
    path: ['IAM & Admin', 'Service Accounts', 'Create service account'],
    link: 'https://console.cloud.google.com/iam-admin/serviceaccounts',
  },
  blocks: [
    valueSlip('Service account name', 'PRODUCT'),
    { kind: 'text', text: 'Choose **Create and continue**, then **Done**. It needs no role in the project.' },
  ],
};

const permissionStep: StreamStep = {
  id: 'permission',
  title: 'Let it write to the bucket',
  where: { path: ['Cloud Storage', 'Buckets', 'the bucket', 'Permissions', 'Grant access'] },
  blocks: [
    { kind: 'text', text: 'Put the service account’s address into **New principals**.' },
    { kind: 'setting', label: 'Role', choice: 'Storage Object Creator' },
    {
      kind: 'form',
      title: 'Grant access',
      fields: [
        { label: 'New principals', value: '', control: 'text' },
        { label: 'Role', value: 'Storage Object Creator', control: 'choice' },
        { label: 'Save', value: '', control: 'button' },
      ],
    },
    readingNote('**Storage Object Viewer**'),
  ],
};

const common = {
  name: 'Google Cloud Storage',
  shortName: 'Google Cloud Storage',
  names: ['GCS', 'Google Cloud', 'Chronicle', 'Google SecOps', 'BigQuery'],
  mark: 'Gc',
  type: 'GoogleCloudStorage',
  limits: objectLimits,
  level: 'stored',
  proof: { where: ['Cloud Storage', 'Buckets'], ...objectProof },
  mistakes: [
    {
      symptom: 'Access is denied although the role is there',
      cause: 'The organization’s policy or a VPC Service Controls perimeter keeps others out.',
      fix: 'Let our addresses in there: **Security** → **VPC Service Controls**.',
    },
    ...objectMistakes,
  ],
  checkedOn: '2026-11-26',
  sources: [
    {
      title: 'Google: IAM roles for Cloud Storage',
      url: 'https://cloud.google.com/storage/docs/access-control/iam-roles',
    },
    { title: 'Google: HMAC keys', url: 'https://cloud.google.com/storage/docs/authentication/hmackeys' },
    {
      title: 'WorkOS: Google Cloud Storage',
      url: 'https://workos.com/docs/integrations/google-cloud-storage',
    },
  ],
} as const;

const commonRepairs = [
  {
    causes: ['not_allowed'],
    where: {
      path: ['Cloud Storage', 'Buckets', 'Permissions'],
      label: 'Role',
      choice: 'Storage Object Creator',
    },
    fix: 'Grant the service account this role on the bucket. Where the answer names a **constraint**, a policy of your organization forbids it: ask for an exception there.',
  },
  {
    causes: ['over_quota'],
    where: { path: ['Billing'], label: 'Account management' },
    fix: 'Link an open billing account to the bucket’s project, or pay what is due. The settings here stay as they are.',
  },
  {
    causes: ['place_unknown'],
    where: { path: ['Cloud Storage', 'Buckets'], label: 'Name' },
    fix: 'Compare the bucket’s name, letter by letter.',
  },
] as const;

/** A bucket of Google Cloud Storage, written to by a service account. */
export const googleCloudStorage: StreamDestination = {
  ...common,
  id: 'google-cloud-storage',
  blames: {
    place_unknown: 'bucket',
    address_refused: 'bucket',
    over_quota: 'bucket',
    credential_refused: 'serviceAccountKey',
    credential_disabled: 'serviceAccountKey',
    credential_unreadable: 'serviceAccountKey',
    client_unknown: 'serviceAccountKey',
    not_allowed: 'serviceAccountKey',
  },
  variant: {
    label: 'A service account’s key',
    gain: 'Recommended: it can be limited to this bucket, and shows in your audit log.',
  },
  needs: ['A bucket', 'The right to make service accounts and their keys'],
  fields: [
    bucket,
    prefix,
    {
      name: 'serviceAccountKey',
      kind: 'lines',
      label: 'Key file',
      isSecret: true,
      longest: 5_000,
      hint: 'The JSON file that Google downloaded, whole.',
      holds: 'service_account_key',
    },
  ],
  steps: [
    bucketStep,
    accountStep,
    permissionStep,
    {
      id: 'key',
      title: 'Make a key of the service account',
      where: {
        path: ['IAM & Admin', 'Service Accounts', 'the account', 'Keys', 'Add key', 'Create new key'],
        link: 'https://console.cloud.google.com/iam-admin/serviceaccounts',
      },
      blocks: [
        { kind: 'setting', label: 'Key type', choice: 'JSON' },
        bringBack('the file that is downloaded', 'serviceAccountKey'),
        {
          kind: 'note',
          tone: 'caution',
          text: 'Where your organization forbids keys of service accounts (**iam.disableServiceAccountKeyCreation**), take the other way: an HMAC key.',
        },
      ],
    },
  ],
  repairs: [
    {
      causes: ['credential_refused', 'credential_disabled', 'credential_unreadable', 'client_unknown'],
      where: { path: ['IAM & Admin', 'Service Accounts', 'Keys'], label: 'Add key' },
      fix: 'See that the account is enabled, make a new JSON key and save it here.',
    },
    ...commonRepairs,
  ],
};

/** The same with an HMAC key of the interoperable API. */
export const googleCloudStorageHmac: StreamDestination = {
  ...common,
  id: 'google-cloud-storage-hmac',
  blames: {
    place_unknown: 'bucket',
    address_refused: 'bucket',
    over_quota: 'bucket',
    credential_refused: 'secretAccessKey',
    credential_disabled: 'accessKeyId',
    not_allowed: 'accessKeyId',
  },
  variant: { label: 'An HMAC key', gain: 'For organizations that forbid key files of service accounts.' },
  needs: ['A bucket', 'The right to make service accounts and HMAC keys'],
  fields: [
    bucket,
    prefix,
    {
      name: 'accessKeyId',
      kind: 'text',
      label: 'Access key',
      longest: 100,
      isStrict: true,
      example: 'GOOG1E…',
      pattern: { pattern: 'GOOG[A-Z0-9]{10,90}', explanation: 'An access key begins with GOOG.' },
    },
    { ...secretAccessKey, label: 'Secret', isStrict: true },
  ],
  steps: [
    bucketStep,
    accountStep,
    permissionStep,
    {
      id: 'key',
      title: 'Make an HMAC key for it',
      where: {
        path: ['Cloud Storage', 'Settings', 'Interoperability', 'Create a key for a service account'],
        link: 'https://console.cloud.google.com/storage/settings',
      },
      blocks: [
        { kind: 'text', text: 'Choose the service account, then **Create key**.' },
        bringBack('Access key', 'accessKeyId'),
        bringBack('Secret', 'secretAccessKey', 'Google shows it once.'),
      ],
    },
  ],
  repairs: [
    {
      causes: ['credential_refused', 'credential_disabled'],
      where: { path: ['Cloud Storage', 'Settings', 'Interoperability'], label: 'Service account HMAC' },
      fix: 'See that the key is **Active**, or make a new one and save both parts here.',
    },
    ...commonRepairs,
  ],
};
