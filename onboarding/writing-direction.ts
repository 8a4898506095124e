/**
 * Marks that turn the direction of all that follows them on a line, also of what is not theirs: embeddings, overrides,
 * isolates and their ends. The marks of one place (LRM, RLM, ALM), which names in Hebrew and Arabic need, are none of them.
 */
const turningMarks = /[\u202a-\u202e\u2066-\u2069]/g;

/** A text from outside as a part of our own sentence, which it must not turn round [UI-03]. */
export function withoutTurns(text: string): string {
  return text.replace(turningMarks, '');
}

/** The same where nothing may be lost: each mark is spelled out. */
export function withTurnsSpelled(text: string): string {
  return text.replace(turningMarks, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`);
}
