import type { ProfileRow } from '../../../db/index.ts';

/** A profile as the API answers it: every key is there, because typed SDKs fail on a missing one. */
export function profileObject(profile: ProfileRow) {
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
    groups: profile.groups,
    custom_attributes: profile.customAttributes,
    raw_attributes: profile.rawAttributes,
  };
}
