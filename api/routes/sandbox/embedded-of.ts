import { OnboardingError } from '../../../onboarding/errors.ts';
import type { ApiDeps, EmbeddedDefault } from '../../deps.ts';

/** What this installation has to try things out with. Throws `not_found` outside the embedded default. */
export function embeddedOf({ embedded }: ApiDeps): EmbeddedDefault {
  if (embedded === null) throw new OnboardingError('not_found');
  return embedded;
}
