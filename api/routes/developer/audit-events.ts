import { newId } from '../../../adapters/ids.ts';
import { listUnknownOrganizations, type NewVendorEvent } from '../../../db/index.ts';
import { faultsOf, fault, type SchemaFault } from '../../../onboarding/audit-schemas.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { readVendorEvent } from '../../../onboarding/vendor-events.ts';
import { created, InsteadAnswer } from '../../answers.ts';
import {
  auditEventCreated,
  auditEventsCreated,
  createAuditEventBody,
  createAuditEventsBody,
} from '../../contract/developer-audit-logs.ts';
import type { ApiDeps } from '../../deps.ts';
import { route, type Read } from '../../route.ts';

/**
 * `/audit_logs/events`: the vendor's product says what its people did. The hot path: schemas are remembered, and keys,
 * answers and events of all requests that come while others are written leave for the database in one message.
 */

const create = route({
  method: 'POST',
  path: '/audit_logs/events',
  who: 'api_key',
  scope: 'audit_logs',
  summary:
    'Records an audit event. Without an Idempotency-Key, the same event within 24 hours is recorded once',
  body: createAuditEventBody,
  // Texts of 64 KB may be several in one.
  maxBodyBytes: 1024 * 1024,
  isKeyedByContent: true,
  answers: { 201: auditEventCreated },
  handler: async ({ deps, caller, body, commitGathered, read }) => {
    const environmentId = caller.environment.id;
    const sent = [await readEvent(deps, environmentId, body, { field: '', path: '' })];
    const answer = created({ success: true as const });
    return commitGathered(deps.gathered.vendorEvents, sent, answer, nameUnknown(read, environmentId, sent));
  },
});

const createBatch = route({
  method: 'POST',
  path: '/audit_logs/events/batch',
  who: 'api_key',
  scope: 'audit_logs',
  summary: 'Records up to 1,000 audit events, all or none',
  body: createAuditEventsBody,
  maxBodyBytes: 4 * 1024 * 1024,
  isKeyedByContent: true,
  answers: { 201: auditEventsCreated },
  handler: async ({ deps, caller, body, commitGathered, read }) => {
    const environmentId = caller.environment.id;
    const sent: NewVendorEvent[] = [];
    for (const [index, one] of body.events.entries()) {
      const place = { field: `events.${index}.`, path: `/events/${index}/event` };
      sent.push(await readEvent(deps, environmentId, one, place));
    }
    const answer = created({ success: true as const, events: sent.length });
    return commitGathered(deps.gathered.vendorEvents, sent, answer, nameUnknown(read, environmentId, sent));
  },
});

export const auditEventRoutes = [create, createBatch];

/** Where an event stands in the body. */
type Place = { field: string; path: string };

async function readEvent(
  { auditSchemas }: Pick<ApiDeps, 'auditSchemas'>,
  environmentId: string,
  {
    organization_id: organizationId,
    event: given,
  }: { organization_id?: string | undefined; event?: unknown },
  place: Place,
): Promise<NewVendorEvent> {
  const found = readVendorEvent(given);
  if (organizationId === undefined) {
    const more = found.kind === 'incomplete' ? found.missing : [];
    throw incomplete(['organization_id', ...more], place);
  }
  if (found.kind === 'incomplete') throw incomplete(found.missing, place);
  if (found.kind === 'invalid') throw invalid(found.faults, place);
  const { action } = found.event;
  const schema = await auditSchemas.find(environmentId, action, found.version);
  if (schema === undefined) throw invalid([unknownSchema(action, found.version)], place);
  const event = { ...found.event, version: schema.version };
  const faults = faultsOf(event, schema.definition);
  if (faults.length > 0) throw invalid(faults, place);
  return { id: newId('audit_'), organizationId, event };
}

function unknownSchema(action: string, version: number | null): SchemaFault {
  return version === null
    ? fault(
        '/action',
        '#/properties/action',
        'enum',
        { action },
        `there is no action '${action}'; make a schema for it`,
      )
    : fault(
        '/version',
        '#/properties/version',
        'enum',
        { version },
        `'${action}' has no schema of this version`,
      );
}

/** The contract's words for what is missing. */
function incomplete(missing: readonly string[], { field }: Place): InsteadAnswer {
  const errors = missing.map((name) => ({ code: 'required', field: `${field}${name}` }));
  return new InsteadAnswer({ status: 422, body: { message: 'Validation failed', errors } });
}

const shownFaults = 50;

function invalid(faults: readonly SchemaFault[], { path }: Place): InsteadAnswer {
  const errors = faults
    .slice(0, shownFaults)
    .map(({ instancePath, ...rest }) => ({ instancePath: `${path}${instancePath}`, ...rest }));
  const body = { message: 'Invalid Audit Log event.', code: 'invalid_audit_log_event', errors };
  return new InsteadAnswer({ status: 400, body });
}

/** Says which organization there is not: looked for only when the recording has failed for it. */
function nameUnknown(read: Read, environmentId: string, sent: readonly NewVendorEvent[]) {
  return async (refusal: unknown): Promise<unknown> => {
    if (!(refusal instanceof OnboardingError) || refusal.code !== 'not_found') return refusal;
    const ids = sent.map(({ organizationId }) => organizationId);
    const [id = ids[0] ?? ''] = await read((tx) => listUnknownOrganizations(tx, environmentId, ids));
    return new OnboardingError('not_found', { kind: 'organization', id }, { cause: refusal });
  };
}
