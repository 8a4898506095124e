import { nextTick, readonly, ref } from 'vue';

/** What `LiveRegion` speaks: one polite region for changes, one assertive for the end of a session. */
const polite = ref('');
const assertive = ref('');

async function say(region: typeof polite, text: string): Promise<void> {
  // The same sentence twice is a change only if the region was empty between.
  region.value = '';
  await nextTick();
  region.value = text;
}

export function useAnnouncer() {
  return {
    polite: readonly(polite),
    assertive: readonly(assertive),
    announce: (text: string) => void say(polite, text),
    announceUrgently: (text: string) => void say(assertive, text),
  };
}
