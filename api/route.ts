import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type {
  EnvironmentRow,
  GatheredWrites,
  MemberRow,
  PortalSessionRow,
  StaffSessionRow,
  Tx,
} from '../db/index.ts';
import type { RouteScope } from '../onboarding/api-scopes.ts';
import type { Answer } from './answers.ts';
import type { ApiDeps } from './deps.ts';

/**
 * A route is a row of a table next to its handler: who may call it, what it takes, what it answers. What no row names
 * is refused [API-02], and `/openapi.json` and the walk over all routes [REL-30] are made from the same rows.
 */

/** Who may call. The registrar proves the first four; of the others the handler proves what the name says. */
export type Who =
  | 'api_key'
  | 'portal_session'
  | 'staff'
  /** a staff session or the sandbox API key; 404 outside the embedded default */
  | 'sandbox'
  /** who reaches the operators' surface */
  | 'operator'
  | 'public'
  /** the access token of a sign-in, as bearer */
  | 'sso_token'
  /** client id and secret in the body */
  | 'client_secret'
  /** the environment's secret for mail notices, as bearer */
  | 'notice_secret';

export type Role = MemberRow['role'];

export interface Callers {
  api_key: {
    type: 'developer';
    keyId: string;
    scopes: readonly string[];
    /** Blocks from which alone the key may be used; none: from everywhere. */
    addresses: readonly string[];
    environment: EnvironmentRow;
  };
  portal_session: { type: 'customer'; session: PortalSessionRow; environment: EnvironmentRow };
  staff: { type: 'staff'; session: StaffSessionRow; member: MemberRow; environment: EnvironmentRow };
  sandbox: { type: 'sandbox'; environment: EnvironmentRow; by: Callers['staff'] | Callers['api_key'] };
  operator: null;
  public: null;
  sso_token: null;
  client_secret: null;
  notice_secret: null;
}
export type Caller = NonNullable<Callers[Who]>;

/** A transaction of the caller's tenant. `commit` honours Idempotency-Key and stores the answer with the effect. */
export type Read = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
export type Commit = (work: (tx: Tx) => Promise<Answer>) => Promise<Answer>;
/**
 * The same for rows of one kind, which are written together with what other requests bring in the meantime. Nothing of a
 * request is written when it is refused; `explain` puts the refusal into the route's own words before it is stored.
 */
export type CommitGathered = <Item>(
  writes: GatheredWrites<Item>,
  item: Item,
  answer: Answer,
  explain?: (refusal: unknown) => unknown,
) => Promise<Answer>;

/** What a handler may know of the request besides its checked input. */
export interface RequestFacts {
  id: string;
  /** The client's address by the trusted proxies' account. */
  address: string;
  userAgent: string | null;
  headers: IncomingHttpHeaders;
  /** Every Authorization header: `headers` keeps one, and some SDKs send two. */
  authorizations: readonly string[];
  /** Path and query as sent. */
  target: string;
  cookies: Readonly<Partial<Record<string, string>>>;
  /** For `<script nonce>` and `<style nonce>`. */
  nonce: string;
  now: Date;
}

export interface Context<W extends Who, Body, Query, Params> {
  deps: ApiDeps;
  caller: Callers[W];
  body: Body;
  query: Query;
  params: Params;
  request: RequestFacts;
  /** Only callers with an environment have these. */
  read: Callers[W] extends null ? null : Read;
  commit: Callers[W] extends null ? null : Commit;
  /** Only developers send so much. */
  commitGathered: W extends 'api_key' ? CommitGathered : null;
}
/** Any of them, as the registrar makes it. */
export interface AnyContext extends Omit<
  Context<Who, unknown, unknown, Readonly<Record<string, string>>>,
  'read' | 'commit' | 'commitGathered'
> {
  read: Read | null;
  commit: Commit | null;
  commitGathered: CommitGathered | null;
}

/** `:name` takes one segment, `*name` the rest of the path. */
type ParamNames<Path extends string> = Path extends `${infer Head}/${infer Tail}`
  ? ParamNames<Head> | ParamNames<Tail>
  : Path extends `:${infer Name}` | `*${infer Name}`
    ? Name
    : never;

interface Shape<W extends Who> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  who: W;
  /** The least a member must be: `viewer` is anybody, `admin` may everything. */
  role?: W extends 'staff' | 'sandbox' ? Role : never;
  /** What gives access, takes it away or cannot be undone: in production it takes a sign-in of the last minutes [UI-04]. */
  isGrave?: W extends 'staff' ? true : never;
  /** One line for the document. */
  summary: string;
  /** Status → schema of the JSON body, or what else it is in words. */
  answers: Readonly<Record<number, z.ZodType | string>>;
  /** Keys whose `null` means "clear it" in developer bodies; elsewhere null means "not given". */
  clearable?: readonly string[];
  /** Without an Idempotency-Key the body itself is the key: a repetition of what was done does nothing more. */
  isKeyedByContent?: boolean;
  /** 256 KiB unless told; more is refused with 413. */
  maxBodyBytes?: number;
  /** A GET that begins or spends something. Link checkers ask for its head first: they get 200, and nothing happens. */
  isAct?: boolean;
}

/** What is called with an API key says which scope it takes: there is no such route without one. */
type Scoped<W extends Who> = W extends 'api_key' | 'client_secret'
  ? { scope: RouteScope }
  : { scope?: undefined };

export interface Route extends Shape<Who> {
  path: string;
  scope?: RouteScope | undefined;
  body?: z.ZodObject | z.ZodDiscriminatedUnion;
  query?: z.ZodObject;
  role?: Role;
  handler(context: AnyContext): Promise<Answer> | Answer;
}

/** A table of routes of one area, with the host it belongs to and the shape of its errors. */
export interface RouteTable {
  surface: Surface;
  errors: ErrorStyle;
  routes: readonly Route[];
}
/** `any` answers under every host; `operators` on their own address, and on the main port in the embedded default. */
export type Surface = 'api' | 'portal' | 'dashboard' | 'test_idp' | 'operators' | 'any';
export type ErrorStyle = (failure: Failure, requestId: string) => Answer;

/** An error as every style needs it: see `middleware/handle-errors.ts`. */
export interface Failure {
  status: number;
  code: string;
  facts: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** What is wrong with single fields, in words. */
  fields: readonly { field: string; code: string; message: string }[];
}

type BodyOf<B> = B extends z.ZodType ? z.infer<B> : undefined;

/** One row; gives the handler its types. */
export function route<
  W extends Who,
  const Path extends string,
  B extends z.ZodObject | z.ZodDiscriminatedUnion | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
>(
  row: Shape<W> &
    Scoped<W> & {
      path: Path;
      body?: B;
      query?: Q;
      handler(
        context: Context<W, BodyOf<B>, BodyOf<Q>, Readonly<Record<ParamNames<Path>, string>>>,
      ): Promise<Answer> | Answer;
    },
): Route {
  return row;
}
