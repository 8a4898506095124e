import { acs } from './acs.ts';
import { finish } from './finish.ts';
import { login } from './login.ts';
import { spMetadata } from './metadata.ts';
import { sloRoutes } from './slo.ts';
import { testAddress } from './test-address.ts';

/** What browsers and identity providers call in a SAML sign-in; errors are pages. */
export const samlRoutes = [acs, finish, spMetadata, login, testAddress, ...sloRoutes];
