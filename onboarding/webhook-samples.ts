import {
  deletedDirectoryObject,
  directoryEventObject,
  directoryGroupObject,
  directoryUserObject,
} from './directory-objects.ts';
import { journeyEventNames, onboardingObject } from './journey-events.ts';
import type { OnboardingView } from './view.ts';
import {
  connectionEventObject,
  deletedConnectionObject,
  organizationDomainObject,
  ssoEventObject,
  type SsoStatus,
} from './wire-objects.ts';

/**
 * What a test event carries: made up, and made by the functions that make the real ones. Ids end in `_test`, so that no
 * receiver takes them for something it knows.
 */

/** Undefined for a name that we never send, or that no webhook can ask for. */
export function sampleOf(name: string, now: Date): Record<string, unknown> | undefined {
  return samplesAt(now)[name];
}

/** Every name that has a sample. */
export const sampledEvents: readonly string[] = Object.keys(samplesAt(new Date(0)));

function samplesAt(now: Date): Readonly<Record<string, Record<string, unknown>>> {
  const at = now.toISOString();
  const stamps = { createdAt: now, updatedAt: now };
  const organizationId = 'org_test';
  const domain = organizationDomainObject({
    id: 'org_domain_test',
    organizationId,
    domain: 'acme.example',
    state: 'verified',
    ...stamps,
    strategy: 'dns',
    legacy: false,
    token: 'sample',
    prefix: '_vestibule-challenge',
  });
  const domains = [{ id: domain.id, domain: domain.domain }];
  const organization = {
    object: 'organization',
    id: organizationId,
    name: 'Acme (test event)',
    domains: [domain],
    metadata: {},
    external_id: null,
    allow_profiles_outside_organization: false,
    created_at: at,
    updated_at: at,
  };
  const connectionFacts = {
    id: 'conn_test',
    organizationId,
    connectionType: 'OktaSAML',
    name: 'Okta',
    ...stamps,
    externalId: null,
  };
  const connection = (state: string) => connectionEventObject({ ...connectionFacts, state }, domains);
  const ofConnection = { connection: { id: 'conn_test', organization_id: organizationId } };
  const endsAt = new Date(now.getTime() + 30 * 86_400_000).toISOString();
  const certificate = { certificate_type: 'ResponseSigning', expiry_date: endsAt };
  return {
    'organization.created': organization,
    'organization.updated': organization,
    'organization.deleted': organization,
    'organization_domain.created': domain,
    'organization_domain.updated': domain,
    'organization_domain.verified': domain,
    'organization_domain.deleted': domain,
    'organization_domain.verification_failed': {
      reason: 'domain_verification_period_expired',
      organization_domain: { ...domain, state: 'failed' },
    },
    'connection.activated': connection('active'),
    'connection.deactivated': connection('inactive'),
    'connection.deleted': deletedConnectionObject({ ...connectionFacts, state: 'inactive' }),
    'connection.saml_certificate_renewal_required': {
      ...ofConnection,
      certificate: { ...certificate, is_expired: false },
      days_until_expiry: 30,
    },
    'connection.saml_certificate_renewed': { ...ofConnection, certificate, renewed_at: at },
    'connection.client_secret_renewal_required': {
      ...ofConnection,
      client_secret: { expiry_date: endsAt, is_expired: false },
      days_until_expiry: 30,
    },
    'connection.client_secret_renewed': {
      ...ofConnection,
      client_secret: { expiry_date: endsAt },
      renewed_at: at,
    },
    ...directorySamples(now, organizationId, domains),
    ...signInSamples(organizationId),
    ...journeySamples(now, organizationId),
  };
}

function directorySamples(
  now: Date,
  organizationId: string,
  domains: readonly { id: string; domain: string }[],
) {
  const stamps = { createdAt: now, updatedAt: now };
  const directoryId = 'directory_test';
  const directory = {
    id: directoryId,
    organizationId,
    externalKey: 'test',
    type: 'okta scim v2.0',
    name: 'Okta',
    state: 'linked' as const,
    ...stamps,
  };
  const user = directoryUserObject({
    id: 'directory_user_test',
    organizationId,
    directoryId,
    externalId: '00u1test',
    userName: 'ada@acme.example',
    email: 'ada@acme.example',
    firstName: 'Ada',
    lastName: 'Test',
    displayName: null,
    customAttributes: {},
    raw: {},
    state: 'active',
    ...stamps,
  });
  const group = directoryGroupObject({
    id: 'directory_group_test',
    organizationId,
    directoryId,
    externalId: null,
    displayName: 'Engineering',
    ...stamps,
  });
  const membership = { directory_id: directoryId, user, group };
  return {
    'dsync.activated': directoryEventObject(directory, domains),
    'dsync.deleted': deletedDirectoryObject(directory),
    'dsync.user.created': user,
    'dsync.user.updated': { ...user, previous_attributes: { job_title: 'Analyst' } },
    'dsync.user.deleted': user,
    'dsync.group.created': group,
    'dsync.group.updated': { ...group, previous_attributes: { name: 'Engineers' } },
    'dsync.group.deleted': group,
    'dsync.group.user_added': membership,
    'dsync.group.user_removed': membership,
  };
}

function signInSamples(organizationId: string) {
  const attempt = {
    id: 'attempt_test',
    reference: 'TEST-00',
    organizationId,
    connectionId: 'conn_test',
    email: 'ada@acme.example',
  };
  const of = (status: SsoStatus, cause: string | null = null) =>
    ssoEventObject({ ...attempt, cause }, status);
  return {
    'authentication.sso_started': of('started'),
    'authentication.sso_succeeded': of('succeeded'),
    'authentication.sso_failed': of('failed', 'audience_differs'),
    'authentication.sso_timed_out': of('timed_out', 'timed_out'),
  };
}

function journeySamples(now: Date, organizationId: string): Record<string, Record<string, unknown>> {
  const since = now.toISOString();
  const view: OnboardingView = {
    revision: 1,
    state: 'in_progress',
    paused: false,
    mode: 'self_service',
    remindersOn: true,
    stalledSince: null,
    waitingFor: 'customer',
    waitingSince: since,
    next: null,
    liveAt: null,
    stepsDone: 0,
    stepsTotal: 1,
    features: [
      {
        feature: 'sso',
        requirement: 'required',
        state: 'in_progress',
        steps: [{ step: 'choose_provider', state: 'open', holder: 'customer', since }],
      },
    ],
  };
  const of = { id: 'onb_test', organizationId, number: 1, origin: 'invitation' as const };
  const data = {
    ...onboardingObject({ ...of, createdAt: now, updatedAt: now }, view),
    actor: { type: 'customer', id: 'link_test' },
  };
  return Object.fromEntries(journeyEventNames.map((name) => [name, data]));
}
