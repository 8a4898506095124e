import { parseEmail } from '../../adapters/email-address.ts';
import {
  attributeAliases,
  customField,
  resolveCustomAttributes,
  resolveProfile,
  suggestCustom,
  suggestMapping,
  type CustomAttribute,
  type CustomValues,
  type ResolvedProfile,
} from '../../onboarding/attributes.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { SignInCause, SignInFacts } from '../../onboarding/sign-in-causes.ts';
import type { z } from 'zod';
import type { attemptDetail } from '../contract/shared.ts';

/** What the verified assertion says about the person. */
export interface AssertedPerson {
  readonly nameId: string;
  readonly nameIdFormat: string | null;
  readonly attributes: readonly (readonly [string, readonly string[]])[];
}

/** What an attempt keeps of a person; how the vendor names its own attributes is asked when it is shown. */
export type KeptProfile = NonNullable<z.input<typeof attemptDetail>['profile']>;

/** A person with what a profile cannot do without, or what is missing. `shown` is what the attempt keeps of both. */
export type ReadPerson = { readonly shown: KeptProfile } & (
  | { readonly ok: true; readonly person: Person }
  | { readonly ok: false; readonly cause: SignInCause; readonly facts: SignInFacts }
);

export interface Person {
  readonly idpId: string;
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly name: string | null;
  readonly groups: readonly string[];
  /** One value as a text, several as a list, as the profile shows them. */
  readonly rawAttributes: Record<string, unknown>;
  /** The vendor's own attributes by key. */
  readonly customAttributes: Record<string, unknown>;
}

/**
 * Maps an assertion to a person by the connection's mapping; `customAttributes` are those of the environment. Reads
 * nothing but signed values.
 */
export function readPerson(
  asserted: AssertedPerson,
  mapping: Readonly<Record<string, string>>,
  customAttributes: readonly CustomAttribute[],
): ReadPerson {
  const profile = resolveProfile(asserted.attributes, asserted.nameId, asserted.nameIdFormat, mapping);
  const custom = resolveCustomAttributes(profile.rawAttributes, customAttributes, mapping);
  const shown = show(profile, custom);
  const { idpId, email } = profile;
  if (idpId === undefined) {
    return { shown, ok: false, cause: 'name_id_refused', facts: { reason: gapOf(profile, 'id') } };
  }
  if (email === undefined) return { shown, ok: false, ...missingEmail(profile, asserted, mapping) };
  const address = addressOf(email);
  if (address === undefined) {
    return { shown, ok: false, cause: 'email_invalid', facts: { received: email.slice(0, 200) } };
  }
  const [missing] = custom.missing;
  if (missing !== undefined) return { shown, ok: false, ...missingCustom(profile, missing) };
  return {
    shown: { ...shown, email: address },
    ok: true,
    person: {
      idpId,
      email: address,
      firstName: profile.firstName ?? null,
      lastName: profile.lastName ?? null,
      name: profile.name ?? null,
      groups: profile.groups,
      rawAttributes: rawOf(profile),
      customAttributes: custom.values,
    },
  };
}

function missingEmail(
  profile: ResolvedProfile,
  { nameId }: AssertedPerson,
  mapping: Readonly<Record<string, string>>,
): { cause: SignInCause; facts: SignInFacts } {
  const reason = gapOf(profile, 'email');
  if (reason === 'several_values') return { cause: 'email_invalid', facts: { reason } };
  const names = Object.keys(profile.rawAttributes).slice(0, 50);
  if (reason === 'empty') {
    const empty = emptyEmailOf(profile, mapping);
    return { cause: 'email_missing', facts: { reason, names, ...(empty === undefined ? {} : { empty }) } };
  }
  const guess = suggestMapping(names, nameId).email;
  return { cause: 'email_missing', facts: { reason, names, ...(guess === undefined ? {} : { guess }) } };
}

/** The attribute that should have held the e-mail and came without a value. */
function emptyEmailOf(
  { rawAttributes }: ResolvedProfile,
  mapping: Readonly<Record<string, string>>,
): string | undefined {
  const wanted = mapping['email'] === undefined ? attributeAliases.email : [mapping['email']];
  const folded = wanted.map((name) => name.toLowerCase());
  return Object.keys(rawAttributes).find(
    (name) =>
      folded.includes(name.toLowerCase()) && rawAttributes[name]?.every((value) => value.trim() === ''),
  );
}

function missingCustom(
  profile: ResolvedProfile,
  attribute: CustomAttribute,
): { cause: SignInCause; facts: SignInFacts } {
  const names = Object.keys(profile.rawAttributes).slice(0, 50);
  const guess = suggestCustom(names, attribute);
  const facts = { attribute: attribute.label, field: customField(attribute.key), names };
  return { cause: 'attribute_missing', facts: { ...facts, ...(guess === undefined ? {} : { guess }) } };
}

function gapOf({ gaps }: ResolvedProfile, field: 'id' | 'email'): string {
  return gaps.find((gap) => gap.field === field)?.reason ?? 'not_sent';
}

function addressOf(email: string): string | undefined {
  try {
    return parseEmail(email);
  } catch (error) {
    if (error instanceof OnboardingError) return undefined;
    throw error;
  }
}

function show(profile: ResolvedProfile, custom: CustomValues): KeptProfile {
  return {
    idpId: profile.idpId ?? '',
    email: profile.email ?? null,
    firstName: profile.firstName ?? null,
    lastName: profile.lastName ?? null,
    name: profile.name ?? null,
    groups: [...profile.groups],
    custom: Object.entries(custom.values).map(([key, value]) => ({ key, values: [value].flat() })),
    sources: { ...profile.sources, ...custom.sources },
    received: Object.entries(profile.rawAttributes).map(([name, values]) => ({ name, values: [...values] })),
  };
}

/** Own properties on an object without prototype: an attribute may be called `__proto__` [SAML-11]. */
function rawOf({ rawAttributes }: ResolvedProfile): Record<string, unknown> {
  const raw: Record<string, unknown> = Object.fromEntries(
    Object.entries(rawAttributes).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
  Object.setPrototypeOf(raw, null);
  return raw;
}
