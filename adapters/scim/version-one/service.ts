import { coreUrnOfVersionOne, enterpriseUrnOfVersionOne } from '../names.ts';
import { enterpriseSchema, groupSchema, userSchema, type Attribute, type Schema } from '../schemas.ts';
import { bearerScheme, bearerSpecification, offered } from '../service.ts';

/** What we offer to clients of SCIM 1.1 (Core Schema 1.1 §9). */
export const serviceProviderConfigs = (base: string): object => ({
  schemas: [coreUrnOfVersionOne],
  documentationUrl: 'https://www.ietf.org/archive/id/draft-scim-api-01.txt',
  ...offered,
  xmlDataFormat: { supported: false },
  authenticationSchemes: [{ ...bearerScheme, specUrl: bearerSpecification }],
  meta: { location: `${base}/ServiceProviderConfigs` },
});

/** The same schemas as `schemas.ts` has them; the enterprise extension is part of a User (Core Schema 1.1 §10). */
export const schemasOfVersionOne = (): object[] => [
  schemaOf(userSchema, '/Users', [
    ...userSchema.attributes.map((one) => attributeOf(one, coreUrnOfVersionOne)),
    ...enterpriseSchema.attributes.map((one) => attributeOf(renamed(one), enterpriseUrnOfVersionOne)),
  ]),
  schemaOf(
    groupSchema,
    '/Groups',
    groupSchema.attributes.map((one) => attributeOf(one, coreUrnOfVersionOne)),
  ),
];

const schemaOf = ({ name, description }: Schema, endpoint: string, attributes: readonly object[]) => ({
  id: `${coreUrnOfVersionOne}:${name}`,
  name,
  description,
  schema: coreUrnOfVersionOne,
  endpoint,
  attributes,
});

/** A list names what one of it is called, for XML. */
const childOf = (name: string): string => (name === 'addresses' ? 'address' : name.replace(/s$/, ''));

function attributeOf(attribute: Attribute, schema?: string): object {
  const { name, type, multiValued, description, required, caseExact, mutability } = attribute;
  const { canonicalValues, subAttributes } = attribute;
  return {
    name,
    type: type === 'reference' ? 'string' : type,
    multiValued,
    description,
    ...(multiValued && { multiValuedAttributeChildName: childOf(name) }),
    ...(schema !== undefined && { schema }),
    readOnly: mutability === 'readOnly',
    required,
    caseExact,
    ...(canonicalValues && { canonicalValues }),
    ...(subAttributes && { subAttributes: subAttributes.map((one) => attributeOf(one)) }),
  };
}

const renamed = (attribute: Attribute): Attribute =>
  attribute.name !== 'manager' || attribute.subAttributes === undefined
    ? attribute
    : {
        ...attribute,
        subAttributes: attribute.subAttributes.map((sub) =>
          sub.name === 'value' ? { ...sub, name: 'managerId' } : sub,
        ),
      };
