import { describe, expect, it, vi } from 'vitest';
import { defineComponent, h, nextTick } from 'vue';
import { render } from '../testing/render.ts';
import DataTable from './DataTable.vue';

type Row = { id: string };

async function aTable(pendingCount = 0) {
  const onOpen = vi.fn<(row: Row) => void>();
  const onShowPending = vi.fn<() => void>();
  const rows: Row[] = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
  const columns = [{ key: 'name', label: 'Organization' }];
  const Page = defineComponent(
    () => () =>
      h(DataTable, { label: 'Onboardings', opens: true, columns, rows, pendingCount, onOpen, onShowPending }),
  );
  return { wrapper: await render(Page), onOpen, onShowPending };
}

const press = async (key: string, on: EventTarget = document.body) => {
  on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  await nextTick();
};

describe('a table', () => {
  it('is walked with j and k and opened with Enter, one row in the tab order', async () => {
    const { wrapper, onOpen } = await aTable();
    const rows = wrapper.findAll('tbody tr');

    await press('j');
    expect(document.activeElement).toBe(rows[0]?.element);
    await press('j', rows[0]?.element);
    await press('j', rows[1]?.element);
    await press('k', rows[2]?.element);
    await press('Enter', rows[1]?.element);

    expect(onOpen.mock.calls).toEqual([[{ id: 'b' }]]);
    expect(rows.map((row) => row.attributes('tabindex'))).toEqual(['-1', '0', '-1']);
  });

  it('leaves the letters alone while somebody types', async () => {
    await aTable();
    const field = document.createElement('input');
    document.body.append(field);
    field.focus();

    await press('j', field);

    expect(document.activeElement).toBe(field);
    field.remove();
  });

  it('keeps new rows waiting until they are asked for', async () => {
    const { wrapper, onShowPending } = await aTable(4);

    await wrapper.get('button').trigger('click');

    expect(wrapper.get('button').text()).toBe('4 new');
    expect(onShowPending).toHaveBeenCalledOnce();
  });
});
