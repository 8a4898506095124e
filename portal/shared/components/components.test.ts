import { describe, expect, it } from 'vitest';
import { defineComponent, h, ref, shallowRef } from 'vue';
import { ApiProblem } from '../api-client.ts';
import { render } from '../testing/render.ts';
import CodeField from './CodeField.vue';
import ExpectedReceived from './ExpectedReceived.vue';
import LoadedPart from './LoadedPart.vue';
import RawText from './RawText.vue';
import StatusChip from './StatusChip.vue';
import StepBar from './StepBar.vue';
import StepRail from './StepRail.vue';
import TimeText from './TimeText.vue';

describe('expected and received', () => {
  it('marks the characters that differ and names the difference', async () => {
    const wrapper = await render(ExpectedReceived, { props: { expected: 'urn:a', received: 'urn:a ' } });

    expect(wrapper.findAll('mark').map((mark) => mark.text())).toEqual(['␣']);
    expect(wrapper.text()).toContain('a space is part of the value');
  });
});

describe('the code field', () => {
  it('takes a pasted code with blanks and keeps six digits', async () => {
    const wrapper = await render(CodeField, { props: { modelValue: '' } });

    await wrapper.get('input').setValue(' 123 4567 ');

    expect(wrapper.emitted('update:modelValue')).toEqual([['123456']]);
    expect(wrapper.get('input').attributes('autocomplete')).toBe('one-time-code');
  });
});

describe('machine text', () => {
  it('shows what hides in it, or turns it around, as JSON writes it [STR-02]', async () => {
    const text = '{ "name": "Ada \u202egnp.exe\u2066 😀", "not": "\u200b" }';
    const wrapper = await render(RawText, { props: { label: 'Sent', text } });

    expect(wrapper.text()).toBe('{ "name": "Ada \\u202egnp.exe\\u2066 😀", "not": "\\u200b" }');
  });
});

describe('the rail', () => {
  it('is an ordered list that speaks place, name and state, and marks the current step', async () => {
    const wrapper = await render(StepRail, {
      props: {
        title: 'Single sign-on',
        currentId: 'test',
        steps: [
          { id: 'metadata', label: 'Give us your side', state: 'done', to: '/metadata' },
          { id: 'test', label: 'Test', state: 'open', to: '/test' },
          { id: 'live', label: 'Go live', state: 'blocked', reason: 'after a passed test' },
        ],
      },
    });

    const [, test, live] = wrapper.findAll('ol > li > *');
    expect(test?.attributes('aria-current')).toBe('step');
    expect(test?.text()).toContain('Step 2 of 3, Test, Not started');
    expect(live?.element.tagName).toBe('SPAN');
    expect(live?.text()).toContain('after a passed test');
  });
});

describe('the rail where there is no room for it', () => {
  it('is closed by Escape from each of its steps, and the keys are back at what opened it', async () => {
    const steps = [{ id: 'test', label: 'Test', state: 'open' as const, to: '/test' }];
    const wrapper = await render(StepBar, { props: { currentId: 'test', steps } });
    const opener = wrapper.get('button');
    await opener.trigger('click');
    const step = wrapper.get('ol a');
    (step.element as HTMLElement).focus();

    await step.trigger('keydown', { key: 'Escape' });

    expect(opener.attributes('aria-expanded')).toBe('false');
    expect(document.activeElement).toBe(opener.element);
  });
});

describe('a chip', () => {
  it('shows an unknown state of a newer server by its raw word', async () => {
    const wrapper = await render(StatusChip, { props: { kind: 'link', state: 'forwarded' } });

    expect(wrapper.text()).toBe('forwarded');
  });
});

describe('a time', () => {
  it('behind the word since it is a clock while it is fresh: nothing is "since 3 min ago"', async () => {
    const wrapper = await render(TimeText, {
      props: { at: new Date(Date.now() - 180_000).toISOString(), as: 'since' },
    });

    expect(wrapper.text()).toMatch(/^\d\d:\d\d$/);
  });

  it('carries its exact value for machines and can be reached for the full one', async () => {
    // Its day is that of where the reader is, and the tests are.
    const noon = new Date(2026, 11, 25, 12, 2).toISOString();
    const wrapper = await render(TimeText, { props: { at: noon, as: 'day' } });

    expect(wrapper.attributes('datetime')).toBe(noon);
    expect(wrapper.attributes('tabindex')).toBe('0');
    expect(wrapper.text()).toBe('25 Dec 2026');
  });

  it('is a link and no second stop within it where it leads somewhere', async () => {
    const wrapper = await render(TimeText, {
      props: { at: '2026-12-25T13:02:00Z', as: 'day', to: '/events/1' },
    });

    expect(wrapper.attributes('href')).toBe('/events/1');
    expect(wrapper.find('[tabindex]').exists()).toBe(false);
    expect(wrapper.get('time').attributes('datetime')).toBe('2026-12-25T13:02:00.000Z');
  });
});

describe('a part that was loaded', () => {
  const shown = (code: string) => {
    const request = {
      data: shallowRef('the last good answer'),
      problem: ref(new ApiProblem({ code, status: 500 })),
      isLoading: ref(false),
      refresh: () => Promise.resolve(),
    };
    const slots = { default: ({ data }: { data: string }) => h('p', data), skeleton: () => [] };
    return render(defineComponent(() => () => h(LoadedPart, { heading: 'A connection', request }, slots)));
  };

  it('stays below a later problem', async () => {
    const page = await shown('timed_out');

    expect(page.text()).toContain('the last good answer');
    expect(page.find('h1').exists()).toBe(false);
    expect(page.find('a').exists()).toBe(false);
  });

  it('goes when what it was about is gone: its heading stays, and leads back to the overview', async () => {
    const page = await shown('not_found');

    expect(page.text()).toContain('This no longer exists.');
    expect(page.text()).not.toContain('the last good answer');
    expect(page.get('h1').text()).toBe('A connection');
    expect(page.get('a').text()).toBe('Back to the overview');
    expect(page.get('a').attributes('href')).toBe('/');
  });
});
