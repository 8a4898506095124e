import type { ZodType } from 'zod';
import {
  auditEventDetail,
  auditEventsPage,
  auditExportView,
  startAuditExportBody,
  type AuditEventDetail,
  type AuditExportView,
} from '../../api/contract/setup-audit.ts';
import { at } from './setup-builders.ts';

/** The endpoints about the audit log, for `fake-setup-api.ts`. */

export type FakeAuditEvents = { events: AuditEventDetail[]; keptDays: number; exported: AuditExportView };

const minute = 60_000;

export function anAuditEvent(ago: number, change: Partial<AuditEventDetail> = {}): AuditEventDetail {
  const id = change.id ?? `audit_${ago}`;
  const shown = {
    id,
    occurredAt: at(-ago),
    origin: 'vendor' as const,
    action: 'document.shared',
    actor: { type: 'user', id: 'user_7', name: 'Anna Berg' },
    targets: [{ type: 'document', id: 'doc_12', name: 'Budget 2027' }],
    location: '198.51.100.7',
    ...change,
  };
  return {
    ...shown,
    recordedAt: at(-ago + 300),
    sequence: 48_210,
    record: {
      id,
      sequence: 48_210,
      organization_id: 'org_1',
      action: shown.action,
      occurred_at: shown.occurredAt,
      actor: shown.actor,
      targets: shown.targets,
      context: { location: shown.location, user_agent: 'Mozilla/5.0 (X11; Linux x86_64)' },
    },
    ...change,
  };
}

/** The product's and the set-up's, by people, the vendor and the product itself, long and without a target. */
const someAuditEvents = (): AuditEventDetail[] => [
  anAuditEvent(2 * minute),
  anAuditEvent(9 * minute, {
    id: 'audit_long',
    action: 'workspace.retention_policy.exception_for_legal_hold_granted',
    actor: { type: 'user', id: 'user_9', name: 'Rui Wolfeschlegelsteinhausenbergerdorff-Montgomery' },
    targets: [
      { type: 'document', id: 'doc_13', name: '\u202e\u001b[31mnot red\nnot two lines' },
      { type: 'folder', id: 'folder_2', name: 'Legal' },
      { type: 'user', id: 'user_1', name: null },
    ],
    location: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
  }),
  anAuditEvent(70 * minute, {
    id: 'audit_staff',
    origin: 'setup',
    action: 'log_stream.paused',
    location: null,
    actor: { type: 'staff', id: 'member_1', name: null },
    targets: [{ type: 'log_stream', id: 'log_stream_1', name: 'Splunk' }],
  }),
  anAuditEvent(26 * 60 * minute, {
    id: 'audit_system',
    origin: 'setup',
    action: 'connection.certificate_added',
    location: null,
    actor: { type: 'system', id: 'certificates', name: null },
    targets: [],
    sequence: null,
  }),
];

export const anExport = (change: Partial<AuditExportView> = {}): AuditExportView => ({
  id: 'audit_export_1',
  state: 'ready',
  errorCause: null,
  format: 'csv',
  rows: 14_210,
  bytes: 2_840_000,
  url: 'https://auth.ledgerly.example/audit_logs/exports/file?t=1',
  urlUntil: at(10 * minute),
  from: at(-30 * 24 * 60 * minute),
  until: at(0),
  createdAt: at(0),
  keptUntil: at(24 * 60 * minute),
  ...change,
});

export const aFakeAuditLog = (change: Partial<FakeAuditEvents> = {}): FakeAuditEvents => ({
  events: someAuditEvents(),
  keptDays: 365,
  exported: anExport(),
  ...change,
});

type Route = {
  method: string;
  path: RegExp;
  body?: ZodType;
  answer: ZodType;
  make: (setup: { auditLog: FakeAuditEvents }, request: { query: URLSearchParams }, id: string) => unknown;
};

const rowOf = ({ recordedAt, sequence, record, ...row }: AuditEventDetail) => {
  void [recordedAt, sequence, record];
  return row;
};

export const fakeAuditRoutes: Route[] = [
  {
    method: 'GET',
    path: /^\/audit-events$/,
    answer: auditEventsPage,
    make: ({ auditLog: { events, keptDays } }, { query }) => {
      const fits = (name: string, known: readonly string[]) =>
        query.get(name) === null || known.some((value) => value === query.get(name));
      const rows = events.filter(
        ({ actor, action, targets }) =>
          fits('actor', [actor.id]) &&
          fits('action', [action, action.split('.')[0] ?? '']) &&
          fits(
            'target',
            targets.map(({ id }) => id),
          ),
      );
      return { rows: rows.map(rowOf), next: null, keptDays };
    },
  },
  {
    method: 'GET',
    path: /^\/audit-events\/([^/]+)$/,
    answer: auditEventDetail,
    make: ({ auditLog }, _, id) => auditLog.events.find((event) => event.id === id) ?? anAuditEvent(minute),
  },
  {
    method: 'POST',
    path: /^\/audit-exports$/,
    body: startAuditExportBody,
    answer: auditExportView,
    make: ({ auditLog }) => auditLog.exported,
  },
  {
    method: 'GET',
    path: /^\/audit-exports\/([^/]+)$/,
    answer: auditExportView,
    make: ({ auditLog }) => auditLog.exported,
  },
];
