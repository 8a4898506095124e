import type { ProfileRow } from '../../../db/index.ts';
import { roleFields } from '../../../onboarding/roles.ts';

/**
 * A profile as the API answers it, with the slugs of its roles, the highest first. Every key is there, because typed
 * SDKs fail on a missing one.
 */
export function profileObject(profile: ProfileRow, roles: readonly string[]) {
  const parts = [profile.firstName, profile.lastName].filter((part) => part !== null).join(' ');
  const name = profile.name ?? parts;
  return {
    object: 'profile' as const,
    id: profile.id,
    organization_id: profile.organizationId,
    connection_id: profile.connectionId,
    connection_type: profile.connectionType,
    idp_id: profile.idpId,
    email: profile.email,
    first_name: profile.firstName,
    last_name: profile.lastName,
    name: name === '' ? null : name,
    role: null,
    roles: null,
    ...roleFields(roles),
    groups: profile.groups,
    custom_attributes: profile.customAttributes,
    raw_attributes: profile.rawAttributes,
  };
}
