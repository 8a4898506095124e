/**
 * All text comes from catalogues: `portal/<app>/messages/<locale>/<area>.json`, where the file's name is the first
 * part of the key (`home.json` → `home.next`; what the first view needs of a large area is in `<area>.first.json`).
 * Sentences are whole, with vue-i18n placeholders and plurals
 * (`none | one | {n} things`), and compiled while building. Values, dates and numbers are put in by `useText`.
 */
import { inject, type InjectionKey } from 'vue';
import { createI18n, useI18n } from 'vue-i18n';
import { withoutTurns } from '../../onboarding/writing-direction.ts';

/** A catalogue tree: compiled sentences in groups. */
export type Catalogue = { [key: string]: Catalogue | string };
/** What `import.meta.glob` gives for a folder of catalogue files. */
export type CatalogueFiles = Record<string, Catalogue>;

type Language = { tag: string; name: string; direction: 'ltr' | 'rtl' };

/** Languages on offer, each in its own name. Adding one: its folders, a line here, a line in each app's catalogues. */
const languages: readonly Language[] = [{ tag: 'en', name: 'English', direction: 'ltr' }];

/** Two more in test builds: longer, accented text, and the same mirrored. */
const pseudoLanguages: readonly Language[] =
  import.meta.env.MODE === 'production'
    ? []
    : [
        { tag: 'en-x-pseudo', name: '⟦Pšéüďö⟧', direction: 'ltr' },
        { tag: 'en-x-rtl', name: '⟦Pšéüďö ŘŢĽ⟧', direction: 'rtl' },
      ];

export const offeredLanguages: readonly Language[] = [...languages, ...pseudoLanguages];

/** Gives an app's catalogue files, its own and the shared ones. */
export type CatalogueLoader = {
  /** In English what the first view needs; in any other language everything. */
  first: (tag: string) => Promise<CatalogueFiles>;
  /** The rest of the English ones, where an app is large enough to part them. */
  rest?: () => Promise<CatalogueFiles>;
};

type TextSetting = {
  i18n: ReturnType<typeof createTexts>;
  loader: CatalogueLoader;
  completion?: Promise<void>;
};
/** Where the language menu finds the app's text. */
export const textKey: InjectionKey<TextSetting> = Symbol('text');

/** File paths become the first part of the key; files of one area come together. */
function byArea(files: CatalogueFiles): Catalogue {
  const areas: CatalogueFiles = {};
  for (const [path, content] of Object.entries(files)) {
    const area = path.replace(/^.*\/([a-z-]+)(\.first)?\.json.*$/, '$1');
    areas[area] = { ...areas[area], ...content };
  }
  return areas;
}

function createTexts(english: Catalogue) {
  return createI18n<false>({
    legacy: false,
    globalInjection: false,
    locale: 'en',
    fallbackLocale: 'en',
    missingWarn: false,
    fallbackWarn: false,
    messages: { en: english },
  });
}

/** The app's text in `tag` (or `?locale=` in test builds), with English behind it. */
export async function createText(tag: string, loader: CatalogueLoader): Promise<TextSetting> {
  const i18n = createTexts(byArea(await loader.first('en')));
  const setting: TextSetting = { i18n, loader };
  await speak(setting, tag);
  return setting;
}

/** Adds what the first view did without. Later calls wait for the first. */
export function completeText(setting: TextSetting): Promise<void> {
  setting.completion ??= complete(setting);
  return setting.completion;
}

async function complete({ i18n, loader }: TextSetting): Promise<void> {
  if (loader.rest !== undefined) i18n.global.mergeLocaleMessage('en', byArea(await loader.rest()));
}

/** Changes the language in place: page, input and place are kept. */
export async function speak({ i18n, loader }: TextSetting, wanted: string): Promise<void> {
  const language = offeredLanguages.find(({ tag }) => tag === wanted) ?? languages[0];
  if (language === undefined) return;
  if (!i18n.global.availableLocales.includes(language.tag)) {
    i18n.global.setLocaleMessage(language.tag, byArea(await loader.first(language.tag)));
  }
  i18n.global.locale.value = language.tag;
  document.documentElement.lang = language.tag;
  document.documentElement.dir = language.direction;
}

/** What the server chose; in test builds `?locale=pseudo` and `?locale=rtl` go before it. */
export function wantedLanguage(fromServer: string, search: string): string {
  if (import.meta.env.MODE === 'production') return fromServer;
  const asked = new URLSearchParams(search).get('locale');
  return asked === null ? fromServer : `en-x-${asked}`;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * `t(key, values?, count?)` gives a whole sentence, with its numbers written as `number(1204)` does: "1,204"; `n` is the
 * count where nothing else is said. No value can turn round the sentence that it stands in. `has` asks whether the
 * catalogue knows a key, for words chosen by a code from the server. `<I18nT keypath scope="global">` puts elements into a
 * sentence.
 */
export function useText() {
  const { t, n, te, locale } = useI18n({ useScope: 'global' });
  const written = (values: Values): Values =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'number' ? n(value) : typeof value === 'string' ? withoutTurns(value) : value,
      ]),
    );
  return {
    // A copy: vue-i18n writes the count into the values, and a sentence with the same ones would be counted by it.
    t: (key: string, values: Values = {}, count = 1): string =>
      t(key, written({ n: count, ...values }), count),
    has: (key: string): boolean => te(key, 'en'),
    number: (value: number): string => n(value),
    locale,
  };
}

/** For the language menu: what is offered, what is spoken, and a way to change it. */
export function useLanguage() {
  const setting = inject(textKey);
  const { locale } = useI18n({ useScope: 'global' });
  return {
    current: locale,
    offered: offeredLanguages,
    speak: async (tag: string) => {
      if (setting !== undefined) await speak(setting, tag);
    },
  };
}
