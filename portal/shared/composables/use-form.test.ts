import { describe, expect, it, vi } from 'vitest';
import { defineComponent, h, nextTick } from 'vue';
import { ApiProblem } from '../api-client.ts';
import ErrorSummary from '../components/ErrorSummary.vue';
import TextField from '../components/TextField.vue';
import { render } from '../testing/render.ts';
import { useForm } from './use-form.ts';

type Submit = (values: { email: string }, options: { idempotencyKey: string }) => Promise<unknown>;

async function aForm(submit: Submit) {
  const Form = defineComponent(() => {
    const form = useForm({
      values: { email: '' },
      checks: { email: (value) => (value.includes('@') ? undefined : "This isn't an e-mail address.") },
      submit,
    });
    return () =>
      h('form', { onSubmit: (event: Event) => (event.preventDefault(), void form.submit()) }, [
        h(ErrorSummary, {
          problems: form.summary.value,
          problem: form.problem.value,
          requests: form.summaryRequests.value,
        }),
        h(TextField, {
          label: 'E-mail',
          modelValue: form.values.email,
          'onUpdate:modelValue': (value: string) => (form.values.email = value),
          ...form.field('email'),
        }),
        h('output', form.state.value),
      ]);
  });
  const wrapper = await render(Form);
  return {
    wrapper,
    type: (value: string) => wrapper.get('input').setValue(value),
    leave: () => wrapper.get('input').trigger('blur'),
    submit: async () => {
      await wrapper.get('form').trigger('submit');
      await new Promise((resolve) => setTimeout(resolve));
      await nextTick();
    },
    state: () => wrapper.get('output').text(),
  };
}

describe('a form', () => {
  it('is quiet before anything is typed, and says what is wrong on leaving a field', async () => {
    const form = await aForm(vi.fn<Submit>());

    await form.leave();
    expect(form.wrapper.text()).not.toContain("isn't");

    await form.type('ada');
    await form.leave();

    const described = form.wrapper.get('input').attributes('aria-describedby');
    expect(form.wrapper.get(`[id="${described}"]`).text()).toBe("This isn't an e-mail address.");
    expect(form.wrapper.get('input').attributes('aria-invalid')).toBe('true');
  });

  it('clears a problem as soon as the value is right', async () => {
    const form = await aForm(vi.fn<Submit>());
    await form.type('ada');
    await form.leave();

    await form.type('ada@acme.com');

    expect(form.wrapper.text()).not.toContain("isn't");
  });

  it('sends nothing while a value is wrong; the summary takes focus and leads to the field', async () => {
    const sent = vi.fn<Submit>();
    const form = await aForm(sent);

    await form.submit();

    expect(sent).not.toHaveBeenCalled();
    expect(document.activeElement?.textContent).toContain('One thing needs another look');
    await form.wrapper.get('[role=group] a').trigger('click');
    expect(document.activeElement?.tagName).toBe('INPUT');
  });

  it('shows what the server says about a field beside it', async () => {
    const form = await aForm(async () => {
      throw new ApiProblem({ code: 'invalid_request', status: 400, fields: { email: 'email_invalid' } });
    });
    await form.type('ada@acme');

    await form.submit();

    expect(form.wrapper.get('[id$=problem]').text()).toContain('This isn’t an e-mail address.');
    expect(form.state()).toBe('failed');
  });

  it('tries again with the same key as long as nobody knows what became of it, and with a new one after a no', async () => {
    const keys: string[] = [];
    const outcomes = [
      new ApiProblem({ code: 'offline' }),
      new ApiProblem({ code: 'offline', status: 502 }),
      new ApiProblem({ code: 'conflict', status: 409, isRefusal: true }),
      undefined,
    ];
    const form = await aForm(async (_values, { idempotencyKey }) => {
      keys.push(idempotencyKey);
      const outcome = outcomes.shift();
      if (outcome !== undefined) throw outcome;
    });
    await form.type('ada@acme.com');

    for (let times = 0; times < 4; times++) await form.submit();

    expect(keys.slice(1, 3)).toEqual([keys[0], keys[0]]);
    expect(keys[3]).not.toBe(keys[0]);
    expect(form.state()).toBe('saved');
  });
});
