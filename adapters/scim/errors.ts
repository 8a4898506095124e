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

/** A client of the other version: whatever it asks, the address is what has to be changed (RFC 7644 §3.13). */
export const versionUnknown = (spoken: '1.1' | '2.0'): ScimRefusal =>
  refuse('invalidVers', 'protocol_version_unknown', elsewhere[spoken]);

const elsewhere = {
  '1.1':
    'This address speaks SCIM 2.0. Choose version 2.0 in the client, or give it the address of SCIM 1.1: the same with /scim/v1.1/ in place of /scim/v2/.',
  '2.0':
    'This address speaks SCIM 1.1. Give the client the address of SCIM 2.0: the same with /scim/v2/ in place of /scim/v1.1/.',
} as const;

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

/** How SCIM 1.1 says it (Protocol 1.1 §3.9). */
export const errorBodyOfVersionOne = ({ status, message }: ScimRefusal): object => ({
  Errors: [{ description: message, code: String(status) }],
});
