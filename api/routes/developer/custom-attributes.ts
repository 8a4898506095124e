import { getEnvironment } from '../../../db/index.ts';
import type { CustomAttribute } from '../../../onboarding/attributes.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting } from '../../acting.ts';
import { InsteadAnswer, noContent, ok } from '../../answers.ts';
import {
  customAttribute,
  customAttributeList,
  putCustomAttributeBody,
} from '../../contract/developer-environment.ts';
import { attributeKey, defineAttribute, removeAttribute } from '../../custom-attributes.ts';
import { route } from '../../route.ts';

/**
 * `/custom_attributes`: what the vendor wants to know of people beyond the standard fields. Ours, in the style of the
 * contract. Each connection maps them; values arrive as `custom_attributes` of the profile.
 */

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
      if (!attributeKey.test(params.key)) {
        throw refuse(
          'The key must be like department or cost_center: a-z, 0-9 and _, at most 60 characters.',
        );
      }
      const attribute = { key: params.key, label: body.label.trim(), isRequired: body.required };
      const by = acting(caller, request);
      const outcome = await defineAttribute(tx, caller.environment.id, attribute, by);
      if (outcome === 'full') throw new OnboardingError('attributes_full');
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
      await removeAttribute(tx, caller.environment.id, params.key, acting(caller, request));
      return noContent();
    }),
});

export const customAttributeRoutes = [list, put, remove];

const refuse = (message: string) => new InsteadAnswer({ status: 422, body: { message } });

function customAttributeObject({ key, label, isRequired }: CustomAttribute) {
  return { object: 'custom_attribute' as const, key, label, required: isRequired };
}
