import { expect, it, vi } from 'vitest';
import { findGuide } from '../../../onboarding/providers/sign-in/index.ts';
import type { Boot } from '../../shared/boot.ts';
import { render } from '../../shared/testing/render.ts';
import GuideBlocks from './GuideBlocks.vue';

const bootWith = (more: Partial<Boot['environment']>): Boot => ({
  app: 'customer',
  basePath: '/setup/acme',
  apiPath: '/setup/acme/api',
  locale: 'en',
  environment: {
    handle: 'acme',
    kind: 'sandbox',
    productName: 'Ledgerly',
    vendorName: 'Ledgerly Inc.',
    supportEmail: null,
    supportHours: null,
    ...more,
  },
});

/** The step that gives the app its name. */
const naming = () => {
  const step = findGuide('okta')?.steps.find(({ blocks }) =>
    blocks.some((block) => block.kind === 'value' && block.placeholder === 'PRODUCT'),
  );
  if (step === undefined) throw new Error('no step names the app');
  return step;
};
const blocks = (more: Partial<Boot['environment']>) =>
  render(GuideBlocks, { props: { step: naming(), copied: {} }, boot: bootWith(more) });

it('offers the vendor’s icon where the app gets its name, so that its tile is known', async () => {
  const page = await blocks({ iconUrl: '/brand/acme/1f' });

  expect(page.get('a[download]').attributes('href')).toBe('/brand/acme/1f');
  expect(page.get('img').attributes('alt')).toBe('Ledgerly');
});

it('says nothing of an icon where the vendor has none', async () => {
  const page = await blocks({});

  expect(page.find('a[download]').exists()).toBe(false);
});

it('saves a value as a file where the console takes a file', async () => {
  const step = findGuide('login-gov')?.steps.find(({ id }) => id === 'certificate');
  if (step === undefined) throw new Error('no step gives the certificate');
  const made: Blob[] = [];
  vi.stubGlobal(
    'URL',
    Object.assign(URL, {
      createObjectURL: (blob: Blob) => (made.push(blob), 'blob:it'),
      revokeObjectURL: () => undefined,
    }),
  );
  const page = await render(GuideBlocks, { props: { step, copied: {} }, boot: bootWith({}) });

  await page.get('[aria-label="Save file login-gov.pem"]').trigger('click');
  vi.unstubAllGlobals();

  expect(await made[0]?.text()).toBe('{CLIENT_CERTIFICATE}');
});
