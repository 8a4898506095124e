import { reactive } from 'vue';

/** How far the news of home were put away, for as long as the app is open. */
export const hiddenNews = reactive({ upTo: 0 });
