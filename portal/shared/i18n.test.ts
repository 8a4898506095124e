import { expect, it } from 'vitest';
import { defineComponent } from 'vue';
import { useText } from './i18n.ts';
import { render } from './testing/render.ts';

it.each([
  [{ n: 12_000 }, '12,000 new'],
  [{}, '12,000 new'],
  [{ n: '12 thousand' }, '12 thousand new'],
])('a sentence with %j has its numbers as people write them', async (values, sentence) => {
  const Sentence = defineComponent({
    setup() {
      const { t } = useText();
      return () => t('parts.newRows', values, 12_000);
    },
  });

  expect((await render(Sentence)).text()).toBe(sentence);
});

it('[UI-03] a value turns no sentence round, whatever marks are in it', async () => {
  const Sentence = defineComponent({
    setup() {
      const { t } = useText();
      return () => t('parts.newRows', { n: '\u2069\u202e12\u202c thousand' });
    },
  });

  expect((await render(Sentence)).text()).toBe('12 thousand new');
});
