import { expect, it } from 'vitest';
import { flushPromises } from '@vue/test-utils';
import { defineComponent, h, ref } from 'vue';
import { useAnnouncer } from '../../shared/composables/use-announcer.ts';
import { render } from '../../shared/testing/render.ts';
import ChoiceList from './ChoiceList.vue';

it('keeps the other name that was searched for apart from the line of help', async () => {
  const Page = defineComponent(
    () => () =>
      h(
        ChoiceList,
        {
          label: 'Directories',
          searchLabel: 'Search',
          searchHint: 'Old names work too',
          query: 'csv',
          rows: [{ id: 'sftp', name: 'Files by SFTP', matchedName: 'CSV' }],
          isNone: false,
          running: undefined,
          hintOf: () => 'Takes effect within a minute.',
        },
        { none: () => [] },
      ),
  );

  const wrapper = await render(Page);

  expect(wrapper.get('li').text()).toContain('also known as CSV · Takes effect within a minute.');
});

it('says to those who do not see the list how many a search has found', async () => {
  const all = ['Okta', 'OneLogin', 'PingOne'].map((name) => ({ id: name, name, matchedName: null }));
  const query = ref('');
  const Page = defineComponent(
    () => () =>
      h(
        ChoiceList,
        {
          label: 'Providers',
          searchLabel: 'Search',
          searchHint: '',
          query: query.value,
          rows: all.filter(({ name }) => name.includes(query.value)),
          isNone: false,
          running: undefined,
        },
        { none: () => [] },
      ),
  );
  await render(Page);
  const { polite } = useAnnouncer();
  expect(polite.value).toBe('');

  query.value = 'One';
  await flushPromises();

  expect(polite.value).toBe('2 found');
});
