import { bringBack, valueSlip, type StreamDestination } from '../destination.ts';
import { awsBucketStep, awsPolicyStep, objectLimits, objectMistakes, objectProof } from './object-steps.ts';
import { awsAccessKeyId, awsRegion, bucket, prefix, secretAccessKey } from './shared-fields.ts';

const trustPolicy = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": { "AWS": "{OUR_AWS_PRINCIPAL}" },
      "Action": "sts:AssumeRole",
      "Condition": { "StringEquals": { "sts:ExternalId": "{EXTERNAL_ID}" } }
    }
  ]
}`;

const common = {
  name: 'Amazon S3',
  shortName: 'S3',
  names: ['AWS S3', 'Simple Storage Service', 'Security Lake', 'Snowflake', 'Athena'],
  mark: 'S3',
  type: 'S3',
  limits: objectLimits,
  level: 'stored',
  proof: { where: ['S3', 'Buckets'], ...objectProof },
  mistakes: objectMistakes,
  checkedOn: '2026-11-26',
  sources: [
    {
      title: 'AWS: Access for third parties with an external ID',
      url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html',
    },
    { title: 'WorkOS: S3', url: 'https://workos.com/docs/integrations/s3' },
  ],
} as const;

const commonBlames = {
  place_unknown: 'bucket',
  wrong_region: 'region',
  // A region that there is not has no address.
  unreachable: 'region',
  redirected: 'region',
  address_refused: 'bucket',
} as const;

const commonRepairs = [
  {
    causes: ['not_allowed'],
    where: { path: ['IAM', 'Policies'], label: 'Resource' },
    fix: 'Allow **s3:PutObject** on the bucket’s folder. With a KMS key of yours, allow **kms:GenerateDataKey** on it. See that no bucket policy denies it; the policy of a bucket in another account has to allow it, too.',
  },
  {
    causes: ['wrong_region'],
    where: { path: ['S3', 'Buckets'], label: 'AWS Region' },
    fix: 'Save the bucket’s own region here.',
  },
  {
    causes: ['unreachable'],
    where: { path: ['S3', 'Buckets'], label: 'AWS Region' },
    fix: 'Compare the region, letter by letter: it is a part of the address. Where it is right, the way there is broken, and nothing is to be changed.',
  },
  {
    causes: ['place_unknown'],
    where: { path: ['S3', 'Buckets'], label: 'Name' },
    fix: 'Compare the bucket’s name, letter by letter.',
  },
] as const;

/** A bucket of Amazon S3, written to by a role that trusts us. */
export const amazonS3: StreamDestination = {
  ...common,
  id: 'amazon-s3',
  blames: { ...commonBlames, role_refused: 'roleArn', not_allowed: 'roleArn' },
  variant: { label: 'A role that trusts us', gain: 'Recommended: there is no key that could leak or end.' },
  needs: ['A bucket', 'The right to make policies and roles in IAM'],
  fields: [
    bucket,
    awsRegion,
    prefix,
    {
      name: 'roleArn',
      kind: 'text',
      label: 'Role ARN',
      longest: 200,
      isStrict: true,
      example: 'arn:aws:iam::123456789012:role/vestibule-logs',
      mistakes: [
        { pattern: ':policy/', explanation: 'This is the policy’s ARN. The role’s has :role/ in it.' },
        { pattern: ':user/', explanation: 'This is a user’s ARN. The role’s has :role/ in it.' },
        {
          pattern: '^\\d{12}$',
          explanation: 'This is the account. The whole ARN begins with arn:aws:iam::.',
        },
      ],
      pattern: {
        pattern: 'arn:aws[a-z-]*:iam::\\d{12}:role/[\\w+=,.@/-]{1,128}',
        explanation: 'A role’s ARN looks like arn:aws:iam::123456789012:role/vestibule-logs.',
      },
    },
    {
      name: 'externalId',
      kind: 'text',
      label: 'External ID',
      longest: 100,
      isMadeByUs: true,
      hint: 'Ours for this stream. It belongs into the role’s trust policy.',
    },
  ],
  steps: [
    awsBucketStep,
    awsPolicyStep,
    {
      id: 'role',
      title: 'Make a role that trusts us',
      where: {
        path: ['IAM', 'Roles', 'Create role', 'Custom trust policy'],
        link: 'https://console.aws.amazon.com/iam/',
      },
      blocks: [
        { kind: 'snippet', label: 'Custom trust policy', value: trustPolicy },
        valueSlip('External ID', 'EXTERNAL_ID', 'It stands in the policy already.'),
        {
          kind: 'text',
          text: 'Choose **Next**, tick the policy of the step before, **Next** again, name the role, then **Create role**.',
        },
        {
          kind: 'form',
          title: 'Select trusted entity',
          fields: [
            { label: 'Custom trust policy', value: 'chosen', control: 'choice' },
            { label: 'Next', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'arn',
      title: 'Copy the role’s ARN',
      where: { path: ['IAM', 'Roles', 'the role', 'Summary'] },
      blocks: [bringBack('ARN', 'roleArn')],
    },
  ],
  repairs: [
    {
      causes: ['role_refused'],
      where: { path: ['IAM', 'Roles', 'Trust relationships'], label: 'Edit trust policy' },
      fix: 'Paste the trust policy of the guide again: **Principal** and **sts:ExternalId** have to be ours.',
    },
    ...commonRepairs,
  ],
};

/** The same with keys of an IAM user. */
export const amazonS3Keys: StreamDestination = {
  ...common,
  id: 'amazon-s3-keys',
  blames: {
    ...commonBlames,
    credential_refused: 'secretAccessKey',
    credential_disabled: 'accessKeyId',
    credential_ended: 'accessKeyId',
    not_allowed: 'accessKeyId',
  },
  variant: {
    label: 'An access key',
    gain: 'For an account that makes no roles for others. Keys have to be renewed by hand.',
  },
  needs: ['A bucket', 'The right to make policies, users and access keys in IAM'],
  fields: [bucket, awsRegion, prefix, awsAccessKeyId, { ...secretAccessKey, isStrict: true }],
  steps: [
    awsBucketStep,
    awsPolicyStep,
    {
      id: 'user',
      title: 'Make a user for us',
      where: { path: ['IAM', 'Users', 'Create user'], link: 'https://console.aws.amazon.com/iam/' },
      blocks: [
        valueSlip('User name', 'PRODUCT'),
        {
          kind: 'setting',
          label: 'Provide user access to the AWS Management Console',
          choice: 'not ticked',
        },
        {
          kind: 'text',
          text: 'Under **Permissions options** choose **Attach policies directly** and tick the policy of the step before. Then **Create user**.',
        },
      ],
    },
    {
      id: 'key',
      title: 'Make its access key',
      where: { path: ['IAM', 'Users', 'the user', 'Security credentials', 'Create access key'] },
      blocks: [
        { kind: 'setting', label: 'Use case', choice: 'Third-party service' },
        bringBack('Access key', 'accessKeyId'),
        bringBack('Secret access key', 'secretAccessKey', 'AWS shows it once.'),
      ],
    },
  ],
  repairs: [
    {
      causes: ['credential_refused', 'credential_disabled'],
      where: { path: ['IAM', 'Users', 'Security credentials'], label: 'Create access key' },
      fix: 'See that the key is **Active**, or make a new one and save both parts here.',
    },
    ...commonRepairs,
  ],
};
