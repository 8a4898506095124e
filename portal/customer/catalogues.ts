import type { Catalogue, CatalogueLoader } from '../shared/i18n.ts';

/** What home and the frame say; messages.test.ts holds them to it. */
const first = import.meta.glob<Catalogue>(
  [
    '../shared/messages/en/*.json',
    '!../shared/messages/en/acts.json',
    '!../shared/messages/en/auditexport.json',
    '!../shared/messages/en/changes.json',
    '!../shared/messages/en/charts.json',
    '!../shared/messages/en/checks.json',
    '!../shared/messages/en/errors.json',
    '!../shared/messages/en/filecauses.json',
    '!../shared/messages/en/refusals.json',
    '!../shared/messages/en/streams.json',
    '!../shared/messages/en/values.json',
    './messages/en/{causes,features,frame,home,steps,timeline}.json',
  ],
  { eager: true, import: 'default' },
);

/** Home's English comes with the app, the rest right after it; other languages when they are asked for. */
export const catalogues: CatalogueLoader = {
  first: async (tag) => {
    if (import.meta.env.MODE !== 'production' && tag.startsWith('en-x-')) {
      return (await import('./pseudo-catalogues.ts')).pseudo;
    }
    return first;
  },
  rest: async () => (await import('./further-catalogues.ts')).further,
};
