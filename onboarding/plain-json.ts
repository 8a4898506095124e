/**
 * JSON in which control and format characters (escapes of terminals, marks of writing direction, separators of lines) are
 * written as `\uXXXX`, so that nothing acts on a terminal or a reader of lines [STR-02]. It reads back to the same value.
 */
export function plainJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}
