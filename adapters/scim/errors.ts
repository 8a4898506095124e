import type { DirectoryRequestCause } from '../../onboarding/directory-requests.ts';

/** Words of RFC 7644 §3.12 that clients act on. */
type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'invalidVers'
  | 'noTarget'
  | 'invalidValue';

/** A refusal that a SCIM client can read: `detail` is for whoever looks at its log, `reason` for our request log. */
export class ScimRefusal extends Error {
  readonly status: number;
  readonly scimType: ScimType | undefined;
  readonly reason: DirectoryRequestCause;

  constructor(status: number, reason: DirectoryRequestCause, detail: string, scimType?: ScimType) {
    super(detail);
    this.name = 'ScimRefusal';
    this.status = status;
    this.scimType = scimType;
    this.reason = reason;
  }
}

/** 400 with a word of the protocol. */
export const refuse = (scimType: ScimType, reason: DirectoryRequestCause, detail: string): ScimRefusal =>
  new ScimRefusal(400, reason, detail, scimType);

/** A client of SCIM 1.1: whatever it asks, the version is what has to be changed (RFC 7644 §3.13). */
export const versionUnknown = (): ScimRefusal =>
  refuse(
    'invalidVers',
    'protocol_version_unknown',
    'This server speaks SCIM 2.0 only. Choose version 2.0 in the client.',
  );

const errorUrn = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** The Error schema of RFC 7644 §3.12; the status is a text there. Who speaks 1.1 is told in its own form, too. */
export function errorBody({ status, scimType, message }: ScimRefusal): object {
  return {
    schemas: [errorUrn],
    status: String(status),
    ...(scimType && { scimType }),
    detail: message,
    ...(scimType === 'invalidVers' && { Errors: [{ description: message, code: String(status) }] }),
  };
}
