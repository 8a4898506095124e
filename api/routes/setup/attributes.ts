import {
  getLink,
  insertAudit,
  listAttempts,
  type AttemptRow,
  type ConnectionRow,
  type Tx,
} from '../../../db/index.ts';
import {
  attributeAliases,
  customField,
  profileFields,
  type CustomAttribute,
  type ProfileField,
} from '../../../onboarding/attributes.ts';
import { maskAddresses } from '../../../onboarding/masking.ts';
import { findGuide } from '../../../onboarding/providers/sign-in/index.ts';
import { audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { attributesBody, attributesState } from '../../contract/setup-connections.ts';
import { attemptDetail, stepResult, type AttemptDetail } from '../../contract/shared.ts';
import { route } from '../../route.ts';
import { findEdited, lockEdited, saveEdited } from './edited.ts';
import { tellSaved } from './metadata.ts';
import { change, covers, tenantOf, type Tenant } from './scope.ts';
import { toldNothing } from './switches.ts';

/** P8: which attribute fills which field. */

const getAttributes = route({
  method: 'GET',
  path: '/setup/:handle/api/sso/attributes',
  who: 'portal_session',
  summary: 'The fields, what fills them, and what the last sign-in brought',
  answers: { 200: attributesState },
  handler: (context) =>
    context.read(async (tx) => {
      const tenant = tenantOf(context);
      const isCovered = covers(context.caller.session, 'sso');
      const link = await getLink(tx, tenant, context.caller.session.linkId);
      const connection = isCovered ? await findEdited(tx, context, link) : undefined;
      const profile = connection === undefined ? null : await lastProfile(tx, tenant, connection);
      return ok({
        fields: fieldsOf(context.caller.environment.customAttributes).map(({ field, label, required }) => ({
          field,
          label,
          required,
          attribute: connection?.attributeMapping[field] ?? defaultOf(connection, field),
          isDefault: connection?.attributeMapping[field] === undefined,
          lastValue: profile === null ? null : shownValue(profile, field),
        })),
        received: profile?.received.map(({ name }) => name) ?? [],
      });
    }),
});

const putAttributes = route({
  method: 'PUT',
  path: '/setup/:handle/api/sso/attributes',
  who: 'portal_session',
  summary: 'Says which attribute fills which field',
  body: attributesBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, tenant, by } = changing;
      const connection = await lockEdited(changing);
      const before = connection.attributeMapping;
      const fields = fieldsOf(context.caller.environment.customAttributes).map(({ field }) => field);
      const after = mappingOf(fields, context.body.mapping, connection);
      if (isSame(fields, before, after)) {
        return toldNothing(context, changing, connection);
      }
      const saved = await saveEdited(tx, tenant, connection, { attributeMapping: after }, by.request.now);
      const target = { type: 'connection', id: connection.id };
      await insertAudit(
        tx,
        audited(by, tenant, { action: 'connection.attributes_changed', target, before, after }),
      );
      // Before the provider's side is there, nothing was tested that would have to be tested again.
      return saved.idpEntityId === null
        ? toldNothing(context, changing, saved)
        : tellSaved(context, changing, saved);
    }),
});

export const attributeRoutes = [getAttributes, putAttributes];

/** What the page asks for: the standard fields, then the vendor's own. */
function fieldsOf(customAttributes: readonly CustomAttribute[]) {
  return [
    ...profileFields.map((field) => ({ field, label: null, required: field === 'id' || field === 'email' })),
    ...customAttributes.map(({ key, label, isRequired }) => ({
      field: customField(key),
      label,
      required: isRequired,
    })),
  ];
}

/** The name that a field is read from when nobody has said otherwise. */
export function defaultOf(connection: ConnectionRow | undefined, field: string): string {
  const guide = findGuide(connection?.providerId ?? '');
  const named = guide?.attributes.find((attribute) => attribute.field === field)?.name;
  const standard = profileFields.find((known) => known === field);
  return named ?? (standard && attributeAliases[standard][0]) ?? field.replace(/^custom\./, '');
}

/** An empty text, or the default itself, leaves the field to the rules of the provider. */
function mappingOf(
  fields: readonly string[],
  typed: Readonly<Record<string, string>>,
  connection: ConnectionRow,
): Record<string, string> {
  const chosen = fields.flatMap((field) => {
    const name = typed[field]?.trim() ?? '';
    return name === '' || name === defaultOf(connection, field) ? [] : [[field, name] as const];
  });
  return Object.fromEntries(chosen);
}

function isSame(
  fields: readonly string[],
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): boolean {
  return fields.every((field) => a[field] === b[field]);
}

type Profile = NonNullable<AttemptDetail['profile']>;

/** Of the newest attempt that brought any. */
async function lastProfile(tx: Tx, tenant: Tenant, { id }: ConnectionRow): Promise<Profile | null> {
  const { rows } = await listAttempts(tx, tenant, { connectionId: id }, { limit: 20, order: 'desc' });
  return rows.map(profileOf).find((profile) => profile !== null) ?? null;
}

function profileOf({ profile }: AttemptRow): Profile | null {
  const read = attemptDetail.shape.profile.safeParse(profile);
  return read.success ? read.data : null;
}

/** Whoever holds the link should recognise people, not learn their addresses. */
function shownValue(profile: Profile, field: string): string | null {
  const value = valueOf(profile, field);
  return value === null ? null : maskAddresses(value);
}

const mostValues = 8;

/** Enough of them to tell whether they are the right ones, and how many there are. */
function fewOf(values: readonly string[]): string {
  const few = values.slice(0, mostValues).join(', ');
  return values.length > mostValues ? `${few} … (${values.length})` : few;
}

function valueOf(profile: Profile, field: string): string | null {
  const custom = profile.custom.find(({ key }) => customField(key) === field);
  if (custom !== undefined) return fewOf(custom.values);
  const standard = profileFields.find((known) => known === field);
  return standard === undefined ? null : standardValueOf(profile, standard);
}

function standardValueOf(profile: Profile, field: ProfileField): string | null {
  switch (field) {
    case 'id':
      return profile.idpId === '' ? null : profile.idpId;
    case 'email':
      return profile.email;
    case 'groups':
      return profile.groups.length === 0 ? null : fewOf(profile.groups);
    case 'name': {
      const parts = [profile.firstName, profile.lastName].filter((part) => part !== null).join(' ');
      return profile.name ?? (parts === '' ? null : parts);
    }
    case 'firstName':
    case 'lastName':
      return profile[field];
  }
}
