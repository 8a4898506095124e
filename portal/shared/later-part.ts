import { defineAsyncComponent, inject, type Component } from 'vue';
import { completeText, textKey } from './i18n.ts';

/** A part that the first view does without: it comes when it is to be drawn, with the words that come after that view. */
export function laterPart<Part extends Component>(load: () => Promise<Part>): Part {
  return defineAsyncComponent(async () => {
    const text = inject(textKey, undefined);
    if (text !== undefined) await completeText(text);
    return load();
  });
}
