import type { Catalogue, CatalogueLoader } from '../shared/i18n.ts';

const english = import.meta.glob<Catalogue>(['../shared/messages/en/*.json', './messages/en/*.json'], {
  eager: true,
  import: 'default',
});

/** English comes with the app; other languages when they are asked for. */
export const catalogues: CatalogueLoader = {
  first: async (tag) => {
    if (import.meta.env.MODE !== 'production' && tag.startsWith('en-x-')) {
      return (await import('./pseudo-catalogues.ts')).pseudo;
    }
    return english;
  },
};
