import {
  getEnvironment,
  insertAudit,
  lockEnvironment,
  setCustomAttributes,
  type Tx,
} from '../../../db/index.ts';
import type { CustomAttribute } from '../../../onboarding/attributes.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { InsteadAnswer, noContent, ok } from '../../answers.ts';
import {
  customAttribute,
  customAttributeList,
  putCustomAttributeBody,
} from '../../contract/developer-environment.ts';
import { route } from '../../route.ts';

/**
 * `/custom_attributes`: what the vendor wants to know of people beyond the standard fields. Ours, in the style of the
 * contract. Each connection maps them; values arrive as `custom_attributes` of the profile.
 */

const keyPattern = /^[a-z][a-z0-9_]{0,59}$/;
/** More than anybody maps by hand, and few enough to stand in every profile. */
const mostAttributes = 50;

const list = route({
  method: 'GET',
  path: '/custom_attributes',
  who: 'api_key',
  scope: 'settings',
  summary: 'Lists the custom attributes of the environment',
  answers: { 200: customAttributeList },
  handler: ({ caller, read }) =>
    read(async (tx) => {
      const { customAttributes } = await getEnvironment(tx, caller.environment.id);
      return ok({ object: 'list' as const, data: customAttributes.map(customAttributeObject) });
    }),
});

const put = route({
  method: 'PUT',
  path: '/custom_attributes/:key',
  who: 'api_key',
  scope: 'settings',
  summary: 'Defines a custom attribute, or changes it',
  body: putCustomAttributeBody,
  answers: { 200: customAttribute },
  handler: ({ params, body, caller, commit, request }) =>
    commit(async (tx) => {
      if (!keyPattern.test(params.key)) {
        throw refuse(
          'The key must be like department or cost_center: a-z, 0-9 and _, at most 60 characters.',
        );
      }
      const before = await locked(tx, caller.environment.id);
      const attribute = { key: params.key, label: body.label.trim(), isRequired: body.required };
      const isKnown = before.some(({ key }) => key === attribute.key);
      if (!isKnown && before.length >= mostAttributes) {
        throw refuse(`An environment has at most ${mostAttributes} custom attributes.`);
      }
      const after = isKnown
        ? before.map((known) => (known.key === attribute.key ? attribute : known))
        : [...before, attribute];
      await setCustomAttributes(tx, caller.environment.id, after, request.now);
      await insertAudit(
        tx,
        audited(acting(caller, request), whoseOf(caller), {
          action: 'custom_attribute.defined',
          target: { type: 'custom_attribute', id: attribute.key },
          after: { label: attribute.label, required: attribute.isRequired },
        }),
      );
      return ok(customAttributeObject(attribute));
    }),
});

const remove = route({
  method: 'DELETE',
  path: '/custom_attributes/:key',
  who: 'api_key',
  scope: 'settings',
  summary: 'Removes a custom attribute; profiles keep what came until the next sign-in',
  answers: { 204: 'nothing' },
  handler: ({ params, caller, commit, request }) =>
    commit(async (tx) => {
      const before = await locked(tx, caller.environment.id);
      const after = before.filter(({ key }) => key !== params.key);
      if (after.length === before.length)
        throw new OnboardingError('not_found', { kind: 'custom_attribute' });
      await setCustomAttributes(tx, caller.environment.id, after, request.now);
      await insertAudit(
        tx,
        audited(acting(caller, request), whoseOf(caller), {
          action: 'custom_attribute.removed',
          target: { type: 'custom_attribute', id: params.key },
        }),
      );
      return noContent();
    }),
});

export const customAttributeRoutes = [list, put, remove];

const refuse = (message: string) => new InsteadAnswer({ status: 422, body: { message } });

const whoseOf = ({ environment }: { environment: { id: string } }) => ({
  environmentId: environment.id,
  organizationId: null,
});

async function locked(tx: Tx, environmentId: string): Promise<readonly CustomAttribute[]> {
  return (await lockEnvironment(tx, environmentId)).customAttributes;
}

function customAttributeObject({ key, label, isRequired }: CustomAttribute) {
  return { object: 'custom_attribute' as const, key, label, required: isRequired };
}
