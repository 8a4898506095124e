/**
 * Help for somebody who does not know what their provider is called: questions they can answer by looking, and the
 * guide of the recommended way that each answer points to. The words are in the customer's catalogue under
 * `provider.notSure`. A hint only: the page says so, and nothing is chosen by itself.
 */
export interface ProviderQuestion {
  readonly id: string;
  readonly answers: readonly { readonly id: string; readonly guideId: string }[];
}

/** The surest sign first. */
export const providerQuestions: readonly ProviderQuestion[] = [
  {
    id: 'address_bar',
    answers: [
      { id: 'microsoft', guideId: 'microsoft-entra-id' },
      { id: 'okta', guideId: 'okta' },
      { id: 'google', guideId: 'google-workspace' },
      { id: 'adfs', guideId: 'adfs' },
      { id: 'onelogin', guideId: 'onelogin' },
      { id: 'jumpcloud', guideId: 'jumpcloud' },
      { id: 'pingone', guideId: 'pingone' },
      { id: 'pingfederate', guideId: 'pingfederate' },
      { id: 'rippling', guideId: 'rippling' },
      { id: 'cyberark', guideId: 'cyberark' },
    ],
  },
  {
    id: 'password_reset',
    answers: [
      { id: 'microsoft', guideId: 'microsoft-entra-id' },
      { id: 'google', guideId: 'google-workspace' },
      { id: 'okta', guideId: 'okta' },
      { id: 'onelogin', guideId: 'onelogin' },
      { id: 'rippling', guideId: 'rippling' },
      { id: 'adfs', guideId: 'adfs' },
    ],
  },
  {
    id: 'mail_host',
    answers: [
      { id: 'microsoft', guideId: 'microsoft-entra-id' },
      { id: 'google', guideId: 'google-workspace' },
    ],
  },
];
