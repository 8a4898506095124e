import { expect, it } from 'vitest';
import { defineComponent, h } from 'vue';
import { render } from '../../shared/testing/render.ts';
import ChoiceList from './ChoiceList.vue';

it('keeps the other name that was searched for apart from the line of help', async () => {
  const Page = defineComponent(
    () => () =>
      h(
        ChoiceList,
        {
          ...{ label: 'Directories', searchLabel: 'Search', searchHint: 'Old names work too', query: 'csv' },
          rows: [{ id: 'sftp', name: 'Files by SFTP', matchedName: 'CSV' }],
          ...{ isNone: false, running: undefined, hintOf: () => 'Takes effect within a minute.' },
        },
        { none: () => [] },
      ),
  );

  const wrapper = await render(Page);

  expect(wrapper.get('li').text()).toContain('also known as CSV · Takes effect within a minute.');
});
