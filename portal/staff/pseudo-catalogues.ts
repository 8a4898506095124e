import type { CatalogueFiles } from '../shared/i18n.ts';

/** Test builds only: English made longer and stranger while building. */
export const pseudo = import.meta.glob<CatalogueFiles[string]>(
  ['../shared/messages/en/*.json', './messages/en/*.json'],
  { eager: true, import: 'default', query: '?pseudo' },
);
