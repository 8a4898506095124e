import type { DirectoryBlock, DirectoryGuide } from './provider.ts';

/** A column of the report, by the XML alias that we read it by. */
const column = (name: string, source: string): DirectoryBlock => ({ kind: 'mapping', name, source });
const optionalColumn = (name: string, source: string): DirectoryBlock => ({
  kind: 'mapping',
  name,
  source,
  isOptional: true,
});

/** Workday, read by its Reports-as-a-Service: a report of workers, for an integration user of its own. */
export const workday: DirectoryGuide = {
  id: 'workday',
  name: 'Workday',
  shortName: 'Workday',
  names: ['Workday HCM', 'Workday HR', 'RaaS', 'Reports as a Service'],
  mark: 'Wo',
  type: 'workday',
  road: 'workday',
  audience: 'everyone',
  rhythm: { sentence: 'Is read every 30 minutes.', everyMinutes: 30 },
  needs: ['a Workday security administrator', 'somebody who makes custom reports'],
  signInGuides: [],
  steps: [
    {
      id: 'integration-user',
      title: 'Make a user for the integration',
      where: { path: ['Search', 'Create Integration System User'] },
      blocks: [
        {
          kind: 'text',
          text: 'Give it a name, such as **ISU_Directory**, and a long password. Leave **Session Timeout Minutes** at 0, then **OK**.',
        },
        { kind: 'setting', label: 'Require New Password at Next Sign In', choice: 'not ticked' },
        {
          kind: 'text',
          text: 'Under **Maintain Password Rules** add the user to **System Users exempt from password expiration**, so that readings do not end with the password.',
        },
      ],
    },
    {
      id: 'security-group',
      title: 'Make a security group with that user',
      where: { path: ['Search', 'Create Security Group'] },
      blocks: [
        {
          kind: 'setting',
          label: 'Type of Tenanted Security Group',
          choice: 'Integration System Security Group (Unconstrained)',
        },
        {
          kind: 'text',
          text: 'Name it, choose **OK**, add the user under **Integration System Users**, then **OK** and **Done**.',
        },
      ],
    },
    {
      id: 'permissions',
      title: 'Let the group see workers',
      where: { path: ['Search', 'Maintain Permissions for Security Group'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Maintain** and the group. Under **Domain Security Policy Permissions** add these, each with **Get Only**.',
        },
        {
          kind: 'snippet',
          label: 'Domain Security Policy',
          value: [
            'Person Data: Work Contact Information',
            'Workday Accounts',
            'Worker Data: Active and Terminated Workers',
            'Worker Data: All Positions',
            'Worker Data: Business Title on Worker Profile',
            'Worker Data: Current Staffing Information',
            'Worker Data: Public Worker Reports',
            'Worker Data: Workers',
          ].join('\n'),
        },
        {
          kind: 'note',
          tone: 'caution',
          text: 'Then open **Activate Pending Security Policy Changes**, write a comment and confirm. Until then nothing has changed.',
        },
      ],
    },
    {
      id: 'report',
      title: 'Make the report of people',
      where: { path: ['Search', 'Create Custom Report'] },
      blocks: [
        { kind: 'setting', label: 'Report Type', choice: 'Advanced' },
        { kind: 'setting', label: 'Enable As Web Service', choice: 'ticked' },
        { kind: 'setting', label: 'Data Source', choice: 'All Active and Terminated Workers' },
        {
          kind: 'text',
          text: 'Under **Columns** add these fields, and write each name into **Column Heading Override XML Alias**. The spelling counts.',
        },
        column('employee_id', 'Employee ID'),
        column('first_name', 'First Name'),
        column('last_name', 'Last Name'),
        column('primary_work_email', 'Email - Primary Work'),
        optionalColumn('active', 'Active Status'),
        optionalColumn('user_name', 'User Name'),
        optionalColumn('job_title', 'Business Title'),
        optionalColumn('department_name', 'Supervisory Organization'),
        optionalColumn('manager_email', 'Email - Primary Work of the Manager'),
        optionalColumn('group_name', 'What puts people into groups'),
        {
          kind: 'note',
          tone: 'caution',
          text: 'The report holds those who have left too. Add **Active Status** as **active**, or filter the report by it: who is in the report without it counts as employed.',
        },
      ],
    },
    {
      id: 'share',
      title: 'Share the report with the user',
      where: { path: ['Edit Custom Report', 'Share'] },
      blocks: [
        { kind: 'setting', label: 'Share with specific authorized groups and users', choice: 'chosen' },
        { kind: 'text', text: 'Under **Authorized Users** add the integration’s user, then **OK**.' },
        {
          kind: 'note',
          tone: 'information',
          text: 'For groups that may be empty make a second report with one column, **group_name**, and share it in the same way.',
        },
      ],
    },
    {
      id: 'address',
      title: 'Copy the report’s address',
      where: { path: ['the report', 'Actions', 'Web Service', 'View URLs'] },
      blocks: [
        {
          kind: 'text',
          text: 'Sign in as the integration’s user when Workday asks. Under **JSON** copy the link’s address; you paste it on the next page.',
        },
      ],
    },
  ],
  checklist: [],
  console: {
    credentials: { path: ['Search', 'Manage Integration System User'], label: 'New Password' },
    report: { path: ['the report', 'Actions', 'Web Service', 'View URLs'], label: 'JSON' },
    groups: {
      path: ['Edit Custom Report', 'Columns'],
      label: 'Column Heading Override XML Alias',
      choice: 'group_name',
    },
  },
  mistakes: [
    {
      symptom: 'A column is missing although the report has it',
      cause: 'The integration’s user may not see the field. Workday leaves it out and says nothing.',
      fix: 'Add its domain to the security group, then **Activate Pending Security Policy Changes**.',
    },
    {
      symptom: 'invalid username or password',
      cause: 'The password has expired, or has to be changed at the next sign-in.',
      fix: 'Untick **Require New Password at Next Sign In**, exempt the user from expiration, and save the new password here.',
      subject: 'credentials',
    },
    {
      symptom: 'Readings fail on a Saturday',
      cause: 'Workday’s weekly maintenance.',
      fix: 'There is nothing to do: nobody is removed, and we read again when it is over.',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [{ title: 'WorkOS: Workday', url: 'https://workos.com/docs/integrations/workday' }],
};
