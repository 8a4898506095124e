import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { flushPromises } from '@vue/test-utils';
import { useAnnouncer } from '../composables/use-announcer.ts';
import { render } from '../testing/render.ts';
import ValueSlip from './ValueSlip.vue';

const writeText = vi.fn<(text: string) => Promise<void>>();

beforeEach(() => {
  writeText.mockReset().mockResolvedValue();
  vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } });
});
afterEach(() => vi.unstubAllGlobals());

const slip = { label: 'Identifier (Entity ID)', value: 'https://auth.example/conn_9f' };

describe('a value slip', () => {
  it('copies the value in full, says so politely, and the tick stays', async () => {
    const wrapper = await render(ValueSlip, { props: slip });

    await wrapper.get('button').trigger('click');
    await flushPromises();

    expect(writeText).toHaveBeenCalledExactlyOnceWith('https://auth.example/conn_9f');
    expect(useAnnouncer().polite.value).toBe('Identifier (Entity ID) copied');
    expect(wrapper.text()).toContain('Copied just now');
    expect(wrapper.emitted('copied')).toHaveLength(1);
  });

  it('is already ticked when this person copied it another day', async () => {
    const wrapper = await render(ValueSlip, { props: { ...slip, copiedAt: '2026-11-20T12:00:00Z' } });

    expect(wrapper.text()).toContain('Copied');
  });

  it('names the button after the label and says when the browser refuses', async () => {
    writeText.mockRejectedValue(new Error('denied'));
    document.execCommand = () => false;
    const wrapper = await render(ValueSlip, { props: slip });

    await wrapper.get('[aria-label="Copy Identifier (Entity ID)"]').trigger('click');
    await flushPromises();

    expect(wrapper.get('[role=alert]').text()).toContain('Select the value');
    expect(wrapper.emitted('copied')).toBeUndefined();
  });
});
