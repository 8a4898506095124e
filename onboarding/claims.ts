/** Verified claims of a person (OpenID Connect Core §5.1) as the rules for attributes read them. */
export interface ReadClaims {
  /** Everything that tells of the person; what belongs to the protocol is left out. */
  readonly attributes: readonly (readonly [string, readonly string[]])[];
  readonly sessionId: string | null;
  /**
   * The provider says that nobody has proved this address (`email_verified`, Entra's `xms_edov`). One that says nothing
   * does not say so [IDB-01].
   */
  readonly isEmailUnverified: boolean;
}

const ofProtocol = [
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'nbf',
  'jti',
  'azp',
  'nonce',
  'sid',
  'auth_time',
  'acr',
  'amr',
  'at_hash',
  'c_hash',
  's_hash',
  'aio',
  'rh',
  'uti',
  'ver',
];
const mostValues = 500;
const longestValue = 2000;

export function readClaims(claims: Readonly<Record<string, unknown>>): ReadClaims {
  const { sid, email_verified: verified, xms_edov: ownerVerified } = claims;
  const attributes = Object.entries(claims)
    .filter(([name]) => !ofProtocol.includes(name))
    .map(([name, value]) => [name, valuesOf(value)] as const);
  return {
    attributes,
    sessionId: typeof sid === 'string' ? sid.slice(0, 500) : null,
    isEmailUnverified: isNo(verified) || isNo(ownerVerified),
  };
}

function valuesOf(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value.slice(0, mostValues) : [value];
  return values.flatMap((one) => {
    if (one === null || one === undefined) return [];
    return [(typeof one === 'object' ? JSON.stringify(one) : String(one)).slice(0, longestValue)];
  });
}

/** Providers send it as a boolean, a text or a number. */
function isNo(value: unknown): boolean {
  return value === false || value === 'false' || value === 0 || value === '0';
}
