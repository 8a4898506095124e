import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteOrganization, lockOnboarding, noteSteps, removeItContact, withTenant } from '../db/index.ts';
import { aDirectory, aDomain } from '../test/db/builders.ts';
import {
  anInvited,
  aSamlConnection,
  openActivityWorld,
  run,
  type ActivityWorld,
  type Invited,
} from '../test/support/activity-builders.ts';

let world: ActivityWorld;
beforeAll(async () => {
  world = await openActivityWorld();
});
afterAll(() => world.close());

const tell = (
  { whose }: Invited,
  notice: 'domain_verified' | 'directory_linked' | 'live' | 'your_turn',
  subjectId: string,
  revision = 0,
) => run(world.activities.sendNotice, { ...whose(), notice, subjectId, revision });

test('a verified domain is told to the contact, with the step that is next, and without the secret link', async () => {
  const step = { step: 'test_sign_in', state: 'open', holder: 'customer', since: '' } as const;
  const invited = await anInvited(world, {
    view: { features: [{ feature: 'sso', requirement: 'required', state: 'in_progress', steps: [step] }] },
  });
  const domain = await aDomain(world, invited.customer, 'seen.test', 'verified');

  const outcome = await tell(invited, 'domain_verified', domain.id);

  expect(outcome.status).toBe('done');
  const [mail] = await world.mailTo(invited.contact.email);
  expect(mail?.subject).toBe('seen.test is verified');
  expect(mail?.text).toContain('Next: test sign-in.');
  expect(mail?.links.every((link) => link.endsWith('/home'))).toBe(true);
});

test('a step that is the customer’s from now on is told, with what staff say of it, however late that shows, unless it is theirs no more', async () => {
  const told = async ({
    holder = 'customer' as 'customer' | 'staff',
    state = 'open' as 'open' | 'done',
    note = null as string | null,
    shown = 7,
  }) => {
    const step = { step: 'enter_metadata', state, holder, since: '' } as const;
    const invited = await anInvited(world, {
      view: {
        revision: shown,
        features: [{ feature: 'sso', requirement: 'required', state: 'in_progress', steps: [step] }],
      },
    });
    await withTenant(world.app, invited.customer, async (tx) => {
      const onboarding = await lockOnboarding(tx, invited.customer, invited.whose().onboardingId);
      await noteSteps(tx, onboarding, ['enter_metadata'], note);
    });
    return { invited, outcome: await tell(invited, 'your_turn', 'enter_metadata', 7) };
  };

  const { invited } = await told({ note: 'The URL is in your Okta already.\nPaste it.' });
  const [mail] = await world.mailTo(invited.contact.email);
  expect(mail?.text).toContain('Next for you: ');
  expect(mail?.text).toContain('says: “The URL is in your Okta already. Paste it.”');
  const gone = { status: 'settled' };
  expect((await told({ holder: 'staff' })).outcome).toMatchObject(gone);
  expect((await told({ state: 'done' })).outcome).toMatchObject(gone);
  // Of a mode that changes, or of hours that pass, there is no note to tell by.
  const behind = await told({ holder: 'staff', shown: 6 });
  expect(behind.outcome.status).toBe('done');
  expect(await world.mailTo(behind.invited.contact.email)).toHaveLength(1);
});

test.each(['pending', 'lapsed', 'conflict'] as const)(
  'a domain that is %s by now is not told as verified',
  async (state) => {
    const invited = await anInvited(world);
    const domain = await aDomain(world, invited.customer, 'lost.test', state);

    const outcome = await tell(invited, 'domain_verified', domain.id);

    expect(outcome).toMatchObject({ status: 'settled' });
    expect(await world.mailTo(invited.contact.email)).toEqual([]);
  },
);

test('the first people of a directory are told to the contact, with the step that is next', async () => {
  const step = { step: 'assign_roles', state: 'open', holder: 'customer', since: '' } as const;
  const view = {
    features: [
      {
        feature: 'directory_sync' as const,
        requirement: 'required' as const,
        state: 'in_progress' as const,
        steps: [step],
      },
    ],
  };
  const invited = await anInvited(world, { view });
  const directory = await aDirectory(world, invited.customer);

  const outcome = await tell(invited, 'directory_linked', directory.id);

  expect(outcome.status).toBe('done');
  const [mail] = await world.mailTo(invited.contact.email);
  expect(mail?.subject).toBe('People of Acme come from Okta now');
  expect(mail?.text).toContain('Next: give groups their roles.');
});

test('a directory that was reset or deleted by now is not told as linked', async () => {
  const invited = await anInvited(world);
  const anew = await aDirectory(world, invited.customer, { state: 'validating' });
  const gone = await aDirectory(world, invited.customer, { deletedAt: new Date() });

  for (const { id } of [anew, gone])
    expect(await tell(invited, 'directory_linked', id)).toMatchObject({ status: 'settled' });
  expect(await world.mailTo(invited.contact.email)).toEqual([]);
});

test('going live is told with the provider and the verified domains only', async () => {
  const invited = await anInvited(world);
  await aDomain(world, invited.customer, 'proved.test', 'verified');
  await aDomain(world, invited.customer, 'waiting.test', 'pending');
  const connection = await aSamlConnection(world, invited.customer);

  await tell(invited, 'live', connection.id);

  const [mail] = await world.mailTo(invited.contact.email);
  expect(mail?.subject).toBe('Acme is live on Product');
  expect(mail?.text).toContain('@proved.test');
  expect(mail?.text).not.toContain('waiting.test');
});

test('going live without sign-in is told with what is set up, and promises nobody a sign-in', async () => {
  const invited = await anInvited(world, {
    view: { features: [{ feature: 'log_streams', requirement: 'required', state: 'done', steps: [] }] },
  });

  await tell(invited, 'live', invited.customer.organizationId);

  const [mail] = await world.mailTo(invited.contact.email);
  expect(mail?.subject).toBe('Acme is live on Product');
  expect(mail?.text).toContain('Log streaming is set up for Acme.');
  expect(mail?.text).not.toMatch(/sign in|single sign-on|switch it off/i);
});

test('[REL-05] the same notice run twice is one mail', async () => {
  const invited = await anInvited(world);
  const connection = await aSamlConnection(world, invited.customer);
  const input = { ...invited.whose(), notice: 'live' as const, subjectId: connection.id };

  const first = await run(world.activities.sendNotice, input);
  const again = await run(world.activities.sendNotice, input);

  expect(again).toEqual(first);
  expect(await world.mailTo(invited.contact.email)).toHaveLength(1);
});

test.each<[string, (invited: Invited) => Promise<unknown>]>([
  [
    'the contact was removed',
    ({ customer, contact }) =>
      withTenant(world.app, customer, (tx) => removeItContact(tx, customer, contact.id, world.clock.at)),
  ],
  [
    'the organization was deleted',
    ({ customer }) =>
      withTenant(world.app, customer, (tx) => deleteOrganization(tx, customer, world.clock.at)),
  ],
])('nothing is told when %s', async (_when, happen) => {
  const invited = await anInvited(world);
  const connection = await aSamlConnection(world, invited.customer);
  await happen(invited);

  const outcome = await tell(invited, 'live', connection.id);

  expect(outcome).toMatchObject({ status: 'refused', code: 'no_contact' });
  expect(await world.mailTo(invited.contact.email)).toEqual([]);
});
