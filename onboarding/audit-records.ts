/** Audit events as the outside sees them: streams, exports and pages (`workos-api` contract §11.1). Rows in, snake_case out. */

/** A flat object of texts, numbers and booleans. */
export type AuditMetadata = Record<string, string | number | boolean>;

export interface AuditParty {
  id: string;
  type: string;
  name?: string;
  metadata?: AuditMetadata;
}

/** One audit event, the vendor's or ours. */
export interface AuditRecord {
  id: string;
  /** Its place among the events of its organization: gapless, in the order in which they were recorded. */
  sequence: number;
  organization_id: string;
  action: string;
  occurred_at: string;
  actor: AuditParty;
  targets: AuditParty[];
  context: { location: string; user_agent?: string };
  metadata?: AuditMetadata;
  /** Of the action's schema; our own acts have none. */
  version?: number;
}

/** What a record is made of. */
export interface AuditFacts {
  id: string;
  organizationId: string | null;
  chainNumber: number | null;
  origin: 'product' | 'vendor';
  occurredAt: Date;
  actorType: string;
  actorId: string | null;
  action: string;
  targetType: string | null;
  targetId: string | null;
  before: Readonly<Record<string, unknown>> | null;
  after: Readonly<Record<string, unknown>> | null;
  personal: Readonly<Record<string, string | { erased: string }>>;
  sourceAddress: string | null;
  userAgent: string | null;
  content: { version: number; targets: readonly { id: string; type: string }[] } | null;
}

/** Stands where nothing is known, or where it was erased. */
export const unknownLocation = 'unknown';

/**
 * The record of a row. Where staff of the vendor acted, from where they did is not the customer's to know. What was
 * erased is left out.
 */
export function auditRecord(facts: AuditFacts): AuditRecord {
  return {
    id: facts.id,
    sequence: facts.chainNumber ?? 0,
    organization_id: facts.organizationId ?? '',
    action: facts.action,
    occurred_at: facts.occurredAt.toISOString(),
    ...(facts.origin === 'vendor' ? vendorParts(facts) : productParts(facts)),
  };
}

function vendorParts(
  facts: AuditFacts,
): Pick<AuditRecord, 'actor' | 'targets' | 'context' | 'metadata' | 'version'> {
  const { personal, content } = facts;
  return {
    actor: {
      id: facts.actorId ?? '',
      type: facts.actorType,
      ...textAt(personal, 'actor_name', 'name'),
      ...metadataAt(personal, 'actor_metadata'),
    },
    targets: (content?.targets ?? []).map(({ id, type }, index) => ({
      id,
      type,
      ...textAt(personal, `target_${index}_name`, 'name'),
      ...metadataAt(personal, `target_${index}_metadata`),
    })),
    context: contextOf(facts),
    ...metadataAt(personal, 'metadata'),
    ...(content && { version: content.version }),
  };
}

function productParts(facts: AuditFacts): Pick<AuditRecord, 'actor' | 'targets' | 'context' | 'metadata'> {
  const { actorType, actorId, targetType, targetId } = facts;
  const metadata = {
    ...flat('before', facts.before),
    ...flat('after', facts.after),
    ...flat('', readable(facts.personal)),
  };
  return {
    actor: { id: actorId ?? actorType, type: actorType },
    targets: targetType === null || targetId === null ? [] : [{ id: targetId, type: targetType }],
    context: actorType === 'staff' ? { location: unknownLocation } : contextOf(facts),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}

function contextOf({ sourceAddress, userAgent }: AuditFacts): AuditRecord['context'] {
  return { location: sourceAddress ?? unknownLocation, ...(userAgent !== null && { user_agent: userAgent }) };
}

type Personal = AuditFacts['personal'];

function textAt(personal: Personal, field: string, name: string): Record<string, string> {
  const value = personal[field];
  return typeof value === 'string' ? { [name]: value } : {};
}

function metadataAt(personal: Personal, field: string): { metadata?: AuditMetadata } {
  const value = personal[field];
  return typeof value === 'string' ? { metadata: JSON.parse(value) as AuditMetadata } : {};
}

const readable = (personal: Personal) =>
  Object.fromEntries(Object.entries(personal).filter(([, value]) => typeof value === 'string'));

/** `{ name: 'Acme' }` of `after` is `after_name`; what is no plain value is its JSON. */
function flat(prefix: string, values: Readonly<Record<string, unknown>> | null): AuditMetadata {
  const entries = Object.entries(values ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [prefix === '' ? name : `${prefix}_${name}`, plain(value)]),
  );
}

function plain(value: unknown): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}

/** What a vendor's event has, as it is recorded. */
export interface VendorEvent {
  action: string;
  occurredAt: Date;
  actor: AuditParty;
  targets: readonly AuditParty[];
  context: { location: string; user_agent?: string | undefined };
  metadata?: AuditMetadata | undefined;
  version: number;
}

/**
 * The free texts of a vendor's event, by the fields in which they are kept: all of them may tell of people, so all can be
 * erased without breaking the chain [AUD-04].
 */
export function personalOf({ actor, targets, metadata }: VendorEvent): Record<string, string> {
  const texts: Record<string, string> = {};
  addPartyTexts(texts, 'actor', actor);
  for (const [index, target] of targets.entries()) addPartyTexts(texts, `target_${index}`, target);
  if (metadata) texts['metadata'] = JSON.stringify(metadata);
  return texts;
}

function addPartyTexts(texts: Record<string, string>, prefix: string, { name, metadata }: AuditParty): void {
  if (name !== undefined) texts[`${prefix}_name`] = name;
  if (metadata) texts[`${prefix}_metadata`] = JSON.stringify(metadata);
}
