/**
 * Builds the two Vue apps to `dist/portal`: one HTML entry each, hashed files below `/assets/` (immutable), and a
 * manifest. The api serves the HTML and fills its placeholders (`portal/shared/boot.ts` lists them).
 * `--mode test` adds the component book and the pseudo-locales and writes to `dist/portal-test`.
 */
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { portalDefines, portalPlugins } from './portal/build/plugins.ts';

const portal = resolve(import.meta.dirname, 'portal');

export default defineConfig(({ command, mode }) => ({
  root: command === 'build' ? portal : import.meta.dirname,
  plugins: portalPlugins(),
  define: command === 'build' ? portalDefines : {},
  build: {
    outDir: resolve(import.meta.dirname, mode === 'production' ? 'dist/portal' : 'dist/portal-test'),
    emptyOutDir: true,
    manifest: true,
    // Fonts and pictures stay files: the content policy allows no data: addresses for them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // On a slow machine it would lecture whoever starts the product for the first time on how the build could be faster.
      checks: { bundlerTimings: false },
      input: [
        resolve(portal, 'customer/index.html'),
        resolve(portal, 'staff/index.html'),
        ...(mode === 'production' ? [] : [resolve(portal, 'dev/index.html')]),
      ],
      output: {
        codeSplitting: {
          groups: [
            { name: 'vue', test: /node_modules\/(@vue|vue|vue-router|vue-i18n|@intlify)\// },
            { name: 'floating', test: /node_modules\/(reka-ui|@floating-ui|@vueuse|aria-hidden)\// },
          ],
        },
      },
    },
  },
  html: { cspNonce: '__NONCE__' },
  resolve: {
    // Sentences are compiled while building (portal/build/message-plugin.ts), so the compiler stays at home.
    alias:
      command === 'build' ? [{ find: /^vue-i18n$/, replacement: 'vue-i18n/dist/vue-i18n.runtime.mjs' }] : [],
  },
}));
