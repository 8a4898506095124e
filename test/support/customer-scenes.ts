import type { Boot } from '../../portal/shared/boot.ts';
import { createFakeSetupApi, type FakeSetup } from './fake-setup-api.ts';
import type { Screen } from './screens.ts';
import type { Scene } from './serve-portal.ts';
import { aSession } from './setup-builders.ts';

/** What a row of the customer's screens is drawn from: the fake of its endpoints, and the page's boot data. */

function bootOf(session = aSession()): Boot {
  return {
    app: 'customer',
    basePath: '/setup/acme',
    apiPath: '/setup/acme/api',
    locale: 'en',
    environment: session.brand,
    sessionHandle: session.handle,
    organizationName: session.organization.name,
    ...(session.returnUrl === null ? {} : { returnUrl: session.returnUrl }),
  };
}

export type SceneChange = Partial<FakeSetup> & {
  /** `GET /home`: never answered. */
  silent?: string;
};

function sceneOf({ silent, ...change }: SceneChange = {}): Scene {
  return sceneWith(createFakeSetupApi(change), silent);
}

export function sceneWith(fake: ReturnType<typeof createFakeSetupApi>, silent?: string): Scene {
  return {
    entry: 'customer',
    boot: bootOf(fake.setup.session),
    answer: (method, path, body) => {
      const below = path.replace(/^.*\/api(?=\/)/, '');
      return `${method} ${below}` === silent ? undefined : fake.handle(method, below, body);
    },
  };
}

export const row = (
  state: string,
  path: string,
  says: string,
  change: () => SceneChange = () => ({}),
  reach?: Screen['reach'],
): Screen => ({ state, path, says, scene: () => sceneOf(change()), ...(reach && { reach }) });

/** By its place among the page's buttons: its words are longer in the made-up language. */
export const press =
  (place: number): NonNullable<Screen['reach']> =>
  async (page) => {
    await page.locator('main button').nth(place).click();
    await page.getByRole('dialog').or(page.getByRole('alertdialog')).waitFor();
  };
