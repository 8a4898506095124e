/**
 * Compiles catalogues (`…/messages/<locale>/*.json`) while building, so no message compiler ships and nothing needs
 * `eval` [UI-02]. Each sentence becomes vue-i18n's message tree without source positions. With `?pseudo` the sentences
 * are first turned into the pseudo-locale.
 */
import { baseCompile } from '@intlify/message-compiler';
import type { Plugin } from 'vite';
import { pseudoMessage } from './pseudo-locale.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const catalogue = /\/messages\/[a-z-]+\/[a-z-]+(\.first)?\.json(\?.*)?$/;

export function messagePlugin(): Plugin {
  return {
    name: 'vestibule:messages',
    enforce: 'pre',
    transform: {
      filter: { id: catalogue },
      handler(source, id) {
        const isPseudo = id.includes('?pseudo');
        const rewrite = isPseudo ? pseudoMessage : (message: string) => message;
        const compiled = JSON.stringify(compileTree(JSON.parse(source), rewrite, id));
        // With a query it is no JSON file to Vite any more.
        return isPseudo
          ? { code: `export default ${compiled}`, moduleType: 'js', map: null }
          : { code: compiled, map: null };
      },
    },
  };
}

function compileTree(node: Json, rewrite: (message: string) => string, where: string): Json {
  if (typeof node === 'string') return compileMessage(rewrite(node), where);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) {
    throw new Error(`${where}: a catalogue holds sentences and groups of sentences only`);
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, compileTree(value, rewrite, where)]),
  );
}

/** One sentence as vue-i18n's message tree; a malformed one stops the build with its text. */
export function compileMessage(message: string, where = 'message'): Json {
  const { ast } = baseCompile(message, {
    jit: true,
    optimize: true,
    minify: true,
    onError: ({ code }) => {
      throw new Error(`${where}: "${message}" is no message (${code}); a plain @, { or | is written {'@'}`);
    },
  });
  return JSON.parse(JSON.stringify(ast, withoutPositions));
}

function withoutPositions(key: string, value: unknown): unknown {
  return key === 'loc' || key === 'start' || key === 'end' ? undefined : value;
}
