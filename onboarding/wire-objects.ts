/**
 * Objects of the developer API that events carry too: the same shape from the api's answers and from the activities'
 * events (`workos-api` contract §5.1, §9.1). Rows in, snake_case out; optional strings are left out, never null.
 */

export type DomainFacts = {
  id: string;
  organizationId: string;
  domain: string;
  state: 'pending' | 'verified' | 'failed' | 'lapsed' | 'conflict';
  strategy: 'dns' | 'manual';
  legacy: boolean;
  token: string | null;
  prefix: string | null;
  createdAt: Date;
  updatedAt: Date;
};

/** An organization's domain. `lapsed` and `conflict` are ours and show as `failed`. */
export function organizationDomainObject(d: DomainFacts) {
  const state = d.state === 'lapsed' || d.state === 'conflict' ? 'failed' : d.state;
  return {
    object: 'organization_domain' as const,
    id: d.id,
    organization_id: d.organizationId,
    domain: d.domain,
    state: d.legacy && d.state === 'verified' ? ('legacy_verified' as const) : state,
    verification_strategy: d.strategy,
    ...(d.strategy === 'dns' && d.token !== null ? { verification_token: d.token } : {}),
    ...(d.strategy === 'dns' && d.prefix !== null ? { verification_prefix: d.prefix } : {}),
    created_at: d.createdAt.toISOString(),
    updated_at: d.updatedAt.toISOString(),
  };
}

export type ConnectionFacts = {
  id: string;
  organizationId: string;
  connectionType: string;
  name: string;
  state: string;
  externalId: string | null;
  createdAt: Date;
  updatedAt: Date;
};

/** A connection as the API answers it; `status` is the deprecated twin of `state` that old SDKs require. */
export function connectionObject(c: ConnectionFacts, domains: readonly { id: string; domain: string }[]) {
  return {
    object: 'connection' as const,
    id: c.id,
    organization_id: c.organizationId,
    connection_type: c.connectionType,
    name: c.name,
    state: c.state,
    status: c.state === 'active' ? ('linked' as const) : ('unlinked' as const),
    domains: domains.map(({ id, domain }) => ({ object: 'connection_domain' as const, id, domain })),
    created_at: c.createdAt.toISOString(),
    updated_at: c.updatedAt.toISOString(),
    ...(c.externalId === null ? {} : { external_id: c.externalId }),
  };
}

/** The same in `connection.activated` and `.deactivated`: with an external key, and domains under their event ids. */
export function connectionEventObject(
  c: ConnectionFacts,
  domains: readonly { id: string; domain: string }[],
) {
  const renamed = domains.map(({ id, domain }) => ({
    id: id.replace(/^org_domain_/, 'conn_domain_'),
    domain,
  }));
  return { ...connectionObject(c, renamed), external_key: c.externalId ?? c.id };
}

/** What `connection.deleted` carries: without `status`, `domains` and the external key. */
export function deletedConnectionObject(c: ConnectionFacts) {
  const { status: _status, domains: _domains, ...rest } = connectionObject(c, []);
  return rest;
}

export type AttemptFacts = {
  id: string;
  reference: string;
  organizationId: string;
  connectionId: string;
  email: string | null;
  cause: string | null;
};

export type SsoStatus = 'started' | 'succeeded' | 'failed' | 'timed_out';

/**
 * What `authentication.sso_…` carries of a sign-in. Users are the vendor's own, and where a browser is, is nobody's
 * news: those fields of the contract stay empty.
 */
export function ssoEventObject(attempt: AttemptFacts, status: SsoStatus) {
  return {
    type: 'sso' as const,
    status,
    user_id: null,
    email: attempt.email,
    ip_address: null,
    user_agent: null,
    sso: {
      organization_id: attempt.organizationId,
      connection_id: attempt.connectionId,
      session_id: attempt.id,
    },
    ...(attempt.cause === null
      ? {}
      : { error: { code: attempt.cause, message: `The sign-in ended. Reference ${attempt.reference}.` } }),
  };
}
