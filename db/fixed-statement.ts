import { sendStatement, type Tx } from './database.ts';

/** Values of a fixed statement, by the names in its text. */
export type StatementValues = Readonly<Record<string, unknown>>;
/** Those, or what gives them when the statement is sent. */
type Given = StatementValues | (() => StatementValues);

const parameter = /(?<!:):([a-z]\w*)/gi;
let made = 0;

/**
 * A statement whose text never changes, for the paths that are walked most: every connection parses and plans it once,
 * nothing is built per call, and it is on its way when the call returns. Everything else is a Kysely query.
 *
 * Parameters are written `:name`; rows come with the names that the text gives them (`as "bodyHash"`). Returned columns
 * are listed one by one: a `*` would break prepared plans when a column is added.
 */
export function fixedStatement<Row extends object = never>(
  text: string,
): (tx: Tx, values: Given) => Promise<Row[]> {
  const order: string[] = [];
  const numbered = text.replace(parameter, (_, name: string) => {
    if (!order.includes(name)) order.push(name);
    return `$${order.indexOf(name) + 1}`;
  });
  const name = `fixed_${(made += 1)}`;
  const inOrder = (values: StatementValues) =>
    order.map((key) => {
      if (values[key] === undefined) throw new Error(`the statement's ":${key}" is missing`);
      return values[key];
    });
  return async (tx, given) => {
    const values = typeof given === 'function' ? () => inOrder(given()) : inOrder(given);
    const { rows } = await sendStatement(tx, { name, text: numbered, values });
    return rows as Row[];
  };
}
