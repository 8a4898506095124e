import { OnboardingError } from '../../../onboarding/errors.ts';
import type { ApiDeps, TestIdpPanel } from '../../deps.ts';

/** The Test IdP of this installation. Throws `not_found` outside the embedded default. */
export function testIdpOf({ embedded }: ApiDeps): TestIdpPanel {
  if (embedded === null) throw new OnboardingError('not_found');
  return embedded.testIdp;
}
