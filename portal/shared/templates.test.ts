// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, type SFCTemplateBlock } from 'vue/compiler-sfc';

type TemplateChildNode = NonNullable<SFCTemplateBlock['ast']>['children'][number];
/** Vue's node kinds, which its public entry does not name. */
const kind = { element: 1, text: 2, attribute: 6, directive: 7 } as const;

const portal = join(import.meta.dirname, '..');
const components = readdirSync(portal, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.vue') && !file.startsWith('dev/'))
  .sort();

/** Attributes people read or hear; anywhere else a plain value is markup. */
const spoken = new Set([
  'label',
  'title',
  'text',
  'hint',
  'placeholder',
  'alt',
  'aria-label',
  'confirm-label',
  'note',
]);
const hasWords = (text: string) => /\p{L}{2,}/u.test(text);

function rawTextIn(nodes: readonly TemplateChildNode[]): string[] {
  return nodes.flatMap((node) => {
    if (node.type === kind.text) return hasWords(node.content) ? [node.content.trim()] : [];
    if (node.type !== kind.element) return [];
    const attributes = node.props.flatMap((prop) =>
      prop.type === kind.attribute && spoken.has(prop.name) && hasWords(prop.value?.content ?? '')
        ? [`${prop.name}="${prop.value?.content}"`]
        : [],
    );
    return [...attributes, ...rawTextIn(node.children)];
  });
}

function stylesIn(nodes: readonly TemplateChildNode[]): string[] {
  return nodes.flatMap((node) => {
    if (node.type !== kind.element) return [];
    const own = node.props.flatMap((prop) => {
      const isStyle = prop.type === kind.attribute && prop.name === 'style';
      const isBinding =
        prop.type === kind.directive && /^:style|^v-bind:style|^v-html/.test(prop.rawName ?? '');
      return isStyle || isBinding ? [`<${node.tag}>`] : [];
    });
    return [...own, ...stylesIn(node.children)];
  });
}

function templateOf(file: string): readonly TemplateChildNode[] {
  const { descriptor } = parse(readFileSync(join(portal, file), 'utf8'), { filename: file });
  return descriptor.template?.ast?.children ?? [];
}

it.each(components)('%s takes its text from the catalogue', (file) => {
  expect(rawTextIn(templateOf(file))).toEqual([]);
});

it.each(components)('[UI-02] [UI-03] %s has no style attribute and no v-html', (file) => {
  expect(stylesIn(templateOf(file))).toEqual([]);
});

/** `useAct` itself, and what is built on it, wherever a component makes one. */
const madeAct = /const (\w+) = use(?:\w*Act|StartDraft)\(/g;

it.each(components)('%s says why an act was refused', (file) => {
  const source = readFileSync(join(portal, file), 'utf8');
  const acts = [...source.matchAll(madeAct)].flatMap(([, name]) => name ?? []);

  // By itself, through the notice or the dialog that tells it, or in the hands of a part that gets the whole act.
  const isTold = (act: string) =>
    new RegExp(String.raw`\b${act}\.problem\b|:acts?="[^"]*\b${act}\b|="${act}"|\s:${act}\s`).test(source);
  expect(acts.filter((act) => !isTold(act))).toEqual([]);
});
