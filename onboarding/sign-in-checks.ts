/**
 * The checks of a sign-in in the words of "What was checked", in the order in which they run: first those of the SAML
 * answer (`adapters/saml/verdict.ts` names them), then those that need the connection's people and the browser.
 */
export const checksPassedWords = {
  document: 'The answer arrived whole and holds nothing harmful',
  structure: 'It is built like a SAML 2.0 answer',
  keys: 'We have a certificate to check it with',
  signature: 'The signature is the provider’s',
  encryption: 'What was encrypted could be opened',
  floor: 'It is protected as well as in the last passed test',
  status: 'The provider reports success',
  issuer: 'The issuer is the one of your metadata',
  destination: 'It was sent to our address',
  subject_confirmation: 'It was made for our address and hasn’t ended',
  conditions: 'Its times fit our clock',
  audience: 'The audience is our entity ID',
  authn_statement: 'Somebody signed in, and the session lasts',
  name_id: 'The Name ID names one person',
  in_response_to: 'It answers the sign-in that we started',
  profile: 'The attributes give an id and an e-mail',
  domains: 'The address is in a domain that may sign in',
  browser: 'It came back to the browser that asked',
  replay: 'It wasn’t used before',
  directory: 'The directory doesn’t refuse this person',
} as const;

export type SignInCheck = keyof typeof checksPassedWords;
