/**
 * The small text over a mark or a time: on hover after a moment, on focus at once, gone with Esc, and it stays while the
 * pointer is on it (WCAG 1.4.13). One for the whole page, drawn by `TipHost`.
 */
import { shallowReadonly, shallowRef, type Directive } from 'vue';

type Tip = { anchor: HTMLElement; text: string };
const shown = shallowRef<Tip>();
const hoverDelayMs = 300;
let timer: ReturnType<typeof setTimeout> | undefined;
const texts = new WeakMap<HTMLElement, string>();

function show(anchor: HTMLElement, afterMs: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const text = texts.get(anchor);
    if (text !== undefined && text !== '' && anchor.isConnected) shown.value = { anchor, text };
  }, afterMs);
}

export function hideTip(afterMs = 0): void {
  clearTimeout(timer);
  timer = setTimeout(() => (shown.value = undefined), afterMs);
}

/** The pointer moved from the anchor onto the tip itself. */
export function keepTip(): void {
  clearTimeout(timer);
}

export const shownTip = shallowReadonly(shown);

export const vTip: Directive<HTMLElement, string | undefined> = {
  mounted(element, { value }) {
    texts.set(element, value ?? '');
    element.addEventListener('pointerenter', () => show(element, hoverDelayMs));
    element.addEventListener('pointerleave', () => hideTip(120));
    element.addEventListener('focus', () => {
      if (element.matches(':focus-visible')) show(element, 0);
    });
    element.addEventListener('blur', () => hideTip());
    element.addEventListener('click', () => hideTip());
  },
  updated(element, { value }) {
    texts.set(element, value ?? '');
  },
  beforeUnmount(element) {
    if (shown.value?.anchor === element) hideTip();
  },
};
