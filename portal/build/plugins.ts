/** The plugins of the portal's build, for `vite.config.ts` and for the component tests alike. */
import tailwind from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import icons from 'unplugin-icons/vite';
import type { PluginOption } from 'vite';
import { messagePlugin } from './message-plugin.ts';
import { namedVuePlugin } from './named-vue-plugin.ts';

export function portalPlugins(): PluginOption[] {
  return [
    messagePlugin(),
    namedVuePlugin(),
    vue(),
    tailwind(),
    icons({
      compiler: 'vue3',
      scale: 1,
      // One weight for all marks (experience.md §2), and silent: the word beside an icon speaks.
      transform: (svg) => svg.replaceAll('stroke-width="2"', 'stroke-width="1.75"'),
      iconCustomizer: (_collection, _icon, props) => {
        props['aria-hidden'] = 'true';
        props['focusable'] = 'false';
      },
    }),
  ];
}

/** Compile-time switches of Vue and vue-i18n: the composition API alone, no devtools, no message compiler. */
export const portalDefines = {
  __VUE_OPTIONS_API__: 'false',
  __VUE_PROD_DEVTOOLS__: 'false',
  __VUE_I18N_FULL_INSTALL__: 'false',
  __VUE_I18N_LEGACY_API__: 'false',
  __INTLIFY_DROP_MESSAGE_COMPILER__: 'true',
  __INTLIFY_PROD_DEVTOOLS__: 'false',
};
