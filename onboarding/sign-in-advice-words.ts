import type { ConsoleSubject, GuidePlaceholder } from './providers/sign-in/provider.ts';
import type { SignInCause } from './sign-in-causes.ts';

/**
 * The words per cause, as templates: `{provider}` (`{Provider}` where a sentence begins), `{product}`, `{label}` and `{choice}` of the console's field, and
 * facts of the attempt. A sentence whose facts are missing gives way to the plain one beside it.
 */
export interface CauseWords {
  readonly headline: string;
  readonly explanation: string;
  readonly explanationWithFacts?: string;
  readonly fix: string;
  readonly fixWithFacts?: string;
  /** Whether to say in words how `received` differs from `expected`. */
  readonly compares?: boolean;
  readonly subject?: ConsoleSubject;
  readonly copy?: GuidePlaceholder;
  readonly repair?: Repair;
}

/** `enter_again` leads back to the form: what is to be put right only its owner knows. */
export type Repair = 'trust_new_certificate' | 'take_attribute' | 'fetch_metadata_again' | 'enter_again';

const askForHelp = 'Test again. If it stays, ask for help with the attempt’s number.';
const startAgain = 'Start the test again from here, in one tab.';

/** The app asked for a connection that takes nobody: there was no way to the provider, and no answer. */
export const notSentWords: CauseWords = {
  headline: 'This connection isn’t live',
  explanation:
    'The app asked for it, and nobody was sent to {provider}: only a live connection signs people in.',
  fix: 'Finish the set-up and go live, or switch the connection on.',
};

/** What programs write by themselves has an offset, or no zone at all; SAML core §1.3.3 wants UTC. */
export const unreadableTimeWords: CauseWords = {
  headline: '{Provider} wrote a time in a way that SAML doesn’t allow',
  explanation: 'Times stand in UTC and end with Z.',
  explanationWithFacts: '{field} says “{received}”. Times stand in UTC and end with Z: 2026-11-27T10:00:00Z.',
  fix: 'Have {provider} write its times like this, then test again.',
};

/** A provider that names the e-mail and leaves it empty is set up rightly: it is the person who has none. */
export const emptyEmailWords: CauseWords = {
  headline: '{Provider} sent an empty e-mail',
  explanation: '{Provider} knows no e-mail of this person.',
  explanationWithFacts: '{empty} came without a value: {provider} knows no e-mail of this person.',
  fix: 'Enter the person’s e-mail at {provider}, or test with somebody who has one.',
  subject: 'email_attribute',
};

export const adviceWords: Readonly<Record<SignInCause, CauseWords>> = {
  connection_not_usable: {
    headline: 'This connection takes no sign-ins now',
    explanation: 'It isn’t live, and no test was running when the answer came.',
    fix: 'Start the test from here, or switch the connection on.',
  },
  request_malformed: {
    headline: '{Provider}’s answer didn’t arrive as a SAML form',
    explanation: 'We expect one field called SAMLResponse, sent with POST.',
    fix: 'Set the response binding to HTTP-POST, check {label}, and test again.',
    subject: 'acs_url',
    copy: 'ACS_URL',
  },
  too_large: {
    headline: '{Provider}’s answer is too large',
    explanation: 'Most often it carries many groups.',
    explanationWithFacts: 'It is larger than {limitKb} KB. Most often it carries many groups.',
    fix: 'Send only the groups that are assigned to the app, then test again.',
  },
  xml_refused: {
    headline: '{Provider}’s answer holds XML we never accept',
    explanation: 'Such parts have no use in a sign-in and are known from attacks.',
    fix: askForHelp,
  },
  not_a_response: {
    headline: 'Something else than a sign-in answer arrived',
    explanation: 'We expect a SAML 2.0 Response.',
    fix: startAgain,
  },
  structure_refused: {
    headline: '{Provider}’s answer isn’t built like a SAML 2.0 answer',
    explanation: 'Nothing in it is believed, because its parts stand where they may not.',
    fix: askForHelp,
  },
  no_keys: {
    headline: 'We have no certificate to check {provider}’s signature with',
    explanation: 'Without one, no answer is accepted.',
    fix: 'Give us {provider}’s metadata again. It must hold a signing certificate.',
    subject: 'metadata',
    repair: 'fetch_metadata_again',
  },
  signature_missing: {
    headline: '{Provider} didn’t sign its answer',
    explanation: 'Neither the response nor the assertion is signed.',
    fix: 'Set {label} to {choice}, then test again.',
    subject: 'assertion_signing',
  },
  signature_invalid: {
    headline: 'The signature doesn’t fit {provider}’s answer',
    explanation: 'The answer was changed on its way, or signed with another key than we know.',
    fix: 'Test again. If it stays, give us {provider}’s metadata again.',
    subject: 'metadata',
  },
  signature_unknown_key: {
    headline: '{Provider} signed with a certificate we don’t know',
    explanation: 'It isn’t in the metadata you gave us. {Provider} may have made a new one.',
    explanationWithFacts:
      'Its fingerprint ends in …{receivedEnd} and isn’t in the metadata you gave us. {Provider} may have made a new one.',
    fix: 'Compare the fingerprint with {provider}’s active certificate. If it is the same, trust it.',
    subject: 'certificate',
    repair: 'trust_new_certificate',
  },
  signature_algorithm_refused: {
    headline: '{Provider} signs in a way that is no longer safe',
    explanation: 'We accept RSA with SHA-256 or SHA-512.',
    explanationWithFacts: 'It signed with {algorithm}. We accept RSA with SHA-256 or SHA-512.',
    fix: 'Set {label} to {choice}, then test again.',
    subject: 'signature_algorithm',
  },
  signed_less: {
    headline: '{Provider} signs or encrypts less than in your last passed test',
    explanation: 'We don’t accept less by ourselves, because an attacker would try the same.',
    fix: 'Turn it on again as it was. If the change is meant, test the new form and confirm it.',
    subject: 'assertion_signing',
  },
  certificate_ended: {
    headline: '{Provider}’s signing certificate is no longer in force',
    explanation: 'It ended, or was retired when a newer one took its place.',
    explanationWithFacts: 'The certificate ended {endedAt}.',
    fix: 'Make a new certificate in {provider}, activate it, and give us the metadata again.',
    subject: 'certificate',
  },
  encryption_refused: {
    headline: '{Provider} encrypts in a way we don’t accept',
    explanation: 'We accept AES-GCM with RSA-OAEP, inside a response that is signed.',
    explanationWithFacts: 'The encrypted part uses the prefix “{prefix}”, which nothing signed explains.',
    fix: 'Set {label} to {choice}, or choose AES-GCM with RSA-OAEP and sign the response.',
    fixWithFacts: 'Declare “{prefix}” on the assertion itself, or set {label} to {choice}.',
    subject: 'encryption',
  },
  decryption_failed: {
    headline: 'We can’t open {provider}’s encrypted answer',
    explanation: 'It was encrypted for another certificate than ours.',
    fix: 'Load our metadata in {provider} again, or set {label} to {choice}.',
    subject: 'encryption',
    copy: 'SP_METADATA_URL',
  },
  encrypted_without_key: {
    headline: '{Provider} encrypts, but we have no key for it',
    explanation: 'This connection was set up without encryption.',
    fix: 'Set {label} to {choice}, then test again.',
    subject: 'encryption',
  },
  status_not_success: {
    headline: '{Provider} answered with an error',
    explanation: 'It ended the sign-in instead of telling us who it was.',
    explanationWithFacts: 'It says {statuses}.',
    fix: 'Look for this sign-in in {provider}’s log; the reason is there. Then test again.',
  },
  issuer_differs: {
    headline: 'The answer’s issuer differs from your metadata',
    explanation: 'The metadata belongs to another app, or {provider} changed its issuer.',
    fix: 'Fetch the metadata again, or give us the one of this app.',
    compares: true,
    subject: 'metadata',
    repair: 'fetch_metadata_again',
  },
  destination_differs: {
    headline: '{Provider} sent its answer to another address than ours',
    explanation: 'The answer names a destination that isn’t this connection.',
    fix: 'Replace the value of {label} with ours.',
    compares: true,
    subject: 'acs_url',
    copy: 'ACS_URL',
  },
  recipient_differs: {
    headline: '{Provider} made its answer for another address than ours',
    explanation: 'The recipient in the assertion isn’t this connection.',
    fix: 'Replace the value of {label} with ours. If there is a recipient field, use it there too.',
    compares: true,
    subject: 'acs_url',
    copy: 'ACS_URL',
  },
  audience_differs: {
    headline: '{Provider} sent a different audience than we expect',
    explanation: 'The answer is meant for an app with another entity ID.',
    fix: 'Replace the value of {label} with ours.',
    compares: true,
    subject: 'entity_id',
    copy: 'SP_ENTITY_ID',
  },
  subject_confirmation_refused: {
    headline: '{Provider}’s answer doesn’t say how it may be used',
    explanation: 'We need a bearer confirmation that ends within an hour.',
    fix: 'Set the assertion’s lifetime to five minutes in {provider}, then test again.',
  },
  conditions_missing: {
    headline: '{Provider}’s answer has no end',
    explanation: 'An assertion must say until when it may be used.',
    fix: 'Set the assertion’s lifetime to five minutes in {provider}, then test again.',
  },
  expired: {
    headline: '{Provider}’s answer came too late',
    explanation: 'It had ended when it arrived: the page waited long, or {provider}’s clock is slow.',
    explanationWithFacts:
      'Its time and ours are {apart} apart: the page waited long, or {provider}’s clock is slow.',
    fix: 'Test again without a pause. If it stays, set {provider}’s clock (NTP).',
  },
  not_yet_valid: {
    headline: '{Provider}’s clock is ahead of ours',
    explanation: 'Its answer begins in the future.',
    explanationWithFacts: 'The clocks differ by {apart}.',
    fix: 'Set {provider}’s clock (NTP), then test again.',
  },
  session_over: {
    headline: 'The session at {provider} has ended',
    explanation: 'The answer says that this sign-in is already over.',
    fix: 'Sign out at {provider}, then test again in a private window.',
  },
  authn_statement_missing: {
    headline: '{Provider} doesn’t say that anybody signed in',
    explanation: 'The assertion has no authentication statement.',
    fix: 'Choose a sign-on app in {provider}, not an attribute query. Then test again.',
  },
  authn_too_old: {
    headline: '{Provider} used an older sign-in',
    explanation: 'We asked for a fresh one, and it answered with one from before.',
    fix: 'Sign out at {provider}, then test again in a private window.',
  },
  authn_time_missing: {
    headline: '{Provider} doesn’t say when the person signed in',
    explanation:
      'We ask for a fresh sign-in and need its time to check that it was one. The ID token has no auth_time.',
    fix: 'Let {provider} put auth_time into the ID token, or switch the fresh sign-in off in the settings.',
  },
  name_id_refused: {
    headline: '{Provider}’s Name ID can’t be used',
    explanation: 'It must name one person, stay the same at every sign-in, and not be encrypted.',
    fix: 'Set {label} to {choice}, then test again.',
    subject: 'name_id',
  },
  email_missing: {
    headline: 'No e-mail came from {provider}',
    explanation: 'The answer holds no attribute that we read as an e-mail.',
    explanationWithFacts: 'We received {names}.',
    fix: 'Send {label} from {choice}, and test with a person who has an e-mail.',
    fixWithFacts: 'Use {guess} as the e-mail, or send {label} from {choice}.',
    subject: 'email_attribute',
    repair: 'take_attribute',
  },
  attribute_missing: {
    headline: '{Provider} didn’t send all that is needed',
    explanation: 'An attribute is missing that everybody needs who signs in.',
    explanationWithFacts: '{attribute} is needed for everybody who signs in. We received {names}.',
    fix: 'Add it to the attributes that {provider} sends, or say which of them holds it, then test again.',
    fixWithFacts: 'Use {guess} as {attribute}, or add it to the attributes that {provider} sends.',
    repair: 'take_attribute',
  },
  email_invalid: {
    headline: 'What came as e-mail isn’t an address',
    explanation: 'We need one address, such as jane@acme.com.',
    explanationWithFacts: 'We received {received}.',
    fix: 'Send {label} from {choice}, then test again.',
    subject: 'email_attribute',
  },
  email_outside_domains: {
    headline: 'This person’s address is outside your domains',
    explanation: 'Only addresses in your verified domains may sign in.',
    explanationWithFacts: '{email} is outside {domains}.',
    fix: 'Test with a member of your organization, or add the domain and verify it.',
  },
  email_domain_not_chosen: {
    headline: 'This connection is not for the domain of this address',
    explanation: 'It takes the domains that were chosen for it, and no others.',
    explanationWithFacts: '{email} is outside {domains}, the domains that were chosen for this connection.',
    fix: 'Test with an address of a chosen domain, or choose this domain too under “Whose addresses may use this”.',
  },
  email_domain_held_elsewhere: {
    headline: 'This address belongs to a domain that another organization has verified',
    explanation: 'Such an address may sign in only through that organization.',
    explanationWithFacts: 'Another organization has verified the domain of {email}.',
    fix: 'Test with an address of your own domain. If the domain is yours, verify it.',
  },
  state_unknown: {
    headline: 'The answer belongs to a sign-in we didn’t start',
    explanation: 'It came from an old tab, was made up, or is meant for another connection.',
    fix: startAgain,
  },
  answer_issuer_differs: {
    headline: 'The answer comes from another provider than {provider}',
    explanation: 'It names another issuer than this connection has, or none though {provider} always does.',
    fix: 'Compare {label} with the one you gave us. If your provider has moved, give us its discovery address again.',
    compares: true,
    subject: 'issuer',
    repair: 'enter_again',
  },
  provider_unreachable: {
    headline: 'We couldn’t reach {provider}',
    explanation: 'The person came back, but {provider} didn’t answer us within the time we wait.',
    explanationWithFacts: 'The person came back, but {host} didn’t answer us as it should.',
    fix: 'See that its token, key and UserInfo addresses answer from the internet, then test again.',
  },
  client_refused: {
    headline: '{Provider} refused our client ID or secret',
    explanation: 'The secret is wrong or has ended, or its ID was pasted instead of its value.',
    explanationWithFacts:
      'The secret is wrong or has ended, or its ID was pasted instead of its value. It says: {message}',
    fix: 'Make a new secret at {label}, copy its value, and give it to us.',
    subject: 'client_secret',
    repair: 'enter_again',
  },
  code_refused: {
    headline: '{Provider} didn’t take back its own code',
    explanation: 'The code was used, has ended, or was made for another redirect URI or client.',
    explanationWithFacts: 'The code was used, has ended, or was made for another address. It says: {message}',
    fix: 'Test again without a pause. If it stays, replace the value of {label} with ours.',
    subject: 'redirect_uri',
    copy: 'REDIRECT_URI',
  },
  token_answer_refused: {
    headline: '{Provider} gave no ID token',
    explanation: 'Its answer at the token address isn’t one of OpenID Connect.',
    explanationWithFacts: 'Its answer at the token address isn’t one of OpenID Connect. It says: {message}',
    fix: 'See that the app speaks OpenID Connect and allows {label}, then test again.',
    subject: 'scopes',
  },
  token_refused: {
    headline: '{Provider}’s ID token lacks what it must have',
    explanation: 'An ID token names its issuer, its audience, one person and its times.',
    explanationWithFacts:
      'An ID token names its issuer, its audience, one person and its times; this one has no usable {claim}.',
    fix: askForHelp,
    fixWithFacts: 'See that {provider} sends {claim} in its ID token, then test again.',
  },
  token_algorithm_refused: {
    headline: '{Provider} signs its ID tokens in another way than agreed',
    explanation: 'This connection accepts one algorithm only, never a shared secret and never none.',
    fix: 'Set {label} to {choice}, then test again.',
    subject: 'token_algorithm',
  },
  token_issuer_differs: {
    headline: 'The ID token’s issuer isn’t the one you gave us',
    explanation: 'The discovery address belongs to another realm or server of {provider}.',
    fix: 'Compare {label} with the one you gave us, and give us the discovery address that belongs to it.',
    compares: true,
    subject: 'issuer',
    repair: 'enter_again',
  },
  token_audience_differs: {
    headline: '{Provider} made its ID token for another app',
    explanation: 'Its audience isn’t the client ID that you gave us, or not that alone.',
    fix: 'Copy the value of {label} again and save it here.',
    compares: true,
    subject: 'client_id',
    repair: 'enter_again',
  },
  token_nonce_differs: {
    headline: 'The ID token belongs to another sign-in',
    explanation: 'It doesn’t carry the number that we sent with this one.',
    fix: startAgain,
  },
  token_unknown_key: {
    headline: '{Provider} signed with a key it doesn’t publish',
    explanation: 'We fetched its keys within the last minute, and none of them fits.',
    explanationWithFacts:
      'It names the key {keyId}. We fetched {provider}’s keys within the last minute, and none of them fits.',
    fix: 'See that the key set in {provider}’s discovery document is the one in use, then test again in a minute.',
    subject: 'issuer',
  },
  token_signature_invalid: {
    headline: 'The signature doesn’t fit {provider}’s ID token',
    explanation: 'It was changed on its way, or signed with another key than the one it names.',
    fix: 'Test again in a minute. If it stays, ask for help with the attempt’s number.',
  },
  user_info_refused: {
    headline: '{Provider}’s UserInfo doesn’t fit its ID token',
    explanation: 'It tells of another person, or isn’t an answer of OpenID Connect.',
    fix: askForHelp,
  },
  email_unverified: {
    headline: '{Provider} says that this e-mail isn’t verified',
    explanation: 'Its owner may be somebody else, so we pass it on only inside your verified domains.',
    explanationWithFacts: '{email} isn’t verified there, and its domain isn’t one of yours.',
    fix: 'Mark the address as verified in {provider}, or verify its domain here.',
    subject: 'email_attribute',
  },
  in_response_to_unknown: {
    headline: 'The answer belongs to a sign-in we didn’t start',
    explanation: 'It came from an old tab, a second tab, or an app that makes up its own numbers.',
    fix: startAgain,
  },
  in_response_to_differs: {
    headline: 'The answer belongs to another sign-in',
    explanation: 'Two sign-ins were open, and this is the answer to the other one.',
    fix: startAgain,
  },
  request_expired: {
    headline: 'The answer came after more than ten minutes',
    explanation: 'A sign-in that we start stays open for ten minutes.',
    fix: startAgain,
  },
  browser_differs: {
    headline: 'The sign-in ended in another browser than it began in',
    explanation: 'We accept an answer only in the browser that asked, so that nobody can slip you theirs.',
    fix: 'Start and finish the test in the same browser, with cookies allowed.',
  },
  replayed: {
    headline: 'This answer was used before',
    explanation: 'Every answer counts once. Going back or reloading sends the old one again.',
    fix: startAgain,
  },
  unsolicited: {
    headline: 'Started at {provider}, which is off here',
    explanation: 'This connection takes only sign-ins that begin at our side.',
    explanationWithFacts: 'This connection takes only sign-ins that begin in {product}.',
    fix: 'Start at our side. A tile at {provider} works once “Let people start at {provider}” is on in the settings.',
    fixWithFacts:
      'Start in {product}. A tile at {provider} works once “Let people start at {provider}” is on in the settings.',
  },
  provider_error: {
    headline: '{Provider} stopped the sign-in',
    explanation: 'It sent an error instead of an answer.',
    explanationWithFacts: 'It says: {message}',
    fix: 'Look for this sign-in in {provider}’s log; the reason is there. Then test again.',
  },
  not_allowed: {
    headline: 'This person may not sign in',
    explanation: 'Your directory has switched this person off or removed them.',
    fix: 'Test with a person who is active in your directory.',
  },
  not_in_directory: {
    headline: 'This person is not in your directory',
    explanation: 'Only people whom your directory has sent may sign in.',
    fix: 'Assign the person to the app that sends your directory, then let them sign in again.',
  },
  timed_out: {
    headline: 'No answer came within 5 minutes',
    explanation: 'The sign-in stopped at {provider}, or its page was closed.',
    fix: 'What did {provider} show? Type its code here, or start again.',
    subject: 'assignment',
  },
  settings_switched: {
    headline: 'The settings were switched while this sign-in was under way',
    explanation: 'It began with other settings than those that are there now.',
    fix: 'Sign in again. If that fails too, its own cause is shown there.',
  },
  internal: {
    headline: 'Something broke on our side',
    explanation: 'We’re sorry; your settings are kept and are not the reason.',
    fix: askForHelp,
  },
};

/** What SAML's own second-level status codes mean (core §3.2.2.2), by their last part. */
export const statusWords: readonly (CauseWords & { readonly codes: readonly string[] })[] = [
  {
    codes: ['InvalidNameIDPolicy'],
    headline: '{Provider} can’t make the Name ID that is asked for',
    explanation: 'Its app is set to another Name ID format, or the person has no value for it.',
    fix: 'Set {label} to {choice}, then test again.',
    subject: 'name_id',
  },
  {
    codes: ['NoAuthnContext'],
    headline: '{Provider} can’t sign people in the way it was asked to',
    explanation: 'We ask for no particular way; a policy of {provider} may.',
    fix: 'Look at the sign-on policy of the app in {provider}, then test again.',
  },
  {
    codes: ['AuthnFailed', 'RequestDenied', 'UnknownPrincipal'],
    headline: '{Provider} doesn’t let this person in',
    explanation: 'The person isn’t assigned to the app, or a policy refused the sign-in.',
    fix: 'Assign the person at {label}, wait a minute, and test again.',
    subject: 'assignment',
  },
  {
    codes: ['RequestUnsupported', 'UnsupportedBinding'],
    headline: '{Provider} can’t read our request',
    explanation: 'Its app accepts requests in another form.',
    fix: 'Allow the HTTP-Redirect binding and unsigned requests in {provider}, then test again.',
  },
  {
    codes: ['NoPassive'],
    headline: '{Provider} needs the person to do something first',
    explanation: 'It was not allowed to show its sign-in page.',
    fix: 'Sign in at {provider} once, then test again.',
  },
];

/** For consoles whose guide names no field. */
export const subjectFallbacks: Readonly<Record<ConsoleSubject, { label: string; choice: string }>> = {
  entity_id: { label: 'the audience (entity ID)', choice: 'ours' },
  acs_url: { label: 'the ACS (reply) URL', choice: 'ours' },
  metadata: { label: 'the metadata', choice: 'this app’s' },
  certificate: { label: 'the signing certificate', choice: 'the active one' },
  assertion_signing: { label: 'assertion signing', choice: 'on' },
  signature_algorithm: { label: 'the signature algorithm', choice: 'RSA-SHA256' },
  encryption: { label: 'assertion encryption', choice: 'off' },
  name_id: { label: 'the Name ID format', choice: 'emailAddress' },
  email_attribute: { label: 'the e-mail attribute', choice: 'the person’s e-mail address' },
  assignment: { label: 'the app’s people', choice: 'assigned' },
  redirect_uri: { label: 'the redirect URI', choice: 'ours' },
  client_id: { label: 'the client ID', choice: 'this app’s' },
  client_secret: { label: 'the client secret', choice: 'a new one' },
  client_authentication: { label: 'the client authentication method', choice: 'client_secret_basic' },
  issuer: { label: 'the issuer', choice: 'the one in its discovery document' },
  token_algorithm: { label: 'the ID token’s algorithm', choice: 'RS256' },
  scopes: { label: 'the scopes', choice: 'openid email profile' },
};
