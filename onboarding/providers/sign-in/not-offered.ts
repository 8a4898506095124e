import { guidesByName } from '../guide-texts.ts';

/**
 * Providers that people look for and that no guide leads to. `instead` are the guides that get such a customer in all
 * the same; what stands in the way is in the customer's catalogue under `provider.notOffered`, and `why` in the docs.
 */
export interface ProviderNotOffered {
  readonly id: string;
  readonly name: string;
  readonly names: readonly string[];
  readonly instead: readonly string[];
  readonly why: string;
}

export const providersNotOffered: readonly ProviderNotOffered[] = [
  {
    id: 'adp',
    name: 'ADP',
    names: ['ADP Workforce Now', 'Automatic Data Processing'],
    // Who their people sign in to ADP with; it takes all of them.
    instead: ['microsoft-entra-id', 'okta', 'google-workspace', 'custom-saml'],
    why:
      'Its OpenID Connect wants a client certificate that ADP itself gives to partners (mutual TLS), and no request of ' +
      'ours shows one. Customers with ADP sign in by the provider that they sign in to ADP with; their people can come ' +
      'from ADP as files, by SFTP.',
  },
];

/** The provider without a guide that a search means, asked when it has found none with one. */
export function findNotOffered(query: string): ProviderNotOffered | undefined {
  return guidesByName(providersNotOffered, query)[0]?.guides[0];
}
