import type { DirectoryGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

/** Any client that speaks SCIM 2.0, or 1.1 where it has nothing newer. */
export const customScim: DirectoryGuide = {
  id: 'custom-scim',
  name: 'Custom SCIM 2.0',
  shortName: 'your directory',
  names: [
    'SCIM',
    'SCIM 2.0',
    'SCIM 1.1',
    'Generic SCIM',
    'Oracle Identity Cloud',
    'OCI IAM',
    'Keycloak',
    'midPoint',
    'other',
  ],
  mark: 'SC',
  type: 'generic scim v2.0',
  road: 'scim',
  audience: 'everyone',
  rhythm: { sentence: 'Sends changes when your directory does.', everyMinutes: null },
  needs: ['a directory that speaks SCIM: 2.0 (RFC 7643, RFC 7644), or 1.1'],
  signInGuides: [],
  steps: [
    {
      id: 'connect',
      title: 'Connect your directory to us',
      where: { path: ['your directory', 'Provisioning'] },
      blocks: [
        {
          kind: 'text',
          text: 'Look for provisioning, outbound provisioning or SCIM in your directory’s console and make a connection of version 2.0, wherever there is a choice.',
        },
        valueSlip(
          'Base URL',
          'SCIM_BASE_URL',
          'Also called endpoint, tenant URL or SCIM URL. Paste exactly, with no slash at the end; a console that asks for host and path takes it in two parts.',
        ),
        {
          kind: 'token',
          label: 'Bearer token',
          hint: 'Also called API token or access token. A field that takes the whole header wants the word Bearer and a space before it.',
        },
        {
          kind: 'form',
          title: 'SCIM connection',
          fields: [
            { label: 'Version', value: '2.0', control: 'choice' },
            { label: 'Base URL', value: '{SCIM_BASE_URL}', control: 'text' },
            { label: 'Bearer token', value: '', control: 'text' },
          ],
        },
        valueSlip(
          'Base URL for SCIM 1.1',
          'SCIM_FIRST_BASE_URL',
          'Only for a console that has no version 2.0: it takes this address in place of the one above, and the same token.',
        ),
      ],
    },
    {
      id: 'attributes',
      title: 'Check what is sent',
      where: { path: ['your directory', 'Provisioning', 'Attribute mapping'] },
      blocks: [
        { kind: 'mapping', name: 'userName', source: 'login or e-mail', hint: 'Different for every person.' },
        {
          kind: 'mapping',
          name: 'externalId',
          source: 'an id that never changes',
          hint: 'By it people are known again after they were renamed.',
        },
        { kind: 'mapping', name: 'emails[primary eq true].value', source: 'e-mail' },
        { kind: 'mapping', name: 'name.givenName', source: 'first name', isOptional: true },
        { kind: 'mapping', name: 'name.familyName', source: 'last name', isOptional: true },
        { kind: 'mapping', name: 'active', source: 'whether the account is enabled' },
      ],
    },
    {
      id: 'assign',
      title: 'Say who is sent',
      where: { path: ['your directory', 'Provisioning', 'Scope'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose the people and groups that come here. Begin with one person or one small group, then start provisioning.',
        },
      ],
    },
  ],
  checklist: [
    { call: 'connection_test', need: 'nice', trigger: 'Use the console’s connection test, if it has one.' },
    { call: 'create_user', need: 'needed', trigger: 'Bring one person into the scope.' },
    { call: 'update_user', need: 'nice', trigger: 'Change the title of that person.' },
    { call: 'deactivate_user', need: 'nice', trigger: 'Take a test person out of the scope.' },
    { call: 'push_group', need: 'nice', trigger: 'Bring one group into the scope.' },
  ],
  console: {
    base_url: { path: ['your directory', 'Provisioning'], label: 'Base URL' },
    token: { path: ['your directory', 'Provisioning'], label: 'Bearer token' },
    user_name: { path: ['your directory', 'Provisioning', 'Attribute mapping'], label: 'userName' },
    email: { path: ['your directory', 'Provisioning', 'Attribute mapping'], label: 'emails' },
    assignment: { path: ['your directory', 'Provisioning', 'Scope'], label: 'Scope' },
    groups: { path: ['your directory', 'Provisioning', 'Scope'], label: 'Groups' },
  },
  mistakes: [
    {
      symptom: 'Every call is refused',
      cause: 'The token is sent without the word Bearer, or with it twice.',
      fix: 'Compare the token’s field with its description.',
      subject: 'token',
    },
    {
      symptom: 'Calls go to an address that is not ours',
      cause: 'The console adds /scim/v2 or /v2 by itself.',
      fix: 'Look at the address in the request list, and leave that part out of the **Base URL**.',
      subject: 'base_url',
    },
    {
      symptom: 'Calls are refused because of the version of SCIM',
      cause: 'The console speaks 1.1 to the address of 2.0, or the other way round.',
      fix: 'Choose version 2.0 and paste the **Base URL** again; without a choice, take the one for SCIM 1.1.',
      subject: 'base_url',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    { title: 'RFC 7643: SCIM core schema', url: 'https://www.rfc-editor.org/rfc/rfc7643' },
    { title: 'RFC 7644: SCIM protocol', url: 'https://www.rfc-editor.org/rfc/rfc7644' },
    {
      title: 'Okta and SCIM version 1.1',
      url: 'https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-11',
    },
  ],
};
