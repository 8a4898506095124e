import { bringBack, valueSlip, type StreamDestination } from '../destination.ts';
import { certificateAuthority } from './shared-fields.ts';

/** Splunk Enterprise and Splunk Cloud, by their HTTP Event Collector. */
export const splunk: StreamDestination = {
  id: 'splunk',
  name: 'Splunk',
  shortName: 'Splunk',
  names: ['Splunk Enterprise', 'Splunk Cloud', 'HTTP Event Collector', 'HEC', 'splunkcloud.com'],
  mark: 'Sp',
  type: 'Splunk',
  needs: ['A Splunk administrator', 'HTTP Event Collector, reachable from the internet'],
  fields: [
    {
      name: 'url',
      kind: 'url',
      label: 'HTTP Event Collector URL',
      isAddress: true,
      longest: 500,
      example: 'https://http-inputs-acme.splunkcloud.com/services/collector/event',
      path: '/services/collector/event',
      mayHavePath: true,
      isStrict: true,
      mistakes: [
        {
          pattern: '^https?://[^/]+:8000(/|$)',
          explanation:
            '8000 is Splunk’s web page. The HTTP Event Collector listens on 8088, or on 443 in Splunk Cloud.',
        },
        {
          pattern: '^https?://[^/]+:8089(/|$)',
          explanation:
            '8089 is Splunk’s management port. The HTTP Event Collector listens on 8088, or on 443 in Splunk Cloud.',
        },
        {
          pattern: '^https?://(?!http-inputs|inputs\\.)[^./]+\\.splunkcloud\\.com',
          explanation:
            'This is the address of the search page. The collector’s begins with http-inputs- before your stack’s name.',
        },
        {
          pattern: '/services/collector/(raw|health)',
          explanation: 'The address ends in /services/collector/event.',
        },
      ],
      pattern: {
        pattern: 'https?://[^/]+/services/collector(/event(/1\\.0)?)?',
        explanation: 'The address ends in /services/collector/event.',
      },
    },
    {
      name: 'token',
      kind: 'text',
      label: 'Token value',
      isSecret: true,
      longest: 100,
      where: ['Settings', 'Data inputs', 'HTTP Event Collector'],
      example: '1f5f6a3e-0000-4000-8000-c0ffee000000',
      mistakes: [
        { pattern: '^(Splunk|Bearer)\\s', explanation: 'Only the token, without the word before it.' },
      ],
      pattern: {
        pattern: '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}',
        explanation: 'A token value has 36 characters, in five groups.',
      },
      isStrict: false,
    },
    {
      name: 'index',
      kind: 'text',
      label: 'Index',
      isOptional: true,
      longest: 80,
      isStrict: true,
      hint: 'Empty: the token’s default index.',
      example: 'main',
      pattern: {
        pattern: '_?[a-z0-9][a-z0-9_-]*',
        explanation: 'An index’s name has small letters, digits, hyphens and underscores.',
      },
    },
    {
      name: 'acknowledgement',
      kind: 'choice',
      label: 'Indexer acknowledgement',
      longest: 3,
      hint: 'As the token has it. Splunk Cloud has none for most tokens.',
      initial: 'off',
      choices: [
        { value: 'off', label: 'Off' },
        { value: 'on', label: 'On: an event counts as sent when it is indexed' },
      ],
    },
    certificateAuthority,
  ],
  limits: { records: 1_000, bytes: 900_000, recordBytes: 500_000, isCompressed: true },
  level: 'acknowledged',
  blames: {
    credential_refused: 'token',
    credential_disabled: 'token',
    index_refused: 'index',
    acknowledgement_needed: 'acknowledgement',
    acknowledgement_off: 'acknowledgement',
    address_refused: 'url',
    place_unknown: 'url',
    redirected: 'url',
    not_allowed: 'token',
  },
  proof: {
    where: ['Search & Reporting'],
    search: 'index=* "{PROOF_MARK}"',
    hint: 'Choose **All time** as the range.',
  },
  steps: [
    {
      id: 'enable',
      title: 'Switch the HTTP Event Collector on',
      where: { path: ['Settings', 'Data inputs', 'HTTP Event Collector', 'Global Settings'] },
      blocks: [
        { kind: 'setting', label: 'All Tokens', choice: 'Enabled' },
        { kind: 'setting', label: 'Enable SSL', choice: 'ticked' },
        {
          kind: 'note',
          tone: 'information',
          text: 'In Splunk Cloud it is on already, and **Global Settings** may not be there.',
        },
      ],
    },
    {
      id: 'token',
      title: 'Make a token for us',
      where: { path: ['Settings', 'Data inputs', 'HTTP Event Collector', 'New Token'] },
      blocks: [
        valueSlip('Name', 'PRODUCT'),
        { kind: 'text', text: 'Choose **Next**.' },
        { kind: 'setting', label: 'Source type', choice: 'Select → Structured → _json' },
        {
          kind: 'text',
          text: 'Under **Index** choose at least one under **Select Allowed Indexes**, and a **Default Index**. Then **Review** and **Submit**.',
        },
        bringBack('Token Value', 'token'),
        {
          kind: 'form',
          title: 'Add Data',
          fields: [
            { label: 'Name', value: '{PRODUCT}', control: 'text' },
            { label: 'Source type', value: '_json', control: 'choice' },
            { label: 'Select Allowed Indexes', value: 'main', control: 'choice' },
            { label: 'Submit', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'address',
      title: 'Put the collector’s address together',
      where: { path: ['the address of your Splunk'] },
      blocks: [
        {
          kind: 'snippet',
          label: 'Splunk Cloud',
          value: 'https://http-inputs-<your stack>.splunkcloud.com/services/collector/event',
        },
        {
          kind: 'snippet',
          label: 'Splunk Cloud on Google Cloud or Azure',
          value: 'https://http-inputs.<your stack>.splunkcloud.com/services/collector/event',
        },
        {
          kind: 'snippet',
          label: 'Splunk Enterprise',
          value: 'https://<host>:8088/services/collector/event',
        },
        bringBack('HTTP Event Collector URL', 'url'),
      ],
    },
    {
      id: 'allow-us',
      title: 'Let our addresses in',
      where: { path: ['Settings', 'Server settings', 'IP allow list', 'HEC'] },
      blocks: [
        { kind: 'text', text: 'Only where an allow list or a firewall stands before the collector.' },
        valueSlip('IP addresses', 'OUR_ADDRESSES'),
      ],
    },
  ],
  repairs: [
    {
      causes: ['credential_disabled'],
      where: {
        path: ['Settings', 'Data inputs', 'HTTP Event Collector'],
        label: 'Status',
        choice: 'Enabled',
      },
      fix: 'Choose **Enable** beside the token, and **Enabled** for **All Tokens** under **Global Settings**.',
    },
    {
      causes: ['credential_refused'],
      where: { path: ['Settings', 'Data inputs', 'HTTP Event Collector'], label: 'Token Value' },
      fix: 'Copy the token’s value again and save it here.',
    },
    {
      causes: ['index_refused'],
      where: {
        path: ['Settings', 'Data inputs', 'HTTP Event Collector', 'Edit'],
        label: 'Select Allowed Indexes',
      },
      fix: 'Add the index to the token’s allowed ones, or empty **Index** here.',
    },
    {
      causes: ['acknowledgement_needed', 'acknowledgement_off'],
      where: {
        path: ['Settings', 'Data inputs', 'HTTP Event Collector', 'Edit'],
        label: 'Enable indexer acknowledgement',
      },
      fix: 'Choose the same here as at the token.',
    },
    {
      causes: ['unreachable', 'too_slow'],
      where: { path: ['Settings', 'Server settings', 'IP allow list'], label: 'HEC' },
      fix: 'Let our addresses in, and compare host and port.',
    },
    {
      causes: ['tls_failed'],
      where: {
        path: ['Settings', 'Data inputs', 'HTTP Event Collector', 'Global Settings'],
        label: 'Enable SSL',
      },
      fix: 'The certificate has to be one that browsers trust, or its authority’s goes into **Private CA certificate** here. Trial stacks have neither.',
    },
  ],
  mistakes: [
    {
      symptom: 'The address answers with a web page',
      cause: 'It is the one of Splunk’s search page.',
      fix: 'Take the collector’s: port 8088, or **http-inputs-** before the stack’s name in Splunk Cloud.',
    },
    {
      symptom: 'The test event was taken, but the search finds nothing',
      cause: 'It lies in an index that you may not search, or the range is too short.',
      fix: 'Choose **All time**, and search the index that the token writes to.',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    {
      title: 'Splunk: Set up and use HTTP Event Collector',
      url: 'https://docs.splunk.com/Documentation/Splunk/latest/Data/UsetheHTTPEventCollector',
    },
    { title: 'WorkOS: Splunk', url: 'https://workos.com/docs/integrations/splunk' },
  ],
};
