/** All that is kept of one organization, section by section, without secrets. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';

type Section = {
  /** Name of the list in the export, and of its table. */
  table: string;
  /** Columns that tell rows apart, in the order in which they are given. */
  keys: readonly string[];
  columns: readonly string[];
};

/**
 * What is given of each table. A column that is not named here is not given: secrets and digests, and what belongs to
 * the program. A test holds the list against the tables that there are.
 */
const sections = [
  section('it_contacts', ['email', 'name', 'time_zone', 'created_at', 'updated_at', 'removed_at']),
  section('organization_domains', [
    ...['domain', 'state', 'strategy', 'host_id', 'verified_at', 'failed_reason', 'last_looked_at', 'looks'],
    ...['last_verdict', 'missing_since', 'created_at', 'updated_at'],
  ]),
  section('connections', [
    ...[
      'name',
      'external_id',
      'connection_type',
      'provider_id',
      'protocol',
      'state',
      'sp_entity_id',
      'acs_url',
    ],
    ...['sp_metadata_url', 'oidc_redirect_uri', 'idp_entity_id', 'idp_sso_url', 'idp_sso_binding'],
    ...['idp_metadata_url', 'idp_slo_url', 'sign_requests', 'encrypt_assertions', 'force_authn'],
    ...['allow_idp_initiated', 'single_logout', 'oidc_issuer', 'oidc_discovery_url', 'oidc_client_id'],
    ...['oidc_scopes', 'oidc_secret_ends_on', 'attribute_mapping', 'allowed_domains', 'tested_at'],
    ...['tested_email', 'activated_at', 'created_at', 'updated_at', 'deleted_at'],
  ]),
  section('idp_certificates', [
    ...['connection_id', 'pem', 'fingerprint', 'subject', 'key_bits', 'not_before', 'not_after', 'source'],
    ...['last_used_at', 'created_at', 'retired_at'],
  ]),
  section('sp_keys', [
    ...['connection_id', 'use', 'certificate_pem', 'not_before', 'not_after', 'state', 'created_at'],
    'retired_at',
  ]),
  section('connection_revisions', [
    ...['connection_id', 'configuration', 'certificates', 'tested_at', 'tested_email', 'held_by'],
    ...['created_at', 'updated_at', 'ended_at', 'ended_as'],
  ]),
  section('former_configurations', [
    ...['connection_id', 'configuration', 'certificates', 'was_live', 'reason', 'created_at', 'kept_until'],
    'restored_at',
  ]),
  section('directories', [
    ...[
      'name',
      'type',
      'road',
      'state',
      'scim_base_url',
      'attribute_mapping',
      'settings',
      'first_request_at',
    ],
    ...['last_request_at', 'linked_at', 'created_at', 'updated_at', 'deleted_at'],
  ]),
  section('directory_tokens', [
    ...['directory_id', 'suffix', 'created_at', 'expires_at', 'first_used_at', 'last_used_at', 'revoked_at'],
  ]),
  section('directory_users', [
    ...['directory_id', 'external_id', 'user_name', 'email', 'first_name', 'last_name', 'display_name'],
    ...['custom_attributes', 'raw', 'active', 'state', 'left_at', 'removed_at', 'created_at', 'updated_at'],
    'deleted_at',
  ]),
  section('directory_groups', [
    ...['directory_id', 'external_id', 'display_name', 'raw', 'created_at', 'updated_at', 'deleted_at'],
  ]),
  section('directory_memberships', ['directory_id', 'created_at'], ['group_id', 'user_id']),
  section('directory_holds', [
    ...['directory_id', 'reason', 'state', 'active_before', 'created_at', 'decided_at', 'decided_by'],
  ]),
  section('directory_requests', [
    ...[
      'directory_id',
      'at',
      'method',
      'path',
      'status',
      'milliseconds',
      'kind',
      'cause',
      'client',
      'subject',
    ],
    ...['request_body', 'response_body'],
  ]),
  section('directory_runs', ['directory_id', 'kind', 'state', 'cause', 'counts', 'started_at', 'ended_at']),
  section('directory_files', [
    ...['directory_id', 'name', 'size', 'sha256', 'state', 'cause', 'rows', 'counts', 'received_at'],
    'applied_at',
  ]),
  section('directory_file_lines', ['line', 'column_name', 'value', 'cause'], ['file_id', 'number']),
  section('sftp_keys', [
    ...['directory_id', 'public_key', 'fingerprint', 'algorithm', 'created_at', 'last_used_at', 'removed_at'],
  ]),
  section('former_directories', [
    ...['directory_id', 'name', 'type', 'road', 'attribute_mapping', 'settings', 'reason', 'created_at'],
    ...['kept_until', 'restored_at'],
  ]),
  section('group_roles', ['role_id', 'directory_group_id', 'connection_id', 'claim_value', 'created_at']),
  section('log_streams', [
    ...[
      'name',
      'destination',
      'settings',
      'secret_set_at',
      'secret_ends_on',
      'state',
      'proven_at',
      'proven_by',
      'started_at',
    ],
    ...['paused_at', 'position', 'last_sent_at', 'last_level', 'last_error', 'failing_since', 'sent_count'],
    ...['rejected_count', 'created_at', 'updated_at', 'deleted_at'],
  ]),
  section('log_stream_rejects', [
    ...['stream_id', 'sequence', 'until_sequence', 'record_id', 'cause', 'status', 'answer', 'created_at'],
    ...['resend_asked_at', 'resent_at'],
  ]),
  section('log_stream_outages', [
    ...['stream_id', 'began_at', 'ended_at', 'cause', 'status', 'tries', 'late_count', 'caught_up_at'],
  ]),
  section('onboardings', [
    ...['number', 'origin', 'state', 'paused', 'stalled_since', 'waiting_for', 'waiting_since', 'view'],
    ...['live_at', 'last_act_at', 'step_notes', 'created_at', 'updated_at'],
  ]),
  section(
    'timeline_entries',
    ['at', 'kind', 'actor_type', 'actor_id', 'completes', 'step', 'facts'],
    ['onboarding_id', 'number'],
  ),
  section('troubles', ['kind', 'subject_id', 'since', 'cause', 'onboarding_id', 'created_at', 'ended_at']),
  section('ageing_notices', ['told_at'], ['kind', 'subject_id', 'ends_on', 'threshold']),
  section('links', [
    ...['onboarding_id', 'kind', 'features', 'intent', 'step', 'contact_id', 'note', 'return_url'],
    ...['success_url', 'delivery', 'state', 'opened_times', 'fetched_times', 'first_opened_at'],
    ...['last_opened_at', 'created_by_type', 'created_by_id', 'created_at', 'expires_at', 'ended_at'],
  ]),
  section('portal_sessions', [
    ...['link_id', 'features', 'created_at', 'last_seen_at', 'ended_at', 'user_agent', 'source_address'],
    ...['time_zone', 'locale'],
  ]),
  section('fresh_link_requests', ['link_id', 'outcome', 'created_at']),
  section('mails', [
    ...['onboarding_id', 'kind', 'recipient', 'contact_id', 'link_id', 'subject', 'message_id', 'state'],
    ...['server_answer', 'created_at', 'sent_at', 'ended_at'],
  ]),
  section('guide_reports', [
    'guide',
    'subject_id',
    'provider_id',
    'step_id',
    'note',
    'created_at',
    'seen_at',
  ]),
  section('profiles', [
    ...['connection_id', 'connection_type', 'idp_id', 'email', 'first_name', 'last_name', 'name', 'groups'],
    ...['raw_attributes', 'custom_attributes', 'created_at', 'updated_at', 'last_sign_in_at', 'passed_on_at'],
  ]),
  section('sign_ins', [
    ...['connection_id', 'profile_id', 'attempt_id', 'name_id', 'is_test', 'redirect_uri', 'created_at'],
    ...['expires_at', 'ended_at'],
  ]),
  section('attempts', [
    ...['connection_id', 'reference', 'protocol', 'origin', 'state', 'cause', 'checks', 'facts', 'email'],
    ...['idp_id', 'profile', 'started_at', 'answered_at', 'ended_at'],
  ]),
  section('webhook_deliveries', [
    ...['endpoint_id', 'event_id', 'event_name', 'state', 'is_replay', 'tries', 'last_status', 'last_cause'],
    ...['created_at', 'ended_at'],
  ]),
  section('audit_exports', [
    ...['format', 'filter', 'range_start', 'range_end', 'state', 'row_count', 'byte_count', 'asked_by_type'],
    ...['asked_by_id', 'created_at', 'ready_at', 'expires_at'],
  ]),
  section('events', ['position', 'name', 'data', 'context', 'created_at']),
  section(
    'audit_events',
    [
      ...['id', 'at', 'actor_type', 'actor_id', 'session_id', 'action', 'target_type', 'target_id', 'before'],
      ...['after', 'personal', 'source_address', 'user_agent', 'request_id', 'chain_number', 'hash'],
      ...['origin', 'occurred_at', 'content'],
    ],
    ['ordinal'],
  ),
] as const satisfies readonly Section[];

/** The lists of an export, in their order. */
export const exportedTables: readonly string[] = sections.map(({ table }) => table);

function section(table: string, columns: readonly string[], keys: readonly string[] = ['id']): Section {
  return { table, keys, columns: [...keys, ...columns] };
}

export interface ExportPage {
  entries: object[];
  /** Where the next page begins; undefined: this was the last one. */
  after: readonly unknown[] | undefined;
}

const rowsAtOnce = 200;

/** A page of one list. Rows that are written meanwhile may be in it or not; none is given twice. */
export async function readExportPage(
  tx: Tx,
  { environmentId, organizationId }: { environmentId: string; organizationId: string },
  table: string,
  after: readonly unknown[] | undefined,
): Promise<ExportPage> {
  const found = sections.find((one) => one.table === table);
  if (found === undefined) throw new Error(`"${table}" is not exported`);
  const columns = sql.join(found.columns.map((column) => sql.ref(column)));
  const keys = sql.join(found.keys.map((key) => sql.ref(key)));
  const beyond = after === undefined ? sql`true` : sql`(${keys}) > (${sql.join(after)})`;
  const { rows } = await sql<{ entry: Record<string, unknown> }>`
    select to_jsonb(entry) as entry from (
      select ${columns} from ${sql.table(table)}
      where environment_id = ${environmentId} and organization_id = ${organizationId} and ${beyond}
      order by ${keys} limit ${rowsAtOnce}
    ) as entry
  `.execute(tx);
  const last = rows.at(-1)?.entry;
  return {
    entries: rows.map(({ entry }) => entry),
    after: last && rows.length === rowsAtOnce ? found.keys.map((key) => last[key]) : undefined,
  };
}
