import { expect, it } from 'vitest';
import { render } from '../testing/render.ts';
import LongText from './LongText.vue';

const shownOf = async (text: string) => (await render(LongText, { props: { text } })).text();

it('a name of 64 KB is cut in a row, never within a character; a usual one is whole', async () => {
  expect(await shownOf('Ada Lovelace')).toBe('Ada Lovelace');
  expect(await shownOf('n'.repeat(65_536))).toBe(`${'n'.repeat(200)}…`);
  expect(await shownOf(`${'n'.repeat(199)}🦊🦊`)).toBe(`${'n'.repeat(199)}…`);
});
