import { bringBack, valueSlip, type StreamDestination } from '../destination.ts';

/** Datadog’s regions, by the domain that stands in the browser’s address. */
export const datadogSites = [
  { value: 'datadoghq.com', label: 'US1 · app.datadoghq.com' },
  { value: 'us3.datadoghq.com', label: 'US3 · us3.datadoghq.com' },
  { value: 'us5.datadoghq.com', label: 'US5 · us5.datadoghq.com' },
  { value: 'datadoghq.eu', label: 'EU1 · app.datadoghq.eu' },
  { value: 'ap1.datadoghq.com', label: 'AP1 · ap1.datadoghq.com' },
  { value: 'ap2.datadoghq.com', label: 'AP2 · ap2.datadoghq.com' },
  { value: 'ddog-gov.com', label: 'US1-FED · app.ddog-gov.com' },
] as const;

/** Datadog Logs, at all of its sites. */
export const datadog: StreamDestination = {
  id: 'datadog',
  name: 'Datadog',
  shortName: 'Datadog',
  names: ['Datadog Logs', 'Datadog Cloud SIEM', 'datadoghq.com', 'ddog-gov.com'],
  mark: 'Da',
  type: 'Datadog',
  needs: ['A Datadog administrator, or the right to make API keys'],
  fields: [
    {
      name: 'site',
      kind: 'choice',
      label: 'Site',
      isAddress: true,
      longest: 300,
      hint: 'As the browser’s address has it while you are signed in.',
      initial: 'datadoghq.com',
      choices: datadogSites,
    },
    {
      name: 'apiKey',
      kind: 'text',
      label: 'API key',
      isSecret: true,
      longest: 200,
      where: ['Organization Settings', 'API Keys'],
      mistakes: [
        {
          pattern: '^[0-9a-f]{40}$|^ddapp_',
          explanation:
            'This is an application key. Logs are sent with an API key: 32 characters, under API Keys.',
        },
        {
          pattern: '^pub[0-9a-f]{32}$',
          explanation: 'This is a client token, for browsers. Logs are sent with an API key.',
        },
        {
          pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-',
          explanation: 'This is the key’s ID. Choose Copy beside the key itself.',
        },
      ],
      pattern: { pattern: '[0-9a-f]{32}', explanation: 'An API key usually has 32 characters, 0–9 and a–f.' },
    },
  ],
  limits: { records: 1_000, bytes: 4_500_000, recordBytes: 900_000, isCompressed: true },
  level: 'accepted',
  blames: {
    credential_refused: 'apiKey',
    wrong_site: 'site',
    redirected: 'site',
    address_refused: 'site',
    place_unknown: 'site',
  },
  proof: {
    where: ['Logs', 'Explorer'],
    search: '"{PROOF_MARK}"',
    hint: 'It shows within a minute. Logs that an exclusion filter drops show under **Live Tail** only.',
  },
  steps: [
    {
      id: 'api-key',
      title: 'Make an API key for us',
      where: { path: ['Organization Settings', 'API Keys', '+ New Key'] },
      blocks: [
        valueSlip('Name', 'PRODUCT'),
        { kind: 'text', text: 'Choose **Create Key**, then **Copy** beside it.' },
        bringBack('Key', 'apiKey', 'Not the key’s ID, and not one of **Application Keys**.'),
        {
          kind: 'form',
          title: 'New API Key',
          fields: [
            { label: 'Name', value: '{PRODUCT}', control: 'text' },
            { label: 'Create Key', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'site',
      title: 'See which site you are on',
      where: { path: ['the browser’s address'] },
      blocks: [
        {
          kind: 'text',
          text: 'The address ends in the site: **app.datadoghq.eu** is EU1, **us5.datadoghq.com** is US5.',
        },
        bringBack('Site', 'site', 'A key works at its own site only.'),
      ],
    },
    {
      id: 'index',
      title: 'Keep these logs',
      where: { path: ['Logs', 'Pipelines', 'Indexes'] },
      blocks: [
        {
          kind: 'text',
          text: 'Our logs have the service **audit-logs** and the source **vestibule**. See that an index takes them, and that no exclusion filter drops them.',
        },
        { kind: 'snippet', label: 'Index filter', value: 'source:vestibule service:audit-logs' },
      ],
    },
  ],
  repairs: [
    {
      causes: ['credential_refused'],
      where: { path: ['Organization Settings', 'API Keys'], label: '+ New Key' },
      fix: 'Make an API key, not an application key, and save it here.',
    },
    {
      causes: ['wrong_site'],
      where: { path: ['the browser’s address'], label: 'Site' },
      fix: 'Choose the site that the browser’s address ends in.',
    },
  ],
  mistakes: [
    {
      symptom: 'Forbidden, although the key is right',
      cause: 'The key belongs to another site.',
      fix: 'Choose the site that the browser’s address ends in.',
    },
    {
      symptom: 'The test event was taken, but **Explorer** finds nothing',
      cause: 'No index takes it, or an exclusion filter drops it.',
      fix: 'Look under **Logs** → **Live Tail**, then at **Logs** → **Pipelines** → **Indexes**.',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    { title: 'Datadog: Send logs', url: 'https://docs.datadoghq.com/api/latest/logs/' },
    { title: 'WorkOS: Datadog', url: 'https://workos.com/docs/integrations/datadog' },
  ],
};
