/** What the driver's own types leave out, and its cursor uses too. */
declare module 'pg/lib/utils.js' {
  const utils: {
    /** A value as the wire has it: a text, bytes or nothing. */
    prepareValue(value: unknown): string | Buffer | null;
  };
  export default utils;
}
