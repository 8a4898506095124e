import { effectScope } from 'vue';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useShortcuts } from './use-shortcuts.ts';

const press = (key: string) =>
  (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true }),
  );

describe('keys one after the other', () => {
  const went = vi.fn();
  const scope = effectScope();
  beforeEach(() => {
    vi.useFakeTimers();
    scope.run(() => useShortcuts({ 'g e': went }));
  });
  afterEach(() => {
    vi.useRealTimers();
    document.body.replaceChildren();
  });

  it('go somewhere, and are forgotten after a second or when focus moves', () => {
    press('g');
    press('e');
    expect(went).toHaveBeenCalledTimes(1);

    press('g');
    vi.advanceTimersByTime(1_500);
    press('e');
    expect(went).toHaveBeenCalledTimes(1);

    const button = document.body.appendChild(document.createElement('button'));
    press('g');
    button.focus();
    press('e');
    expect(went).toHaveBeenCalledTimes(1);
    scope.stop();
  });
});
