import type { DirectoryBlock, DirectoryGuide, DirectoryStep } from './provider.ts';
import { valueSlip } from './provider.ts';

/** Files that the customer's side sends: of any HR system, and of those whose exports are documented. */

const columns: readonly DirectoryBlock[] = [
  {
    kind: 'mapping',
    name: 'user_id',
    source: 'employee number',
    hint: 'It never changes and is given once.',
  },
  { kind: 'mapping', name: 'first_name', source: 'first name' },
  { kind: 'mapping', name: 'last_name', source: 'last name' },
  { kind: 'mapping', name: 'email', source: 'work e-mail' },
  { kind: 'mapping', name: 'job_title', source: 'job title', isOptional: true },
  { kind: 'mapping', name: 'department_name', source: 'department', isOptional: true },
  { kind: 'mapping', name: 'manager_email', source: 'manager’s e-mail', isOptional: true },
];

const fullList: DirectoryBlock = {
  kind: 'note',
  tone: 'caution',
  text: '**users.csv** is always the full list: whoever is not in it has left. Export everybody who is active, never only what changed.',
};

const keyStep: DirectoryStep = {
  id: 'key',
  title: 'Make a key and enter its public half',
  where: { path: ['the machine that sends'] },
  blocks: [
    {
      kind: 'text',
      text: 'Run **ssh-keygen -t ed25519** on the machine that will send, or let your SFTP program make a key. Enter the line of the **.pub** file on the next page. The private half stays where it is.',
    },
  ],
};

const sendStep: DirectoryStep = {
  id: 'send',
  title: 'Send the file, and again whenever somebody comes or leaves',
  where: { path: ['the machine that sends'] },
  blocks: [
    valueSlip('Host', 'SFTP_HOST'),
    valueSlip('Port', 'SFTP_PORT'),
    valueSlip('User', 'SFTP_USER'),
    valueSlip('Folder', 'SFTP_FOLDER'),
    {
      kind: 'text',
      text: 'Let a job put **users.csv** there once a day or more often. It may write the file under another name and rename it at the end. What became of each file lies beside it as **users.csv.result.txt** and is shown on the page of your files.',
    },
    {
      kind: 'note',
      tone: 'information',
      text: 'The first list waits until you have seen what it would do. After that each file takes effect when it has arrived.',
    },
  ],
};

const mistakes: DirectoryGuide['mistakes'] = [
  {
    symptom: 'Permission denied (publickey)',
    cause: 'The program offers another key than the one that was entered, or another user name.',
    fix: 'Name the private key in the job, with **-i** for the sftp program, and copy **User** again.',
  },
  {
    symptom: 'A file has arrived and nothing changes',
    cause: 'It has another name than **users.csv**, **groups.csv** or **user_groups.csv**.',
    fix: 'Give it exactly that name, or rename it at the end of the job.',
    subject: 'file',
  },
  {
    symptom: 'Names have wrong letters, or the file is not taken because of its encoding',
    cause: 'It was saved in the encoding of Windows.',
    fix: 'Export as **CSV UTF-8**.',
    subject: 'file',
  },
];

const road = { type: 'sftp', road: 'sftp', audience: 'everyone', signInGuides: [], checklist: [] } as const;
const rhythm = { sentence: 'Takes effect within a minute of each file.', everyMinutes: null };
const needs = ['a machine that may send files by SFTP', 'somebody who can schedule an export'];
const workOs = { title: 'WorkOS: SFTP', url: 'https://workos.com/docs/integrations/sftp' };

const exportStep: DirectoryStep = {
  id: 'export',
  title: 'Export everybody as users.csv',
  where: { path: ['your HR system'] },
  blocks: [
    {
      kind: 'text',
      text: 'Make a report of all active people and export it as CSV in UTF-8, with these names of columns in its first line.',
    },
    ...columns,
    fullList,
    {
      kind: 'text',
      text: 'Groups are two more files, both optional: **groups.csv** with **group_name**, and **user_groups.csv** with **group_name** and **user_id**.',
    },
  ],
};

const console: DirectoryGuide['console'] = {
  file: { path: ['your HR system'], label: 'users.csv', choice: 'CSV UTF-8' },
};

export const sftp: DirectoryGuide = {
  ...road,
  rhythm,
  needs,
  mistakes,
  id: 'sftp',
  name: 'Files by SFTP',
  shortName: 'your HR system',
  names: ['SFTP', 'CSV', 'HR system', 'HRIS', 'ADP', 'Breathe HR', 'Cezanne HR', 'File upload'],
  mark: 'Fi',
  variant: {
    label: 'SFTP upload',
    gain: 'Recommended: you send the files to a server of ours, with a key of yours; read within a minute.',
  },
  steps: [exportStep, keyStep, sendStep],
  console,
  checkedOn: '2026-11-26',
  sources: [workOs],
};

/** The same files, on a server of the customer's that we look at. */
export const sftpPull: DirectoryGuide = {
  audience: 'everyone',
  signInGuides: [],
  checklist: [],
  type: 'sftp',
  road: 'sftp_pull',
  id: 'sftp-pull',
  mark: 'Fi',
  console,
  name: sftp.name,
  shortName: 'your server',
  names: sftp.names,
  variant: {
    label: 'SFTP download',
    gain: 'We fetch the files from an SFTP server of yours that we can reach; read every 30 minutes.',
  },
  rhythm: { sentence: 'Is looked at every 30 minutes.', everyMinutes: 30 },
  needs: ['an SFTP server that can be reached from outside', 'somebody who can schedule an export'],
  steps: [
    exportStep,
    {
      id: 'place',
      title: 'Let the export write to a folder of your server',
      where: { path: ['your SFTP server'] },
      blocks: [
        {
          kind: 'text',
          text: 'Let a job put **users.csv** there once a day or more often. It writes best under another name and renames the file at the end.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'The first list waits until you have seen what it would do. After that each new file takes effect when we have read it.',
        },
      ],
    },
    {
      id: 'user',
      title: 'Make a user for us that may only read there',
      where: { path: ['your SFTP server'] },
      blocks: [
        {
          kind: 'text',
          text: 'On the next page is our public key for it. Enter the server there, compare the key that it shows, and save.',
        },
      ],
    },
  ],
  mistakes: [
    {
      symptom: 'The server does not let us in',
      cause: 'Our public key stands at another user, or its file may be written by others and is ignored.',
      fix: 'Add the line to **authorized_keys** of the user that was entered; **chmod 600** for the file, **chmod 700** for its folder.',
    },
    {
      symptom: 'users.csv is not found',
      cause: 'The user’s folders begin elsewhere than those of other users.',
      fix: 'Give the folder as this user sees it.',
      subject: 'file',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [workOs],
};

interface Export {
  readonly id: string;
  readonly type: DirectoryGuide['type'];
  readonly name: string;
  readonly names: readonly string[];
  readonly mark: string;
  readonly path: readonly string[];
  /** What it is called there, and what it takes to get it. */
  readonly report?: { readonly title: string; readonly label: string; readonly needs: readonly string[] };
  readonly how: string;
  readonly source: DirectoryGuide['sources'][number];
}

const ownReport = { title: 'Make a report of everybody', label: 'Report', needs };

/** A system whose report is exported under known menus, or made to order, and sent by a job of the customer's. */
const exported = ({ path, how, source, report = ownReport, ...named }: Export): DirectoryGuide => ({
  ...road,
  rhythm,
  mistakes,
  ...named,
  needs: report.needs,
  shortName: named.name,
  steps: [
    {
      id: 'export',
      title: report.title,
      where: { path },
      blocks: [
        { kind: 'text', text: how },
        ...columns,
        fullList,
        {
          kind: 'text',
          text: 'Export it as CSV in UTF-8, with these names in the first line, and call the file **users.csv**.',
        },
      ],
    },
    keyStep,
    sendStep,
  ],
  console: { file: { path, label: report.label, choice: 'CSV UTF-8' } },
  checkedOn: '2026-11-26',
  sources: [source, workOs],
});

export const hibob = exported({
  id: 'hibob',
  type: 'hibob',
  name: 'HiBob',
  names: ['Bob', 'Hi Bob'],
  mark: 'Hb',
  path: ['Analytics', 'Reports'],
  how: 'Choose **+ Add New**, then **Report**, **Start from scratch** and **General report**. Pick the fields below as columns, choose **Generate**, and **Save as** to keep the report.',
  source: {
    title: 'Lattice: Integrate HiBob by SFTP',
    url: 'https://help.lattice.com/hc/en-us/articles/37967569009687-Integrate-HiBob-with-Lattice',
  },
});

export const personio = exported({
  id: 'personio',
  type: 'personio',
  name: 'Personio',
  names: ['Personio HR'],
  mark: 'Pe',
  path: ['Analytics', 'Reports'],
  how: 'Create a report of the type **Point in time** for today. Choose the attributes below as **Table columns**, and keep the filter **Status** equals **Active**.',
  source: {
    title: 'Personio: Custom reports',
    url: 'https://support.personio.de/hc/en-us/articles/360005534118-Custom-reports',
  },
});

export const peopleHr = exported({
  id: 'people-hr',
  type: 'people hr',
  name: 'Access PeopleHR',
  mark: 'Pp',
  names: ['People HR', 'PeopleHR', 'Access People'],
  path: ['Queries'],
  how: 'Choose the plus icon, select the fields below, and **Next**. Leave the filters so that everybody who is employed is found, name the query, and use **Export**.',
  source: {
    title: 'PeopleHR: Queries',
    url: 'https://help.peoplehr.com/en/articles/2875016-queries-edit-access-rights',
  },
});

export const fourth = exported({
  id: 'fourth',
  type: 'fourth hr',
  name: 'Fourth',
  mark: 'Fo',
  names: ['Fourth HR', 'HotSchedules', 'WFM UK', 'Fourth Workforce Management'],
  path: ['your Fourth contact'],
  report: {
    title: 'Have Fourth make an export of everybody',
    label: 'Employee Data',
    needs: ['an export that Fourth makes for you and charges for', 'a machine that may send files by SFTP'],
  },
  how: 'Fourth makes such files to order. Ask your Fourth contact for a bespoke **Employee Data** export, and hand over the columns below as its specification. **Employee Number** is what tells people apart there. Ask for everybody who is employed each time: exports for payroll hold only who has changed.',
  source: {
    title: 'Fourth: Exports to 3rd party payroll solutions',
    url: 'https://help.hotschedules.com/hc/en-us/articles/6160190306189-WFM-UK-UI-Refresh-Exports-to-3rd-Party-Payroll-Solutions',
  },
});
