const mostShown = 200;

/** The beginning of a text of any length, never cut within a character; a usual one is whole. */
export const shortened = (text: string): string =>
  text.length <= mostShown ? text : `${text.slice(0, mostShown).replace(/[\uD800-\uDBFF]$/, '')}…`;
