import { bringBack, valueSlip, type StreamDestination } from '../destination.ts';
import { certificateAuthority } from './shared-fields.ts';

/** What we set ourselves, or what steers the connection; the guard of outbound connections would throw on the latter. */
const ownHeaders = [
  'host',
  'connection',
  'content-.*',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'keep-alive',
  'cookie',
  'proxy-.*',
  'user-agent',
  'accept-encoding',
  'webhook-.*',
  'workos-signature',
];

/** Patterns have no flags: a letter stands for both of its cases. */
const anyCase = (name: string) => name.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);

/** Any receiver that takes JSON by HTTPS: a collector of one's own, or of a product that is not in the list. */
export const https: StreamDestination = {
  id: 'https',
  name: 'HTTPS endpoint',
  shortName: 'your endpoint',
  names: ['Generic HTTPS', 'Webhook', 'Custom', 'Panther', 'Cortex XSIAM', 'Axiom', 'Dynatrace', 'Other'],
  mark: 'Ht',
  type: 'GenericHttps',
  needs: ['An https address that takes JSON'],
  fields: [
    {
      name: 'url',
      kind: 'url',
      label: 'URL',
      isAddress: true,
      longest: 1_000,
      mayHavePath: true,
      example: 'https://logs.acme.com/ingest/vestibule',
    },
    {
      name: 'format',
      kind: 'choice',
      label: 'Body',
      longest: 10,
      initial: 'array',
      choices: [
        { value: 'array', label: 'JSON array' },
        { value: 'ndjson', label: 'NDJSON, a record a line' },
      ],
    },
    {
      name: 'headerName',
      kind: 'text',
      label: 'Header',
      isOptional: true,
      isAddress: true,
      longest: 60,
      hint: 'Where the receiver wants a key or a token.',
      example: 'Authorization',
      isStrict: true,
      mistakes: [
        {
          pattern: `^(${ownHeaders.map(anyCase).join('|')})$`,
          explanation: 'We set this header ourselves. Choose another one.',
        },
        { pattern: ':', explanation: 'Only the header’s name. Its value goes into the field below.' },
      ],
      pattern: {
        pattern: "[A-Za-z0-9!#$%&'*+.^_`|~-]+",
        explanation: 'A header’s name has letters, digits and hyphens.',
      },
    },
    {
      name: 'headerValue',
      kind: 'text',
      label: 'Header value',
      isOptional: true,
      isSecret: true,
      longest: 2_000,
      example: 'Bearer …',
      isStrict: true,
      pattern: {
        pattern: '[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?',
        explanation: 'A header’s value is one line of plain characters.',
      },
    },
    {
      name: 'signingSecret',
      kind: 'text',
      label: 'Signing secret',
      isSecret: true,
      longest: 100,
      hint: 'Verify the webhook-signature header with it, as Standard Webhooks says.',
      isMadeByUs: true,
    },
    certificateAuthority,
  ],
  limits: { records: 1_000, bytes: 1_000_000, recordBytes: 500_000, isCompressed: false },
  level: 'accepted',
  blames: {
    credential_refused: 'headerValue',
    place_unknown: 'url',
    redirected: 'url',
    address_refused: 'url',
  },
  proof: { where: ['your receiver’s log'], search: '{PROOF_MARK}' },
  steps: [
    {
      id: 'receiver',
      title: 'Make the receiver',
      where: { path: ['your receiver'] },
      blocks: [
        {
          kind: 'text',
          text: 'We **POST** batches of records as JSON. Answer any 2xx within 10 seconds when they are stored; we send them again otherwise.',
        },
        {
          kind: 'snippet',
          label: 'JSON array',
          value:
            '[{"id":"audit_01…","sequence":41,"organization_id":"{ORGANIZATION_ID}","action":"user.signed_in","occurred_at":"2026-11-26T09:00:00.000Z","actor":{"id":"user_1","type":"user"},"targets":[{"id":"team_1","type":"team"}],"context":{"location":"203.0.113.7"}}]',
        },
        {
          kind: 'text',
          text: 'A record can come twice after an outage: **id** is its own for good, **sequence** its place in the order. An empty batch is our check; answer it with 2xx too.',
        },
        bringBack('URL', 'url'),
      ],
    },
    {
      id: 'signature',
      title: 'Verify that it is us',
      where: { path: ['your receiver'] },
      blocks: [
        {
          kind: 'text',
          text: 'Each request carries **webhook-id**, **webhook-timestamp** and **webhook-signature** of Standard Webhooks. Any of its libraries verifies them with the signing secret.',
        },
        bringBack('Signing secret', 'signingSecret', 'We make it. Copy it from the next page.'),
      ],
    },
    {
      id: 'allow-us',
      title: 'Let our addresses in',
      where: { path: ['your firewall'] },
      blocks: [
        { kind: 'text', text: 'Only where an allow list or a firewall stands before the receiver.' },
        valueSlip('IP addresses', 'OUR_ADDRESSES'),
      ],
    },
  ],
  repairs: [
    {
      causes: ['credential_refused', 'not_allowed'],
      where: { path: ['your receiver'], label: 'the key or token it asks for' },
      fix: 'Save **Header** and **Header value** as the receiver wants them.',
    },
    {
      causes: ['place_unknown', 'address_refused', 'redirected'],
      where: { path: ['your receiver'], label: 'its address' },
      fix: 'Compare the **URL**: it has to take a POST itself, without sending us elsewhere.',
    },
  ],
  mistakes: [
    {
      symptom: 'Records arrive twice',
      cause: 'The receiver answered late or not with 2xx, so we sent them again.',
      fix: 'Answer as soon as they are stored, and know a record by its **id**.',
    },
    {
      symptom: 'The signature does not match',
      cause: 'It was computed over JSON that was parsed and written again.',
      fix: 'Verify the bytes of the body as they came.',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    { title: 'Standard Webhooks', url: 'https://www.standardwebhooks.com/' },
    { title: 'WorkOS: Generic HTTPS', url: 'https://workos.com/docs/integrations/generic-https' },
  ],
};
