import { bringBack, valueSlip, type StreamDestination } from '../destination.ts';

/** Sumo Logic, by an HTTP source of a hosted collector. */
export const sumoLogic: StreamDestination = {
  id: 'sumo-logic',
  name: 'Sumo Logic',
  shortName: 'Sumo Logic',
  names: ['Sumo', 'sumologic.com', 'Cloud SIEM'],
  mark: 'Su',
  type: 'SumoLogic',
  needs: ['The right to manage collectors'],
  fields: [
    {
      name: 'sourceUrl',
      kind: 'url',
      label: 'HTTP source address',
      isSecret: true,
      isAddress: true,
      longest: 1_000,
      mayHavePath: true,
      isStrict: true,
      hint: 'It is a credential: whoever has it can write there.',
      mistakes: [
        {
          pattern: '^https://service\\.|^https://[\\w.]*sumologic\\.com/(ui|manage)',
          explanation: 'This is the console’s address. Choose Show URL beside the source.',
        },
      ],
      pattern: {
        pattern: 'https?://[^/]+/receiver/v1/http/[A-Za-z0-9_=+/-]+',
        explanation: 'The address looks like https://…collection.sumologic.com/receiver/v1/http/….',
      },
    },
    {
      name: 'category',
      kind: 'text',
      label: 'Source category',
      isOptional: true,
      longest: 200,
      hint: 'Empty: the source’s own.',
      example: 'prod/vestibule/audit',
      isStrict: true,
      pattern: { pattern: '[\\w./:=@#%+-]+', explanation: 'Letters, digits and / _ - . without spaces.' },
    },
  ],
  limits: { records: 1_000, bytes: 950_000, recordBytes: 60_000, isCompressed: true },
  level: 'accepted',
  blames: {
    credential_refused: 'sourceUrl',
    place_unknown: 'sourceUrl',
    redirected: 'sourceUrl',
    address_refused: 'sourceUrl',
  },
  proof: {
    where: ['Log Search'],
    search: '"{PROOF_MARK}"',
    hint: 'Choose **Last 15 Minutes** and search by receipt time.',
  },
  steps: [
    {
      id: 'collector',
      title: 'Have a hosted collector',
      where: { path: ['Data Management', 'Collection', 'Add Collector'] },
      blocks: [{ kind: 'setting', label: 'Type', choice: 'Hosted Collector' }, valueSlip('Name', 'PRODUCT')],
    },
    {
      id: 'source',
      title: 'Add an HTTP source to it',
      where: { path: ['Data Management', 'Collection', 'Add Source', 'HTTP Logs & Metrics'] },
      blocks: [
        { kind: 'setting', label: 'Enable Timestamp Parsing', choice: 'ticked' },
        {
          kind: 'setting',
          label: 'Enable Multiline Processing',
          choice: 'not ticked',
          hint: 'Each line is one record.',
        },
        { kind: 'setting', label: 'Enable One Message Per Request', choice: 'not ticked' },
        bringBack('HTTP Source Address', 'sourceUrl'),
        {
          kind: 'form',
          title: 'HTTP Logs & Metrics',
          fields: [
            { label: 'Name', value: '{PRODUCT}', control: 'text' },
            { label: 'Enable Timestamp Parsing', value: 'ticked', control: 'tick' },
            { label: 'Enable Multiline Processing', value: 'not ticked', control: 'tick' },
            { label: 'Save', value: '', control: 'button' },
          ],
        },
      ],
    },
  ],
  repairs: [
    {
      causes: ['credential_refused', 'place_unknown'],
      where: { path: ['Data Management', 'Collection'], label: 'Show URL' },
      fix: 'Copy the source’s address again and save it here. After **Regenerate URL** the one before is refused.',
    },
  ],
  mistakes: [
    {
      symptom: 'Several records show as one message',
      cause: '**Enable Multiline Processing** or **Enable One Message Per Request** is ticked.',
      fix: 'Untick both at the source.',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    {
      title: 'Sumo Logic: HTTP Logs and Metrics source',
      url: 'https://help.sumologic.com/docs/send-data/hosted-collectors/http-source/logs-metrics/',
    },
  ],
};
