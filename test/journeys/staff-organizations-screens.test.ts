/** The screens of organizations, their contacts and what is erased of them, in all their states. */
import { describeScreens, type Screen } from '../support/screens.ts';
import { aTrouble } from '../support/setup-builders.ts';
import { api, broken, listRows, press, row, turnAllOff, type Change } from '../support/staff-scenes.ts';

/** The visible word: the name of the button says who, too. */
const askToRestore: Screen['reach'] = async (page, say) =>
  await page.locator('tbody button').getByText(say('Restore'), { exact: true }).first().click();

const eraseNobody: Screen['reach'] = async (page, say) => {
  await press('Erase a person')?.(page, say);
  await press('Erase for good')?.(page, say);
};

const erasePerson: Screen['reach'] = async (page, say) => {
  await press('Erase a person')?.(page, say);
  await page.locator('[role=dialog] input[type=email]').fill('ann@acme.example');
  await press('Erase for good')?.(page, say);
};

const deleteByName: Screen['reach'] = async (page, say) => {
  await press('Delete organization')?.(page, say);
  const name = (await page.locator('h1').first().textContent()) ?? '';
  await page.getByRole('dialog').locator('input').fill(name.trim());
  await page.getByRole('dialog').getByText(say('Delete organization'), { exact: true }).click();
};

const contactKnown: Change = {
  arrange: ({ refuse }) => refuse('POST', `${api}/organizations/org_1/contacts`, 409, 'contact_known'),
};

const ofContact =
  (act: string): Screen['reach'] =>
  async (page, say) => {
    await page.locator('main [data-row-acts] button[aria-haspopup=menu]').first().click();
    await page.getByRole('menuitem', { name: say(act) }).click();
  };

const screens: Screen[] = [
  ...listRows('organizations', '/organizations', `${api}/organizations`, 'Globex', 'No customers yet'),
  row('organizations, none found', '/organizations?search=zzz', 'No organization matches'),
  row(
    'organizations, a new one',
    '/organizations',
    'They can be added later.',
    {},
    press('New organization'),
  ),
  row('organization', '/organizations/org_1', 'Recent attempts'),
  row('organization, needs attention', '/organizations/org_1', 'Sign-in through', {
    arrange: ({ data }) => Object.assign(data.organization, { troubles: [aTrouble()] }),
  }),
  row('organization, to a viewer', '/organizations/org_1', 'Needs support or admin', { role: 'viewer' }),
  row('organization, not there', '/organizations/org_nope', 'This no longer exists.'),
  row('organization, persons erased', '/organizations/org_1', 'Nothing was found.'),
  row(
    'organization, erasures broken',
    '/organizations/org_1',
    'Something broke on our side.',
    broken(`${api}/erasures`),
  ),
  row('organization, about to erase', '/organizations/org_1', 'What stays', {}, press('Erase a person')),
  row('organization, erase nobody', '/organizations/org_1', 'Enter whom to erase.', {}, eraseNobody),
  row(
    'organization, person by id',
    '/organizations/org_1',
    'As the profile shows it',
    {},
    async (page, say) => {
      await press('Erase a person')?.(page, say);
      await page.getByRole('radio', { name: say('Id at their identity provider') }).click();
    },
  ),
  row('organization, person asked for', '/organizations/org_1', 'Being erased.', {}, erasePerson),
  row(
    'organization, person refused',
    '/organizations/org_1',
    'an e-mail address',
    { arrange: ({ refuse }) => refuse('POST', `${api}/erasures`, 422, 'email_invalid') },
    erasePerson,
  ),
  row(
    'organization, about to delete',
    '/organizations/org_1',
    'Type the name first',
    {},
    press('Delete organization'),
  ),
  row('organization, deleted', '/organizations/org_1', 'It can be restored for 30 days.', {}, deleteByName),
  row(
    'organization, not deleted',
    '/organizations/org_1',
    'Something broke on our side.',
    { arrange: ({ refuse }) => refuse('DELETE', `${api}/organizations/org_1`, 500, 'internal') },
    deleteByName,
  ),
  row('organizations, deleted ones', '/organizations', 'They can be restored until their date'),
  row(
    'organizations, deleted ones broken',
    '/organizations',
    'Something broke on our side.',
    broken(`${api}/deleted-organizations`),
  ),
  row('organizations, about to restore', '/organizations', 'links stay ended', {}, askToRestore),
  row('organizations, restored', '/organizations', 'is back.', {}, async (page, say) => {
    await askToRestore?.(page, say);
    await page.getByRole('dialog').getByText(say('Restore'), { exact: true }).click();
  }),
  row(
    'organizations, not restored',
    '/organizations',
    'This no longer exists.',
    { arrange: ({ refuse }) => refuse('POST', `${api}/organizations/org_gone/restore`, 404, 'not_found') },
    async (page, say) => {
      await askToRestore?.(page, say);
      await page.getByRole('dialog').getByText(say('Restore'), { exact: true }).click();
    },
  ),
  row('organization, a new contact', '/organizations/org_1', 'and no invitation', {}, press('Add a contact')),
  row('organization, a contact added', '/organizations/org_1', 'is recorded', {}, async (page, say) => {
    await press('Add a contact')?.(page, say);
    await page.locator('[role=dialog] input[type=email]').fill('dns@acme.example');
    await press('Add contact')?.(page, say);
  }),
  row(
    'organization, a contact known',
    '/organizations/org_1',
    'is a contact already',
    contactKnown,
    async (page, say) => {
      await press('Add a contact')?.(page, say);
      await page.locator('[role=dialog] input[type=email]').fill('it@acme.example');
      await press('Add contact')?.(page, say);
    },
  ),
  row(
    'organization, inviting a contact',
    '/organizations/org_1',
    'Replaces the link made',
    {},
    ofContact('Invite to features'),
  ),
  row(
    'organization, about to revoke',
    '/organizations/org_1',
    'They stay a contact',
    {},
    ofContact('Revoke links'),
  ),
  row(
    'organization, a contact removed',
    '/organizations/org_1',
    'is no longer a contact.',
    {},
    async (page, say) => {
      await ofContact('Remove contact')?.(page, say);
      await page.getByRole('dialog').getByText(say('Remove contact'), { exact: true }).click();
    },
  ),
  row('organization, invitation', '/organizations/org_1?invite=yes', 'Replaces the link made'),
  row(
    'organization, invitation to nothing',
    '/organizations/org_1?invite=yes',
    'Leave one part',
    {},
    async (page, say) => {
      await turnAllOff(page);
      await press('Send invitation')?.(page, say);
    },
  ),
];

await describeScreens('the screens of organizations', screens);
