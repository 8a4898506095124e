import type { DirectoryRequestKind } from '../../../onboarding/directory-requests.ts';
import type { CustomAttribute } from '../../../onboarding/attributes.ts';
import type { DirectoryDoor } from './caller.ts';

/** One call, or one operation of a Bulk: what it asks, and the door to its directory. */
export interface ScimCall {
  door: DirectoryDoor;
  /** What the vendor asks of every person besides. */
  attributes: readonly CustomAttribute[];
  id: string | null;
  query: ReadonlyMap<string, string>;
  /** Parsed JSON; undefined where none came. */
  body: unknown;
  ifMatch: string | undefined;
  ifNoneMatch: string | undefined;
  /** A PUT: the answer shows the whole. */
  isWhole: boolean;
}

/** What a call is answered with, and what the request log is told of it. */
export interface ScimAnswer {
  status: number;
  /** JSON as text. */
  body?: string;
  headers?: Readonly<Record<string, string>>;
  kind: DirectoryRequestKind;
  /** Whom it was about: a masked user name, or the name of a group. */
  subject?: string | null;
  /** What the log keeps instead of the body: who was read is in the directory anyway. */
  summary?: string;
}

export type ScimHandler = (call: ScimCall) => Promise<ScimAnswer>;
