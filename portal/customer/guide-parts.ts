import type { DirectoryBlock } from '../../onboarding/providers/directory/provider.ts';
import type { StreamBlock } from '../../onboarding/log-streams/destination.ts';
import type { GuideBlock } from '../../onboarding/providers/sign-in/provider.ts';

/** Which guide a page shows; a stream's and a DNS host's with what it sets up, since there may be several. */
export type ReportedGuide =
  { guide: 'sign_in' | 'directory' } | { guide: 'log_stream' | 'dns_host'; subjectId: string };

/** What a step of any guide is made of. */
export type AnyBlock = GuideBlock | DirectoryBlock | StreamBlock;

type Of<Kind extends AnyBlock['kind']> = Extract<AnyBlock, { kind: Kind }>;

/** What is copied: one of our values, or a part of a file that holds them. */
export type ValueBlock = Of<'value' | 'snippet'>;

export type GuidePart =
  | { kind: 'values'; values: ValueBlock[] }
  | { kind: 'settings'; settings: Of<'setting'>[] }
  | { kind: 'attributes'; attributes: Of<'attribute'>[] }
  | { kind: 'mappings'; mappings: Of<'mapping'>[] }
  | { kind: 'bring_back'; values: Of<'bring_back'>[] }
  | Of<'text' | 'note' | 'form' | 'token'>;

/** Neighbours of one kind stand together: slips in one group, settings, attributes and mappings in one table. */
export function guideParts(blocks: readonly AnyBlock[]): GuidePart[] {
  const parts: GuidePart[] = [];
  for (const block of blocks) {
    const last = parts.at(-1);
    if (block.kind === 'value' || block.kind === 'snippet') {
      if (last?.kind === 'values') last.values.push(block);
      else parts.push({ kind: 'values', values: [block] });
    } else if (block.kind === 'bring_back') {
      if (last?.kind === 'bring_back') last.values.push(block);
      else parts.push({ kind: 'bring_back', values: [block] });
    } else if (block.kind === 'setting') {
      if (last?.kind === 'settings') last.settings.push(block);
      else parts.push({ kind: 'settings', settings: [block] });
    } else if (block.kind === 'attribute') {
      if (last?.kind === 'attributes') last.attributes.push(block);
      else parts.push({ kind: 'attributes', attributes: [block] });
    } else if (block.kind === 'mapping') {
      if (last?.kind === 'mappings') last.mappings.push(block);
      else parts.push({ kind: 'mappings', mappings: [block] });
    } else {
      parts.push(block);
    }
  }
  return parts;
}
