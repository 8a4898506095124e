import { ScimRefusal } from '../../../adapters/scim/errors.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { failureOf } from '../../middleware/handle-errors.ts';

/** Anything thrown as a refusal of the protocol; undefined details of ours stay with us [SCIM-08]. */
export function refusalOf(error: unknown): ScimRefusal {
  if (error instanceof ScimRefusal) return error;
  if (error instanceof OnboardingError) {
    const known = ofCode(error);
    if (known !== undefined) return known;
  }
  const { status } = failureOf(error);
  if (status === 503) return new ScimRefusal(503, 'unavailable', 'Try again in a moment.');
  if (status < 500)
    return new ScimRefusal(400, 'value_wrong', 'The request could not be read.', 'invalidValue');
  return new ScimRefusal(500, 'internal', 'Something failed on our side.');
}

function ofCode({ code, facts }: OnboardingError): ScimRefusal | undefined {
  switch (code) {
    case 'directory_user_exists':
      return new ScimRefusal(
        409,
        'person_exists',
        'Another user has this userName or externalId.',
        'uniqueness',
      );
    case 'directory_group_exists':
      return new ScimRefusal(409, 'group_exists', 'Another group has this externalId.', 'uniqueness');
    case 'directory_version_differs':
      return new ScimRefusal(412, 'version_differs', 'The resource has changed in the meantime.');
    case 'too_many_requests':
      return new ScimRefusal(
        429,
        'too_many_requests',
        'Too many requests. Wait as long as Retry-After says.',
      );
    case 'conflict':
      return new ScimRefusal(503, 'unavailable', 'The directory is being changed. Try again in a moment.');
    case 'not_found':
      return facts.kind === 'directory_group' ? groupUnknown() : personUnknown();
    default:
      return undefined;
  }
}

export const personUnknown = () => new ScimRefusal(404, 'person_unknown', 'There is no user of this id.');
export const groupUnknown = () => new ScimRefusal(404, 'group_unknown', 'There is no group of this id.');
