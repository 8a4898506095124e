import type { Catalogue } from '../shared/i18n.ts';

/** The sentences of every page but home; `catalogues.ts` has the others. */
export const further = import.meta.glob<Catalogue>(
  [
    '../shared/messages/en/acts.json',
    '../shared/messages/en/auditexport.json',
    '../shared/messages/en/changes.json',
    '../shared/messages/en/charts.json',
    '../shared/messages/en/checks.json',
    '../shared/messages/en/errors.json',
    '../shared/messages/en/filecauses.json',
    '../shared/messages/en/refusals.json',
    '../shared/messages/en/streams.json',
    '../shared/messages/en/values.json',
    './messages/en/*.json',
    '!./messages/en/{causes,features,frame,home,steps,timeline}.json',
  ],
  { eager: true, import: 'default' },
);
