import { journeyEventNames } from '../../onboarding/journey-events.ts';

/** Names of events: what we send, and what a client may ask for although we never send it. */

/** What we send. */
export const ownEvents: readonly string[] = [
  'organization.created',
  'organization.updated',
  'organization.deleted',
  'organization_domain.created',
  'organization_domain.updated',
  'organization_domain.verified',
  'organization_domain.verification_failed',
  'organization_domain.deleted',
  'connection.activated',
  'connection.deactivated',
  'connection.deleted',
  'connection.saml_certificate_renewal_required',
  'connection.saml_certificate_renewed',
  'connection.client_secret_renewal_required',
  'connection.client_secret_renewed',
  'dsync.activated',
  'dsync.deleted',
  'dsync.user.created',
  'dsync.user.updated',
  'dsync.user.deleted',
  'dsync.group.created',
  'dsync.group.updated',
  'dsync.group.deleted',
  'dsync.group.user_added',
  'dsync.group.user_removed',
  // Of the Events API only: no webhook can ask for these two.
  'dsync.token.created',
  'dsync.token.revoked',
  'authentication.sso_started',
  'authentication.sso_succeeded',
  'authentication.sso_failed',
  'authentication.sso_timed_out',
  ...journeyEventNames,
];

/** Parts of the vendor's catalogue that are other products' or come later; asking for them finds nothing. */
const acceptedPrefixes = [
  'action',
  'agent.registration',
  'api_key',
  'authentication',
  'dsync',
  'email_verification',
  'flag',
  'group',
  'invitation',
  'magic_auth',
  'organization_membership',
  'organization_role',
  'password_reset',
  'permission',
  'pipes.connected_account',
  'radar',
  'role',
  'session',
  'user',
  'vault',
  'waitlist_user',
];

const ofTheEventsApiOnly = 'dsync.token.';

/** What we send that a webhook can ask for. */
export const webhookEvents = ownEvents.filter((name) => !name.startsWith(ofTheEventsApiOnly));

/** Whether a webhook may ask for events of this name. */
export const isWebhookEvent = (name: string): boolean =>
  isEventName(name) && !name.startsWith(ofTheEventsApiOnly);

/** Whether a client may ask for events of this name. */
export function isEventName(name: string): boolean {
  const isShaped = /^[a-z_]+(\.[a-z_]+)+$/.test(name);
  return (
    ownEvents.includes(name) || (isShaped && acceptedPrefixes.some((prefix) => name.startsWith(`${prefix}.`)))
  );
}
