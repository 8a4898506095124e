const together = 5_000;

/** So many rows a statement that each ends in a second or two: one for 100,000 would be cut off by its time limit. */
export function* inSlices<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let from = 0; from < rows.length; from += together) yield rows.slice(from, from + together);
}
