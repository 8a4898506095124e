/**
 * Why a destination has not taken what a log stream sent: one closed list, shared by the senders, the stored stream, the
 * admin's page and the staff's. Words per cause live in the catalogues; where a destination's own console mends it, its
 * data says where (`destinations/`).
 *
 * Each cause has its class once: `retry` ends by itself, `invalid` needs a person at the destination or in the settings,
 * `rejected` is about the records that were sent and nothing else.
 */
export const streamCauses = {
  // the way there
  unreachable: 'retry',
  tls_failed: 'retry',
  too_slow: 'retry',
  held_back: 'retry',
  broken_off: 'retry',
  clock_differs: 'retry',
  redirected: 'invalid',
  address_refused: 'invalid',
  // the destination has no time
  rate_limited: 'retry',
  destination_busy: 'retry',
  not_acknowledged: 'retry',
  answer_unexpected: 'retry',
  // who we are there
  client_certificate_asked: 'invalid',
  credential_refused: 'invalid',
  credential_disabled: 'invalid',
  credential_ended: 'invalid',
  credential_unreadable: 'invalid',
  client_unknown: 'invalid',
  tenant_unknown: 'invalid',
  role_refused: 'invalid',
  wrong_site: 'invalid',
  wrong_region: 'invalid',
  // what we may do there, and where
  not_allowed: 'invalid',
  place_unknown: 'invalid',
  index_refused: 'invalid',
  acknowledgement_needed: 'invalid',
  acknowledgement_off: 'invalid',
  over_quota: 'invalid',
  settings_incomplete: 'invalid',
  // what was sent
  records_refused: 'rejected',
  records_too_large: 'rejected',
} as const satisfies Record<string, 'retry' | 'invalid' | 'rejected'>;

export type StreamCause = keyof typeof streamCauses;
export type CauseClass = (typeof streamCauses)[StreamCause];

/** The causes of one class. */
export type CauseOf<Class extends CauseClass> = {
  [Cause in StreamCause]: (typeof streamCauses)[Cause] extends Class ? Cause : never;
}[StreamCause];

export function isOfClass<Class extends CauseClass>(
  cause: StreamCause,
  wanted: Class,
): cause is CauseOf<Class> {
  return streamCauses[cause] === wanted;
}

export const isStreamCause = (name: string): name is StreamCause => Object.hasOwn(streamCauses, name);
