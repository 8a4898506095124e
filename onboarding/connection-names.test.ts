import { expect, it } from 'vitest';
import { isNamedAfter, nameAfterProvider } from './connection-names.ts';

it.each([
  [[], 'Okta'],
  [['Entra ID'], 'Okta'],
  [['Okta'], 'Okta 2'],
  [['Okta', 'Okta 2'], 'Okta 3'],
  [['Okta 2'], 'Okta'],
])('beside %j a connection is named %s', (taken, name) => {
  expect(nameAfterProvider('Okta', taken)).toBe(name);
});

it.each([
  ['Okta', true],
  ['Okta 2', true],
  ['Okta 12', true],
  ['Okta prod', false],
  ['Okta2', false],
  ['Acme', false],
])('whether %s is named after Okta: %s', (name, isAfter) => {
  expect(isNamedAfter('Okta', name)).toBe(isAfter);
});
