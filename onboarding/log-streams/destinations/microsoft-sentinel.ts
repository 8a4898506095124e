import { bringBack, valueSlip, type StreamDestination } from '../destination.ts';

const guid = '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}';

const sample = `[
  {
    "TimeGenerated": "2026-11-26T09:00:00.000Z",
    "EventId": "audit_01",
    "Sequence": 1,
    "EventType": "user.signed_in",
    "OrganizationId": "{ORGANIZATION_ID}",
    "ActorId": "user_1",
    "ActorType": "user",
    "Data": { "targets": [], "context": {}, "metadata": {} }
  }
]`;

/** Microsoft Sentinel and Azure Monitor, by the Logs Ingestion API. */
export const microsoftSentinel: StreamDestination = {
  id: 'microsoft-sentinel',
  name: 'Microsoft Sentinel',
  shortName: 'Sentinel',
  names: ['Azure Sentinel', 'Azure Monitor', 'Log Analytics', 'Microsoft Defender XDR', 'Azure'],
  mark: 'Ms',
  type: 'AzureSentinel',
  needs: ['A Log Analytics workspace', 'The right to register apps in Entra ID and to assign roles in Azure'],
  fields: [
    {
      name: 'tenantId',
      kind: 'text',
      label: 'Directory (tenant) ID',
      longest: 36,
      isStrict: true,
      where: ['Entra ID', 'App registrations', 'Overview'],
      pattern: { pattern: guid, explanation: 'A tenant’s ID has 36 characters, in five groups.' },
    },
    {
      name: 'clientId',
      kind: 'text',
      label: 'Application (client) ID',
      longest: 36,
      isStrict: true,
      where: ['Entra ID', 'App registrations', 'Overview'],
      pattern: { pattern: guid, explanation: 'An application’s ID has 36 characters, in five groups.' },
    },
    {
      name: 'clientSecret',
      kind: 'text',
      label: 'Client secret',
      isSecret: true,
      longest: 200,
      where: ['Entra ID', 'App registrations', 'Certificates & secrets'],
      isStrict: true,
      mistakes: [
        {
          pattern: `^${guid}$`,
          explanation:
            'This is the Secret ID. The secret stands in the column Value, and only until you leave the page.',
        },
      ],
      pattern: {
        pattern: '[\\x21-\\x7e]{16,}',
        explanation: 'A client secret is one word of about 40 characters.',
      },
    },
    {
      name: 'endpoint',
      kind: 'url',
      label: 'Logs ingestion endpoint',
      isAddress: true,
      longest: 300,
      mayHavePath: false,
      isStrict: true,
      example: 'https://acme-x1y2.westeurope-1.ingest.monitor.azure.com',
      mistakes: [
        {
          pattern: '\\.ods\\.opinsights\\.azure\\.',
          explanation: 'This is the retired collector API. Take the endpoint of the data collection rule.',
        },
        {
          pattern: '\\.portal\\.azure\\.|^https://portal\\.azure',
          explanation: 'This is the portal. Take the endpoint of the data collection rule.',
        },
      ],
      pattern: {
        pattern: 'https://[\\w-]+\\.[\\w-]+\\.ingest\\.monitor\\.azure\\.(com|us|cn)',
        explanation: 'The endpoint ends in .ingest.monitor.azure.com.',
      },
    },
    {
      name: 'ruleId',
      kind: 'text',
      label: 'Immutable ID',
      longest: 36,
      isStrict: true,
      where: ['Monitor', 'Data Collection Rules', 'the rule', 'JSON View'],
      mistakes: [
        {
          pattern: '^/subscriptions/',
          explanation: 'This is the resource’s ID. The immutable one begins with dcr-.',
        },
      ],
      pattern: { pattern: 'dcr-[0-9a-f]{32}', explanation: 'It begins with dcr-, and 32 characters follow.' },
    },
    {
      name: 'streamName',
      kind: 'text',
      label: 'Stream',
      longest: 100,
      isStrict: true,
      where: ['Monitor', 'Data Collection Rules', 'the rule', 'JSON View', 'streamDeclarations'],
      example: 'Custom-VestibuleAudit_CL',
      pattern: { pattern: 'Custom-[A-Za-z0-9_-]+', explanation: 'A stream’s name begins with Custom-.' },
    },
  ],
  limits: { records: 500, bytes: 950_000, recordBytes: 60_000, isCompressed: true },
  level: 'accepted',
  blames: {
    credential_refused: 'clientSecret',
    credential_ended: 'clientSecret',
    credential_disabled: 'clientId',
    client_unknown: 'clientId',
    tenant_unknown: 'tenantId',
    place_unknown: 'ruleId',
    redirected: 'endpoint',
    address_refused: 'endpoint',
  },
  proof: {
    where: ['Log Analytics workspace', 'Logs'],
    search: '{TABLE} | where Data has "{PROOF_MARK}"',
    hint: 'Where the rule leads to a table of another name, put that one there. Data shows after 5 to 10 minutes, the first time after 20.',
  },
  steps: [
    {
      id: 'app',
      title: 'Register an app for us',
      where: {
        path: ['Entra ID', 'App registrations', 'New registration'],
        link: 'https://entra.microsoft.com/',
      },
      blocks: [
        valueSlip('Name', 'PRODUCT'),
        { kind: 'text', text: 'Leave the rest as it is and choose **Register**.' },
        bringBack('Application (client) ID', 'clientId'),
        bringBack('Directory (tenant) ID', 'tenantId'),
      ],
    },
    {
      id: 'secret',
      title: 'Make its client secret',
      where: {
        path: ['Entra ID', 'App registrations', 'the app', 'Certificates & secrets', 'New client secret'],
      },
      blocks: [
        { kind: 'setting', label: 'Expires', choice: '730 days (24 months)' },
        bringBack('Value', 'clientSecret', 'Not the **Secret ID**. It is shown until you leave the page.'),
      ],
    },
    {
      id: 'table',
      title: 'Make the table',
      where: {
        path: ['Log Analytics workspace', 'Tables', 'Create', 'New custom log (Direct Ingest)'],
        link: 'https://portal.azure.com/',
      },
      blocks: [
        { kind: 'setting', label: 'Table name', choice: 'VestibuleAudit', hint: 'Azure puts _CL behind it.' },
        {
          kind: 'text',
          text: 'Under **Data collection rule** choose **Create a new data collection rule**. Where it asks for a **Data collection endpoint**, make one in the same region.',
        },
        { kind: 'snippet', label: 'Schema and transformation: the file to upload', value: sample },
        { kind: 'text', text: 'Leave the transformation at **source**, then **Next** and **Create**.' },
      ],
    },
    {
      id: 'rule',
      title: 'Copy the rule’s three values',
      where: { path: ['Monitor', 'Data Collection Rules', 'the rule', 'Overview', 'JSON View'] },
      blocks: [
        bringBack('immutableId', 'ruleId'),
        bringBack(
          'logsIngestion',
          'endpoint',
          'Under **endpoints**. Where it is missing, take **Logs Ingestion** of the data collection endpoint.',
        ),
        bringBack('streamDeclarations', 'streamName', 'The name that begins with **Custom-**.'),
      ],
    },
    {
      id: 'role',
      title: 'Let the app write by the rule',
      where: {
        path: ['Monitor', 'Data Collection Rules', 'the rule', 'Access control (IAM)', 'Add role assignment'],
      },
      blocks: [
        { kind: 'setting', label: 'Role', choice: 'Monitoring Metrics Publisher' },
        {
          kind: 'text',
          text: 'Under **Members** choose **User, group, or service principal**, **Select members**, and find the app by its name. Then **Review + assign**.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Azure takes up to 30 minutes until the role counts. Until then our test is refused.',
        },
      ],
    },
  ],
  repairs: [
    {
      causes: ['credential_refused', 'credential_ended'],
      where: { path: ['Entra ID', 'App registrations', 'Certificates & secrets'], label: 'Value' },
      fix: 'Make a new client secret and save its **Value** here.',
    },
    {
      causes: ['client_unknown'],
      where: { path: ['Entra ID', 'App registrations', 'Overview'], label: 'Application (client) ID' },
      fix: 'Compare it with the one here. The app has to be in the tenant that is named here.',
    },
    {
      causes: ['tenant_unknown'],
      where: { path: ['Entra ID', 'App registrations', 'Overview'], label: 'Directory (tenant) ID' },
      fix: 'Compare it with the one here.',
    },
    {
      causes: ['not_allowed'],
      where: {
        path: ['Monitor', 'Data Collection Rules', 'Access control (IAM)'],
        label: 'Role',
        choice: 'Monitoring Metrics Publisher',
      },
      fix: 'Assign the role to the app on the rule itself. It takes up to 30 minutes to count.',
    },
    {
      causes: ['place_unknown'],
      where: { path: ['Monitor', 'Data Collection Rules', 'JSON View'], label: 'immutableId' },
      fix: 'Compare the endpoint, the immutable ID and the stream with the rule’s.',
    },
  ],
  mistakes: [
    {
      symptom: 'Refused with 403 right after the set-up',
      cause: 'The role does not count yet.',
      fix: 'Wait up to 30 minutes and test again.',
    },
    {
      symptom: 'Records arrive with empty columns',
      cause: 'The table has no column of that name; Azure leaves such fields out without a word.',
      fix: 'Add the columns of the sample file to the table and to the rule’s stream.',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    {
      title: 'Microsoft: Logs Ingestion API',
      url: 'https://learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview',
    },
    { title: 'WorkOS: Microsoft Sentinel', url: 'https://workos.com/docs/integrations/microsoft-sentinel' },
  ],
};
