import type { AttemptRow, ConnectionRow, EnvironmentRow } from '../db/index.ts';
import { findGuide, providerNameOf } from '../onboarding/providers/sign-in/index.ts';
import { guideValuesOf } from '../onboarding/providers/sign-in/values.ts';
import { adviceFor } from '../onboarding/sign-in-advice.ts';
import { attemptDetail, type AttemptDetail, type AttemptView } from './contract/shared.ts';
import type { ApiUrls } from './deps.ts';
import { trailKinds } from '../onboarding/sign-in-checks.ts';

/** How attempts are shown, to the person at the customer and to staff alike. */

export interface AttemptNames {
  organizationName: string | null;
  /** The guide that the connection was set up with. */
  providerId: string | null;
}

/** One line of a list. */
export function attemptViewOf(row: AttemptRow, { organizationName, providerId }: AttemptNames): AttemptView {
  return {
    id: row.id,
    reference: row.reference,
    origin: row.origin,
    chip: row.state,
    cause: row.cause,
    facts: shownFacts(row.facts),
    email: row.email,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    durationMs: row.endedAt === null ? null : Math.max(0, row.endedAt.getTime() - row.startedAt.getTime()),
    connectionId: row.connectionId,
    organizationId: row.organizationId,
    organizationName,
    providerName: providerNameOf(providerId),
  };
}

/** One attempt with all that is known of it. The connection is undefined once it was deleted: then nothing is advised. */
export function attemptDetailOf(
  row: AttemptRow,
  context: {
    environment: Pick<EnvironmentRow, 'productName' | 'customAttributes'>;
    connection: ConnectionRow | undefined;
    organizationName: string | null;
    urls: Pick<ApiUrls, 'testIdp'>;
  },
): AttemptDetail {
  const { environment, connection, organizationName } = context;
  return {
    ...attemptViewOf(row, { organizationName, providerId: connection?.providerId ?? null }),
    checks: row.checks.map(({ check, passed }) => ({ check, passed })),
    profile: profileOf(row, environment),
    signed: row.signed,
    signedBy: row.signedBy,
    advice: adviceOf(row, context),
    requestXml: row.requestXml,
    responseXml: row.responseXml,
    trail: trailOf(row),
    timeline: timelineOf(row),
  };
}

function adviceOf(
  row: AttemptRow,
  { environment, connection, urls }: Parameters<typeof attemptDetailOf>[1],
): AttemptDetail['advice'] {
  if (row.cause === null || connection === undefined) return null;
  const guide = findGuide(connection.providerId ?? '') ?? findGuide('custom-saml');
  if (guide === undefined) return null;
  const values = guideValuesOf({ ...connection, product: environment.productName, testIdp: urls.testIdp });
  const facts = { hasMetadataUrl: connection.idpMetadataUrl !== null, ...row.facts };
  return { ...adviceFor(row.cause, facts, guide, values) };
}

function profileOf(
  { profile }: AttemptRow,
  { customAttributes }: Pick<EnvironmentRow, 'customAttributes'>,
): AttemptDetail['profile'] {
  const { data = null } = attemptDetail.shape.profile.safeParse(profile);
  if (data === null) return null;
  const labelOf = (key: string) => customAttributes.find((one) => one.key === key)?.label ?? null;
  return { ...data, custom: data.custom.map((one) => ({ ...one, label: labelOf(one.key) })) };
}

function trailOf({ trail }: AttemptRow): AttemptDetail['trail'] {
  return trail.flatMap(({ kind, at, ...what }) => {
    const known = trailKinds.find((one) => one === kind);
    return known === undefined || typeof at !== 'string'
      ? []
      : [{ kind: known, at, text: JSON.stringify(what, null, 2) }];
  });
}

/** The instants we keep, under the names of the cards *asked → … → handed over*. */
function timelineOf(row: AttemptRow): AttemptDetail['timeline'] {
  const known: [string, Date | null][] = [
    ['asked', row.startedAt],
    ['received', row.answeredAt],
    ['checked', row.answeredAt === null ? null : (row.consumedAt ?? row.endedAt)],
    ['handed_over', row.state === 'success' ? row.endedAt : null],
  ];
  return known.flatMap(([what, at]) => (at === null ? [] : [{ at: at.toISOString(), what }]));
}

function shownFacts(facts: AttemptRow['facts']): AttemptView['facts'] {
  return Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'object' ? [...fact] : fact]),
  );
}
