import { expect, test } from 'vitest';
import { handleFor } from './environment-names.ts';

test.each([
  ['Acme', 'Production', 'production', 1, 'acme'],
  ['Acme', 'Production', 'production', 3, 'acme-3'],
  ['Acme', 'Acme', 'production', 1, 'acme'],
  ['Acme', 'Sandbox', 'sandbox', 1, 'acme-sandbox'],
  ['Müller & Söhne', 'Europe', 'production', 1, 'muller-sohne-europe'],
  ['東京', 'Production', 'production', 1, 'environment'],
  ['X', 'Production', 'production', 1, 'x-env'],
  ['x'.repeat(80), 'Production', 'production', 12, `${'x'.repeat(37)}-12`],
])('the handle of %s’s %s (%s), try %i, is %s', (vendor, name, kind, number, handle) => {
  expect(handleFor({ vendor, name, kind }, number)).toBe(handle);
  expect(handle).toMatch(/^[a-z0-9-]{3,40}$/);
});
