import type { StreamMistake, StreamStep } from '../destination.ts';
import { bringBack, readingNote, valueSlip } from '../destination.ts';

/** Steps and words that the ways into one object store share. */

/** What the role or the key may do: write below the folder, and nothing else. */
const writePolicy = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::{BUCKET}/{PREFIX}*"
    }
  ]
}`;

export const awsBucketStep: StreamStep = {
  id: 'bucket',
  title: 'Have a bucket for the logs',
  where: { path: ['S3', 'Buckets', 'Create bucket'], link: 'https://console.aws.amazon.com/s3/' },
  blocks: [
    { kind: 'text', text: 'Leave **Block all public access** ticked and everything else as it is.' },
    bringBack('Bucket name', 'bucket'),
    bringBack('AWS Region', 'region', 'The code: eu-central-1, not Frankfurt.'),
    {
      kind: 'note',
      tone: 'information',
      text: 'Buckets with **Object Lock** work. For encryption with a KMS key of yours, allow **kms:GenerateDataKey** on it too.',
    },
  ],
};

export const awsPolicyStep: StreamStep = {
  id: 'policy',
  title: 'Make a policy that can only write',
  where: {
    path: ['IAM', 'Policies', 'Create policy', 'JSON'],
    link: 'https://console.aws.amazon.com/iam/',
  },
  blocks: [
    { kind: 'snippet', label: 'Policy editor', value: writePolicy },
    { kind: 'text', text: 'Choose **Next**, give it a name, then **Create policy**.' },
    valueSlip('Policy name', 'PRODUCT'),
    readingNote('**s3:GetObject**'),
  ],
};

export const objectMistakes: readonly StreamMistake[] = [
  {
    symptom: 'AccessDenied, although the policy is there',
    cause: 'Its resource names another bucket or folder, or lacks **/*** at the end.',
    fix: 'Compare **Resource** with the bucket and the folder here, letter by letter.',
  },
  {
    symptom: 'The same records lie in two objects',
    cause: 'The store took the first without our hearing of it, so we sent them again.',
    fix: 'Know a record by its **id**. Names of objects tell which sequence numbers lie inside.',
  },
];

/** How people find the test event in a bucket. */
export const objectProof = {
  search: '{BUCKET}/{PREFIX}{STREAM_ID}/',
  hint: 'Open the newest object, unpack it, and look for the line with {PROOF_MARK}.',
} as const;

/** Objects are compressed, and large ones are cheaper to keep and to read. */
export const objectLimits = {
  records: 5_000,
  bytes: 16_000_000,
  recordBytes: 500_000,
  isCompressed: true,
} as const;
