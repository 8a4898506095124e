import { bringBack, readingNote, valueSlip, type StreamDestination } from '../destination.ts';
import { certificateAuthority } from './shared-fields.ts';

const privileges = `{
  "vestibule": {
    "indices": [
      {
        "names": ["logs-vestibule.audit-*"],
        "privileges": ["create_doc", "auto_configure"]
      }
    ]
  }
}`;

/** Elasticsearch and OpenSearch, by their bulk API. */
export const elastic: StreamDestination = {
  id: 'elastic',
  name: 'Elastic',
  shortName: 'Elastic',
  names: ['Elasticsearch', 'Elastic Security', 'Elastic Cloud', 'OpenSearch', 'ELK', 'Kibana'],
  mark: 'El',
  type: 'Elastic',
  needs: ['The right to make API keys'],
  fields: [
    {
      name: 'url',
      kind: 'url',
      label: 'Elasticsearch endpoint',
      isAddress: true,
      longest: 500,
      mayHavePath: true,
      example: 'https://acme.es.eu-central-1.aws.cloud.es.io',
      mistakes: [
        {
          pattern: '\\.kb\\.|:5601(/|$)',
          explanation: 'This is Kibana’s address. Take the one of Elasticsearch, with .es. in it.',
        },
        { pattern: '/_bulk', explanation: 'Leave out /_bulk: we put it there.' },
        {
          pattern: '\\.fleet\\.|\\.apm\\.',
          explanation: 'This is another service of the deployment. Take the address of Elasticsearch.',
        },
      ],
    },
    {
      name: 'apiKey',
      kind: 'text',
      label: 'API key',
      isSecret: true,
      longest: 500,
      isStrict: true,
      hint: 'The encoded one, as **Create API key** shows it.',
      mistakes: [
        { pattern: '^ApiKey\\s', explanation: 'Only the key, without the word before it.' },
        {
          pattern: '^[\\w-]{20}:[\\w-]{22}$',
          explanation: 'Choose Encoded beside the key: this is its id and key with a colon between them.',
        },
      ],
      pattern: {
        pattern: '[A-Za-z0-9+/_-]{20,}={0,2}',
        explanation: 'An encoded key has letters, digits and perhaps = at its end.',
      },
    },
    {
      name: 'index',
      kind: 'text',
      label: 'Data stream or index',
      longest: 200,
      isStrict: true,
      example: 'logs-vestibule.audit-default',
      hint: 'A data stream is made by itself when its name begins with logs-.',
      mistakes: [{ pattern: '[A-Z]', explanation: 'Names have small letters only.' }],
      pattern: {
        pattern: '[a-z0-9][a-z0-9._-]*',
        explanation: 'A name has small letters, digits, dots, hyphens and underscores.',
      },
    },
    certificateAuthority,
  ],
  limits: { records: 1_000, bytes: 5_000_000, recordBytes: 500_000, isCompressed: true },
  level: 'stored',
  blames: {
    credential_refused: 'apiKey',
    credential_ended: 'apiKey',
    not_allowed: 'apiKey',
    place_unknown: 'index',
    over_quota: 'index',
    redirected: 'url',
    address_refused: 'url',
  },
  proof: {
    where: ['Discover'],
    search: '"{PROOF_MARK}"',
    hint: 'Choose the data view **logs-*** and the last 15 minutes.',
  },
  steps: [
    {
      id: 'endpoint',
      title: 'Copy the address of Elasticsearch',
      where: { path: ['Deployments', 'Manage', 'Copy endpoint'], link: 'https://cloud.elastic.co/' },
      blocks: [bringBack('Elasticsearch endpoint', 'url', 'Not the one of Kibana.')],
    },
    {
      id: 'key',
      title: 'Make an API key for us',
      where: { path: ['Stack Management', 'Security', 'API keys', 'Create API key'] },
      blocks: [
        valueSlip('Name', 'PRODUCT'),
        { kind: 'setting', label: 'Control security privileges', choice: 'on' },
        { kind: 'snippet', label: 'Role descriptors', value: privileges },
        { kind: 'text', text: 'Choose **Create API key**, then **Encoded** beside it.' },
        readingNote('**read** among the privileges'),
        bringBack('Encoded', 'apiKey', 'Elastic shows it once.'),
        bringBack(
          'names',
          'index',
          'One that the key may write to, such as **logs-vestibule.audit-default**.',
        ),
      ],
    },
    {
      id: 'allow-us',
      title: 'Let our addresses in',
      where: { path: ['Deployments', 'Security', 'Traffic filters'] },
      blocks: [
        { kind: 'text', text: 'Only where traffic filters are on.' },
        valueSlip('Source', 'OUR_ADDRESSES'),
      ],
    },
  ],
  repairs: [
    {
      causes: ['credential_refused', 'credential_ended'],
      where: { path: ['Stack Management', 'Security', 'API keys'], label: 'Create API key' },
      fix: 'Make a new key, choose **Encoded**, and save it here.',
    },
    {
      causes: ['not_allowed'],
      where: { path: ['Stack Management', 'Security', 'API keys'], label: 'Control security privileges' },
      fix: 'Give the key **create_doc** and **auto_configure** on the data stream that is named here.',
    },
    {
      causes: ['place_unknown'],
      where: { path: ['Stack Management', 'Index Management'], label: 'Data Streams' },
      fix: 'Compare the name, see that it is open for writing, or choose one that begins with **logs-**.',
    },
    {
      causes: ['over_quota'],
      where: { path: ['Stack Management', 'Index Management'], label: 'Data Streams' },
      fix: 'The cluster may hold no more shards. Delete what nobody needs, raise **cluster.max_shards_per_node**, or choose a data stream that there is already.',
    },
  ],
  mistakes: [
    {
      symptom: 'Some records are refused with a mapping error',
      cause: 'A field of the same name has another type in this index.',
      fix: 'Take a data stream of its own, such as **logs-vestibule.audit-default**.',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    {
      title: 'Elastic: Bulk API',
      url: 'https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk',
    },
    { title: 'Elastic: API keys', url: 'https://www.elastic.co/docs/deploy-manage/api-keys' },
  ],
};
