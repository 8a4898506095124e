import { randomInt } from 'node:crypto';

/** Without letters that sound or look like another: a reference is read aloud over the telephone. */
const letters = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

/** What names an attempt to people, such as `4K2M-71`. Not a secret, and no key: the attempt's id is. */
export function newReference(): string {
  const pick = () => letters[randomInt(letters.length)] ?? '2';
  const digits = String(randomInt(100)).padStart(2, '0');
  return `${pick()}${pick()}${pick()}${pick()}-${digits}`;
}
