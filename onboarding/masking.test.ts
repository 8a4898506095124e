import { expect, it } from 'vitest';
import { maskEmail } from './masking.ts';

it.each([
  ['anna@acme.com', 'a•••@acme.com'],
  ['a@acme.com', 'a•••@acme.com'],
  ['no address', '•••'],
  ['@acme.com', '•••'],
])('shows of %j only the first letter and the domain', (email, shown) => {
  expect(maskEmail(email)).toBe(shown);
});
