import type { GuideBlock } from '../../onboarding/providers/sign-in/provider.ts';

/** What is copied: one of our values, or a part of a file that holds them. */
export type ValueBlock = Extract<GuideBlock, { kind: 'value' | 'snippet' }>;

export type GuidePart =
  | { kind: 'values'; values: ValueBlock[] }
  | { kind: 'settings'; settings: Extract<GuideBlock, { kind: 'setting' }>[] }
  | { kind: 'attributes'; attributes: Extract<GuideBlock, { kind: 'attribute' }>[] }
  | Extract<GuideBlock, { kind: 'text' | 'note' | 'form' }>;

/** Neighbours of one kind stand together: slips in one group, settings and attributes in one table. */
export function guideParts(blocks: readonly GuideBlock[]): GuidePart[] {
  const parts: GuidePart[] = [];
  for (const block of blocks) {
    const last = parts.at(-1);
    if (block.kind === 'value' || block.kind === 'snippet') {
      if (last?.kind === 'values') last.values.push(block);
      else parts.push({ kind: 'values', values: [block] });
    } else if (block.kind === 'setting') {
      if (last?.kind === 'settings') last.settings.push(block);
      else parts.push({ kind: 'settings', settings: [block] });
    } else if (block.kind === 'attribute') {
      if (last?.kind === 'attributes') last.attributes.push(block);
      else parts.push({ kind: 'attributes', attributes: [block] });
    } else {
      parts.push(block);
    }
  }
  return parts;
}
