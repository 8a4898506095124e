/**
 * When a metadata URL needs a person [MD-08]: at once where it answers with something that only a person may accept, and
 * after two days where it does not answer at all, because providers have bad nights.
 */

export const metadataCauses = [
  'gone',
  'entity_differs',
  'endpoint_differs',
  'signature_refused',
  'unusable',
] as const;
type MetadataCause = (typeof metadataCauses)[number];

const goneAfterMs = 2 * 86_400_000;

/** Codes of a fetch that found no metadata where it was, or nobody who answers: the next one may. */
const maybePassing: readonly string[] = [
  'metadata_unreachable',
  'metadata_not_xml',
  'metadata_login_page',
  'metadata_too_large',
  'metadata_forbidden_xml',
  'egress_refused',
  'service_unavailable',
];

const causes: Readonly<Record<string, MetadataCause>> = {
  metadata_entity_differs: 'entity_differs',
  metadata_several_entities: 'entity_differs',
  metadata_endpoint_differs: 'endpoint_differs',
  metadata_signature_refused: 'signature_refused',
};

/** What a person is needed for, or undefined while the next fetch may do without. `code`: of the last fetch. */
export function judgeMetadata(
  { failingSince, code }: { failingSince: Date | null; code: string | null },
  now: Date,
): MetadataCause | undefined {
  if (failingSince === null) return undefined;
  if (code !== null && !maybePassing.includes(code)) return causes[code] ?? 'unusable';
  return now.getTime() - failingSince.getTime() >= goneAfterMs ? 'gone' : undefined;
}

/** When a connection's metadata was last looked at: by its watch, else when it was given. */
export function metadataLookedAt({
  metadataTriedAt,
  metadataFetchedAt,
  createdAt,
}: {
  metadataTriedAt: Date | null;
  metadataFetchedAt: Date | null;
  createdAt: Date;
}): Date {
  return metadataTriedAt ?? metadataFetchedAt ?? createdAt;
}
