import { bringBack, valueSlip, type StreamDestination } from '../destination.ts';

/** New Relic, by its Log API. */
export const newRelic: StreamDestination = {
  id: 'new-relic',
  name: 'New Relic',
  shortName: 'New Relic',
  names: ['New Relic Logs', 'newrelic.com'],
  mark: 'Nr',
  type: 'NewRelic',
  needs: ['The right to make ingest keys'],
  fields: [
    {
      name: 'region',
      kind: 'choice',
      label: 'Region',
      isAddress: true,
      longest: 10,
      initial: 'us',
      hint: 'In the EU the browser’s address begins with one.eu.newrelic.com.',
      choices: [
        { value: 'us', label: 'United States' },
        { value: 'eu', label: 'European Union' },
        { value: 'gov', label: 'US FedRAMP' },
      ],
    },
    {
      name: 'licenseKey',
      kind: 'text',
      label: 'License key',
      isSecret: true,
      longest: 100,
      where: ['API keys', 'Create a key'],
      mistakes: [
        {
          pattern: '^NRAK-',
          explanation: 'This is a user key. Logs are sent with a key of the type Ingest - License.',
        },
        {
          pattern: '^NRJS-',
          explanation: 'This is a browser key. Logs are sent with a key of the type Ingest - License.',
        },
        {
          pattern: '^NRI[IQ]-',
          explanation:
            'This is an Insights key, which New Relic has retired. Take one of the type Ingest - License.',
        },
      ],
      pattern: { pattern: '[0-9A-Za-z]{40}', explanation: 'A license key has 40 characters.' },
    },
  ],
  limits: { records: 1_000, bytes: 950_000, recordBytes: 100_000, isCompressed: true },
  level: 'accepted',
  blames: {
    credential_refused: 'licenseKey',
    wrong_site: 'region',
  },
  proof: {
    where: ['Logs'],
    search: '"{PROOF_MARK}"',
    hint: 'It shows within a minute.',
  },
  steps: [
    {
      id: 'key',
      title: 'Make an ingest key for us',
      where: { path: ['API keys', 'Create a key'], link: 'https://one.newrelic.com/api-keys' },
      blocks: [
        { kind: 'setting', label: 'Key type', choice: 'Ingest - License' },
        valueSlip('Name', 'PRODUCT'),
        bringBack('Key', 'licenseKey', 'New Relic shows it whole only once.'),
        {
          kind: 'form',
          title: 'Create an API key',
          fields: [
            { label: 'Key type', value: 'Ingest - License', control: 'choice' },
            { label: 'Name', value: '{PRODUCT}', control: 'text' },
            { label: 'Create a key', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'region',
      title: 'See which region you are in',
      where: { path: ['the browser’s address'] },
      blocks: [
        {
          kind: 'text',
          text: '**one.eu.newrelic.com** is the European Union, **one.newrelic.com** the United States.',
        },
        bringBack('Region', 'region'),
      ],
    },
  ],
  repairs: [
    {
      causes: ['credential_refused'],
      where: { path: ['API keys'], label: 'Key type', choice: 'Ingest - License' },
      fix: 'Make a key of this type in the region that is chosen here, and save it here.',
    },
    {
      causes: ['wrong_site'],
      where: { path: ['the browser’s address'], label: 'Region' },
      fix: 'The key belongs to another region. Choose that one.',
    },
  ],
  mistakes: [
    {
      symptom: 'The test event was taken, but **Logs** finds nothing',
      cause:
        'New Relic answers before it has read everything; what it drops it tells in **NrIntegrationError**.',
      fix: 'Run **SELECT * FROM NrIntegrationError** under **Query your data**.',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    { title: 'New Relic: Log API', url: 'https://docs.newrelic.com/docs/logs/log-api/introduction-log-api/' },
  ],
};
