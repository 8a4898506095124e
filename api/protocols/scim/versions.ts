import { etagOf } from '../../../adapters/scim/render.ts';
import { ScimRefusal } from '../../../adapters/scim/errors.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';

/** [SCIM-10] Throws 412 where the client knows another version than the one that is there. */
export function refuseOtherVersion(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || names(ifMatch, version)) return;
  throw new ScimRefusal(412, 'version_differs', 'The resource has changed in the meantime: read it again.');
}

/** Whether a list of tags names this version. Weak or strong is the same here: a version is a version. */
export function names(header: string, version: number): boolean {
  const strong = (tag: string) => tag.trim().replace(/^W\//, '');
  const wanted = strong(etagOf(version));
  return header.split(',').some((tag) => tag.trim() === '*' || strong(tag) === wanted);
}

/** As many may change one thing at the same moment: of each round, one has its way. */
const triesAtMost = 10;

/**
 * Does again, on what is there then, what met another change on its way. A client that said which version it means is
 * told instead [SCIM-10].
 */
export async function onNewestVersion<T>(ifMatch: string | undefined, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const isMet = error instanceof OnboardingError && error.code === 'directory_version_differs';
      if (!isMet || ifMatch !== undefined || tries === triesAtMost) throw error;
    }
  }
}
