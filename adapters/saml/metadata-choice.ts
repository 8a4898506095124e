import { type Finding, finding, hasStop } from './import-findings.ts';
import type { EntityReading, MetadataReading } from './metadata.ts';

export interface EntityChoice {
  readonly entityId: string;
  readonly displayName: string | undefined;
}

export type ChosenEntity =
  | { readonly ok: true; readonly entity: EntityReading; readonly findings: readonly Finding[] }
  | {
      readonly ok: false;
      readonly findings: readonly Finding[];
      /** What may be offered when a person has to pick; empty when there is nothing to pick. */
      readonly choices: readonly EntityChoice[];
      /** The one it would be, to show what was read beside what stops it. */
      readonly entity?: EntityReading;
    };

/**
 * The one identity provider that a connection is set up with [MD-02]. Several are never decided by order: a person
 * picks by entity id. A wrapper round a single one comes preselected, and says so.
 */
export function chooseEntity(reading: MetadataReading, entityId?: string): ChosenEntity {
  if (hasStop(reading.findings)) return { ok: false, findings: reading.findings, choices: [] };
  const idps = reading.entities.filter(({ isIdp }) => isIdp);
  const choices = idps.map((entity) => ({ entityId: entity.entityId, displayName: entity.displayName }));
  const candidates = entityId === undefined ? idps : idps.filter((entity) => entity.entityId === entityId);
  const [entity, ...others] = candidates;

  if (!entity) {
    const facts = { expected: entityId ?? '', entityIds: choices.map((choice) => choice.entityId) };
    return { ok: false, findings: [finding('stop', 'metadata_entity_differs', facts)], choices };
  }
  if (others.length > 0) {
    const facts = { reason: 'several', entityIds: choices.map((choice) => choice.entityId) };
    return { ok: false, findings: [finding('stop', 'metadata_several_entities', facts)], choices };
  }
  const wrapped = reading.isWrapped
    ? [finding('note', 'metadata_one_of_several', { count: idps.length })]
    : [];
  const findings = [...reading.findings, ...wrapped, ...entity.findings];
  return hasStop(findings) ? { ok: false, findings, choices, entity } : { ok: true, entity, findings };
}
