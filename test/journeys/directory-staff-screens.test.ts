/** The screens of directories for staff, in all their states, in a real browser, under the api's content policy. */
import { describeScreens, type Screen } from '../support/screens.ts';
import { api, broken, press, row } from '../support/staff-scenes.ts';

const screens: Screen[] = [
  row('SCIM requests', '/directory-requests', 'Group is here already'),
  row('SCIM requests, narrowed', '/directory-requests?cause=group_exists', 'Clear filters'),
  row('SCIM requests, none matches', '/directory-requests?cause=internal', 'No request matches.'),
  row('SCIM requests, empty', '/directory-requests', 'No requests yet.', { isEmpty: true }),
  row('SCIM requests, loading', '/directory-requests', 'Loading', {
    silent: `GET ${api}/directory-requests`,
  }),
  row(
    'SCIM requests, broken',
    '/directory-requests',
    'Something broke on our side.',
    broken(`${api}/directory-requests`),
  ),
  row('directory, a person found', '/directories/directory_1', 'Type more of the name.', {}, (page) =>
    page.locator('main input[type="search"]').fill('anna'),
  ),
  row(
    'directory, nobody found',
    '/directories/directory_1',
    'Nobody of this directory matches.',
    {},
    (page) => page.locator('main input[type="search"]').fill('zoe'),
  ),
  row('person of a directory', '/directory-users/directory_user_1', 'Their leaving is on hold'),
  row('person of a directory, not there', '/directory-users/nobody', 'This no longer exists.'),
  row('SCIM request, refused', '/directory-requests/directory_request_2', 'What we answered'),
  row('SCIM request, without a body', '/directory-requests/directory_request_10', 'No body.'),
  row('SCIM request, not there', '/directory-requests/nobody', 'This no longer exists.'),
  row('directory, on hold', '/directories/directory_1', 'A change is on hold: 412 people'),
  row(
    'directory, credentials refused',
    '/directories/directory_2',
    'Workday refuses the user name or the password.',
  ),
  row('directory, read now', '/directories/directory_2', 'It is being read.', {}, press('Read now')),
  row('directory, to a viewer', '/directories/directory_2', 'Needs support or admin', { role: 'viewer' }),
  row('directory, loading', '/directories/directory_1', 'Loading', {
    silent: `GET ${api}/directories/directory_1`,
  }),
  row('directory, not there', '/directories/nobody', 'This no longer exists.'),
  row('organization, with directories', '/organizations/org_1', 'Acme Workday'),
  row('test directory', '/sandbox/test-directory', 'Sends to the directory of Acme Corporation.'),
  row('test directory, nothing yet', '/sandbox/test-directory', 'It has no address to send to yet.', {
    isEmpty: true,
  }),
  row('test directory, loading', '/sandbox/test-directory', 'Loading', {
    silent: 'GET /sandbox/test-directory',
  }),
  row(
    'test directory, broken',
    '/sandbox/test-directory',
    'Something broke on our side.',
    broken('/sandbox/test-directory'),
  ),
  row('test directory, to a viewer', '/sandbox/test-directory', 'Needs developer or admin', {
    role: 'viewer',
  }),
  row(
    'test directory, a new person',
    '/sandbox/test-directory',
    'An address below .test.',
    {},
    press('Add somebody'),
  ),
  row('test directory, nothing typed', '/sandbox/test-directory', 'Enter a name.', {}, async (page, say) => {
    await press('Add somebody')?.(page, say);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: say('Save'), exact: true })
      .click();
  }),
  row(
    'test directory, a new group',
    '/sandbox/test-directory',
    'User names, one a line.',
    {},
    press('Add a group'),
  ),
];

await describeScreens('the screens of directories for staff', screens);
