import { expect, it } from 'vitest';
import { maskAddresses, maskEmail } from './masking.ts';

it.each([
  ['anna@acme.com', 'a•••@acme.com'],
  ['a@acme.com', 'a•••@acme.com'],
  ['no address', '•••'],
  ['@acme.com', '•••'],
])('shows of %j only the first letter and the domain', (email, shown) => {
  expect(maskEmail(email)).toBe(shown);
});

it('masks every address in a text and leaves the rest', () => {
  expect(maskAddresses('Anna, anna@acme.com, b.c@x.example')).toBe('Anna, a•••@acme.com, b•••@x.example');
});
