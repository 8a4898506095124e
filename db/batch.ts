import pg from 'pg';
import { serialize } from 'pg-protocol';
import utils from 'pg/lib/utils.js';
import { OnboardingError } from '../onboarding/errors.ts';

/** One with a name is parsed and planned once a connection. */
export interface Statement {
  text: string;
  name?: string;
  /** A function is asked when the statement is sent: late in the turn, when more is known. */
  values?: Values | (() => Values);
}

type Values = readonly unknown[];

export interface Outcome {
  command: string;
  rowCount: number;
  rows: Record<string, unknown>[];
}

export type Send = (statement: Statement) => Promise<Outcome>;

/**
 * Sends statements over a connection in their order: all of one turn as one message, and those that come while one is
 * under way as the next. When one fails, the server skips what stands behind it in the message; that fails with the same
 * error.
 */
export function sendInBatches(client: pg.PoolClient): Send {
  let waiting: Sent[] = [];
  let isUnderWay = false;

  function sendWaiting(): void {
    isUnderWay = waiting.length > 0;
    if (!isUnderWay) return;
    client.query(new Batch(waiting, sendWaiting));
    waiting = [];
  }

  return (statement) =>
    new Promise((resolve, reject) => {
      const { text, name = '', values = [] } = statement;
      const parameters = typeof values === 'function' ? () => prepared(values()) : prepared(values);
      if (waiting.length === 0 && !isUnderWay) process.nextTick(sendWaiting);
      waiting.push({ text, name, parameters, resolve, reject, fields: [], rows: [], completed: undefined });
    });
}

type Parameters = (string | Buffer | null)[];
const prepared = (values: Values): Parameters => values.map((value) => utils.prepareValue(value));

interface Sent {
  text: string;
  name: string;
  parameters: Parameters | (() => Parameters);
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
  fields: { name: string; dataTypeID: number }[];
  rows: (string | null)[][];
  /** What the server says at its end, as `INSERT 0 1`; undefined until then. */
  completed: string | undefined;
}

/** Names of the statements that a connection has parsed. */
const parsedOn = new WeakMap<pg.Connection, Set<string>>();

/**
 * Several statements with one Sync behind the last. The driver by itself sends one after each, and the server answers
 * each of them with a packet of its own. The methods are those that the driver calls with what comes back.
 */
class Batch implements pg.Submittable {
  readonly #sent: readonly Sent[];
  readonly #onEnd: () => void;
  #at = 0;
  #parsed = new Set<string>();

  constructor(sent: readonly Sent[], onEnd: () => void) {
    this.#sent = sent;
    this.#onEnd = onEnd;
  }

  submit(connection: pg.Connection): void {
    this.#parsed = parsedOn.get(connection) ?? new Set();
    parsedOn.set(connection, this.#parsed);
    const messages = this.#sent.flatMap((sent) => messagesOf(sent, this.#parsed));
    // One buffer: what a write costs is hardly its bytes.
    if (connection.stream.writable) connection.stream.write(Buffer.concat([...messages, serialize.sync()]));
  }

  handleRowDescription({ fields }: Pick<Sent, 'fields'>): void {
    const sent = this.#sent[this.#at];
    if (sent) sent.fields = fields;
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.#sent[this.#at]?.rows.push(fields);
  }

  handleCommandComplete({ text }: { text: string }): void {
    const sent = this.#sent[this.#at];
    if (sent) sent.completed = text;
    this.#at += 1;
  }

  handleReadyForQuery(): void {
    this.#end(new Error('the server has not answered this statement'));
  }

  /** The server's refusal of one statement, or the loss of the connection. */
  handleError(error: unknown): void {
    // Whether the server has come to parse these is not known.
    for (const { name } of this.#sent.slice(this.#at)) this.#parsed.delete(name);
    // The driver's own errors have no code that says so.
    const isRefusal = error instanceof pg.DatabaseError;
    this.#end(isRefusal ? error : new OnboardingError('service_unavailable', {}, { cause: error }));
  }

  #end(error: unknown): void {
    for (const sent of this.#sent) {
      try {
        if (sent.completed === undefined) sent.reject(error);
        else sent.resolve(outcomeOf(sent.completed, sent.fields, sent.rows));
      } catch (unreadable) {
        sent.reject(unreadable);
      }
    }
    this.#onEnd();
  }
}

function messagesOf({ text, name, parameters }: Sent, parsed: Set<string>): Buffer[] {
  const run = [
    serialize.bind({
      statement: name,
      values: typeof parameters === 'function' ? parameters() : parameters,
    }),
    serialize.describe({ type: 'P' }),
    serialize.execute(),
  ];
  if (parsed.has(name)) return run;
  const parse = serialize.parse({ text, name });
  if (name === '') return [parse, ...run];
  parsed.add(name);
  // After an error one may be there that is to be parsed again; closing what is not there is no error.
  return [serialize.close({ type: 'S', name }), parse, ...run];
}

function outcomeOf(completed: string, fields: Sent['fields'], rows: Sent['rows']): Outcome {
  const [command = '', ...counts] = completed.split(' ');
  const parsers = fields.map(({ dataTypeID }) => typeParser(dataTypeID));
  return {
    command,
    rowCount: Number(counts.at(-1) ?? 0),
    rows: rows.map((row) => {
      const parsed: Record<string, unknown> = {};
      row.forEach((value, index) => {
        const field = fields[index];
        if (field) parsed[field.name] = value === null ? null : parsers[index]?.(value);
      });
      return parsed;
    }),
  };
}

const int8 = 20;

/** bigint as a number: positions and counts stay below 2^53. */
export function typeParser(oid: number, format: 'text' | 'binary' = 'text'): (value: string) => unknown {
  return oid === int8 && format === 'text' ? Number : pg.types.getTypeParser(oid, format);
}
