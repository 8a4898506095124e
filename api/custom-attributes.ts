import { insertAudit, lockEnvironment, markRemapsDue, setCustomAttributes, type Tx } from '../db/index.ts';
import type { CustomAttribute } from '../onboarding/attributes.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { audited, type Acting } from './acting.ts';

/** The list of what a vendor wants to know of people beyond the standard fields, for programs and for the dashboard. */

export const attributeKey = /^[a-z][a-z0-9_]{0,59}$/;
/** More than anybody maps by hand, and few enough to stand in every profile. */
const mostAttributes = 50;

/**
 * Adds the attribute, or changes the one of its key. People of directories have a new one within minutes, from what was
 * sent last.
 * `full` when there are as many as may be.
 */
export async function defineAttribute(
  tx: Tx,
  environmentId: string,
  attribute: CustomAttribute,
  by: Acting,
): Promise<'defined' | 'full'> {
  const { customAttributes: before } = await lockEnvironment(tx, environmentId);
  const known = before.find(({ key }) => key === attribute.key);
  if (known === undefined && before.length >= mostAttributes) return 'full';
  const after =
    known === undefined
      ? [...before, attribute]
      : before.map((one) => (one.key === attribute.key ? attribute : one));
  await setCustomAttributes(tx, environmentId, after, by.request.now);
  if (known === undefined) await markRemapsDue(tx, { environmentId }, by.request.now);
  await insertAudit(
    tx,
    audited(
      by,
      { environmentId, organizationId: null },
      {
        action: 'custom_attribute.defined',
        target: { type: 'custom_attribute', id: attribute.key },
        ...(known === undefined ? {} : { before: factsOf(known) }),
        after: factsOf(attribute),
      },
    ),
  );
  return 'defined';
}

/** Throws `not_found`. */
export async function removeAttribute(tx: Tx, environmentId: string, key: string, by: Acting): Promise<void> {
  const { customAttributes: before } = await lockEnvironment(tx, environmentId);
  const known = before.find((one) => one.key === key);
  if (known === undefined) throw new OnboardingError('not_found', { kind: 'custom_attribute' });
  const after = before.filter((one) => one !== known);
  await setCustomAttributes(tx, environmentId, after, by.request.now);
  await markRemapsDue(tx, { environmentId }, by.request.now);
  await insertAudit(
    tx,
    audited(
      by,
      { environmentId, organizationId: null },
      {
        action: 'custom_attribute.removed',
        target: { type: 'custom_attribute', id: key },
        before: factsOf(known),
      },
    ),
  );
}

const factsOf = ({ label, isRequired }: CustomAttribute) => ({ label, required: isRequired });
