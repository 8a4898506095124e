/** What a row of the dashboard's screens is drawn from, and the ways to it that several of them take. */
import type { Page } from 'playwright-core';
import type { Boot } from '../../portal/shared/boot.ts';
import { createFakeDashboard } from './fake-dashboard-api.ts';
import type { Screen } from './screens.ts';
import type { Scene } from './serve-portal.ts';

type Fake = ReturnType<typeof createFakeDashboard>;

export type Change = {
  role?: 'admin' | 'developer' | 'support' | 'viewer';
  isEmpty?: boolean;
  temporalAway?: boolean;
  isSignedOut?: boolean;
  /** Never answered. */
  silent?: string;
  arrange?: (fake: Fake) => void;
};

function sceneOf({ isSignedOut, silent, arrange, ...world }: Change = {}): Scene {
  const fake = createFakeDashboard({ now: new Date(), ...world });
  arrange?.(fake);
  return sceneWith(fake, isSignedOut, silent);
}

export function sceneWith(fake: Fake, isSignedOut = false, silent?: string): Scene {
  const { environment, member, handle } = fake.data.session;
  const boot: Boot = {
    app: 'staff',
    basePath: '/dashboard',
    apiPath: '/dashboard/api',
    locale: 'en',
    environment,
    ...(isSignedOut ? {} : { sessionHandle: handle, member: { email: member.email, role: member.role } }),
  };
  return {
    entry: 'staff',
    boot,
    answer: (method, path, body) => {
      const { pathname } = new URL(path, 'http://staff.test');
      return `${method} ${pathname}` === silent ? undefined : fake.handle(method, path, body);
    },
  };
}

export const row = (
  state: string,
  path: string,
  says: string,
  change: Change = {},
  reach?: Screen['reach'],
): Screen => ({ state, path, says, scene: () => sceneOf(change), ...(reach && { reach }) });

/** The endpoint at `path` fails whenever it is read. */
export const broken = (path: string): Change => ({
  arrange: ({ refuse }) => refuse('GET', path, 500, 'internal'),
});

/** A list in the states that every list has. */
export const listRows = (
  name: string,
  path: string,
  endpoint: string,
  says: string,
  empty: string,
): Screen[] => [
  row(name, path, says),
  row(`${name}, empty`, path, empty, { isEmpty: true }),
  row(`${name}, loading`, path, 'Loading', { silent: `GET ${endpoint}` }),
  row(`${name}, broken`, path, 'Something broke on our side.', broken(endpoint)),
  row(`${name}, to a viewer`, path, says, { role: 'viewer' }),
];

export const press =
  (name: string): Screen['reach'] =>
  async (page, say) =>
    await page
      .getByRole('button', { name: say(name), exact: true })
      .first()
      .click();

export const api = '/dashboard/api';

/** In a dialog that asks for the parts of an onboarding. */
export async function turnAllOff(page: Page): Promise<void> {
  const selects = page.getByRole('dialog').locator('ol select');
  await selects.first().waitFor();
  for (const select of await selects.all()) await select.selectOption('off');
}
