import type { Response } from 'express';

/** What a handler gives back. The registrar writes it; handlers never touch the response. */
export interface Answer {
  status: number;
  /** A value is sent as JSON, a text as it is with the content type of `headers`. */
  body?: object | string;
  headers?: Readonly<Record<string, string>>;
  /** Values for Set-Cookie, made by `middleware/cookies.ts`. */
  cookies?: readonly string[];
  /** The body holds a secret: a stored copy of it is sealed. */
  holdsSecret?: boolean;
  /** Origins besides our own that a form of this page may post to. */
  formAction?: readonly string[];
  /** A script of others on this page writes markup in a way of its own [UI-02]. */
  writesMarkup?: boolean;
  /** Work for after the transaction of `commit`; its answer replaces this one. */
  afterCommit?: () => Promise<Answer>;
  /** Writes the body itself, for streams of events; nothing else of the answer but `headers` is used. */
  stream?: (response: Response) => void;
}

export const ok = (body: object): Answer => ({ status: 200, body });
export const created = (body: object): Answer => ({ status: 201, body });
export const noContent = (): Answer => ({ status: 204 });

/** 202 as the recorded contract has it: a word in plain text. */
export const accepted = (): Answer => text(202, 'Accepted');

export const text = (status: number, body: string, type = 'text/plain; charset=utf-8'): Answer => ({
  status,
  body,
  headers: { 'Content-Type': type },
});

/** For what is named by its content: another content has another address. */
export const keptForEver = 'public, max-age=31536000, immutable';

/** A page drawn by the server. It is never stored and gets the strict content policy with the request's nonce. */
export const page = (html: string, more: Partial<Answer> = {}): Answer => ({
  status: 200,
  body: html,
  ...more,
  headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', ...more.headers },
});

export const redirect = (location: string, more: Partial<Answer> = {}): Answer => ({
  status: 303,
  ...more,
  headers: { Location: location, 'Cache-Control': 'no-store', ...more.headers },
});

export const stream = (write: (response: Response) => void): Answer => ({ status: 200, stream: write });

/**
 * Thrown where a contract wants exactly this refusal, in words and a shape that the closed list of codes does not have
 * (OAuth errors, single errors of the developer API).
 */
export class InsteadAnswer extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`answered ${answer.status}`);
    this.name = 'InsteadAnswer';
    this.answer = answer;
  }
}
