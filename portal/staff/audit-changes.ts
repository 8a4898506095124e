import type { AuditDetail } from './answers.ts';

/** One value of an act; `id` is its name in the log. Undefined where that side does not speak of it. */
export type AuditChange = {
  id: string;
  before: string | undefined;
  after: string | undefined;
  isChanged: boolean;
};

/** Before and after side by side, what differs first. */
export function changesOf({ before, after }: Pick<AuditDetail, 'before' | 'after'>): AuditChange[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names]
    .map((id) => {
      const was = sayValue(before?.[id]);
      const is = sayValue(after?.[id]);
      return { id, before: was, after: is, isChanged: was !== is };
    })
    .sort((a, b) => Number(b.isChanged) - Number(a.isChanged));
}

/** Texts as they are, all else as JSON writes it. */
function sayValue(value: unknown): string | undefined {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
